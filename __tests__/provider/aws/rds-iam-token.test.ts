import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { rdsIamToken } from "../../../provider/aws/rds-iam-token";

const host = "db.cluster-abc.eu-west-1.rds.amazonaws.com";
const options = { host, port: 5432, username: "app_user" };
const environment = { ...process.env };

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((name) => name.startsWith("AWS_"))) {
    delete process.env[name];
  }
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/nonexistent",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  });
});

afterEach(() => {
  jest.useRealTimers();
  process.env = { ...environment };
});

const parse = (token: string) => new URL(`https://${token}`);

test("a token is a signed request to connect as the user, in the host name's region", async () => {
  const url = parse(await rdsIamToken(options)());
  expect(url.host).toBe(`${host}:5432`);
  expect(url.searchParams.get("Action")).toBe("connect");
  expect(url.searchParams.get("DBUser")).toBe("app_user");
  expect(url.searchParams.get("X-Amz-Credential")).toMatch(
    /^AKIDEXAMPLE\/\d{8}\/eu-west-1\/rds-db\/aws4_request$/,
  );
  expect(url.searchParams.get("X-Amz-Expires")).toBe("900");
});

test("a region that is set goes before the host name's", async () => {
  const url = parse(await rdsIamToken({ ...options, region: "us-east-2" })());
  expect(url.searchParams.get("X-Amz-Credential")).toContain("/us-east-2/");
});

test("a token is reused for ten minutes, and then made anew", async () => {
  jest.useFakeTimers({
    doNotFake: ["nextTick", "setImmediate", "queueMicrotask"],
    now: Date.UTC(2030, 0, 1),
  });
  const token = rdsIamToken(options);
  const first = await token();
  jest.setSystemTime(Date.UTC(2030, 0, 1, 0, 9));
  expect(await token()).toBe(first);
  jest.setSystemTime(Date.UTC(2030, 0, 1, 0, 11));
  expect(await token()).not.toBe(first);
});

test("without credentials the error says so, and a later call tries again", async () => {
  delete process.env["AWS_ACCESS_KEY_ID"];
  const token = rdsIamToken({ ...options, profile: "nobody" });
  await expect(token()).rejects.toThrow(
    /No RDS token could be made for "app_user" at .*:5432 with profile "nobody": .*\nCheck the AWS credentials/s,
  );
  process.env["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
  await expect(rdsIamToken(options)()).resolves.toContain("X-Amz-Signature");
});

test("without a region the error names the attribute to set", async () => {
  await expect(rdsIamToken({ ...options, host: "localhost" })()).rejects.toThrow(
    /region.*aws_rds_iam_region/is,
  );
});

test("a role is assumed with the environment's credentials", async () => {
  const requests: string[] = [];
  const sts = createServer((request, response) => {
    request.on("data", (chunk) => requests.push(String(chunk)));
    request.on("end", () => {
      response.setHeader("content-type", "text/xml");
      response.end(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/db/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>
        <Credentials><AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>x</SecretAccessKey>
        <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
        </AssumeRoleResult></AssumeRoleResponse>`);
    });
  });
  await new Promise<void>((resolve) => sts.listen(0, "127.0.0.1", resolve));
  process.env["AWS_ENDPOINT_URL_STS"] = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
  try {
    const url = parse(await rdsIamToken({ ...options, roleArn: "arn:aws:iam::1:role/db" })());
    expect(url.searchParams.get("X-Amz-Credential")).toContain("ASIAASSUMED/");
    expect(requests.join("")).toContain("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fdb");
  } finally {
    sts.close();
    sts.closeAllConnections();
  }
});
