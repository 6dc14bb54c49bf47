import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, Testing } from "cdktf";
import { LocalReplicationStack } from "../../stacks/local-replication";

interface Synthesized {
  readonly variable: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly output: Readonly<Record<string, unknown>>;
  readonly provider: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly terraform: unknown;
}

const root = join(__dirname, "..", "..");

beforeAll(() => {
  execFileSync(process.execPath, ["--import", "tsx", "tools/build-provider.ts"], { cwd: root });
});

const { variable, output, provider, terraform } = JSON.parse(
  Testing.synth(new LocalReplicationStack(Testing.app(), "local"), true),
) as Synthesized;

test("every setting is a variable that says what it is and of which type", () => {
  const server = ["host", "port", "database", "username", "password"];
  expect(Object.keys(variable).sort()).toEqual(
    [
      ...server.flatMap((name) => [`publisher_${name}`, `subscriber_${name}`]),
      "compare_row_counts",
      "detach_if_unreachable",
      "replication_password",
      "replication_password_version",
      "row_count_version",
      "sslmode",
      "tables",
      "wait_for_initial_sync",
    ].sort(),
  );
  for (const declaration of Object.values(variable)) {
    expect(declaration).toMatchObject({
      description: expect.stringMatching(/\.$/) as unknown,
      type: expect.stringMatching(/^(string|number|bool|list\(string\))$/) as unknown,
    });
  }
});

test("passwords are ephemeral, and nothing else is a secret", () => {
  const secrets = Object.entries(variable)
    .filter(([, { ephemeral, sensitive }]) => ephemeral === true && sensitive === true)
    .map(([name]) => name);
  expect(secrets.sort()).toEqual(["publisher_password", "replication_password", "subscriber_password"]);
});

test("by default it replicates the seed's table, and uses TLS where the server has it", () => {
  expect(variable["tables"]).toMatchObject({ default: ["public.LogicalReplicationTest"] });
  expect(variable["sslmode"]).toMatchObject({ default: "prefer" });
});

test("Terraform never asks for a value, but says which ones have to be set", () => {
  const outdir = mkdtempSync(join(tmpdir(), "local-stack-"));
  try {
    const app = new App({ outdir });
    new LocalBackend(new LocalReplicationStack(app, "local"), { path: join(outdir, "terraform.tfstate") });
    app.synth();
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("TF_"));
    const terraform = (...args: string[]) =>
      spawnSync("terraform", args, {
        cwd: join(outdir, "stacks", "local"),
        encoding: "utf8",
        env: { ...Object.fromEntries(inherited), TF_CLI_CONFIG_FILE: devNull },
      });
    expect(terraform("init").status).toBe(0);
    const { status, stderr } = terraform("plan", "-no-color");
    expect(status).toBe(1);
    for (const name of ["publisher_host", "subscriber_host", "replication_password"]) {
      expect(stderr).toContain(`Set TF_VAR_${name} in the environment.`);
    }
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test("each server has a provider of its own, whose settings are the server's variables", () => {
  const settings = (name: string) => ({
    alias: name,
    host: `\${var.${name}_host}`,
    port: `\${var.${name}_port}`,
    database: `\${var.${name}_database}`,
    username: `\${var.${name}_username}`,
    password: `\${var.${name}_password}`,
    sslmode: "${var.sslmode}",
    connect_timeout: 10,
  });
  expect(provider["postgresql"]).toEqual([settings("publisher"), settings("subscriber")]);
});

test("it says what was made, and which Terraform it needs", () => {
  expect(Object.keys(output).sort()).toEqual([
    "publication",
    "replicated_tables",
    "replication_status",
    "row_counts",
    "slot_name",
    "subscription",
  ]);
  expect(terraform).toMatchObject({ required_version: ">= 1.11.0" });
});
