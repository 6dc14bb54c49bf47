import type { Planned } from "../../framework/values";
import { parseConninfo, sameConninfo } from "../../postgres/conninfo";
import { formatRelationName, type RelationName } from "../../postgres/relation-name";
import type { ServerVersion } from "../../postgres/server-version";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import { optionSettings } from "./options";
import type { SubscriptionSchema, SubscriptionState } from "./schema";

/** What must hold before a change goes further. The executor checks it, and waits for it where waiting helps. */
export type Condition =
  /** The publisher has these publications. */
  | { readonly is: "publications exist"; readonly publications: readonly string[] }
  /** The publisher has this slot, in the database that the subscription reads from. */
  | { readonly is: "slot exists"; readonly slot: string }
  /** These tables are empty at the subscriber. */
  | { readonly is: "tables empty"; readonly tables: readonly RelationName[] }
  /**
   * The subscriber has confirmed every change that was committed at the publisher before, and those of transactions
   * that were open: the publisher decodes each change with the catalogs of its time, which know nothing of a
   * publication that was created or renamed later.
   */
  | { readonly is: "caught up"; readonly slot: string }
  /** The slot has been read up to where another one begins. */
  | { readonly is: "slot passed"; readonly slot: string; readonly start: string }
  /** No worker of the subscription runs, and nothing reads from the slot. */
  | { readonly is: "worker stopped"; readonly slot: string | null }
  /** A worker has connected to the publisher since the change began. */
  | { readonly is: "worker connected" };

/** One step of a change. */
export type Step =
  | { readonly await: Condition }
  | {
      /** Where the statement runs. */
      readonly at: "subscriber" | "publisher";
      readonly run: Sql;
      /** The slot that the statement creates. It is dropped if a later step fails before the subscription uses it. */
      readonly createsSlot?: string;
      /** Whether the statement stops replication, or starts it again. */
      readonly replication?: "stops" | "starts";
      /** The statement fails while a worker is still about to stop. */
      readonly retryWhileBusy?: true;
      /** What of the state holds from here on and cannot be read back from the server. */
      readonly sets?: Partial<Pick<SubscriptionState, "name" | "password_wo_version" | "conninfo">>;
      /** A failure is a warning with this text: the change has been made. */
      readonly warnOnFailure?: string;
    };

/** What the servers say when a change begins. */
export interface Situation {
  readonly subscriberVersion: ServerVersion;
  /** Whether the subscription is enabled now: with disable_on_error, it may have disabled itself since the plan. */
  readonly enabled: boolean;
  /** The slot that the subscription uses now. */
  readonly slotName: string | null;
  /** The connection string that the subscription has now; null where this user may not read it. */
  readonly conninfo: string | null;
  /** Null where the publisher cannot be reached from here. */
  readonly publisher: {
    readonly version: ServerVersion;
    /** Published tables that the subscription does not include yet. */
    readonly newTables: readonly RelationName[];
    /** Tables of the subscription that are not published any more. */
    readonly goneTables: readonly RelationName[];
  } | null;
}

/** The connection string to store, password included. */
export type EffectiveConninfo = string;

/**
 * The steps that turn a subscription into what is planned. Each order has its reason:
 *
 * - checks first, so that a change that cannot be made fails before anything is changed;
 * - the connection next: with an old password no worker would catch up;
 * - then publications, slot and options, around one pause of the subscription at most;
 * - the name last, so that all statements can use the old one.
 */
export function changeSteps(
  prior: SubscriptionState,
  planned: Planned<SubscriptionSchema>,
  situation: Situation,
  conninfo: EffectiveConninfo,
): Step[] {
  const alter = (tail: Sql): Sql => sql`ALTER SUBSCRIPTION ${id(prior.name)} ${tail}`;
  const statement = (tail: Sql): Step => ({ at: "subscriber", run: alter(tail) });
  const { enabled } = situation;
  const connection =
    (planned.conninfo !== prior.conninfo || planned.password_wo_version !== prior.password_wo_version) &&
    !(
      situation.conninfo !== null && sameConninfo(parseConninfo(situation.conninfo), parseConninfo(conninfo))
    );
  const slot = slotChange(planned, situation, alter);
  const paused = [...(slot?.paused ?? []), ...whileDisabled(prior, planned, alter)];
  const anyTime = optionSettings(prior, planned, "any-time");
  const tables = tableSteps(prior, planned, situation, alter);

  const steps: Step[] = [...tables.checks, ...(slot?.checks ?? [])];
  if (connection) {
    if (situation.slotName !== null && situation.publisher !== null && planned.conninfo !== prior.conninfo) {
      steps.unshift({ await: { is: "slot exists", slot: situation.slotName } });
    }
    steps.push({
      at: "subscriber",
      run: alter(sql`CONNECTION ${lit(conninfo)}`),
      sets: { conninfo: planned.conninfo, password_wo_version: planned.password_wo_version },
    });
    if (enabled) steps.push({ await: { is: "worker connected" } });
  }
  if (anyTime.length > 0) steps.push(statement(sql`SET (${list(anyTime)})`));

  const stop: Step[] = [
    { at: "subscriber", run: alter(sql`DISABLE`), replication: "stops" },
    { await: { is: "worker stopped", slot: situation.slotName } },
  ];
  const start: Step = { at: "subscriber", run: alter(sql`ENABLE`), replication: "starts" };
  const pause = paused.length === 0 ? [] : enabled ? [...stop, ...paused, start] : paused;
  if (planned.enabled) {
    // A subscription that is enabled by this change has its pause already.
    if (!enabled) steps.push(...pause, start, ...(slot?.resumed ?? []), ...tables.changes);
    else if (endsTwoPhase(prior, planned)) steps.push(...pause, ...(slot?.resumed ?? []), ...tables.changes);
    else steps.push(...tables.changes, ...pause, ...(slot?.resumed ?? []));
  } else {
    steps.push(...tables.changes, ...(enabled ? stop : []), ...paused, ...(slot?.resumed ?? []));
  }

  if (planned.owner && planned.owner !== prior.owner) {
    steps.push({ at: "subscriber", run: ownerStatement(prior.name, planned.owner) });
  }
  if (planned.name !== prior.name) {
    steps.push({
      at: "subscriber",
      run: alter(sql`RENAME TO ${id(planned.name)}`),
      sets: { name: planned.name },
    });
  }
  return steps;
}

