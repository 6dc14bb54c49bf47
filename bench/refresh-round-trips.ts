/**
 * `npm run bench:refresh`: the number of SQL round trips when Terraform refreshes one object of each type, from the
 * server's log. Run `npm run build:provider` first.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { PROVIDER_ADDRESS } from "../facts/provider-address";
import { connectionUrl } from "../sandbox/postgres-endpoint";
import { startSandbox } from "../sandbox/sandbox";

const provider = join(__dirname, "..", "dist", "provider");

const resources: Record<string, Record<string, unknown>> = {
  postgresql_role: { name: "measured" },
  postgresql_grant_role: { role: "measured", grant_role: "pg_monitor" },
  postgresql_grant: {
    role: "measured",
    database: "postgres",
    schema: "public",
    object_type: "table",
    objects: ["t"],
    privileges: ["SELECT"],
  },
  postgresql_database: { name: "measured" },
  postgresql_schema: { name: "measured" },
  postgresql_extension: { name: "citext" },
  postgresql_replication_slot: { name: "measured", plugin: "pgoutput" },
  postgresql_publication: { name: "measured", tables: ["public.t"] },
};

async function main(): Promise<void> {
  // Every statement that a client sends is a line in the server's log.
  const settings = { log_statement: "all", log_min_messages: "log" };
  const sandbox = await startSandbox({
    servers: { server: { major: 18, settings }, publisher: { major: 18 } },
  });
  const { server, publisher } = sandbox.servers;
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    for (const endpoint of [server, publisher]) {
      const client = new Client({ connectionString: connectionUrl(endpoint) });
      await client.connect();
      await client.query("CREATE TABLE t (a int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t");
      await client.end();
    }
    const conninfo = `host=${publisher.host} port=${publisher.port} dbname=postgres user=postgres`;
    const secret = {
      conninfo,
      publications: ["p"],
      password_wo: "${var.publisher_password}",
      password_wo_version: "1",
    };
    const measured = {
      ...resources,
      postgresql_replicated_schema: secret,
      postgresql_subscription: { name: "measured", ...secret },
    };
    const configuration = {
      terraform: { required_providers: { postgresql: { source: PROVIDER_ADDRESS } } },
      variable: { publisher_password: { type: "string", ephemeral: true } },
      provider: { postgresql: { host: server.host, port: server.port, sslmode: "disable" } },
      resource: Object.fromEntries(
        Object.entries(measured).map(([type, attributes]) => [type, { o: attributes }]),
      ),
    };
    writeFileSync(join(directory, "main.tf.json"), JSON.stringify(configuration));
    writeFileSync(
      join(directory, "terraformrc"),
      `provider_installation {\n  dev_overrides {\n    "${PROVIDER_ADDRESS}" = "${provider}"\n  }\n}\n`,
    );
    const terraform = (...parameters: string[]): void => {
      execFileSync("terraform", parameters, {
        cwd: directory,
        stdio: ["ignore", "ignore", "inherit"],
        env: {
          ...process.env,
          TF_CLI_CONFIG_FILE: join(directory, "terraformrc"),
          CHECKPOINT_DISABLE: "1",
          PGPASSWORD: server.password,
          TF_VAR_publisher_password: publisher.password,
        },
      });
    };
    const messages = (): number => server.log().split(/LOG: {2}statement:/).length - 1;

    // The objects do not refer to each other, because -target also refreshes what a target refers to. So the role comes
    // first.
    terraform("apply", "-auto-approve", "-target=postgresql_role.o");
    terraform("apply", "-auto-approve");
    console.log("round trips of a refresh, including the query for the session user (one per database)");
    for (const type of Object.keys(measured)) {
      const before = messages();
      terraform("plan", "-refresh-only", `-target=${type}.o`);
      console.log(`  ${type.padEnd(30)} ${messages() - before}`);
    }
    const before = messages();
    terraform("plan", "-refresh-only");
    console.log(`  ${"all together".padEnd(30)} ${messages() - before}`);
    terraform("destroy", "-auto-approve");
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await sandbox.stop();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
