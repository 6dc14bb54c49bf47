import type { PlanOperation } from "../../framework/resource";
import { parseConninfo } from "../../postgres/conninfo";
import { parseRelationName, type RelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { lit, sql } from "../../postgres/sql";
import { databaseObjectLabel, planDatabase } from "../shared/database-object";
import { askWhilePlanning, refuseExistingObject, requireVersion } from "../shared/plan-check";
import { type FoundSubscription, findSubscription } from "./catalog";
import { isTriggered } from "./change";
import { isUnfinished } from "./create";
import { leadsElsewhere } from "./connection";
import { existingRows, plainTables, rowsExistError } from "./existing-rows";
import { findingsOf } from "./health";
import { requireOptionVersions } from "./options";
import {
  publisherAccess,
  type PublisherFacts,
  publisherFactsIfReachable,
  START_TIME,
  tablesNotIn,
} from "./publisher";
import { recall } from "./remembered";
import type { SubscriptionSchema, SubscriptionState } from "./schema";
import { watchWorkers } from "./watch";

/** A destroy begins with a plan of the configuration, so that an error in a plan stops it too. */
const DESTROY_HINT = "If you want to destroy, run terraform destroy -refresh=false, which skips this check.";

type PlanStep = PlanOperation<SubscriptionSchema, PostgresServer>;

/** What a plan knows once its server, its database and its name are known. */
interface Known {
  readonly operation: PlanStep;
  readonly provider: PostgresServer;
  readonly database: string;
  readonly name: string;
  readonly label: string;
  readonly session: SessionInfo;
  /** Undefined where the publisher cannot be asked: it is unknown, unreachable, or created in the same apply. */
  readonly publisher: PublisherFacts | undefined;
}

/** Completes the plan, refuses what cannot work, and reports whether rows arrive. */
export async function planSubscription(operation: PlanStep): Promise<void> {
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
  if (prior !== null && mayChangeTables(prior, plan)) operation.setUnknown("tables");
  if (prior !== null) warnOfKeptSlot(operation, prior);
  const { name, database } = plan;
  if (provider === null || name === undefined || typeof database !== "string") return;
  const label = databaseObjectLabel("subscription", plan);
  if (prior === null) refuseOwnAddress(operation, provider, label);
  await askWhilePlanning(diagnostics, label, async () => {
    const session = await provider.session(database, signal);
    requireOptionVersions(config, session.version, diagnostics);
    const publisher = await askPublisher(operation, session);
    const known = { operation, provider, database, name, label, session, publisher };
    if (prior === null) await planCreation(known);
    else await planChange(known, prior);
  });
}

function askPublisher(
  { plan, prior, config, signal }: PlanStep,
  { version: subscriberVersion }: SessionInfo,
): Promise<PublisherFacts | undefined> | undefined {
  const access = publisherAccess(plan, config.password_wo);
  const publications = plan.publications ?? prior?.publications;
  if (access === undefined || publications === undefined) return undefined;
  const slotName = prior?.slot_name ?? plan.slot_name ?? null;
  return publisherFactsIfReachable(access, { slotName, publications, subscriberVersion }, signal);
}

async function planCreation({ operation, provider, database, name, label, publisher }: Known): Promise<void> {
  const { plan, diagnostics, signal } = operation;
  const found = await findSubscription(provider, database, name, signal);
  if (found !== undefined && !isUnfinished(found, plan) && !operation.isManaged(`${database}.${name}`)) {
    refuseExistingObject(operation, label, database, name);
    return;
  }
  await refuseOwnServer({ operation, provider, database, label, publisher });
  if (plan.copy_data !== true) return;
  const planned = (plan.published_tables ?? []).map(parseRelationName);
  const tables = publisher === undefined ? planned : union(publisher.tables, planned);
  const rows = await existingRows(provider, database, tables, signal);
  if (rows.filled.length === 0) return;
  const { summary, detail, path } = rowsExistError(label, rows);
  if (found === undefined && operation.isManaged(`${database}.${name}`)) {
    // An error here would also stop a destroy, which begins with a plan like this one. Apply fails.
    diagnostics.warn(
      summary,
      `Something else has dropped ${label}, and this plan creates it again. Apply will fail: ${detail}`,
    );
  } else {
    diagnostics.error(summary, `${detail}\n\n${DESTROY_HINT}`, path);
  }
}

async function planChange(known: Known, prior: SubscriptionState): Promise<void> {
  const { operation, provider, database, session } = known;
  const { plan, diagnostics, signal } = operation;
  if (plan.two_phase !== undefined && plan.two_phase !== prior.two_phase && !session.version.atLeast(18)) {
    // ALTER SUBSCRIPTION cannot, and a new subscription would copy everything again.
    requireVersion(diagnostics, session.version, 18, "two_phase");
  }
  const found =
    recall(provider, `${database}.${prior.name}`) ??
    (await findSubscription(provider, database, prior.name, signal));
  if (found === undefined) return;
  refuseOtherPublisher(known, prior);
  await planTables(known, prior, found);
  if (found.row.enabled && plan.enabled !== false) await report(known, found);
  else if (plan.enabled === true && prior.disable_on_error === true && !found.row.enabled)
    warnOfError(known, found);
}

/** Whether an update may change which tables the subscription includes. */
function mayChangeTables(prior: SubscriptionState, plan: PlanStep["plan"]): boolean {
  return (
    plan.publications === undefined ||
    [...plan.publications].sort().join("\0") !== [...prior.publications].sort().join("\0") ||
    (plan.enabled !== false && !prior.enabled) ||
    isTriggered(prior, plan)
  );
}

/** Plans a refresh when the publications contain other tables than the subscription, and refuses one that would duplicate rows. */
async function planTables(known: Known, prior: SubscriptionState, found: FoundSubscription): Promise<void> {
  const { operation, provider, database, label, publisher } = known;
  const { plan, diagnostics, signal } = operation;
  if (plan.enabled === false) return;
  const current = found.status.tables;
  const published = publishedTables(plan, publisher) ?? [];
  const added = await plainTables(provider, database, addedTables(prior, plan), signal);
  const newTables = tablesNotIn(union(published, added), current);
  const goneTables = publishedTables(plan, publisher) === undefined ? [] : tablesNotIn(current, published);
  if (tablesNotIn(published, current).length > 0 || goneTables.length > 0) operation.setUnknown("tables");
  if (newTables.length === 0 || plan.copy_data !== true) return;
  const leaving = leavingTables(plan, published, current);
  const rows = await existingRows(provider, database, tablesNotIn(newTables, leaving), signal);
  if (rows.filled.length > 0) {
    const { summary, detail, path } = rowsExistError(label, rows);
    diagnostics.error(summary, `${detail}\n\n${DESTROY_HINT}`, path);
  }
}

/** The tables that the planned publications publish now; undefined while that is unknown. */
function publishedTables(
  { publications }: PlanStep["plan"],
  publisher: PublisherFacts | undefined,
): readonly RelationName[] | undefined {
  // Publications that the same apply creates do not exist yet.
  const exist = publications?.every((name) => publisher?.publications.includes(name)) === true;
  return exist ? publisher?.tables : undefined;
}

/**
 * Published tables that the same apply removes from a publication, according to `published_tables`. An apply that fails
 * leaves such tables when it has changed the publication and not the subscription. A `published_tables` that does not
 * contain the tables of the subscription is incomplete and proves nothing. Apply checks all tables again.
 */
function leavingTables(
  { published_tables: planned }: PlanStep["plan"],
  published: readonly RelationName[],
  current: readonly RelationName[],
): RelationName[] {
  if (planned == null) return [];
  const remaining = planned.map(parseRelationName);
  const subscribed = tablesNotIn(published, tablesNotIn(published, current));
  return tablesNotIn(subscribed, remaining).length > 0 ? [] : tablesNotIn(published, remaining);
}

function union(some: readonly RelationName[], others: readonly RelationName[]): RelationName[] {
  return [...some, ...tablesNotIn(others, some)];
}

/** What the configuration adds to published_tables. */
function addedTables(
  prior: SubscriptionState,
  { published_tables: tables }: PlanStep["plan"],
): RelationName[] {
  const known = prior.published_tables;
  return (tables ?? []).filter((table) => known !== null && !known.includes(table)).map(parseRelationName);
}

function refuseOtherPublisher({ operation, label, publisher }: Known, prior: SubscriptionState): void {
  const { plan, diagnostics } = operation;
  if (
    plan.conninfo === undefined ||
    publisher === undefined ||
    !leadsElsewhere(plan.conninfo, prior.conninfo)
  )
    return;
  const { slot } = publisher;
  if (prior.slot_name === null || (slot !== null && slot.database === publisher.database)) return;
  diagnostics.error(
    "Replication slot does not exist at the publisher",
    `${label} would continue at another publisher, whose database ${JSON.stringify(publisher.database)} has no slot ${JSON.stringify(prior.slot_name)} and no record of what this subscriber has received` +
      `${publisher.slots.length > 0 ? ` (its slots: ${publisher.slots.map((slot) => JSON.stringify(slot)).join(", ")})` : ""}. ` +
      "The slot at the former publisher would remain and retain WAL.\n\n" +
      "For another address of the same server, correct conninfo. To copy the tables from the new publisher, empty them and replace the subscription (terraform apply -replace=ADDRESS). " +
      'If the new publisher is a copy of the former one with the same rows, and nothing is written to it yet, create the slot there first (a postgresql_replication_slot with plugin = "pgoutput").',
    ["conninfo"],
  );
}

async function report(known: Known, found: FoundSubscription): Promise<void> {
  const { operation, provider, database, label, publisher } = known;
  const { plan, prior, diagnostics, signal } = operation;
  const name = prior?.name ?? known.name;
  const watched = await watchWorkers(provider, database, name, found.status, signal);
  const findings = findingsOf({
    label,
    name,
    slotName: found.row.slot_name,
    publications: found.row.publications,
    publisher,
    ...watched,
  });
  for (const { summary, detail } of findings) {
    if (plan.on_broken === "error") {
      diagnostics.error(
        summary,
        `${detail}\n\nThis is an error because of on_broken = "error". ${DESTROY_HINT}`,
      );
    } else {
      diagnostics.warn(summary, detail);
    }
  }
}

function warnOfError({ operation, label }: Known, { status }: FoundSubscription): void {
  const { apply_error_count: errors } = status;
  operation.diagnostics.warn(
    "Subscription has disabled itself",
    `${label} is disabled, as disable_on_error has it after an error${errors ? ` (${errors} so far)` : ""}. This plan enables it again. The subscriber's server log names the error. If its cause remains, the subscription disables itself again.`,
  );
}

/** A slot that Terraform created and no longer counts as its own is nobody's to drop. */
function warnOfKeptSlot({ plan, diagnostics }: PlanStep, prior: SubscriptionState): void {
  if (!prior.create_slot || plan.create_slot !== false || prior.slot_name === null) return;
  diagnostics.warn(
    "Replication slot remains after a destroy",
    `Terraform created the slot ${JSON.stringify(prior.slot_name)} with this subscription. With create_slot = false, a destroy leaves it at the publisher, where it retains WAL. ` +
      "Import it as a postgresql_replication_slot, or drop it by hand then.",
    ["create_slot"],
  );
}

const OWN_SERVER = "Publisher and subscriber are the same server";

function ownServerDetail(label: string, where: string): string {
  return (
    `${label} would wait for itself forever: ${where}. ` +
    'Create the slot first with a postgresql_replication_slot (plugin = "pgoutput") in the publisher\'s database, and set create_slot = false and slot_name here.'
  );
}

/** A slot that is created by a transaction of the same server waits for that transaction to end. */
function refuseOwnAddress({ plan, diagnostics }: PlanStep, server: PostgresServer, label: string): void {
  if (plan.conninfo === undefined || plan.create_slot !== true) return;
  const publisher = parseConninfo(plan.conninfo);
  const hosts = [publisher.get("hostaddr"), publisher.get("host")];
  const port = publisher.get("port") || "5432";
  const { settings } = server;
  if (!hosts.includes(settings.host) || port !== String(settings.port)) return;
  diagnostics.error(
    OWN_SERVER,
    ownServerDetail(label, `its conninfo names the server that it is created on (${settings.host}:${port})`),
    ["conninfo"],
  );
}

/** The same server may have several names. Its start time is the same under all of them. */
async function refuseOwnServer({
  operation: { plan, diagnostics, signal },
  provider,
  database,
  label,
  publisher,
}: Pick<Known, "operation" | "provider" | "database" | "label" | "publisher">): Promise<void> {
  if (publisher === undefined || plan.create_slot !== true || diagnostics.hasError) return;
  const query = sql`SELECT ${START_TIME} = ${lit(publisher.startTime)} AS same`;
  const [row] = await provider.select<{ same: boolean }>(database, query, signal);
  if (row?.same !== true) return;
  diagnostics.error(
    OWN_SERVER,
    ownServerDetail(label, "its conninfo leads to the server that it is created on, under another name"),
    ["conninfo"],
  );
}
