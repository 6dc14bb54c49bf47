import { DiagnosticError, type Diagnostics } from "../../framework/diagnostics";
import type { CreateOperation, Operation } from "../../framework/resource";
import type { View } from "../../framework/values";
import { parseConninfo } from "../../postgres/conninfo";
import { PostgresError } from "../../postgres/errors";
import { formatRelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import {
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
  planDatabase,
} from "../shared/database-object";
import { define } from "../shared/define";
import { slotNameComplaint } from "../shared/identifier";
import { warnOfNotice } from "../shared/notices";
import { alreadyExists, askWhilePlanning, requireVersion } from "../shared/plan-check";
import { findSubscription, stateOf } from "./catalog";
import { publisherIsUnreachable, slotIsGone, unreachableRemedy, withSubscriptionRemedy } from "./errors";
import { optionSettings, optionsOf, requireOptionVersions } from "./options";
import { type SubscriptionSchema, type SubscriptionState, subscriptionSchema } from "./schema";
import { alterations, detachedDrop, effectiveConninfo, ownerStatement } from "./statements";

export const subscription = define({
  typeName: "postgresql_subscription",
  noun: "subscription",
  schema: subscriptionSchema,
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

/** A slot that is made by a transaction of the same server waits for that transaction to end: for ever. */
function refuseOwnServer(
  plan: View<SubscriptionSchema>,
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

/** Refuses an owner with whom nothing would ever be replicated: the server itself takes it without a word. */
async function requireUsableOwner(
  { provider, planned: { owner }, signal }: CreateOperation<SubscriptionSchema, PostgresServer>,
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

/** Runs statements one after the other, each outside of a transaction block, as most of these must be. */
async function run(
  { provider, signal, warn }: Operation<PostgresServer>,
  database: string,
  label: string,
  statements: readonly Sql[],
): Promise<void> {
  for (const statement of statements) {
    try {
      await provider.execute(database, statement, signal, (notice) => warnOfNotice({ warn }, label, notice));
    } catch (error) {
      throw withSubscriptionRemedy(error);
    }
  }
}

function warnOfOrphan({ warn }: Operation<unknown>, label: string, slot: string, conninfo: string): void {
  const publisher = parseConninfo(conninfo);
  warn(
    "Replication slot left behind",
    `${label} was dropped without its publisher. Should the publisher at ${publisher.get("host") ?? "its host"} still exist, it keeps WAL for the slot ${JSON.stringify(slot)} until its disk is full: ` +
      `drop it there with SELECT pg_drop_replication_slot(${lit(slot).text}).`,
  );
}

async function currentState(
  { provider, planned, signal }: CreateOperation<SubscriptionSchema, PostgresServer>,
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
