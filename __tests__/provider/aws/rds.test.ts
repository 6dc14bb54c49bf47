import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Rds } from "../../../provider/aws/rds";
import type { DatabaseName } from "../../../provider/aws/rds-database";
import { RdsError } from "../../../provider/aws/rds-error";
import { untilDatabase } from "../../../provider/aws/rds-wait";

type Answer = (parameters: URLSearchParams) => { readonly status?: number; readonly xml: string };

const environment = { ...process.env };
const never = new AbortController().signal;
const publisher: DatabaseName = { kind: "cluster", identifier: "publisher" };

/** The answers of the RDS API by action, and what it was asked. */
let answers: Record<string, Answer>;
let asked: URLSearchParams[];
let api: Server;

beforeAll(async () => {
  api = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const parameters = new URLSearchParams(body);
      asked.push(parameters);
      const action = parameters.get("Action") ?? "";
      const { status = 200, xml } = answers[action]?.(parameters) ?? refusal("NotImplemented", action);
      response.writeHead(status, { "content-type": "text/xml", "x-amzn-requestid": "r-1" });
      response.end(
        status === 200
          ? `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${xml}</${action}Result></${action}Response>`
          : xml,
      );
    });
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  api.close();
  api.closeAllConnections();
});

beforeEach(() => {
  [answers, asked] = [{}, []];
  for (const name of Object.keys(process.env).filter((name) => name.startsWith("AWS_"))) {
    delete process.env[name];
  }
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "not-a-secret",
    AWS_REGION: "eu-west-1",
    AWS_MAX_ATTEMPTS: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/nonexistent",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  });
});

afterEach(() => {
  process.env = { ...environment };
});

