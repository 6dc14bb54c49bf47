import { randomBytes } from "node:crypto";
import { escapeIdentifier } from "pg";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { withClient } from "./client";
// Databases are dropped first, and what their roles own with them.
import "./database";

const created: { server: PostgresEndpoint; name: string }[] = [];

/**
 * Creates a role of a test's own; it is dropped after the last test of the file, when the test's databases are gone.
 *
 * @param options - as in CREATE ROLE, such as `CREATEROLE CREATEDB`. It can log in.
 * @param creator - the role that creates it. @default - the superuser
 * @returns the server, with the role as its user.
 */
export async function createRole(
  server: PostgresEndpoint,
  options = "",
  creator?: string,
): Promise<PostgresEndpoint> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  await withClient(server, async (client) => {
    if (creator !== undefined) {
      await client.query(`SET ROLE ${escapeIdentifier(creator)}`);
    }
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}' ${options}`);
  });
  created.push({ server, name });
  return { ...server, username: name, password };
}

afterAll(async () => {
  // The youngest first: on PostgreSQL 16 and later an older one may have granted what a younger one has.
  for (const { server, name } of created.splice(0).reverse()) {
    await withClient(server, (client) => client.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`));
  }
});
