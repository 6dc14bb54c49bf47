import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { PROVIDER_ADDRESS as source } from "../../facts/provider-address";
import { version } from "../../package.json";
import { createServerCertificate } from "../../provider/plugin/certificate";
import { MAGIC_COOKIE_KEY, MAGIC_COOKIE_VALUE } from "../../provider/plugin/handshake";
import { unpackNode } from "../../tools/node-binaries";
import { createDatabase } from "../support/database";
import { findProgram } from "../support/find-program";
import { sharedServer } from "../support/shared-environment";

const BUILD_MS = 300_000;

const root = join(__dirname, "..", "..");
const executableName = `terraform-provider-postgresql_v${version}`;
const release = `terraform-provider-postgresql_${version}`;
const zipName = `${release}_linux_amd64.zip`;

/** What no program that is not this one's should make it stumble over. */
const hostile = {
  NODE_OPTIONS: "--no-such-option --require ./no-such-module.js",
  NODE_EXTRA_CA_CERTS: "no-such-file.pem",
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "self-contained-"));
  build(process.execPath, join(folder, "release"));
  const program = unzipSync(readFileSync(join(folder, "release", zipName)))[executableName];
  writeFileSync(join(folder, executableName), program ?? "");
  chmodSync(join(folder, executableName), 0o755);
}, BUILD_MS);

afterAll(() => rmSync(folder, { recursive: true }));

function build(node: string, output: string, environment: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = runBuild(node, ["linux_amd64", "--output", output], environment);
  if (status !== 0) {
    throw new Error(stderr);
  }
}

function runBuild(node: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return spawnSync(node, ["--import", "tsx", "tools/build-executables.ts", ...parameters], {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
}

const hashOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

describe("a release of the provider", () => {
  test("has the names, the manifest and the sums that the Terraform Registry asks for", () => {
    const directory = join(folder, "release");
    const names = [`${release}_SHA256SUMS`, zipName, `${release}_manifest.json`];
    expect(readdirSync(directory).sort()).toEqual(names);
    expect(JSON.parse(readFileSync(join(directory, `${release}_manifest.json`), "utf8"))).toEqual({
      version: 1,
      metadata: { protocol_versions: ["6.0"] },
    });
    const sums = [zipName, `${release}_manifest.json`].map(
      (name) => `${hashOf(join(directory, name))}  ${name}\n`,
    );
    expect(readFileSync(join(directory, `${release}_SHA256SUMS`), "utf8")).toBe(sums.join(""));
  });

  test("has one executable in the zip, and the licences", () => {
    const names = Object.keys(unzipSync(readFileSync(join(folder, "release", zipName))));
    expect(names).toEqual(["LICENSE", "LICENSE-node", executableName]);
  });

  test(
    "is the same bytes when it is built again: with another Node.js, elsewhere and in another time zone",
    () => {
      const node = join(folder, "node");
      const again = join(folder, "again");
      mkdirSync(node);
      const { executable } = unpackNode("linux_amd64", node);
      build(executable, again, { TZ: "Asia/Tokyo", TMPDIR: node });
      expect(hashOf(join(again, zipName))).toBe(hashOf(join(folder, "release", zipName)));
    },
    BUILD_MS,
  );

  test("is refused for a platform that there is none for, and what was built stays", () => {
    const output = join(folder, "release");
    const { status, stdout, stderr } = runBuild(process.execPath, ["plan9_amd64", "--output", output]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^The provider cannot be built for plan9_amd64\. The platforms are linux_amd64, .*\n$/,
    );
    expect(readdirSync(output)).toContain(zipName);
  });
});

describe("the executable that needs no Node.js", () => {
  test("tells a person in one line what it is", () => {
    const program = join(folder, executableName);
    const { status, stdout, stderr } = spawnSync(program, { env: { PATH: "" }, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^This is a Terraform provider .*\n$/);
  });

  test("prints the handshake and nothing else, whatever options the environment has for other programs", async () => {
    const child = spawn(join(folder, executableName), {
      env: {
        NODE_OPTIONS: hostile.NODE_OPTIONS,
        [MAGIC_COOKIE_KEY]: MAGIC_COOKIE_VALUE,
        PLUGIN_PROTOCOL_VERSIONS: "6",
        PLUGIN_CLIENT_CERT: createServerCertificate().pem,
      },
    });
    let printed = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    child.kill();
    await once(child, "close");
    expect(line.toString()).toMatch(/^1\|6\|tcp\|127\.0\.0\.1:\d+\|grpc\|[A-Za-z0-9+/]+\n$/);
    expect(printed).toBe("");
  });

  test("is unpacked and run by Terraform on a machine without Node.js, from the zip as it is released", async () => {
    const server = sharedServer("publisher");
    const database = await createDatabase(server);
    const role = `t_role_${randomBytes(4).toString("hex")}`;
    const roles = () => database.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", [role]);

    const [bin, work] = [join(folder, "bin"), join(folder, "work")];
    mkdirSync(bin);
    symlinkSync(findProgram("terraform"), join(bin, "terraform"));
    const plugins = join(work, "terraform.d", "plugins", source);
    mkdirSync(plugins, { recursive: true });
    copyFileSync(join(folder, "release", zipName), join(plugins, zipName));
    writeFileSync(
      join(work, "main.tf.json"),
      JSON.stringify({
        terraform: { required_providers: { postgresql: { source, version } } },
        variable: { password: { type: "string", sensitive: true, ephemeral: true } },
        provider: {
          postgresql: {
            host: server.host,
            port: server.port,
            username: server.username,
            password: "${var.password}",
            sslmode: "disable",
          },
        },
        resource: { postgresql_role: { r: { name: role, login: true } } },
      }),
    );
    const env = {
      PATH: bin,
      HOME: folder,
      TF_CLI_CONFIG_FILE: devNull,
      TF_VAR_password: server.password,
      CHECKPOINT_DISABLE: "1",
      ...hostile,
    };
    const terraform = (...command: string[]): void => {
      const { status, stdout, stderr } = spawnSync("terraform", command, {
        cwd: work,
        env,
        encoding: "utf8",
      });
      if (status !== 0) {
        throw new Error(`terraform ${command.join(" ")}: ${stdout}${stderr}`);
      }
    };
    expect(spawnSync("node", { env }).error).toMatchObject({ code: "ENOENT" });

    terraform("init", "-input=false");
    terraform("apply", "-auto-approve", "-input=false");
    expect(await roles()).toEqual([{ rolcanlogin: true }]);
    // Ends with 2 when the plan is not empty.
    terraform("plan", "-input=false", "-detailed-exitcode");
    terraform("destroy", "-auto-approve", "-input=false");
    expect(await roles()).toEqual([]);
  });
});
