import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { createDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";

const publisher = sharedServer("publisher");

/** A server that can stop answering, while it still accepts connections. */
interface SilentServer {
  readonly endpoint: PostgresEndpoint;
  /** Stops answering once it is asked something that contains the text; without one, answers again. */
  readonly fallSilentAt: (text?: string) => void;
  readonly isSilent: () => boolean;
}

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(() => {
  sockets.forEach((socket) => socket.destroy());
  servers.splice(0).forEach((server) => server.close());
});

async function silentServer(): Promise<SilentServer> {
  let silencingText: string | undefined;
  let silent = false;
  const server = createServer((client) => {
    const upstream = connect(publisher.port, publisher.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.on("data", (data) => {
      silent ||= silencingText !== undefined && data.includes(silencingText);
      if (!silent) {
        upstream.write(data);
      }
    });
    upstream.on("data", (data) => {
      if (!silent) {
        client.write(data);
      }
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: { ...publisher, port: (server.address() as AddressInfo).port },
    fallSilentAt: (text) => {
      silencingText = text;
      silent = false;
    },
    isSilent: () => silent,
  };
}

/** Schemas, of which the second is read after the first. */
const schemas = {
  resource: {
    postgresql_schema: {
      first: { name: "first" },
      second: { name: "second", depends_on: ["postgresql_schema.first"] },
    },
  },
};

describe("a server that stops answering while Terraform plans a destroy", () => {
  test("does not hold Terraform up after Ctrl-C", async () => {
    const database = await createDatabase(publisher);
    const { endpoint, fallSilentAt, isSilent } = await silentServer();
    const provider = { server: endpoint, database: database.name };
    // With an environment, Terraform starts the provider itself.
    const terraform = await createTerraform({ provider, environment: {} });
    await terraform.write(schemas);
    await terraform.apply();
    fallSilentAt("second");
    let interrupted = Infinity;
    const run = await terraform.destroyUntil(() => {
      interrupted = Date.now();
      return isSilent();
    });
    expect(Date.now() - interrupted).toBeLessThan(10_000);
    expect(run.exitCode).toBe(1);
    expect(run.diagnostics[0]?.detail).toContain("The operation was cancelled.");
    fallSilentAt();
    await terraform.destroy();
  });

  test("is given up on after connect_timeout and a few seconds, without Ctrl-C", async () => {
    const database = await createDatabase(publisher);
    const { endpoint, fallSilentAt } = await silentServer();
    const provider = { server: endpoint, database: database.name, arguments: { connect_timeout: 1 } };
    const terraform = await createTerraform({ provider });
    await terraform.write(schemas);
    await terraform.apply();
    fallSilentAt("second");
    const started = Date.now();
    const { diagnostics } = await errorOf(terraform.destroy());
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(diagnostics[0]).toMatchObject({
      summary: "Unable to read schema",
      address: "postgresql_schema.second",
      detail: expect.stringMatching(/stopped answering.*within 1 s/s) as string,
    });
    fallSilentAt();
    await terraform.destroy();
  });

  test("is waited for while it works", async () => {
    const database = await createDatabase(publisher);
    await database.query("CREATE VIEW slow AS SELECT 1 FROM pg_sleep(20)");
    const terraform = await createTerraform({
      provider: { server: publisher, database: database.name, arguments: { connect_timeout: 1 } },
    });
    await terraform.write({ data: { postgresql_table_comparison: { slow: { tables: ["slow"] } } } });
    await terraform.apply();
    expect(await terraform.state("data.postgresql_table_comparison.slow")).toMatchObject({
      row_counts: { slow: 1 },
    });
  });
});