function refusal(code: string, message: string, status = 400): ReturnType<Answer> {
  return {
    status,
    xml: `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
  };
}

/** The answers about a cluster with a writer and a reader. */
function cluster({ status = "available", writerStatus = "available", parameters = "in-sync" } = {}): void {
  const member = (name: string, writer: boolean, applied: string) =>
    `<DBClusterMember><DBInstanceIdentifier>${name}</DBInstanceIdentifier><IsClusterWriter>${writer}</IsClusterWriter><DBClusterParameterGroupStatus>${applied}</DBClusterParameterGroupStatus></DBClusterMember>`;
  const instance = (name: string, itsStatus: string) =>
    `<DBInstance><DBInstanceIdentifier>${name}</DBInstanceIdentifier><DBInstanceStatus>${itsStatus}</DBInstanceStatus><Endpoint><Address>${name}.example</Address></Endpoint></DBInstance>`;
  answers["DescribeDBClusters"] = () => ({
    xml: `<DBClusters><DBCluster><DBClusterIdentifier>publisher</DBClusterIdentifier><Engine>aurora-postgresql</Engine><EngineVersion>16.4</EngineVersion><EngineMode>provisioned</EngineMode><Status>${status}</Status><DBClusterParameterGroup>g</DBClusterParameterGroup><Endpoint>w.example</Endpoint><ReaderEndpoint>r.example</ReaderEndpoint><DBClusterMembers>${member("p-1", false, "in-sync")}${member("p-2", true, parameters)}</DBClusterMembers></DBCluster></DBClusters>`,
  });
  answers["DescribeDBInstances"] = () => ({
    xml: `<DBInstances>${instance("p-1", "available")}${instance("p-2", writerStatus)}</DBInstances>`,
  });
}

const find = (signal = never) => Rds.use({}, signal, (rds) => rds.find(publisher, signal));

const failureOf = (work: Promise<unknown>): Promise<RdsError> =>
  work.then(
    () => Promise.reject(new Error("It succeeded, and should not have.")),
    (error: unknown) => (error instanceof RdsError ? error : Promise.reject(error as Error)),
  );

test("a cluster is as its writer is", async () => {
  cluster({ writerStatus: "rebooting", parameters: "pending-reboot" });
  expect(await find()).toEqual({
    ...publisher,
    engine: "aurora-postgresql",
    engineVersion: "16.4",
    engineMode: "provisioned",
    status: "rebooting",
    parameterGroup: "g",
    parameterApplyStatus: "pending-reboot",
    writer: "p-2",
    endpoint: "w.example",
    readerEndpoint: "r.example",
    endpoints: ["w.example", "r.example", "p-1.example", "p-2.example"],
    memberOf: null,
  });
  cluster({ status: "modifying" });
  expect(await find()).toMatchObject({ status: "modifying" });
});

test("what does not exist is no error", async () => {
  answers["DescribeDBClusters"] = () =>
    refusal("DBClusterNotFoundFault", "DBCluster publisher not found.", 404);
  answers["DescribeDBInstances"] = () => refusal("DBInstanceNotFound", "DBInstance x not found.", 404);
  answers["DescribeDBParameterGroups"] = () => refusal("DBParameterGroupNotFound", "not found", 404);
  expect(await find()).toBeUndefined();
  const single: DatabaseName = { kind: "instance", identifier: "single" };
  await Rds.use({}, never, async (rds) => {
    expect(await rds.find(single, never)).toBeUndefined();
    expect(await rds.groupFamily(single, "g", never)).toBeUndefined();
  });
});

test("the parameters that somebody has set are read to the last page", async () => {
  answers["DescribeDBClusterParameters"] = (parameters) =>
    parameters.get("Marker") === "2"
      ? {
          xml: "<Parameters><Parameter><ParameterName>b</ParameterName><ParameterValue>2</ParameterValue></Parameter></Parameters>",
        }
      : {
          xml: "<Parameters><Parameter><ParameterName>a</ParameterName><ParameterValue>1</ParameterValue></Parameter><Parameter><ParameterName>unset</ParameterName></Parameter></Parameters><Marker>2</Marker>",
        };
  const found = await Rds.use({}, never, (rds) => rds.groupParameters(publisher, "g", never));
  expect([...found]).toEqual([
    ["a", "1"],
    ["b", "2"],
  ]);
  expect(asked.map((parameters) => parameters.get("Source"))).toEqual(["user", "user"]);
});

describe("an error says what was attempted, what AWS said, and what to do", () => {
  test.each<[string, () => void, string, RegExp]>([
    [
      "a missing permission",
      () => (answers["DescribeDBClusters"] = () => refusal("AccessDenied", "User: u is not authorized", 403)),
      "refused",
      /rds:DescribeDBClusters failed: User: u is not authorized \(AccessDenied, HTTP 403, request r-1\).*Allow the IAM action rds:DescribeDBClusters/s,
    ],
    [
      "a role that may not be assumed",
      () =>
        (answers["DescribeDBClusters"] = () =>
          refusal(
            "AccessDenied",
            "User: u is not authorized to perform: sts:AssumeRole on resource: r",
            403,
          )),
      "refused",
      /Allow the IAM action sts:AssumeRole to/,
    ],
    [
      "credentials that ran out",
      () => (answers["DescribeDBClusters"] = () => refusal("ExpiredToken", "The token has expired", 403)),
      "refused",
      /renew them/,
    ],
    [
      "too many calls",
      () => (answers["DescribeDBClusters"] = () => refusal("Throttling", "Rate exceeded", 400)),
      "refused",
      /-parallelism/,
    ],
    [
      "a failure of AWS itself, after which nobody knows what was done",
      () => (answers["DescribeDBClusters"] = () => refusal("InternalFailure", "Sorry", 500)),
      "unanswered",
      /InternalFailure, HTTP 500/,
    ],
    [
      "a state that does not allow it",
      () => (answers["DescribeDBClusters"] = () => refusal("InvalidDBClusterStateFault", "not available")),
      "invalid_state",
      /Wait until it is available/,
    ],
    [
      "no region",
      () => void delete process.env["AWS_REGION"],
      "unanswered",
      /aws_rds_iam_region.*or AWS_REGION/s,
    ],
    [
      "no credentials",
      () => void delete process.env["AWS_ACCESS_KEY_ID"],
      "unanswered",
      /No AWS credentials were found.*aws_rds_iam_profile/s,
    ],
    [
      "nobody there",
      () => void (process.env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"),
      "unanswered",
      /ECONNREFUSED.*could not be reached.*AWS_ENDPOINT_URL/s,
    ],
  ])("%s", async (_, arrange, kind, words) => {
    arrange();
    const error = await failureOf(find());
    expect(error.kind).toBe(kind);
    expect(error.describe()).toMatch(words);
    expect(error.describe()).not.toContain("not-a-secret");
  });

  test("a profile that does not exist is named", async () => {
    delete process.env["AWS_ACCESS_KEY_ID"];
    const error = await failureOf(Rds.use({ profile: "nobody" }, never, (rds) => rds.find(publisher, never)));
    expect(error.describe()).toContain('with profile "nobody" failed');
  });
});

describe("waiting", () => {
  const wait = (signal: AbortSignal) =>
    Rds.use({}, signal, (rds) =>
      untilDatabase(rds, publisher, signal, ({ status }) => status === "available"),
    );

  test("looks until it is as it should be", async () => {
    cluster({ status: "modifying" });
    const waiting = wait(never);
    while (asked.length < 4) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    cluster();
    expect(await waiting).toMatchObject({ status: "available" });
  });

  /** A look asks for the cluster and for its writer, so that the third question begins the second look. */
  const untilSecondLook = async () => {
    while (asked.length < 3) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  test("ends at once when it is interrupted, and says how far things were", async () => {
    cluster({ writerStatus: "rebooting", parameters: "pending-reboot" });
    const interrupt = new AbortController();
    const waiting = failureOf(wait(interrupt.signal));
    await untilSecondLook();
    interrupt.abort(new Error("Ctrl-C"));
    const error = await waiting;
    expect(error.describe()).toMatch(
      /The operation was cancelled\. When last seen, the cluster "publisher" had the status rebooting and the parameter group g, which at the instance p-2 is pending-reboot/,
    );
  });

  test("says how to give it more time when time is up", async () => {
    cluster({ status: "modifying" });
    const limit = new AbortController();
    const waiting = failureOf(wait(limit.signal));
    await untilSecondLook();
    limit.abort(new DOMException("", "TimeoutError"));
    const error = await waiting;
    expect(error.describe()).toMatch(/did not end in the time .* status modifying.*timeouts block/s);
  });

  test.each(["stopped", "deleting", "inaccessible-encryption-credentials", "migration-failed"])(
    "does not wait for a cluster that is %s",
    async (status) => {
      cluster({ status });
      expect((await failureOf(wait(never))).describe()).toContain(`has the status ${status}`);
    },
  );

  test("names the region that has no such cluster", async () => {
    answers["DescribeDBClusters"] = () => refusal("DBClusterNotFoundFault", "not found", 404);
    expect((await failureOf(wait(never))).describe()).toMatch(
      /There is no cluster "publisher" in eu-west-1\./,
    );
  });
});
