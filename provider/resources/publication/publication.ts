import { DiagnosticError, type Diagnostics } from "../../framework/diagnostics";
import { defaulted, optionalComputed, required, type Schema } from "../../framework/schema";
import { bool, listOf, setOf, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import { formatRelationName, relationId, type RelationName } from "../../postgres/relation-name";
import type { CreateOperation } from "../../framework/resource";
import type { PostgresServer } from "../../postgres/server";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { ServerVersion } from "../../postgres/server-version";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";
import {
  databaseAttribute,
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
  planDatabase,
} from "../shared/database-object";
import { define } from "../shared/define";
import { identifierComplaint } from "../shared/identifier";
import { asMemberOf } from "../shared/membership";
import { warnOfNotice } from "../shared/notices";
import { withRemedies } from "../shared/remedies";
import { alreadyExists, askWhilePlanning, requireVersion } from "../shared/plan-check";
import {
  newlyPublished,
  NO_REPLICA_IDENTITY_SUMMARY,
  noReplicaIdentityDetail,
  type Tables,
  withoutReplicaIdentity,
} from "./replica-identity";
import {
  changeTables,
  type MissingTable,
  missingTables,
  resolutionQuery,
  type ResolutionRow,
  resolveTables,
  sameTables,
  tablesComplaint,
} from "./tables";

/** The operations that a publication can publish, in the order in which PostgreSQL lists them. */
const OPERATIONS = ["insert", "update", "delete", "truncate"] as const;

const schema = {
  description: "A publication: the set of tables, and of operations on them, that subscribers can replicate.",
  attributes: {
    name: required(string, {
      description: "The publication's name. Renamed in place.",
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    owner: optionalComputed(string, {
      description: "The role that owns the publication (default: the provider's user).",
      validate: identifierComplaint,
    }),
    tables: optionalComputed(setOf(string), {
      description:
        'The tables to publish, as `schema.table`; names are taken to the letter, upper case included, and a part with a dot in it is put in double quotes (`"my.schema".table`). An empty set publishes nothing. Tables are added and removed in place. One whose updates or deletes are published needs a replica identity, such as a primary key: without, the publisher would refuse its updates and deletes, so the plan does.',
      conflictsWith: ["all_tables"],
      validate: (tables) => tablesComplaint(tables),
      equivalent: sameTables,
    }),
    all_tables: optionalComputed(bool, {
      description:
        "Whether all tables of the database are published, future ones included (default: `false`). Needs a superuser.",
      requiresReplace: true,
    }),
    publish_param: optionalComputed(listOf(string), {
      description:
        "The operations to publish, of `insert`, `update`, `delete` and `truncate` (default: all of them). `truncate` needs PostgreSQL 11 or later.",
      validate: operationsComplaint,
      equivalent: (one, other) => [...one].sort().join() === [...other].sort().join(),
    }),
    publish_via_partition_root_param: defaulted(bool, false, {
      description:
        "Whether changes of a partition are published as changes of the partitioned table (default: `false`). Needs PostgreSQL 13 or later.",
    }),
    drop_cascade: defaulted(bool, false, {
      description:
        "Whether objects that depend on the publication are dropped with it (default: `false`). PostgreSQL has none that can.",
    }),
  },
  blocks: {},
} satisfies Schema;

type PublicationState = State<typeof schema>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Choose another name, or take the existing publication over with terraform import (the import ID is database.name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "The user needs the CREATE privilege on the database and must own the published tables (or be a member of their owner); all_tables needs a superuser. Grant what is missing, or let the tables' owner create the publication.",
  [SQLSTATE.UNDEFINED_OBJECT]: "Create the role first, or correct its name.",
  [SQLSTATE.INVALID_PARAMETER_VALUE]:
    "Leave out what this server's version does not know, or upgrade the server.",
};

export const publication = define({
  typeName: "postgresql_publication",
  noun: "publication",
  schema,
  identify: databaseObjectId,
  label: (values) => databaseObjectLabel("publication", values),

  async modifyPlan(operation) {
    planDatabase(operation);
    const { provider, plan, prior, config, diagnostics, signal } = operation;
    const { name, database } = plan;
    if (provider === null || name === undefined || typeof database !== "string") return;
    const label = databaseObjectLabel("publication", plan);
    // Before the operations are known, apply has to look.
    const affected = config.publish_param === undefined ? [] : newlyPublished(prior, plan);
    const found = await askWhilePlanning(diagnostics, label, () =>
      findWhilePlanning(provider, database, name, config.tables ?? [], affected, signal),
    );
    if (found === undefined) return;
    checkVersion(config, found.version, diagnostics);
    if (found.withoutIdentity.length > 0) {
      const detail = noReplicaIdentityDetail(label, found.withoutIdentity);
      if (affected === "all") diagnostics.warn(NO_REPLICA_IDENTITY_SUMMARY, detail, ["all_tables"]);
      else diagnostics.error(NO_REPLICA_IDENTITY_SUMMARY, detail, ["tables"]);
    }
    if (prior === null) {
      if (found.exists && !operation.isManaged(`${database}.${name}`)) {
        alreadyExists(
          diagnostics,
          "postgresql_publication",
          label,
          formatRelationName({ schema: database, name }),
        );
      }
      if (found.walLevel !== "logical") warnOfWalLevel(diagnostics, label, found.walLevel);
    }
    for (const missing of found.missing) {
      diagnostics.warn(
        "Table does not exist yet",
        `${label} is to publish ${missing.reference}, which the database does not have now.${missing.hint} Unless the same apply creates it first, apply will fail.`,
        ["tables"],
      );
    }
  },

  create(operation) {
    const { provider, planned } = operation;
    const database = databaseOf(planned, provider);
    const label = databaseObjectLabel("publication", { ...planned, database });
    return change(operation, null, database, async (tx, session) => {
      const tables = await resolveTables(tx, planned.tables ?? []);
      const what = planned.all_tables
        ? sql` FOR ALL TABLES`
        : tables.length > 0
          ? sql` FOR TABLE ${list(tables.map(relationId))}`
          : sql``;
      await tx.query(sql`CREATE PUBLICATION ${id(planned.name)}${what}${createOptions(planned)}`);
      if (planned.owner && planned.owner !== session.user)
        await setOwner(tx, session, planned.name, planned.owner);
      for (const notice of tx.notices) warnOfNotice(operation, label, notice);
    });
  },

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const query = (session: SessionInfo): Sql => publicationQuery(state.name, session);
      const [row] = await provider.select<PublicationRow>(database, query, signal);
      return row === undefined ? null : stateOf(row, database, state.drop_cascade);
    }),

  update(operation) {
    const { provider, prior, planned } = operation;
    return change(operation, prior, databaseOf(prior, provider), (tx, session) =>
      asMemberOf(tx, session, prior.owner, async () => {
        const { name } = prior;
        if (planned.tables && !prior.all_tables)
          await changeTables(tx, name, prior.tables ?? [], planned.tables);
        const options = changedOptions(prior, planned);
        if (options.length > 0) await tx.query(sql`ALTER PUBLICATION ${id(name)} SET (${list(options)})`);
        if (planned.name !== name)
          await tx.query(sql`ALTER PUBLICATION ${id(name)} RENAME TO ${id(planned.name)}`);
        if (planned.owner && planned.owner !== prior.owner) {
          await setOwner(tx, session, planned.name, planned.owner);
        }
      }),
    );
  },

  async delete({ provider, state, signal }) {
    const database = databaseOf(state, provider);
    const drop = sql`DROP PUBLICATION IF EXISTS ${id(state.name)}${state.drop_cascade ? sql` CASCADE` : sql``}`;
    await nullWithoutDatabase(async () => {
      const session = await provider.session(database, signal);
      await provider.transaction(
        database,
        (tx) => asMemberOf(tx, session, state.owner, () => tx.query(drop)),
        signal,
      );
      return null;
    });
  },

  importState: parseDatabaseObjectId,
});

function operationsComplaint(operations: readonly string[]): string | null {
  if (operations.length === 0)
    return `is empty. Leave it out to publish everything, or name some of ${OPERATIONS.join(", ")}.`;
  const strange = operations.find((operation) => !OPERATIONS.some((known) => known === operation));
  return strange === undefined
    ? null
    : `holds ${JSON.stringify(strange)}. It may hold ${OPERATIONS.join(", ")}.`;
}

function checkVersion(config: View<typeof schema>, version: ServerVersion, diagnostics: Diagnostics): void {
  if (config.publish_via_partition_root_param) {
    requireVersion(diagnostics, version, 13, "publish_via_partition_root_param");
  }
  if (config.publish_param?.includes("truncate")) requireVersion(diagnostics, version, 11, "publish_param");
}

function warnOfWalLevel(diagnostics: Diagnostics, label: string, walLevel: string): void {
  diagnostics.warn(
    "Nobody can subscribe yet",
    `${label} can be created, but the server has wal_level = ${walLevel}, and logical replication needs wal_level = logical. ` +
      "Set it and restart the server (on Aurora and RDS: rds.logical_replication = 1 in the parameter group, and a reboot).",
  );
}

interface Findings {
  readonly version: ServerVersion;
  readonly exists: boolean;
  readonly walLevel: string;
  readonly missing: readonly MissingTable[];
  readonly withoutIdentity: readonly RelationName[];
}

async function findWhilePlanning(
  server: PostgresServer,
  database: string,
  name: string,
  tables: readonly string[],
  affected: Tables,
  signal: AbortSignal,
): Promise<Findings> {
  const { version } = await server.session(database, signal);
  const [[facts], references, withoutIdentity] = await server.selectAll<
    [FactsRow[], ResolutionRow[], RelationName[]]
  >(
    database,
    [
      sql`SELECT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = ${lit(name)}) AS "exists",
                 pg_catalog.current_setting('wal_level') AS wal_level`,
      resolutionQuery(tables),
      withoutReplicaIdentity(affected),
    ],
    signal,
  );
  return {
    version,
    exists: facts?.exists === true,
    walLevel: facts?.wal_level ?? "unknown",
    missing: missingTables(references),
    withoutIdentity,
  };
}

interface FactsRow {
  readonly exists: boolean;
  readonly wal_level: string;
}

/** Creates or alters the publication, and reads it back before anything is committed: either all of it is there, or nothing. */
async function change(
  operation: CreateOperation<typeof schema, PostgresServer>,
  prior: PublicationState | null,
  database: string,
  work: (tx: Transaction, session: SessionInfo) => Promise<void>,
): Promise<PublicationState> {
  const { provider, planned, signal } = operation;
  const session = await provider.session(database, signal);
  const changeAndRead = async (tx: Transaction): Promise<PublicationState> => {
    await requireReplicaIdentity(operation, prior, database, tx);
    await work(tx, session);
    const [row] = await tx.query<PublicationRow>(publicationQuery(planned.name, session));
    if (row === undefined) throw new Error("the publication cannot be found right after it was changed");
    return stateOf(row, database, planned.drop_cascade);
  };
  return withRemedies(REMEDIES, () => provider.transaction(database, changeAndRead, signal));
}

/** The plan has looked already, but perhaps too early: the tables may be as new as the publication. */
async function requireReplicaIdentity(
  { planned, warn }: CreateOperation<typeof schema, PostgresServer>,
  prior: PublicationState | null,
  database: string,
  tx: Transaction,
): Promise<void> {
  const affected = newlyPublished(prior, planned);
  if (affected.length === 0) return;
  const tables = await tx.query<RelationName>(withoutReplicaIdentity(affected));
  if (tables.length === 0) return;
  const label = databaseObjectLabel("publication", { ...planned, database });
  const detail = noReplicaIdentityDetail(label, tables);
  if (affected !== "all") throw new DiagnosticError(NO_REPLICA_IDENTITY_SUMMARY, detail, ["tables"]);
  warn(NO_REPLICA_IDENTITY_SUMMARY, detail);
}

function createOptions(planned: Options): Sql {
  const options = [
    ...(planned.publish_param ? [publishOption(planned.publish_param)] : []),
    ...(planned.publish_via_partition_root_param ? [viaRootOption(true)] : []),
  ];
  return options.length > 0 ? sql` WITH (${list(options)})` : sql``;
}

interface Options {
  readonly publish_param: readonly string[] | null | undefined;
  readonly publish_via_partition_root_param: boolean;
}

function changedOptions(prior: Options, planned: Options): Sql[] {
  const [before, after] = [prior.publish_param, planned.publish_param];
  return [
    ...(after && before?.join() !== after.join() ? [publishOption(after)] : []),
    ...(planned.publish_via_partition_root_param !== prior.publish_via_partition_root_param
      ? [viaRootOption(planned.publish_via_partition_root_param)]
      : []),
  ];
}

function publishOption(operations: readonly string[]): Sql {
  return sql`publish = ${lit(operations.join(", "))}`;
}

function viaRootOption(on: boolean): Sql {
  return sql`publish_via_partition_root = ${lit(on)}`;
}

async function setOwner(tx: Transaction, session: SessionInfo, name: string, owner: string): Promise<void> {
  await asMemberOf(tx, session, owner, () =>
    tx.query(sql`ALTER PUBLICATION ${id(name)} OWNER TO ${id(owner)}`),
  );
}

interface PublicationRow {
  readonly name: string;
  readonly owner: string;
  readonly all_tables: boolean;
  readonly publishes: readonly string[];
  readonly via_root: boolean;
  readonly tables: readonly (readonly [string, string])[];
}

/** One row, from the tables that were named and not from what they expand to. */
function publicationQuery(name: string, { version }: SessionInfo): Sql {
  const truncates = version.atLeast(11) ? sql`pubtruncate` : sql`false`;
  const viaRoot = version.atLeast(13) ? sql`pubviaroot` : sql`false`;
  return sql`SELECT p.pubname AS name, pg_catalog.pg_get_userbyid(p.pubowner) AS owner, p.puballtables AS all_tables,
                    array_remove(ARRAY[CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END,
                                       CASE WHEN pubdelete THEN 'delete' END,
                                       CASE WHEN ${truncates} THEN 'truncate' END], NULL) AS publishes,
                    ${viaRoot} AS via_root,
                    (SELECT coalesce(json_agg(json_build_array(n.nspname, c.relname) ORDER BY n.nspname, c.relname), '[]')
                     FROM pg_catalog.pg_publication_rel pr
                     JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid
                     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                     WHERE pr.prpubid = p.oid) AS tables
             FROM pg_catalog.pg_publication p
             WHERE p.pubname = ${lit(name)}`;
}

function stateOf(row: PublicationRow, database: string, dropCascade: boolean): PublicationState {
  return {
    name: row.name,
    database,
    owner: row.owner,
    all_tables: row.all_tables,
    tables: row.tables.map(([schemaName, table]) => formatRelationName({ schema: schemaName, name: table })),
    publish_param: row.publishes,
    publish_via_partition_root_param: row.via_root,
    drop_cascade: dropCascade,
  };
}
