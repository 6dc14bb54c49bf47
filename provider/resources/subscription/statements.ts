import type { CreateOperation, UpdateOperation } from "../../framework/resource";
import type { Planned } from "../../framework/values";
import { formatConninfo, parseConninfo, withPassword } from "../../postgres/conninfo";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import { optionSettings } from "./options";
import type { SubscriptionSchema, SubscriptionState } from "./schema";

/** The connection string that the server is to keep: the configured one, with the write-only password. */
export function effectiveConninfo({
  planned,
  config,
}: Pick<CreateOperation<SubscriptionSchema, PostgresServer>, "planned" | "config">): string {
  const { password_wo: password } = config;
  return password === null
    ? planned.conninfo
    : formatConninfo(withPassword(parseConninfo(planned.conninfo), password));
}

/** One statement of an update. */
export interface Alteration {
  readonly sql: Sql;
  /** What of the state holds once it has run, beside what can be read back. */
  readonly sets?: "name" | "password";
}

/**
 * The statements of an update, in their order. What needs a disabled subscription runs while it is; a refresh needs an
 * enabled one; the name comes last, so that all others can use the old one.
 */
export function alterations(
  operation: UpdateOperation<SubscriptionSchema, PostgresServer>,
  session: SessionInfo,
): Alteration[] {
  const { prior, planned } = operation;
  const alter = (tail: Sql): Sql => sql`ALTER SUBSCRIPTION ${id(prior.name)} ${tail}`;
  const result: Alteration[] = [];

  if (planned.conninfo !== prior.conninfo || planned.password_wo_version !== prior.password_wo_version) {
    result.push({ sql: alter(sql`CONNECTION ${lit(effectiveConninfo(operation))}`), sets: "password" });
  }
  const enabling = planned.enabled && !prior.enabled;
  const disabling = !planned.enabled && prior.enabled;
  const whileDisabled = optionSettings(prior, planned, "while-disabled");
  const settings = [
    ...(planned.slot_name && planned.slot_name !== prior.slot_name
      ? [sql`slot_name = ${lit(planned.slot_name)}`]
      : []),
    ...optionSettings(prior, planned, "any-time"),
  ];
  if (settings.length > 0) result.push({ sql: alter(sql`SET (${list(settings)})`) });

  const refresh = refreshStatements(prior, planned, session, enabling).map((tail) => ({ sql: alter(tail) }));
  if (disabling) result.push(...refresh, { sql: alter(sql`DISABLE`) });
  else if (whileDisabled.length > 0 && prior.enabled) result.push({ sql: alter(sql`DISABLE`) });
  // Some of these may not share a statement or a transaction block.
  result.push(...whileDisabled.map((setting) => ({ sql: alter(sql`SET (${setting})`) })));
  if (enabling || (whileDisabled.length > 0 && planned.enabled)) result.push({ sql: alter(sql`ENABLE`) });
  if (!disabling) result.push(...refresh);

  if (planned.owner && planned.owner !== prior.owner)
    result.push({ sql: ownerStatement(prior.name, planned.owner) });
  if (planned.name !== prior.name)
    result.push({ sql: alter(sql`RENAME TO ${id(planned.name)}`), sets: "name" });
  return result;
}

/** What brings the list of publications, and of their tables, up to date. */
function refreshStatements(
  prior: SubscriptionState,
  planned: Planned<SubscriptionSchema>,
  { version }: SessionInfo,
  enabling: boolean,
): Sql[] {
  const copy = sql`copy_data = ${lit(planned.copy_data)}`;
  // A disabled subscription cannot be refreshed; it is when it is enabled.
  const enabled = planned.enabled || prior.enabled;
  const options = enabled ? sql`WITH (refresh = true, ${copy})` : sql`WITH (refresh = false)`;
  const added = planned.publications.filter((name) => !prior.publications.includes(name));
  const removed = prior.publications.filter((name) => !planned.publications.includes(name));
  const names = (publications: readonly string[]): Sql =>
    list([...publications].sort().map((name) => id(name)));

  if (added.length > 0 || removed.length > 0) {
    // Before PostgreSQL 14 only the whole list can be given. Dropping all before adding others is no choice: a
    // subscription cannot be without any.
    if (!version.atLeast(14) || removed.length === prior.publications.length) {
      return [sql`SET PUBLICATION ${names(planned.publications)} ${options}`];
    }
    return [
      ...(removed.length > 0
        ? [sql`DROP PUBLICATION ${names(removed)} ${enabled ? sql`WITH (refresh = true)` : options}`]
        : []),
      ...(added.length > 0 ? [sql`ADD PUBLICATION ${names(added)} ${options}`] : []),
    ];
  }
  const triggered =
    JSON.stringify(planned.refresh_triggers ?? {}) !== JSON.stringify(prior.refresh_triggers ?? {});
  return enabled && (enabling || triggered) ? [sql`REFRESH PUBLICATION WITH (${copy})`] : [];
}

/** Gives the subscription to another role. */
export function ownerStatement(name: string, owner: string): Sql {
  return sql`ALTER SUBSCRIPTION ${id(name)} OWNER TO ${id(owner)}`;
}

/** Drops the subscription and leaves its slot alone. */
export function detachedDrop(name: string): Sql[] {
  return [
    sql`ALTER SUBSCRIPTION ${id(name)} DISABLE`,
    sql`ALTER SUBSCRIPTION ${id(name)} SET (slot_name = NONE)`,
    sql`DROP SUBSCRIPTION ${id(name)}`,
  ];
}
