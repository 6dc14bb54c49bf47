import { PostgresServer } from "../../../provider/postgres/server";
import { sql } from "../../../provider/postgres/sql";

const mockLoad = jest.fn();
jest.mock("pg", () => {
  mockLoad();
  throw new Error("pg is loaded");
});

test("node-postgres is loaded by the first connection, not before: every start of the provider would pay for it", async () => {
  const server = new PostgresServer({
    host: "127.0.0.1",
    port: 1,
    database: "postgres",
    username: "postgres",
    ssl: { mode: "disable" },
    connectTimeoutSeconds: 1,
    maxConnections: 1,
    applicationName: "test",
  });
  expect(mockLoad).not.toHaveBeenCalled();
  await expect(server.select("postgres", sql`SELECT 1`, new AbortController().signal)).rejects.toThrow();
  expect(mockLoad).toHaveBeenCalled();
});
