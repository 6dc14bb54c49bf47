import type { Diagnostics } from "../../framework/diagnostics";
import type { CreateOperation } from "../../framework/resource";
import { defaulted, optionalComputed, required, type Schema } from "../../framework/schema";
import { bool, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import { PostgresError } from "../../postgres/errors";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import { changeInTransaction } from "../shared/change-in-transaction";
import { withCreatePrivilege } from "../shared/create-privilege";
import {
  databaseAttribute,
  databaseObjectId,
  databaseObjectLabel,
  databaseOf,
  nullWithoutDatabase,
  parseDatabaseObjectId,
  planDatabaseObject,
} from "../shared/database-object";
import { define } from "../shared/define";
import { identifierComplaint } from "../shared/identifier";
import { asMemberOf } from "../shared/membership";
import { warnOfNotice } from "../shared/notices";
import { askWhilePlanning, refuseExistingObject } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";

const schema = {
  description: "An extension that is installed in a database, as `CREATE EXTENSION` does it.",
  attributes: {
    name: required(string, {
      description: "The extension's name, as in `pg_available_extensions`.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    schema: optionalComputed(string, {
      description:
        "The schema that the extension's objects are in (default: what the extension prescribes, or else the first one of `search_path`). Changed in place, where the extension allows that.",
      validate: identifierComplaint,
    }),
    version: optionalComputed(string, {
      description:
        "The extension's version (default: the server's default for it). Changed in place, where the extension has an update path.",
      validate: (version) =>
        version === "" ? "is empty. Leave it out for the server's default version." : null,
    }),
    create_cascade: defaulted(bool, false, {
      description:
        "Whether the extensions that this one needs are installed with it (default: `false`). They stay when it is destroyed.",
    }),
    drop_cascade: defaulted(bool, false, {
      description:
        "Whether destroy drops what depends on the extension with it, columns of its types included (default: `false`). With `false` it fails while anything does.",
    }),
  },
  blocks: {},
} satisfies Schema;

type ExtensionState = State<typeof schema>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Take the existing extension over with terraform import (the import ID is database.name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "A trusted extension (PostgreSQL 13 and later) needs the CREATE privilege on the database, any other one a superuser; on Aurora and RDS, a member of rds_superuser. Only a member of its owner can change it.",
  [SQLSTATE.UNDEFINED_OBJECT]:
    "Set create_cascade = true to install what this extension needs, or install that with a postgresql_extension of its own and let this one depend on it.",
  [SQLSTATE.INVALID_SCHEMA_NAME]: "Create the schema first, or correct its name.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "Drop what is listed, or let destroy drop all of it, columns included: set drop_cascade = true, apply, and destroy again.",
};

export const extension = define({
  typeName: "postgresql_extension",
  displayName: "extension",
  schema,
  identify: databaseObjectId,
  describe: (values) => databaseObjectLabel("extension", values),

  async modifyPlan(operation) {
    const object = planDatabaseObject(operation);
    if (object === null) return;
    const { server, database, name } = object;
    const { plan, prior, diagnostics, signal } = operation;
    const moved = plan.version !== prior?.version || plan.schema !== prior?.schema;
    if (prior !== null && !moved) return;
    const label = databaseObjectLabel("extension", plan);
    const found = await askWhilePlanning(diagnostics, label, () =>
      findWhilePlanning(server, database, name, signal),
    );
    if (found === undefined) return;
    if (found.disk) checkAvailable(plan, found.disk, label, diagnostics);
    if (prior !== null) {
      checkAlterable(plan, prior, found, label, diagnostics);
    } else if (found.installed !== undefined) {
      refuseExistingObject(operation, label, database, name);
    }
  },

  create(operation) {
    const { planned } = operation;
    const options = [
      ...(planned.schema ? [sql`SCHEMA ${id(planned.schema)}`] : []),
      ...(planned.version ? [sql`VERSION ${id(planned.version)}`] : []),
      ...(planned.create_cascade ? [sql`CASCADE`] : []),
    ];
    const create = list([sql`CREATE EXTENSION ${id(planned.name)}`, ...options], " ");
    return changeExtension(operation, (tx, session) =>
      withCreatePrivilege(tx, session, () => tx.query(create)),
    );
  },

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const [row] = await provider.select<ExtensionRow>(database, extensionQuery(state.name), signal);
      return row === undefined ? null : stateOf(row, database, state);
    }),

  update(operation) {
    const { prior, planned } = operation;
    const alter = (tail: Sql): Sql => sql`ALTER EXTENSION ${id(prior.name)} ${tail}`;
    const statements = [
      // The version first: what an update script does not find where it was installed would fail.
      ...(planned.version && planned.version !== prior.version
        ? [alter(sql`UPDATE TO ${id(planned.version)}`)]
        : []),
      ...(planned.schema && planned.schema !== prior.schema
        ? [alter(sql`SET SCHEMA ${id(planned.schema)}`)]
        : []),
    ];
    return changeExtension(operation, async (tx, session) => {
      await asOwner(tx, session, prior.name, async () => {
        for (const statement of statements) await tx.query(statement);
      });
    });
  },

  async delete({ provider, state, signal }) {
    const database = databaseOf(state, provider);
    const drop = sql`DROP EXTENSION IF EXISTS ${id(state.name)} ${state.drop_cascade ? sql`CASCADE` : sql`RESTRICT`}`;
    await nullWithoutDatabase(async () => {
      const session = await provider.session(database, signal);
      const work = (tx: Transaction) => asOwner(tx, session, state.name, () => tx.query(drop));
      return withRemedies(REMEDIES, () => provider.transaction(database, work, signal));
    });
  },

  importState: parseDatabaseObjectId,
});

