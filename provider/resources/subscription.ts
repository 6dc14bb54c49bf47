import { DiagnosticError, type Diagnostics } from "../framework/diagnostics";
import type { CreateOperation, Operation, UpdateOperation } from "../framework/resource";
import { defaulted, optional, optionalComputed, required, type Schema, writeOnly } from "../framework/schema";
import { bool, mapOf, setOf, string } from "../framework/value-type";
import type { Planned, State, View } from "../framework/values";
import {
  formatConninfo,
  parseConninfo,
  sameConninfo,
  withoutPassword,
  withPassword,
} from "../postgres/conninfo";
import { PostgresError } from "../postgres/errors";
import { formatRelationName } from "../postgres/relation-name";
import type { PostgresServer } from "../postgres/server";
import type { SessionInfo } from "../postgres/session";
import { id, list, lit, type Sql, sql } from "../postgres/sql";
import { SQLSTATE } from "../postgres/sqlstate";
import { conninfoComplaint, sameConninfoText } from "./conninfo-attribute";
import {
  databaseAttribute,
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
  planDatabase,
} from "./database-object";
import { define } from "./define";
import { identifierComplaint, slotNameComplaint } from "./identifier";
import { warnOfNotice } from "./notices";
import { alreadyExists, askWhilePlanning, requireVersion } from "./plan-check";
import { withRemedies } from "./remedies";
import {
  optionColumns,
  optionsOf,
  optionSettings,
  type OptionsRow,
  requireOptionVersions,
  subscriptionOptions,
} from "./subscription-options";