/** Drops a slot at the publisher. */
export function dropSlot(name: string): Sql {
  return sql`SELECT pg_catalog.pg_drop_replication_slot(${lit(name)})`;
}

/** Options that PostgreSQL alters only while no worker runs. Some of them may not share a statement. */
function whileDisabled(
  prior: SubscriptionState,
  planned: Planned<SubscriptionSchema>,
  alter: (tail: Sql) => Sql,
): Step[] {
  return optionSettings(prior, planned, "while-disabled").map((setting) => ({
    at: "subscriber",
    run: alter(sql`SET (${setting})`),
    retryWhileBusy: true,
  }));
}

/** Gives the subscription to another role. */
export function ownerStatement(name: string, owner: string): Sql {
  return sql`ALTER SUBSCRIPTION ${id(name)} OWNER TO ${id(owner)}`;
}

interface TableSteps {
  readonly checks: readonly Step[];
  readonly changes: readonly Step[];
}

/** Brings the publications of the subscription, and their tables, up to date. */
function tableSteps(
  prior: SubscriptionState,
  planned: Planned<SubscriptionSchema>,
  situation: Situation,
  alter: (tail: Sql) => Sql,
): TableSteps {
  const { publisher, slotName } = situation;
  const added = planned.publications.filter((name) => !prior.publications.includes(name));
  const removed = prior.publications.some((name) => !planned.publications.includes(name));
  const refreshable = isRefreshable(planned, situation);
  const newTables = publisher?.newTables ?? [];
  const copy = sql`copy_data = ${lit(planned.copy_data && !hasTwoPhase(prior, planned, situation))}`;
  const empty: Step[] =
    refreshable && planned.copy_data && newTables.length > 0
      ? [{ await: { is: "tables empty", tables: newTables } }]
      : [];

  if (added.length > 0 || removed) {
    const options = refreshable ? sql`WITH (refresh = true, ${copy})` : sql`WITH (refresh = false)`;
    // The whole list at once: a table of both an old and a new publication must not leave the subscription in between.
    const names = list([...planned.publications].sort().map((name) => id(name)));
    const set: Step = { at: "subscriber", run: alter(sql`SET PUBLICATION ${names} ${options}`) };
    if (added.length === 0) return { checks: empty, changes: [set] };
    return {
      checks: [{ await: { is: "publications exist", publications: planned.publications } }, ...empty],
      changes: slotName === null ? [set] : [{ await: { is: "caught up", slot: slotName } }, set],
    };
  }
  return refreshable && isOutOfDate(prior, planned, situation)
    ? { checks: empty, changes: [{ at: "subscriber", run: alter(sql`REFRESH PUBLICATION WITH (${copy})`) }] }
    : { checks: [], changes: [] };
}

/** A disabled subscription cannot be refreshed. It is refreshed when it is enabled. */
function isRefreshable(planned: Planned<SubscriptionSchema>, { enabled }: Situation): boolean {
  return enabled || planned.enabled;
}

/** Whether the subscription may include other tables than its publications publish. */
function isOutOfDate(
  prior: SubscriptionState,
  planned: Planned<SubscriptionSchema>,
  { publisher }: Situation,
): boolean {
  return publisher === null
    ? (planned.enabled && !prior.enabled) || isTriggered(prior, planned)
    : publisher.newTables.length > 0 || publisher.goneTables.length > 0;
}

/** Whether two_phase is on at the moment when tables are added. */
function hasTwoPhase(
  prior: SubscriptionState,
  planned: Planned<SubscriptionSchema>,
  { enabled }: Situation,
): boolean {
  const after = planned.two_phase ?? prior.two_phase;
  return (enabled && !endsTwoPhase(prior, planned) ? prior.two_phase : after) === true;
}

