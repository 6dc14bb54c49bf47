import { DiagnosticError, type Diagnostics } from "../../framework/diagnostics";
import type { CreateOperation, PlanOperation } from "../../framework/resource";
import { defaulted, optional, required, type Schema } from "../../framework/schema";
import { bool, setOf, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import type { PostgresServer } from "../../postgres/server";
import type { ServerVersion } from "../../postgres/server-version";
import { SQLSTATE } from "../../postgres/sqlstate";
import { nullWithoutDatabase } from "../shared/database-object";
import { define } from "../shared/define";
import { identifierComplaint } from "../shared/identifier";
import { parseJsonImportId } from "../shared/json-import-id";
import { askWhilePlanning, requireVersion } from "../shared/plan-check";
import { MAINTAIN_VERSION, privilegeName, sameSet } from "../shared/privileges";
import { withRemedies } from "../shared/remedies";
import { establishDefaults, restoreDefaults } from "./apply";
import { type DefaultFindings, type DefaultScope, defaultsQuery, PUBLIC } from "./catalog";
import {
  DEFAULT_OBJECT_TYPES,
  type DefaultObjectType,
  defaultPrivilegeComplaint,
  expandDefaultPrivileges,
  isDefaultObjectType,
} from "./privileges";

const schema = {
  description:
    "Privileges that a role gets on objects that another role creates from now on. The resource manages exactly one entry: one role, one owner, one object type, in one schema or in all schemas of a database. It grants missing privileges and revokes surplus ones, in place. Existing objects are not affected; use `postgresql_grant` for them. Destroying the resource restores PostgreSQL's built-in default, which is no privilege except for the owner and for `public` (`EXECUTE` on functions, `USAGE` on types). " +
    'The import ID is a JSON object of `role`, `database`, `owner`, `object_type` and, if used, `schema`: `{"role": "app", "database": "db", "owner": "migrations", "object_type": "table", "schema": "public"}`.',
  attributes: {
    role: required(string, {
      description: "Role that gets the privileges. Use `public` for all roles.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    database: required(string, {
      description:
        "Database in which the owner creates the objects. Renaming a `postgresql_database` that this attribute refers to keeps the entry if both use the same provider configuration.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    owner: required(string, {
      description:
        "Role that creates the objects. Objects that other roles create, including members of this role, are not affected.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    schema: optional(string, {
      emptyIsUnset: true,
      description:
        'Schema in which the owner creates the objects. Default: all schemas of the database. Privileges in a schema add to those for all schemas and cannot take any of them away. Not allowed with `object_type = "schema"`.',
      requiresReplace: true,
      validate: (name) => (name === "" ? null : identifierComplaint(name)),
    }),
    object_type: required(string, {
      description: `Type of the objects: ${DEFAULT_OBJECT_TYPES.join(", ")}. \`table\` includes views and foreign tables. \`function\` and \`routine\` mean the same: functions and, from PostgreSQL 11, procedures.`,
      requiresReplace: true,
      validate: (type) =>
        isDefaultObjectType(type)
          ? null
          : `is ${JSON.stringify(type)}. It must be one of ${DEFAULT_OBJECT_TYPES.join(", ")}.`,
    }),
    privileges: required(setOf(string), {
      description:
        "Privileges on each new object: any that PostgreSQL has for the object type, or `ALL`. An empty set revokes all privileges. `MAINTAIN` requires PostgreSQL 17 or later.",
      equivalent: (one, other) => sameSet(new Set(one.map(privilegeName)), new Set(other.map(privilegeName))),
    }),
    with_grant_option: defaulted(bool, false, {
      description:
        "Whether the role may grant the privileges to other roles. Default: `false`. Changed in place. Not allowed for `public`.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type DefaultsState = State<S>;

const REMEDIES = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Connect as the owner, as a member of the owner, as a role that may grant membership of the owner, or as a superuser.",
  [SQLSTATE.UNDEFINED_OBJECT]: "Create the role first, or correct its name.",
};

export const defaultPrivileges = define({
  typeName: "postgresql_default_privileges",
  displayName: "default privileges",
  schema,
  identify,
  describe: defaultsLabel,
  validate: validateDefaults,

  async modifyPlan(operation) {
    const { provider, plan, prior, diagnostics, signal } = operation;
    const { database, object_type: type } = plan;
    if (provider === null || database === undefined || type === undefined || !isDefaultObjectType(type))
      return;
    const label = defaultsLabel(plan);
    const session = await askWhilePlanning(diagnostics, label, () => provider.session(database, signal));
    if (session === undefined) return;
    planPrivileges(operation, type, session.version);
    const { role, owner, schema: schemaName, privileges } = operation.plan;
    if (role === undefined || owner === undefined || schemaName === undefined || privileges === undefined)
      return;
    if (diagnostics.hasError || (prior !== null && privileges === prior.privileges)) return;
    const scope = { role, database, owner, schema: schemaName, object_type: type };
    const [findings] = await provider.select<DefaultFindings>(database, defaultsQuery(scope, type), signal);
    if (findings === undefined) return;
    const wanted = expandDefaultPrivileges(privileges ?? [], type, session.version);
    if (prior === null) warnOfSurplus(findings, wanted, label, diagnostics);
    warnOfWiderDefaults(findings, wanted, scope, label, diagnostics);
  },

  create: establish,

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const type = typeOf(state);
      const [findings] = await provider.select<DefaultFindings>(
        state.database,
        defaultsQuery(state, type),
        signal,
      );
      const { version } = await provider.session(state.database, signal);
      return findings === undefined ? null : stateOf(findings, state, type, version);
    }),

  update: establish,

  async delete({ provider, state, signal }) {
    const type = typeOf(state);
    await withRemedies(REMEDIES, () =>
      nullWithoutDatabase(async () => {
        const session = await provider.session(state.database, signal);
        await provider.transaction(state.database, (tx) => restoreDefaults(tx, session, state, type), signal);
        return null;
      }),
    );
  },

  importState: (importId) =>
    parseJsonImportId(importId, {
      required: ["role", "database", "owner", "object_type"],
      optional: ["schema"],
      lists: [],
      example:
        '{"role": "app", "database": "db", "owner": "migrations", "object_type": "table", "schema": "public"}',
    }),
});

/** Upstream's ID: `role_database_schema_owner_type`, with `noschema` for all schemas. */
function identify(values: View<S>): string | undefined {
  const { role, database, schema: schemaName, owner, object_type: type } = values;
  if (
    role === undefined ||
    database === undefined ||
    schemaName === undefined ||
    owner === undefined ||
    type === undefined
  ) {
    return undefined;
  }
  return [role, database, schemaName || "noschema", owner, type].join("_");
}

function defaultsLabel({ role, owner, schema: schemaName, object_type: type, database }: View<S>): string {
  if (role === undefined || owner === undefined || type === undefined) return "default privileges";
  const place = schemaName ? ` in schema ${JSON.stringify(schemaName)}` : "";
  const where = database === undefined ? "" : ` of database ${JSON.stringify(database)}`;
  return `default privileges of role ${JSON.stringify(role)} on each ${type} that role ${JSON.stringify(owner)} creates${place}${where}`;
}

function validateDefaults(config: View<S>, diagnostics: Diagnostics): void {
  const { role, schema: schemaName, object_type: type, privileges, with_grant_option: grantable } = config;
  if (role === PUBLIC && grantable === true) {
    diagnostics.error(
      "Invalid default privileges",
      "PostgreSQL grants no grant options to PUBLIC. Remove with_grant_option, or name a role.",
      ["with_grant_option"],
    );
  }
  if (type === undefined || !isDefaultObjectType(type)) return;
  if (type === "schema" && schemaName) {
    diagnostics.error(
      "Invalid default privileges",
      'object_type = "schema" applies to new schemas, which are in no schema. Remove schema.',
      ["schema"],
    );
  }
  for (const text of privileges ?? []) {
    const complaint = defaultPrivilegeComplaint(text, type);
    if (complaint !== null) diagnostics.error("Invalid privileges", complaint, ["privileges"]);
  }
}

function typeOf({ object_type: type }: { readonly object_type: string }): DefaultObjectType {
  if (isDefaultObjectType(type)) return type;
  throw new DiagnosticError(
    "Invalid object_type",
    `${JSON.stringify(type)} has no default privileges. Use one of ${DEFAULT_OBJECT_TYPES.join(", ")}.`,
    ["object_type"],
  );
}

/** Checks the privileges against the server's version, and keeps the spelling of the state if both mean the same. */
function planPrivileges(
  operation: PlanOperation<S, PostgresServer>,
  type: DefaultObjectType,
  version: ServerVersion,
): void {
  const { plan, prior, diagnostics } = operation;
  const { privileges } = plan;
  if (!privileges) return;
  if (privileges.some((name) => privilegeName(name) === "MAINTAIN")) {
    requireVersion(diagnostics, version, MAINTAIN_VERSION, "privileges", "The privilege MAINTAIN");
  }
  if (prior === null || prior.object_type !== type) return;
  const [before, after] = [prior.privileges, privileges].map((names) =>
    expandDefaultPrivileges(names, type, version),
  );
  if (before && after && sameSet(before, after)) operation.set("privileges", prior.privileges);
}

function warnOfSurplus(
  { held }: DefaultFindings,
  wanted: ReadonlySet<string>,
  label: string,
  diagnostics: Diagnostics,
): void {
  const surplus = Object.keys(held).filter((name) => !wanted.has(name));
  if (surplus.length === 0) return;
  diagnostics.warn(
    "Default privileges will be revoked",
    `${label}: the apply revokes ${surplus.sort().join(", ")}. Add to privileges what the role should keep.`,
    ["privileges"],
  );
}

/** Revoking in a schema what the defaults for all schemas grant has no effect, and PostgreSQL does not say so. */
function warnOfWiderDefaults(
  { everywhere }: DefaultFindings,
  wanted: ReadonlySet<string>,
  { role, owner }: DefaultScope,
  label: string,
  diagnostics: Diagnostics,
): void {
  const wider = Object.keys(everywhere).filter((name) => !wanted.has(name));
  if (wider.length === 0 || role === owner) return;
  diagnostics.warn(
    "The role gets more privileges from the defaults for all schemas",
    `${label}: the role also gets ${wider.sort().join(", ")}, because the defaults for all schemas grant it to this role or to PUBLIC. ` +
      "Defaults in a schema only add privileges. To revoke it, add a postgresql_default_privileges without schema.",
    ["privileges"],
  );
}

/** Alters the defaults and reads them back before the commit. */
async function establish({
  provider,
  planned,
  signal,
}: CreateOperation<S, PostgresServer>): Promise<DefaultsState> {
  const type = typeOf(planned);
  const { database } = planned;
  return withRemedies(REMEDIES, async () => {
    const session = await provider.session(database, signal);
    const wanted = {
      names: expandDefaultPrivileges(planned.privileges, type, session.version),
      grantable: planned.with_grant_option,
    };
    const findings = await provider.transaction(
      database,
      (tx) => establishDefaults(tx, session, planned, type, wanted),
      signal,
    );
    const state = stateOf(findings, planned, type, session.version);
    if (state === null) throw new Error("the role or the schema disappeared within the transaction");
    return state;
  });
}

/** Right after an import, the privileges and the grant option are null. */
interface KnownDefaults extends DefaultScope {
  readonly privileges: readonly string[] | null;
  readonly with_grant_option: boolean | null;
}

/** Null when a role or the schema no longer exists. Privileges with the same meaning keep the spelling of the state. */
function stateOf(
  { role_exists: roleExists, owner_exists: ownerExists, schema_exists: schemaExists, held }: DefaultFindings,
  before: KnownDefaults,
  type: DefaultObjectType,
  version: ServerVersion,
): DefaultsState | null {
  if (!roleExists || !ownerExists || !schemaExists) return null;
  const { role, database, owner, schema: schemaName, object_type: objectType } = before;
  const names = new Set(Object.keys(held));
  const known = before.privileges;
  const isSame = known !== null && sameSet(names, expandDefaultPrivileges(known, type, version));
  const flags = Object.values(held).map(({ grantable }) => grantable);
  const isGrantable = before.with_grant_option ? flags.every(Boolean) : flags.some(Boolean);
  return {
    role,
    database,
    owner,
    schema: schemaName,
    object_type: objectType,
    privileges: isSame ? known : [...names].sort(),
    with_grant_option: flags.length === 0 ? (before.with_grant_option ?? false) : isGrantable,
  };
}