const schema = {
  description:
    "A subscription: copies the tables of publications into this database and keeps them up to date. Everything but the database is altered in place; no change copies rows again that are there already.",
  attributes: {
    name: required(string, {
      description: "The subscription's name. Renamed in place.",
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    conninfo: required(string, {
      description:
        "How the subscriber reaches the publisher: a libpq connection string, `host=… port=… dbname=… user=…` or `postgresql://…`. It is kept in the state, so leave the password to `password_wo`. Altered in place. With `connect_timeout=10` in it, an unreachable publisher is reported soon.",
      sensitive: true,
      validate: conninfoComplaint,
      equivalent: sameConninfoText,
    }),
    password_wo: writeOnly(string, {
      description:
        "The password of the connection to the publisher; it is kept by the subscriber's server only. Needs Terraform 1.11 or later.",
      requiredWith: ["password_wo_version"],
    }),
    password_wo_version: optional(string, {
      description:
        "Any text. When it changes, `password_wo` is written to the subscription again; no row is copied again.",
      requiredWith: ["password_wo"],
    }),
    publications: required(setOf(string), {
      description:
        "The publications to subscribe to. Added and removed in place: the tables of an added one are copied, all others go on.",
      validate: (publications) =>
        publications.length === 0 ? "is empty. Name at least one publication." : null,
    }),
    owner: optionalComputed(string, {
      description: "The role that owns the subscription (default: the provider's user).",
      validate: identifierComplaint,
    }),
    enabled: defaulted(bool, true, {
      description: "Whether the subscription replicates. Enabled and disabled in place.",
    }),
    create_slot: defaulted(bool, true, {
      description:
        "Whether the replication slot is made at the publisher with the subscription and dropped with it. With `false` a slot named `slot_name` must be there, and stays when the subscription is destroyed.",
    }),
    slot_name: optionalComputed(string, {
      description:
        "The replication slot at the publisher (default: the subscription's name). Altered in place.",
      validate: slotNameComplaint,
    }),
    copy_data: defaulted(bool, true, {
      description: "Whether the rows that are in a table already are copied when its replication begins.",
    }),
    refresh_triggers: optional(mapOf(string), {
      description:
        "Any values. When they change, the subscription takes up the tables that its publications have gained (`REFRESH PUBLICATION`), and copies them. Put what the list of published tables is made of in here.",
    }),
    detach_if_unreachable: defaulted(bool, false, {
      description:
        "What to do when the publisher cannot be reached while the subscription is destroyed. `false`: fail, and change nothing. `true`: drop the subscription all the same and leave its slot at the publisher, which then keeps WAL until somebody drops it; a warning names it.",
    }),
    ...subscriptionOptions,
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type SubscriptionState = State<S>;

export const subscription = define({
  typeName: "postgresql_subscription",
  noun: "subscription",
  schema,
  identify: databaseObjectId,
  label: (values) => databaseObjectLabel("subscription", values),

  validate(config, diagnostics) {
    if (config.create_slot === false && config.slot_name === null) {
      diagnostics.error(
        "Missing attribute",
        "create_slot = false needs slot_name: the name of the slot that is there already.",
        ["slot_name"],
      );
    }
    const defaultSlot = config.create_slot !== false && config.slot_name === null ? config.name : undefined;
    if (defaultSlot !== undefined && slotNameComplaint(defaultSlot) !== null) {
      diagnostics.error(
        "Missing attribute",
        `The slot is named after the subscription unless slot_name is set, and that name ${slotNameComplaint(defaultSlot)} Set slot_name.`,
        ["slot_name"],
      );
    }
  },

  async modifyPlan(operation) {
    planDatabase(operation);
    const { provider, plan, prior, config, diagnostics, signal } = operation;
    if (
      prior === null &&
      plan.slot_name === undefined &&
      plan.name !== undefined &&
      config.slot_name === null
    ) {
      operation.set("slot_name", plan.name);
    }
    const { name, database } = plan;
    if (provider === null || name === undefined || typeof database !== "string") return;
    const label = databaseObjectLabel("subscription", plan);
    if (prior === null) refuseOwnServer(plan, provider, label, diagnostics);
    const found = await askWhilePlanning(diagnostics, label, async () => {
      const session = await provider.session(database, signal);
      const exists =
        prior === null && (await findSubscription(provider, database, name, signal)) !== undefined;
      return { version: session.version, exists };
    });
    if (found === undefined) return;
    requireOptionVersions(config, found.version, diagnostics);
    if (prior !== null && plan.two_phase !== undefined && plan.two_phase !== prior.two_phase) {
      // ALTER SUBSCRIPTION cannot, and making a new subscription would copy everything again.
      if (!found.version.atLeast(18)) requireVersion(diagnostics, found.version, 18, "two_phase");
    }
    if (found.exists && !operation.isManaged(`${database}.${name}`)) {
      alreadyExists(
        diagnostics,
        "postgresql_subscription",
        label,
        formatRelationName({ schema: database, name }),
      );
    }
  },

  async create(operation) {
    const { provider, planned, signal } = operation;
    const database = databaseOf(planned, provider);
    const label = databaseObjectLabel("subscription", { ...planned, database });
    const session = await provider.session(database, signal);
    await requireUsableOwner(operation, database, session.user);
    const publications = list([...planned.publications].sort().map((name) => id(name)));
    const options = [
      sql`create_slot = ${lit(planned.create_slot)}`,
      sql`enabled = ${lit(planned.enabled)}`,
      sql`copy_data = ${lit(planned.copy_data)}`,
      ...(planned.slot_name ? [sql`slot_name = ${lit(planned.slot_name)}`] : []),
      ...optionSettings(null, planned),
    ];
    await run(operation, database, label, [
      sql`CREATE SUBSCRIPTION ${id(planned.name)} CONNECTION ${lit(effectiveConninfo(operation))} PUBLICATION ${publications} WITH (${list(options)})`,
    ]);
    // From here on there is something to lose track of.
    operation.keep(await currentState(operation, database, session));
    if (planned.owner && planned.owner !== session.user) {
      await run(operation, database, label, [ownerStatement(planned.name, planned.owner)]);
    }
    return currentState(operation, database, session);
  },

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const row = await findSubscription(provider, database, state.name, signal);
      return row === undefined ? null : stateOf(row, database, state);
    }),

  async update(operation) {
    const { provider, prior, planned, signal } = operation;
    const database = databaseOf(prior, provider);
    const label = databaseObjectLabel("subscription", prior);
    const session = await provider.session(database, signal);
    await requireUsableOwner(operation, database, prior.owner);
    let name = prior.name;
    let passwordVersion = prior.password_wo_version;
    try {
      for (const statement of alterations(operation, session)) {
        await run(operation, database, label, [statement.sql]);
        if (statement.sets === "name") name = planned.name;
        if (statement.sets === "password") passwordVersion = planned.password_wo_version;
      }
    } catch (error) {
      // Each statement holds by itself: the state says how far they came.
      const row = await findSubscription(provider, database, name, signal).catch(() => undefined);
      if (row) {
        const left = { ...prior, name, password_wo_version: passwordVersion };
        operation.keep(stateOf(row, database, left));
      }
      throw error;
    }
    return currentState(operation, database, session);
  },

  async delete(operation) {
    const { provider, state } = operation;
    const database = databaseOf(state, provider);
    const label = databaseObjectLabel("subscription", state);
    await nullWithoutDatabase(async () => {
      const row = await findSubscription(provider, database, state.name, operation.signal);
      if (row === undefined) return null;
      if (!state.create_slot || row.slot_name === null) {
        await run(operation, database, label, detachedDrop(state.name));
        return null;
      }
      try {
        await run(operation, database, label, [sql`DROP SUBSCRIPTION ${id(state.name)}`]);
      } catch (error) {
        if (!(error instanceof PostgresError)) throw error;
        if (slotIsGone(error)) {
          await run(operation, database, label, detachedDrop(state.name));
        } else if (publisherIsUnreachable(error)) {
          if (!state.detach_if_unreachable) throw error.withRemedy(unreachableRemedy(row.slot_name));
          await run(operation, database, label, detachedDrop(state.name));
          warnOfOrphan(operation, label, row.slot_name, state.conninfo);
        } else {
          throw error;
        }
      }
      return null;
    });
  },

  importState: parseDatabaseObjectId,
});

/** The connection string that the server is to keep: the configured one, with the write-only password. */
function effectiveConninfo({
  planned,
  config,
}: Pick<CreateOperation<S, PostgresServer>, "planned" | "config">): string {
  const { password_wo: password } = config;
  return password === null
    ? planned.conninfo
    : formatConninfo(withPassword(parseConninfo(planned.conninfo), password));
}

/** A slot that is made by a transaction of the same server waits for that transaction to end: for ever. */
function refuseOwnServer(
  plan: View<S>,
  server: PostgresServer,
  label: string,
  diagnostics: Diagnostics,
): void {
  if (plan.conninfo === undefined || plan.create_slot !== true) return;
  const publisher = parseConninfo(plan.conninfo);
  const [host, port] = [publisher.get("host") ?? publisher.get("hostaddr"), publisher.get("port") || "5432"];
  if (host !== server.settings.host || port !== String(server.settings.port)) return;
  diagnostics.error(
    "Publisher and subscriber are the same server",
    `${label} would wait for itself for ever: its conninfo names the server that it is created on (${host}:${port}). ` +
      'Create the slot first with a postgresql_replication_slot (plugin = "pgoutput") in the publisher\'s database, and set create_slot = false and slot_name here.',
    ["conninfo"],
  );
}

interface Alteration {
  readonly sql: Sql;
  /** What of the state holds once it has run, beside what can be read back. */
  readonly sets?: "name" | "password";
}

/**
 * The statements of an update, in their order. What needs a disabled subscription runs while it is; a refresh needs an
 * enabled one; the name comes last, so that all others can use the old one.
 */
function alterations(operation: UpdateOperation<S, PostgresServer>, session: SessionInfo): Alteration[] {
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
  planned: Planned<S>,
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

/** Refuses an owner with whom nothing would ever be replicated: the server itself takes it without a word. */
async function requireUsableOwner(
  { provider, planned: { owner }, signal }: CreateOperation<S, PostgresServer>,
  database: string,
  present: string | null,
): Promise<void> {
  if (!owner || owner === present) return;
  const query = sql`SELECT rolcanlogin AS can_login FROM pg_catalog.pg_roles WHERE rolname = ${lit(owner)}`;
  const [role] = await provider.select<{ can_login: boolean }>(database, query, signal);
  if (role?.can_login !== false) return;
  throw new DiagnosticError(
    "Owner cannot log in",
    `The role ${JSON.stringify(owner)} cannot own the subscription: its workers run as the owner, and this role has no LOGIN. Give it LOGIN, or choose another owner.`,
    ["owner"],
  );
}

function ownerStatement(name: string, owner: string): Sql {
  return sql`ALTER SUBSCRIPTION ${id(name)} OWNER TO ${id(owner)}`;
}

/** Drops the subscription and leaves its slot alone. */
function detachedDrop(name: string): Sql[] {
  return [
    sql`ALTER SUBSCRIPTION ${id(name)} DISABLE`,
    sql`ALTER SUBSCRIPTION ${id(name)} SET (slot_name = NONE)`,
    sql`DROP SUBSCRIPTION ${id(name)}`,
  ];
}

const REMEDIES = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Choose another name, or take the existing subscription over with terraform import (the import ID is database.name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Subscriptions are created by a superuser, on Aurora and RDS by a member of rds_superuser, and from PostgreSQL 16 on by a member of pg_create_subscription who has CREATE on the database and whose conninfo has a password.",
  [SQLSTATE.UNDEFINED_TABLE]:
    "The subscriber needs each published table before the subscription is created: create it, or let a postgresql_replicated_schema do so, and let the subscription depend on it.",
  [SQLSTATE.CONFIGURATION_LIMIT_EXCEEDED]:
    "Raise max_replication_slots (and max_wal_senders) and restart the server, or drop what is not used any more.",
};

/** Runs statements one after the other, each outside of a transaction block, as most of these must be. */
async function run(
  { provider, signal, warn }: Operation<PostgresServer>,
  database: string,
  label: string,
  statements: readonly Sql[],
): Promise<void> {
  for (const statement of statements) {
    try {
      await withRemedies(REMEDIES, () =>
        provider.execute(database, statement, signal, (notice) => warnOfNotice({ warn }, label, notice)),
      );
    } catch (error) {
      throw error instanceof PostgresError && error.remedy === undefined ? withPublisherRemedy(error) : error;
    }
  }
}

/** Errors of the publisher arrive in the text of the subscriber's own. */
function withPublisherRemedy(error: PostgresError): PostgresError {
  if (/wal_level/.test(error.message)) {
    return error.withRemedy(
      "The publisher needs wal_level = logical and a restart (on Aurora and RDS: rds.logical_replication = 1 in the parameter group, and a reboot).",
    );
  }
  if (/replication slot .* already exists/.test(error.message)) {
    return error.withRemedy(
      "The publisher has a slot of this name, perhaps left by an earlier subscription. If nobody reads from it, drop it with SELECT pg_drop_replication_slot('…') at the publisher; or choose another slot_name; or use it as it is with create_slot = false.",
    );
  }
  if (/all replication slots are in use/.test(error.message)) {
    return error.withRemedy(
      "Raise max_replication_slots at the publisher and restart it, or drop slots that are not used.",
    );
  }
  if (publisherIsUnreachable(error)) {
    return error.withRemedy(
      "It is the subscriber's server that connects to the publisher, from where it runs: check host, port, user and password in conninfo, the publisher's security group or firewall, and its pg_hba.conf.",
    );
  }
  return error;
}

function publisherIsUnreachable(error: PostgresError): boolean {
  return /could not connect to (the )?publisher/.test(error.message);
}

function slotIsGone(error: PostgresError): boolean {
  return /replication slot .* does not exist/.test(error.message);
}

function unreachableRemedy(slot: string): string {
  return (
    `The slot ${JSON.stringify(slot)} at the publisher cannot be dropped, so nothing was changed. Make the publisher reachable and destroy again; ` +
    "or, when it is gone for good, set detach_if_unreachable = true, apply, and destroy again."
  );
}

function warnOfOrphan({ warn }: Operation<unknown>, label: string, slot: string, conninfo: string): void {
  const publisher = parseConninfo(conninfo);
  warn(
    "Replication slot left behind",
    `${label} was dropped without its publisher. Should the publisher at ${publisher.get("host") ?? "its host"} still exist, it keeps WAL for the slot ${JSON.stringify(slot)} until its disk is full: ` +
      `drop it there with SELECT pg_drop_replication_slot(${lit(slot).text}).`,
  );
}

interface SubscriptionRow extends OptionsRow {
  readonly name: string;
  readonly owner: string;
  readonly enabled: boolean;
  readonly slot_name: string | null;
  readonly publications: readonly string[];
  /** Null where this user may not read it. */
  readonly conninfo: string | null;
}

/**
 * Names every column, and `subconninfo` only where it may be read: a single column without privilege makes the whole
 * query fail. Subscriptions of other databases are in the same catalog.
 */
async function findSubscription(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<SubscriptionRow | undefined> {
  const query = ({ version, canReadSubconninfo }: SessionInfo): Sql =>
    sql`SELECT subname AS name, pg_catalog.pg_get_userbyid(subowner) AS owner, subenabled AS enabled,
               subslotname AS slot_name, subpublications AS publications,
               ${canReadSubconninfo ? sql`subconninfo` : sql`NULL::text`} AS conninfo, ${optionColumns(version)}
        FROM pg_catalog.pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
          AND subname = ${lit(name)}`;
  const [row] = await server.select<SubscriptionRow>(database, query, signal);
  return row;
}

/** `before` has what the server does not tell: what only this provider knows. */
function stateOf(
  row: SubscriptionRow,
  database: string,
  before: Omit<SubscriptionState, "database">,
): SubscriptionState {
  return {
    name: row.name,
    database,
    conninfo: conninfoOf(row, before),
    password_wo_version: before.password_wo_version,
    publications: row.publications,
    owner: row.owner,
    enabled: row.enabled,
    create_slot: before.create_slot,
    slot_name: row.slot_name,
    copy_data: before.copy_data,
    refresh_triggers: before.refresh_triggers,
    detach_if_unreachable: before.detach_if_unreachable,
    ...optionsOf(row),
  };
}

/** The server's connection string, without the password where that is not the state's business. */
function conninfoOf(
  row: SubscriptionRow,
  before: Pick<SubscriptionState, "conninfo" | "password_wo_version">,
): string {
  if (row.conninfo === null) return before.conninfo;
  if (before.password_wo_version === null) return row.conninfo;
  const current = withoutPassword(parseConninfo(row.conninfo));
  return sameConninfo(current, parseConninfo(before.conninfo)) ? before.conninfo : formatConninfo(current);
}

async function currentState(
  { provider, planned, signal }: CreateOperation<S, PostgresServer>,
  database: string,
  session: SessionInfo,
): Promise<SubscriptionState> {
  const row = await findSubscription(provider, database, planned.name, signal);
  if (row !== undefined)
    return stateOf(row, database, { ...planned, owner: session.user, slot_name: null, ...optionsOf(row) });
  throw new DiagnosticError(
    "Subscription is gone",
    `The subscription ${JSON.stringify(planned.name)} was there a moment ago and is gone now: something else has dropped it.`,
  );
}