type AvailableVersion = {
  readonly version: string;
  /** Null where the user chooses. */
  readonly schema: string | null;
};

interface Findings {
  readonly installed: ExtensionRow | undefined;
  /** Undefined when the server cannot tell. */
  readonly disk: ExtensionFiles | undefined;
}

interface ExtensionFiles {
  readonly available: readonly AvailableVersion[];
  /** Extensions whose names differ in case, hyphens and underscores only. */
  readonly similar: readonly string[];
  /** The versions that the installed one can be updated to. */
  readonly targets: readonly string[];
}

async function findWhilePlanning(
  server: PostgresServer,
  database: string,
  name: string,
  signal: AbortSignal,
): Promise<Findings> {
  const onDisk = [
    sql`SELECT version, schema FROM pg_catalog.pg_available_extension_versions
        WHERE name = ${lit(name)} ORDER BY version`,
    sql`SELECT name FROM pg_catalog.pg_available_extensions
        WHERE translate(lower(name), '-_', '') = translate(lower(${lit(name)}), '-_', '')`,
    sql`SELECT u.target FROM pg_catalog.pg_extension e, pg_catalog.pg_extension_update_paths(e.extname) u
        WHERE e.extname = ${lit(name)} AND u.source = e.extversion AND u.path IS NOT NULL ORDER BY u.target`,
  ];
  try {
    const queries = [extensionQuery(name), ...onDisk];
    const [installed = [], available = [], similar = [], targets = []] = await server.selectAll(
      database,
      queries,
      signal,
    );
    return {
      installed: (installed as ExtensionRow[])[0],
      disk: {
        available: available as AvailableVersion[],
        similar: similar.map((row) => String(row["name"])),
        targets: targets.map((row) => String(row["target"])),
      },
    };
  } catch (error) {
    if (!(error instanceof PostgresError) || error.kind !== "server") throw error;
    // A single control file that the server cannot read, be it another extension's, fails these queries.
    const [installed] = await server.select<ExtensionRow>(database, extensionQuery(name), signal);
    return { installed, disk: undefined };
  }
}

