import { DiagnosticError, type Diagnostics } from "../../framework/diagnostics";
import type { CreateOperation, PlanOperation } from "../../framework/resource";
import { defaulted, optional, required, type Schema } from "../../framework/schema";
import { bool, setOf, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import type { Sql } from "../../postgres/sql";
import { SQLSTATE } from "../../postgres/sqlstate";
import type { Transaction } from "../../postgres/transaction";
import { nullWithoutDatabase } from "../shared/database-object";
import { define } from "../shared/define";
import { changesTo } from "./changes";
import { grantState } from "./state";
import {
  findingsQuery,
  type GrantFindings,
  type GrantScope,
  isRoutine,
  missingTargets,
  needsSchema,
  PUBLIC,
  routineName,
  targetLabel,
} from "./targets";
import { grantExactly, revokeGranted } from "./work";
import { identifierComplaint, identifiersComplaint } from "../shared/identifier";
import { parseJsonImportId } from "../shared/json-import-id";
import { warnOfNotice } from "../shared/notices";
import { askWhilePlanning, requireVersion } from "../shared/plan-check";
import {
  expandPrivileges,
  isObjectType,
  MAINTAIN_VERSION,
  type ObjectType,
  privilegeComplaint,
  privilegeName,
  PRIVILEGES,
  sameSet,
} from "../shared/privileges";
import { withRemedies } from "../shared/remedies";
import { inUpstreamSetOrder } from "../shared/upstream-set-order";

const schema = {
  description:
    'Privileges of a role on objects of one type. The resource is authoritative: it grants missing privileges and revokes all others. Do not define two grants for the same role and the same objects. Changes of `objects` and `columns` are made in place, and the role keeps its privileges meanwhile. The import ID is a JSON object of `role`, `database`, `object_type` and, if used, `schema`, `objects` and `columns`: `{"role": "app", "database": "db", "schema": "public", "object_type": "table"}`.',
  attributes: {
    role: required(string, {
      description: "Role to grant the privileges to; `public` for all roles.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    database: required(string, {
      description:
        'Database of the objects; for `object_type = "database"`, the database itself. If it refers to a `postgresql_database` with the same provider configuration, renaming that database keeps the grant.',
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    schema: optional(string, {
      emptyIsUnset: true,
      description:
        'Schema of the objects; for `object_type = "schema"`, the schema itself. Required for all object types except `database`, `foreign_data_wrapper` and `foreign_server`.',
      requiresReplace: true,
      validate: (name) => (name === "" ? null : identifierComplaint(name)),
    }),
    object_type: required(string, {
      description: `Type of the objects: ${Object.keys(PRIVILEGES).join(", ")}. \`procedure\` and \`routine\` require PostgreSQL 11 or later.`,
      requiresReplace: true,
      validate: (type) =>
        isObjectType(type)
          ? null
          : `is ${JSON.stringify(type)}. It must be one of ${Object.keys(PRIVILEGES).join(", ")}.`,
    }),
    objects: optional(setOf(string), {
      emptyIsUnset: true,
      description:
        "Names of the objects, case-sensitive and without the schema (default: all objects of the type that exist in the schema at apply time; `table` includes views and foreign tables). A routine can have argument types, `f(integer, text)`; overloaded routines require them. For `column`, the names of the tables; for `foreign_data_wrapper` and `foreign_server`, their names.",
    }),
    columns: optional(setOf(string), {
      emptyIsUnset: true,
      description: 'Names of the columns. Only for `object_type = "column"`.',
      validate: identifiersComplaint,
    }),
    privileges: required(setOf(string), {
      description:
        "Privileges to grant, or `ALL`. An empty set revokes all privileges. `MAINTAIN` requires PostgreSQL 17 or later.",
      equivalent: (one, other) => sameSet(new Set(one.map(privilegeName)), new Set(other.map(privilegeName))),
    }),
    with_grant_option: defaulted(bool, false, {
      description:
        "Whether the role may grant the privileges to others (default: `false`). Changed in place.",
    }),
  },
  blocks: {},
} satisfies Schema;

type S = typeof schema;
type GrantState = State<S>;

const REMEDIES = {
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "Only the object's owner, a member of the owner, a role with the grant option, or a superuser can grant privileges. Connect as one of these.",
  [SQLSTATE.UNDEFINED_OBJECT]: "Create the role first, or correct its name.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "The role has granted the privilege to others. Revoke those grants first.",
};

export const grant = define({
  typeName: "postgresql_grant",
  displayName: "grant",
  schema,
  identify,
  describe: grantLabel,
  validate: validateGrant,

  async modifyPlan(operation) {
    const { provider, plan, diagnostics, signal } = operation;
    const { role, database, object_type: type } = plan;
    if (provider === null || database === undefined || type === undefined || !isObjectType(type)) return;
    const label = grantLabel(plan);
    const home = homeOf({ database }, type, provider);
    const session = await askWhilePlanning(diagnostics, label, () => provider.session(home, signal));
    if (session === undefined) return;
    checkPrivileges(operation, type, session);
    const { schema: schemaName, objects, columns } = plan;
    const isKnown = [role, schemaName, objects, columns].every((value) => value !== undefined);
    if (operation.prior !== null || !isKnown || diagnostics.hasError) return;
    const scope = scopeOf(plan);
    const [findings] = await provider.select<GrantFindings>(
      home,
      findingsQuery(scope, type, session),
      signal,
    );
    if (findings !== undefined) warnOfFindings(operation, findings, scope, type, session);
  },

  create: (operation) => establish(operation, null),

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const type = typeOf(state);
      const home = homeOf(state, type, provider);
      const query = (session: SessionInfo): Sql => findingsQuery(state, type, session);
      const [findings] = await provider.select<GrantFindings>(home, query, signal);
      const { version } = await provider.session(home, signal);
      return findings === undefined ? null : grantState(findings, state, type, version);
    }),

  update: (operation) => establish(operation, operation.prior),

  async delete(operation) {
    const { provider, state, signal } = operation;
    const type = typeOf(state);
    const home = homeOf(state, type, provider);
    const work = async (): Promise<null> => {
      const session = await provider.session(home, signal);
      const revoke = async (tx: Transaction): Promise<void> => {
        await revokeGranted(tx, session, state, type);
        for (const notice of tx.notices) warnOfNotice(operation, grantLabel(state), notice);
      };
      await provider.transaction(home, revoke, signal);
      return null;
    };
    await withRemedies(REMEDIES, () => nullWithoutDatabase(work));
  },

  importState: (importId) =>
    parseJsonImportId(importId, {
      required: ["role", "database", "object_type"],
      optional: ["schema"],
      lists: ["objects", "columns"],
      example:
        '{"role": "app", "database": "db", "schema": "public", "object_type": "table", "objects": ["t"]}',
    }),
});

/** Upstream's ID: `role_database[_schema]_type[_objects][_columns]`. */
function identify(values: View<S>): string | undefined {
  const { role, database, schema: schemaName, object_type: type, objects, columns } = values;
  if (
    role === undefined ||
    database === undefined ||
    schemaName === undefined ||
    type === undefined ||
    objects === undefined ||
    columns === undefined
  ) {
    return undefined;
  }
  const inSchema = isObjectType(type) && needsSchema(type) ? [schemaName ?? ""] : [];
  const names = [...inUpstreamSetOrder(objects ?? []), ...inUpstreamSetOrder(columns ?? [])];
  return [role, database, ...inSchema, type, ...names].join("_");
}

function grantLabel(values: View<S>): string {
  const { role, database, schema: schemaName, object_type: type, objects } = values;
  if (role === undefined || type === undefined) return "grant";
  const names = objects ? ` ${objects.join(", ")}` : "";
  const place = schemaName ? ` in schema ${JSON.stringify(schemaName)}` : "";
  const where = database === undefined ? "" : ` of database ${JSON.stringify(database)}`;
  return `grant to role ${JSON.stringify(role)} on ${type.replaceAll("_", " ")}${names}${place}${where}`;
}

/** Checks what the type of the objects says about the other attributes. */
function validateGrant(config: View<S>, diagnostics: Diagnostics): void {
  const { role, object_type: type, schema: schemaName, objects, columns, privileges } = config;
  if (role === PUBLIC && config.with_grant_option === true) {
    diagnostics.error("Invalid grant", "Grant options can be granted to roles only, not to public.", [
      "with_grant_option",
    ]);
  }
  if (type === undefined || !isObjectType(type)) return;
  const complain = (attribute: string, problem: string): void =>
    diagnostics.error("Invalid grant", `object_type = "${type}" ${problem}`, [attribute]);
  if (needsSchema(type) && (schemaName === null || schemaName === "")) complain("schema", "needs a schema.");
  const names = objects?.map((object) => (isRoutine(type) ? routineName(object) : object));
  const complaint = identifiersComplaint(names ?? []);
  if (complaint !== null) diagnostics.error("Invalid objects", `objects ${complaint}`, ["objects"]);
  const isNamed = type === "column" || type === "foreign_data_wrapper" || type === "foreign_server";
  if (isNamed && (objects === null || objects?.length === 0)) {
    complain("objects", `needs objects: the ${type === "column" ? "tables" : "names"}.`);
  }
  if ((type === "database" || type === "schema") && objects && objects.length > 0) {
    complain("objects", `takes no objects: it is about the ${type} itself.`);
  }
  if (type === "column" && (columns === null || columns?.length === 0)) complain("columns", "needs columns.");
  if (type !== "column" && columns && columns.length > 0) {
    complain("columns", 'takes no columns: use object_type = "column".');
  }
  for (const text of privileges ?? []) {
    const complaint = privilegeComplaint(text, type);
    if (complaint !== null) diagnostics.error("Invalid privileges", complaint, ["privileges"]);
  }
}

/** Where it is done: privileges on a database can be granted in any, and it may let nobody in. */
function homeOf(
  { database }: { readonly database: string },
  type: ObjectType,
  provider: PostgresServer,
): string {
  return type === "database" ? provider.settings.database : database;
}

function typeOf({ object_type: type }: { readonly object_type: string }): ObjectType {
  if (isObjectType(type)) return type;
  throw new DiagnosticError(
    "Invalid object_type",
    `${JSON.stringify(type)} is no type of objects: it can be ${Object.keys(PRIVILEGES).join(", ")}.`,
    ["object_type"],
  );
}

/** Checks the privileges against the server's version, and keeps their spelling where they mean the same. */
function checkPrivileges(
  operation: PlanOperation<S, PostgresServer>,
  type: ObjectType,
  { version }: SessionInfo,
): void {
  const { plan, prior, diagnostics } = operation;
  if (type === "procedure" || type === "routine") {
    requireVersion(diagnostics, version, 11, "object_type", `object_type = "${type}"`);
  }
  const { privileges } = plan;
  if (privileges?.some((name) => privilegeName(name) === "MAINTAIN")) {
    requireVersion(diagnostics, version, MAINTAIN_VERSION, "privileges", "The privilege MAINTAIN");
  }
  if (!privileges || prior === null || prior.object_type !== type) return;
  const [before, after] = [prior.privileges, privileges].map((names) =>
    expandPrivileges(names, type, version),
  );
  if (before && after && sameSet(before, after)) operation.set("privileges", prior.privileges);
}

/** Says what is not there yet, and what the role holds that it will lose. */
function warnOfFindings(
  { plan, diagnostics }: PlanOperation<S, PostgresServer>,
  { targets }: GrantFindings,
  scope: GrantScope,
  type: ObjectType,
  { version }: SessionInfo,
): void {
  const missing = missingTargets(scope, targets, type);
  if (missing.length > 0) {
    diagnostics.warn(
      "Object does not exist yet",
      `${grantLabel(plan)}: the database does not have ${missing.join(", ")} now. Unless the same apply creates it first, apply will fail.`,
      ["objects"],
    );
  }
  if (!plan.privileges) return;
  const wanted = { names: expandPrivileges(plan.privileges, type, version), grantable: true };
  const surplus = targets
    .flatMap((target) => changesTo(target, wanted))
    .filter(({ action }) => action === "REVOKE");
  if (surplus.length > 0) {
    const lines = surplus.map(
      ({ privileges, target }) => `${privileges.join(", ")} on ${targetLabel(target, scope, type)}`,
    );
    diagnostics.warn(
      "Privileges will be revoked",
      `${grantLabel(plan)}: the role has other privileges, and apply will revoke them: ${lines.join("; ")}. Add the privileges to keep to privileges.`,
      ["privileges"],
    );
  }
}

function scopeOf(values: View<S>): GrantScope {
  return {
    role: values.role ?? "",
    database: values.database ?? "",
    schema: values.schema ?? null,
    object_type: values.object_type ?? "",
    objects: values.objects ?? null,
    columns: values.columns ?? null,
  };
}

/** Makes the privileges what is planned, and reads them back before anything is committed. */
async function establish(
  operation: CreateOperation<S, PostgresServer>,
  prior: GrantState | null,
): Promise<GrantState> {
  const { provider, planned, signal } = operation;
  const type = typeOf(planned);
  const home = homeOf(planned, type, provider);
  const work = async (): Promise<GrantState | null> => {
    const session = await provider.session(home, signal);
    const wanted = {
      names: expandPrivileges(planned.privileges, type, session.version),
      grantable: planned.with_grant_option,
    };
    const findings = await provider.transaction(
      home,
      (tx) => grantExactly(tx, session, planned, type, wanted, prior),
      signal,
    );
    const state = grantState(findings, planned, type, session.version);
    if (state !== null && findings.targets.length === 0) warnOfNothing(operation, type);
    return state;
  };
  const state = await withRemedies(REMEDIES, work);
  if (state !== null) return state;
  throw new DiagnosticError(
    "Nothing to grant on",
    `${grantLabel(planned)}: the role or the schema does not exist. Create it first, or correct its name.`,
  );
}

function warnOfNothing({ planned, warn }: CreateOperation<S, PostgresServer>, type: ObjectType): void {
  warn(
    "Nothing was granted",
    `${grantLabel(planned)}: there is no ${type.replaceAll("_", " ")} yet. Let the grant depend on what creates them.`,
  );
}
