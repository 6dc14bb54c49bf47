import { type Published, readPublished } from "../../postgres/table-definitions/replicate-schema";
import { type PublisherAccess, withPublisher } from "../shared/publisher";

/** Where the definitions come from. */
export interface Publisher extends PublisherAccess {
  readonly publications: readonly string[];
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
