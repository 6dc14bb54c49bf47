import { formatConninfo, parseConninfo, sameConninfo, withoutPassword } from "../../postgres/conninfo";
import { formatRelationName } from "../../postgres/relation-name";
import type { FoundSubscription } from "./catalog";
import { optionsOf } from "./options";
import type { SubscriptionState } from "./schema";

/** The state of a subscription. `before` holds what the server does not store. */
export function stateOf(
  { row, status }: FoundSubscription,
  database: string,
  before: Omit<SubscriptionState, "database" | "tables">,
): SubscriptionState {
  return {
    name: row.name,
    database,
    conninfo: conninfoOf(row.conninfo, before.conninfo),
    password_wo_version: before.password_wo_version,
    publisher_conninfo: before.publisher_conninfo,
    publications: row.publications,
    published_tables: before.published_tables,
    tables: status.tables.map(formatRelationName),
    owner: row.owner,
    enabled: row.enabled,
    create_slot: before.create_slot,
    slot_name: row.slot_name,
    copy_data: before.copy_data,
    refresh_triggers: before.refresh_triggers,
    detach_if_unreachable: before.detach_if_unreachable,
    on_broken: before.on_broken,
    ...optionsOf(row, before),
  };
}

/**
 * The server's connection string. Its password belongs into the state only if the configuration put one there: not
 * after an import, which sets no `before`, and not beside `password_wo`.
 */
function conninfoOf(current: string | null, before: string | null): string {
  if (current === null) return before ?? "";
  const known = before === null ? undefined : parseConninfo(before);
  if (known?.get("password")) return current;
  const visible = withoutPassword(parseConninfo(current));
  return before !== null && known !== undefined && sameConninfo(visible, known)
    ? before
    : formatConninfo(visible);
}
