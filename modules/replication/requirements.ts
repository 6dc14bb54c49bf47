import { Token } from "cdktf";

/**
 * Refuses what cannot name a replication slot.
 *
 * @throws Error
 */
export function requireSlotName(property: string, name: string): void {
  if (Token.isUnresolved(name) || /^[a-z0-9_]{1,63}$/.test(name)) return;
  throw new Error(
    `${property} must consist of 1 to 63 lower case letters, digits and underscores, since it also names a replication slot. Got ${JSON.stringify(name)}.`,
  );
}

/**
 * Refuses Aurora's reader endpoint: publications, slots and subscriptions live on the writer.
 *
 * @throws Error
 */
export function requireWriterEndpoint(property: string, host: string | undefined): void {
  if (host === undefined || Token.isUnresolved(host) || !/\.cluster-ro-[^.]+\./i.test(host)) return;
  throw new Error(
    `${property} must be the writer's endpoint (….cluster-….rds.amazonaws.com): a reader can neither publish nor subscribe. Got the reader endpoint ${JSON.stringify(host)}.`,
  );
}
