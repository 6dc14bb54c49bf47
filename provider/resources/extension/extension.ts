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
  description: "An extension in a database, installed with `CREATE EXTENSION`.",
  attributes: {
    name: required(string, {
      description: "Name of the extension, as in `pg_available_extensions`.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    database: databaseAttribute,
    schema: optionalComputed(string, {
      description:
        "Schema for the extension's objects (default: the schema that the extension requires, otherwise the first schema of `search_path`). Changed in place if the extension is relocatable.",
      validate: identifierComplaint,
    }),
    version: optionalComputed(string, {
      description:
        "Version of the extension (default: the server's default version). Changed in place if the extension has an update path.",
      validate: (version) =>
        version === "" ? "is empty. Remove it to use the server's default version." : null,
    }),
    create_cascade: defaulted(bool, false, {
      description:
        "Whether to also install the extensions that this one requires (default: `false`). Destroy does not drop them.",
    }),
    drop_cascade: defaulted(bool, false, {
      description:
        "Whether destroy also drops every object that depends on the extension, including columns of its types (default: `false`). With `false`, destroy fails while such objects exist.",
    }),
  },
  blocks: {},
} satisfies Schema;

type ExtensionState = State<typeof schema>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_OBJECT]:
    "Import the existing extension with terraform import (the import ID is database.name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "To install a trusted extension (PostgreSQL 13 and later), the user requires the CREATE privilege on the database. For other extensions the user must be a superuser; on Aurora and RDS, a member of rds_superuser. To alter an extension, the user must be a member of its owner.",
  [SQLSTATE.UNDEFINED_OBJECT]:
    "Set create_cascade = true to install the required extensions, or add a postgresql_extension for each of them and a depends_on to this one.",
  [SQLSTATE.INVALID_SCHEMA_NAME]: "Create the schema first, or correct its name.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "Drop the listed objects. To drop them all with the extension, including columns, set drop_cascade = true, apply, and destroy again.",
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
      // The version first: an update script expects the objects in the schema they were installed in.
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
  /** Null if the user may choose the schema. */
  readonly schema: string | null;
};

interface Findings {
  readonly installed: ExtensionRow | undefined;
  /** Undefined if the server cannot list them. */
  readonly disk: ExtensionFiles | undefined;
}

interface ExtensionFiles {
  readonly available: readonly AvailableVersion[];
  /** Extensions whose names differ in case, hyphens and underscores only. */
  readonly similar: readonly string[];
  /** The versions that the installed version has an update path to. */
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
    // One unreadable control file, of any extension, makes these queries fail.
    const [installed] = await server.select<ExtensionRow>(database, extensionQuery(name), signal);
    return { installed, disk: undefined };
  }
}

/** Errors and not warnings: no resource of the same apply can install an extension's files on the server. */
function checkAvailable(
  plan: View<typeof schema>,
  { available, similar }: ExtensionFiles,
  label: string,
  diagnostics: Diagnostics,
): void {
  if (available.length === 0) {
    const hint = similar.length > 0 ? ` Similar names: ${similar.map(quote).join(", ")}.` : "";
    diagnostics.error(
      "Extension is not available",
      `${label} cannot be installed: the server does not have an extension with this name.${hint} ` +
        "SELECT name FROM pg_available_extensions lists the available ones. Correct the name, or install the extension's package on the server (Aurora and RDS support a fixed list for each version).",
      ["name"],
    );
    return;
  }
  const versions = available.map(({ version }) => version);
  if (plan.version && !versions.includes(plan.version)) {
    diagnostics.error(
      "Extension version is not available",
      `${label} cannot have version ${quote(plan.version)}: the server has ${versions.map(quote).join(", ")}. Choose one of these, or remove version to use the server's default.`,
      ["version"],
    );
  }
  const prescribed = available.find(({ version }) => !plan.version || version === plan.version)?.schema;
  if (plan.schema && prescribed && plan.schema !== prescribed) {
    diagnostics.error(
      "Extension requires another schema",
      `${label} cannot be in schema ${quote(plan.schema)}: the extension requires schema ${quote(prescribed)}. Remove schema.`,
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
      `${label} has version ${quote(installed.version)} and can be updated ${possible}, not to ${quote(plan.version)}. ` +
        "Choose another version, or drop and reinstall the extension with terraform apply -replace=ADDRESS.",
      ["version"],
    );
  }
  if (plan.schema && plan.schema !== prior.schema && !installed.relocatable) {
    diagnostics.error(
      "Extension cannot be moved",
      `${label} is in schema ${quote(installed.schema)} and cannot be moved to ${quote(plan.schema)}: the extension is not relocatable. ` +
        "Keep the schema, or drop and reinstall the extension with terraform apply -replace=ADDRESS.",
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

/** Runs statements that require ownership of the extension. */
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
