import { parseConninfo } from "../../postgres/conninfo";
import { settingsFromConninfo } from "../../postgres/connection-settings";
import { PostgresError } from "../../postgres/errors";
import { type Published, readPublished } from "../../postgres/table-definitions/replicate-schema";
import { PostgresServer } from "../../postgres/server";
import { conninfoComplaint } from "../shared/conninfo-attribute";

/** Where the definitions come from. */
export interface Publisher {
  readonly conninfo: string;
  /** Instead of one in the connection string. */
  readonly password: string | null;
  readonly publications: readonly string[];
}

/** What is wrong with a connection string by which we are to connect ourselves; null when nothing is. */
export function publisherComplaint(text: string): string | null {
  const complaint = conninfoComplaint(text);
  if (complaint !== null) return complaint;
  try {
    settingsFromConninfo(parseConninfo(text));
    return null;
  } catch (error) {
    if (error instanceof RangeError) return `does not lead to a publisher: ${error.message}`;
    throw error;
  }
}

/**
 * Connects to the publisher, asks what it publishes, and closes the connection.
 *
 * @throws PostgresError whose message says that it is the publisher's.
 */
export async function askPublisher(publisher: Publisher, signal: AbortSignal): Promise<Published> {
  const { conninfo, password, publications } = publisher;
  const server = new PostgresServer(settingsFromConninfo(parseConninfo(conninfo), password ?? undefined));
  try {
    return await readPublished(server, publications, signal);
  } catch (error) {
    // A diagnostic can be about either of two servers.
    throw error instanceof PostgresError
      ? new PostgresError({ ...error, message: `The publisher: ${error.message}`, cause: error.cause })
      : error;
  } finally {
    await server.end();
  }
}

/** Those of the publications that the publisher does not have. */
export function absentPublications({ publications }: Publisher, published: Published): string[] {
  return publications.filter((name) => !published.publications.includes(name)).sort();
}
