import type { PostgresServer } from "../server";
import type { ServerVersion } from "../server-version";
import type { Transaction } from "../transaction";
import { type Sql, sql } from "../sql";
import { schemaModel } from "./catalog-model";
import { CATALOG_SETTINGS, catalogQuery, type CatalogRow } from "./catalog-query";
import { definitionStatements } from "./definition-statements";
import type { SchemaModel } from "./model";
import { publicationsQuery, type PublicationsRow, publishedPart, publishedTables } from "./published";
import { planSchema, type SchemaPlan } from "./schema-plan";
import { relationsNamed, type SubscriberFacts, subscriberFactsQuery } from "./subscriber-facts";

/** What a publisher has to say about publications. */
export interface Published {
  /** Every publication of the database, sorted. */
  readonly publications: readonly string[];
  /** What the ones asked for publish, as it is to be at the subscriber. */
  readonly schema: SchemaModel;
}

/**
 * Asks the publisher, in one round trip after the first of a session.
 *
 * @throws PostgresError
 */
export async function readPublished(
  publisher: PostgresServer,
  publications: readonly string[],
  signal: AbortSignal,
): Promise<Published> {
  const { database } = publisher.settings;
  const [, facts, catalog] = await publisher.selectAll(
    database,
    ({ version }) => [
      CATALOG_SETTINGS,
      publicationsQuery(publications, version),
      catalogQuery(publishedTables(publications), version),
    ],
    signal,
  );
  const { publications: existing, published } = onlyRow<PublicationsRow>(facts);
  return {
    publications: existing,
    schema: publishedPart(schemaModel(onlyRow<CatalogRow>(catalog)), published),
  };
}

/**
 * Compares what is published with what the subscriber has, in one round trip.
 *
 * @throws PostgresError
 */
export async function planAtSubscriber(
  subscriber: PostgresServer,
  database: string,
  published: SchemaModel,
  signal: AbortSignal,
): Promise<SchemaPlan> {
  const { version } = await subscriber.session(database, signal);
  const answers = await subscriber.selectAll(database, subscriberQueries(published, version), signal);
  return planOf(published, answers, version);
}

/**
 * Creates what the subscriber lacks: all of it, or nothing. Three round trips, whatever the number of tables.
 *
 * @param agree Throws what is to be done instead, when the plan is not to be carried out.
 * @returns What was planned and done.
 * @throws PostgresError
 */
export async function createAtSubscriber(
  subscriber: PostgresServer,
  database: string,
  published: SchemaModel,
  agree: (plan: SchemaPlan) => void,
  signal: AbortSignal,
): Promise<SchemaPlan> {
  const { version } = await subscriber.session(database, signal);
  const work = async (tx: Transaction): Promise<SchemaPlan> => {
    const [, ...answers] = await tx.queryAll([ONE_AT_A_TIME, ...subscriberQueries(published, version)]);
    const plan = planOf(published, answers, version);
    agree(plan);
    await tx.queryAll(definitionStatements(plan.creation, version));
    return plan;
  };
  return subscriber.transaction(database, work, signal);
}

/** Two of these side by side may need the same types, schemas or tables: the second finds what the first has made. */
const ONE_AT_A_TIME = sql`SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('postgresql_replicated_schema'))`;

function subscriberQueries(published: SchemaModel, version: ServerVersion): Sql[] {
  return [
    CATALOG_SETTINGS,
    subscriberFactsQuery(published),
    catalogQuery(relationsNamed(published.tables), version),
  ];
}

/** @param answers Those to {@link subscriberQueries}. */
function planOf(
  published: SchemaModel,
  [, facts, catalog]: readonly Answer[],
  version: ServerVersion,
): SchemaPlan {
  return planSchema(
    published,
    schemaModel(onlyRow<CatalogRow>(catalog)),
    onlyRow<SubscriberFacts>(facts),
    version,
  );
}

type Answer = readonly Record<string, unknown>[];

/** The row of a query that always has one. */
function onlyRow<Row>(answer: Answer | undefined): Row {
  return answer?.[0] as Row;
}
