import { Client } from "pg";
import { connectionUrl, type PostgresEndpoint } from "../postgres-endpoint";

/**
 * Does some work on a connection of its own.
 *
 * @param database - where to connect.
 */
export async function asSuperuser<T>(
  server: PostgresEndpoint,
  database: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const connectionString = connectionUrl(server, database);
  const client = new Client({ connectionString, application_name: "rdsadmin" });
  // When the server goes down under it, the query that is running is told as well.
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