/** two_phase is turned off before tables are added, and turned on afterwards. */
function endsTwoPhase(prior: SubscriptionState, planned: Planned<SubscriptionSchema>): boolean {
  return planned.two_phase === false && prior.two_phase === true;
}

/** Why a change is impossible in this situation; undefined when it is possible. */
export function changeRefusal(
  prior: SubscriptionState,
  planned: Planned<SubscriptionSchema>,
  situation: Situation,
): Refusal | undefined {
  const { publisher, slotName } = situation;
  if (planned.slot_name && slotName !== null && planned.slot_name !== slotName && prior.two_phase === true) {
    return {
      attribute: "slot_name",
      reason:
        "PostgreSQL cannot move a subscription with two_phase = true to another slot: transactions that are prepared but not committed would arrive twice. Set two_phase = false (PostgreSQL 18 or later), apply, and change slot_name then.",
    };
  }
  const { newTables } = publisher ?? { newTables: undefined };
  const adds = newTables === undefined ? isOutOfDate(prior, planned, situation) : newTables.length > 0;
  if (
    adds &&
    planned.copy_data &&
    isRefreshable(planned, situation) &&
    hasTwoPhase(prior, planned, situation)
  ) {
    const tables = newTables?.map(formatRelationName).join(", ");
    return {
      attribute: "two_phase",
      reason:
        `PostgreSQL copies no table into a subscription with two_phase = true${tables === undefined ? "" : `, and the publications contain new tables: ${tables}`}. ` +
        "Set two_phase = false (PostgreSQL 18 or later) and apply, which copies them. Set two_phase = true again afterwards. " +
        "If the rows of the new tables are at the subscriber already, set copy_data = false instead.",
    };
  }
  return undefined;
}

/** What is wrong with a planned change. */
export interface Refusal {
  readonly attribute: string;
  readonly reason: string;
}

/** Whether the configuration says that the published tables have changed. */
export function isTriggered(
  prior: Pick<SubscriptionState, "refresh_triggers" | "published_tables">,
  planned: {
    readonly refresh_triggers: SubscriptionState["refresh_triggers"] | undefined;
    readonly published_tables: SubscriptionState["published_tables"] | undefined;
  },
): boolean {
  const triggers =
    JSON.stringify(planned.refresh_triggers ?? {}) !== JSON.stringify(prior.refresh_triggers ?? {});
  const known = new Set(prior.published_tables ?? []);
  return triggers || (planned.published_tables ?? []).some((table) => !known.has(table));
}

interface SlotChange {
  readonly checks: readonly Step[];
  /** What happens while the subscription is disabled. */
  readonly paused: readonly Step[];
  /** What happens once it reads from the new slot. */
  readonly resumed: readonly Step[];
}

/**
 * Moves the subscription to another slot without losing or repeating a change. PostgreSQL cannot rename a slot. A copy of
 * the old slot has its position (from version 12 on). Before, a new slot begins later, so the old one is read up to
 * there; from then on the subscriber's own progress decides where it continues.
 */
function slotChange(
  planned: Planned<SubscriptionSchema>,
  situation: Situation,
  alter: (tail: Sql) => Sql,
): SlotChange | undefined {
  const { slotName: old, publisher } = situation;
  const slot = planned.slot_name;
  if (!slot || old === null || slot === old) return undefined;
  const set: Step = {
    at: "subscriber",
    run: alter(sql`SET (slot_name = ${lit(slot)})`),
    retryWhileBusy: true,
  };
  // The new slot is not synchronized to standbys before the option is set once more.
  const failover: Step[] = planned.failover
    ? [{ at: "subscriber", run: alter(sql`SET (failover = TRUE)`), retryWhileBusy: true }]
    : [];
  if (!planned.create_slot) {
    return {
      checks: [
        { await: { is: "slot exists", slot } },
        { await: { is: "slot passed", slot: old, start: slot } },
      ],
      paused: [set],
      resumed: [],
    };
  }
  const dropOld: Step = {
    at: "publisher",
    run: dropSlot(old),
    warnOnFailure: `The subscription uses the slot ${JSON.stringify(slot)} now. Its former slot ${JSON.stringify(old)} could not be dropped and retains WAL at the publisher. Drop it there with ${dropSlot(old).text}.`,
  };
  if (publisher?.version.atLeast(12) === true) {
    const copy = sql`SELECT pg_catalog.pg_copy_logical_replication_slot(${lit(old)}, ${lit(slot)})`;
    return {
      checks: [],
      paused: [{ at: "publisher", run: copy, createsSlot: slot }, set, ...failover],
      resumed: [dropOld],
    };
  }
  const create = sql`SELECT pg_catalog.pg_create_logical_replication_slot(${lit(slot)}, 'pgoutput')`;
  return {
    checks: [
      { at: "publisher", run: create, createsSlot: slot },
      { await: { is: "slot passed", slot: old, start: slot } },
    ],
    paused: [set, ...failover],
    resumed: [dropOld],
  };
}