/** What is installed on the server's disk is no business of any resource, so these are errors. */
function checkAvailable(
  plan: View<typeof schema>,
  { available, similar }: ExtensionFiles,
  label: string,
  diagnostics: Diagnostics,
): void {
  if (available.length === 0) {
    const hint = similar.length > 0 ? ` There is ${similar.map(quote).join(", ")}.` : "";
    diagnostics.error(
      "Extension is not available",
      `${label} cannot be installed: the server has no extension of this name.${hint} ` +
        "SELECT name FROM pg_available_extensions lists what it has. Correct the name, or install the extension's package on the server (Aurora and RDS have a fixed list for each version).",
      ["name"],
    );
    return;
  }
  const versions = available.map(({ version }) => version);
  if (plan.version && !versions.includes(plan.version)) {
    diagnostics.error(
      "Extension version is not available",
      `${label} is to have the version ${quote(plan.version)}; the server has ${versions.map(quote).join(", ")}. Choose one of these, or leave version out for the server's default.`,
      ["version"],
    );
  }
  const prescribed = available.find(({ version }) => !plan.version || version === plan.version)?.schema;
  if (plan.schema && prescribed && plan.schema !== prescribed) {
    diagnostics.error(
      "Extension has a schema of its own",
      `${label} is to be in the schema ${quote(plan.schema)}; the extension can only be in ${quote(prescribed)}. Leave schema out.`,
      ["schema"],
    );
  }
}

function checkAlterable(
  plan: View<typeof schema>,
  prior: ExtensionState,
  { installed, disk }: Findings,
  label: string,
  diagnostics: Diagnostics,
): void {
  if (installed === undefined) return;
  if (disk && plan.version && plan.version !== installed.version && !disk.targets.includes(plan.version)) {
    const possible =
      disk.targets.length > 0 ? `to ${disk.targets.map(quote).join(", ")}` : "to no other version";
    diagnostics.error(
      "Extension cannot be updated to this version",
      `${label} has the version ${quote(installed.version)} and can be updated ${possible}, not to ${quote(plan.version)}. ` +
        "Choose another version, or have it dropped and installed anew with terraform apply -replace=ADDRESS.",
      ["version"],
    );
  }
  if (plan.schema && plan.schema !== prior.schema && !installed.relocatable) {
    diagnostics.error(
      "Extension cannot be moved",
      `${label} is in the schema ${quote(installed.schema)} and cannot be moved to ${quote(plan.schema)}: the extension is not relocatable. ` +
        "Leave schema as it is, or have the extension dropped and installed anew with terraform apply -replace=ADDRESS.",
      ["schema"],
    );
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function changeExtension(
  { provider: server, planned, signal, warn }: CreateOperation<typeof schema, PostgresServer>,
  change: (tx: Transaction, session: SessionInfo) => Promise<unknown>,
): Promise<ExtensionState> {
  const database = databaseOf(planned, server);
  const label = databaseObjectLabel("extension", { ...planned, database });
  return changeInTransaction({
    ...{ server, database, signal, change },
    remedies: REMEDIES,
    displayName: "extension",
    read: async (tx) => {
      const [row] = await tx.query<ExtensionRow>(extensionQuery(planned.name));
      for (const notice of tx.notices) warnOfNotice({ warn }, label, notice);
      return row && stateOf(row, database, planned);
    },
  });
}

/** Does work that only the extension's owner may do. */
async function asOwner(
  tx: Transaction,
  session: SessionInfo,
  name: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const [row] = await tx.query<ExtensionRow>(extensionQuery(name));
  await asMemberOf(tx, session, row?.owner, () => withCreatePrivilege(tx, session, work));
}

type ExtensionRow = {
  readonly name: string;
  readonly owner: string;
  readonly schema: string;
  readonly version: string;
  readonly relocatable: boolean;
};

function extensionQuery(name: string): Sql {
  return sql`SELECT e.extname AS name, pg_catalog.pg_get_userbyid(e.extowner) AS owner, n.nspname AS schema,
                    e.extversion AS version, e.extrelocatable AS relocatable
             FROM pg_catalog.pg_extension e
             JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
             WHERE e.extname = ${lit(name)}`;
}

function stateOf(
  row: ExtensionRow,
  database: string,
  known: Pick<ExtensionState, "create_cascade" | "drop_cascade">,
): ExtensionState {
  return {
    name: row.name,
    database,
    schema: row.schema,
    version: row.version,
    create_cascade: known.create_cascade,
    drop_cascade: known.drop_cascade,
  };
}
