import { parseConninfo } from "../../postgres/conninfo";
import { settingsFromConninfo } from "../../postgres/connection-settings";
import { type Published, readPublished } from "../../postgres/table-definitions/replicate-schema";
import { conninfoComplaint } from "../shared/conninfo-attribute";
import { type PublisherAccess, withPublisher } from "../shared/publisher";

/** Where the definitions come from. */
export interface Publisher extends PublisherAccess {
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
 * Asks the publisher what it publishes.
 *
 * @throws PostgresError whose message says that it is the publisher's.
 */
export function askPublisher(publisher: Publisher, signal: AbortSignal): Promise<Published> {
  return withPublisher(publisher, (server) => readPublished(server, publisher.publications, signal));
}

/** Those of the publications that the publisher does not have. */
export function absentPublications({ publications }: Publisher, published: Published): string[] {
  return publications.filter((name) => !published.publications.includes(name)).sort();
}
