import type { PostgresServer } from "../../postgres/server";
import type { FoundSubscription } from "./catalog";

const seen = new WeakMap<PostgresServer, Map<string, FoundSubscription>>();

/** Keeps what a refresh saw for the plan that follows it in the same process, which then needs no round trip of its own. */
export function remember(server: PostgresServer, id: string, found: FoundSubscription): void {
  const subscriptions = seen.get(server) ?? new Map<string, FoundSubscription>();
  seen.set(server, subscriptions.set(id, found));
}

/** What the refresh saw, once: a later plan must look again. */
export function recall(server: PostgresServer, id: string): FoundSubscription | undefined {
  const found = seen.get(server)?.get(id);
  seen.get(server)?.delete(id);
  return found;
}
