import type { CreateOperation } from "../../framework/resource";
import { defaulted, optionalComputed, required, type Schema } from "../../framework/schema";
import { bool, string } from "../../framework/value-type";
import type { State } from "../../framework/values";
import type { PostgresServer } from "../../postgres/server";
import type { SessionInfo } from "../../postgres/session";
import { id, lit, type Sql, sql } from "../../postgres/sql";
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
import { askWhilePlanning, refuseExistingObject } from "../shared/plan-check";
import { withRemedies } from "../shared/remedies";
import { type AclEntry, policiesInForce, policyStatements } from "./policy";

const resourceSchema = {
  description: "A schema in a database, created with `CREATE SCHEMA`.",
  attributes: {
    name: required(string, {
      description: "Name of the schema. Renamed in place.",
      validate: (name) =>
        name.startsWith("pg_")
          ? `is ${JSON.stringify(name)}. PostgreSQL reserves names that begin with pg_. Choose another name.`
          : identifierComplaint(name),
    }),
    database: databaseAttribute,
    owner: optionalComputed(string, {
      description: "Role that owns the schema (default: the provider's user). Changed in place.",
      validate: identifierComplaint,
    }),
    if_not_exists: defaulted(bool, true, {
      description:
        "Whether to adopt a schema that already exists (default: `true`). Destroy drops an adopted schema as well. With `false`, an existing schema is an error.",
    }),
    drop_cascade: defaulted(bool, false, {
      description:
        "Whether destroy also drops every object in the schema (default: `false`). With `false`, destroy fails unless the schema is empty.",
    }),
  },
  blocks: {
    policy: {
      nesting: "set",
      description:
        "Privileges of a role on the schema. All other privileges of the role on the schema are revoked.",
      deprecated: 'use postgresql_grant with object_type = "schema" instead.',
      attributes: {
        role: defaulted(string, "", {
          description: "Name of the role; empty for `PUBLIC` (default: `PUBLIC`).",
          validate: (role) => (role === "" ? null : identifierComplaint(role)),
        }),
        create: defaulted(bool, false, {
          description: "Whether the role may create objects in the schema (default: `false`).",
        }),
        create_with_grant: defaulted(bool, false, {
          description:
            "Whether the role may create objects in the schema and grant that privilege to others (default: `false`).",
        }),
        usage: defaulted(bool, false, {
          description: "Whether the role may use objects in the schema (default: `false`).",
        }),
        usage_with_grant: defaulted(bool, false, {
          description:
            "Whether the role may use objects in the schema and grant that privilege to others (default: `false`).",
        }),
      },
    },
  },
} satisfies Schema;

type SchemaState = State<typeof resourceSchema>;

const REMEDIES = {
  [SQLSTATE.DUPLICATE_SCHEMA]:
    "Choose another name, set if_not_exists = true, or import the existing schema with terraform import (the import ID is database.name).",
  [SQLSTATE.INSUFFICIENT_PRIVILEGE]:
    "The user requires the CREATE privilege on the database, and membership in the schema's owner or the right to grant itself that membership. Grant what is missing.",
  [SQLSTATE.UNDEFINED_OBJECT]: "Create the role first, or correct its name.",
  [SQLSTATE.DEPENDENT_OBJECTS_STILL_EXIST]:
    "Drop or move the listed objects. To drop them all with the schema, set drop_cascade = true, apply, and destroy again.",
};

export const schema = define({
  typeName: "postgresql_schema",
  displayName: "schema",
  schema: resourceSchema,
  identify: databaseObjectId,
  describe: (values) => databaseObjectLabel("schema", values),

  async modifyPlan(operation) {
    const object = planDatabaseObject(operation);
    const { plan, prior, diagnostics, signal } = operation;
    if (object === null || prior !== null || plan.if_not_exists !== false) return;
    const { server, database, name } = object;
    const label = databaseObjectLabel("schema", plan);
    const found = await askWhilePlanning(diagnostics, label, () =>
      server.select(database, schemaQuery(name), signal),
    );
    if (found !== undefined && found.length > 0) refuseExistingObject(operation, label, database, name);
  },

  create(operation) {
    const { planned } = operation;
    return changeSchema(operation, async (tx, session) => {
      const { name, owner } = planned;
      const [found] = planned.if_not_exists ? await tx.query<SchemaRow>(schemaQuery(name)) : [];
      if (found === undefined) {
        const authorization = owner ? sql` AUTHORIZATION ${id(owner)}` : sql``;
        await asMemberOf(tx, session, owner, () =>
          withCreatePrivilege(tx, session, () => tx.query(sql`CREATE SCHEMA ${id(name)}${authorization}`)),
        );
      } else if (owner && owner !== found.owner) {
        await setOwner(tx, session, name, found.owner, owner);
      }
      await setPolicies(tx, session, name, [], planned.policy);
    });
  },

  read: ({ provider, state, signal }) =>
    nullWithoutDatabase(async () => {
      const database = databaseOf(state, provider);
      const [row] = await provider.select<SchemaRow>(database, schemaQuery(state.name), signal);
      return row === undefined ? null : stateOf(row, database, state);
    }),

  update(operation) {
    const { prior, planned } = operation;
    return changeSchema(operation, async (tx, session) => {
      // Only the last statement renames the schema: the others use the prior name.
      const { name } = prior;
      if (planned.owner && planned.owner !== prior.owner) {
        await setOwner(tx, session, name, prior.owner ?? session.user, planned.owner);
      }
      await setPolicies(tx, session, name, prior.policy, planned.policy);
      if (planned.name !== name) {
        await asMemberOf(tx, session, planned.owner, () =>
          withCreatePrivilege(tx, session, () =>
            tx.query(sql`ALTER SCHEMA ${id(name)} RENAME TO ${id(planned.name)}`),
          ),
        );
      }
    });
  },

  async delete({ provider, state, signal }) {
    const database = databaseOf(state, provider);
    const drop = sql`DROP SCHEMA IF EXISTS ${id(state.name)} ${state.drop_cascade ? sql`CASCADE` : sql`RESTRICT`}`;
    await nullWithoutDatabase(async () => {
      const session = await provider.session(database, signal);
      const work = (tx: Transaction) => asMemberOf(tx, session, state.owner, () => tx.query(drop));
      return withRemedies(REMEDIES, () => provider.transaction(database, work, signal));
    });
  },

  importState: (importId) => ({ ...parseDatabaseObjectId(importId), policy: [] }),
});

function changeSchema(
  { provider: server, planned, signal }: CreateOperation<typeof resourceSchema, PostgresServer>,
  change: (tx: Transaction, session: SessionInfo) => Promise<void>,
): Promise<SchemaState> {
  const database = databaseOf(planned, server);
  return changeInTransaction({
    ...{ server, database, signal, change },
    remedies: REMEDIES,
    displayName: "schema",
    read: async (tx) => {
      const [row] = await tx.query<SchemaRow>(schemaQuery(planned.name));
      return row && stateOf(row, database, planned);
    },
  });
}

/** Requires membership in both owners, and the CREATE privilege on the database. */
async function setOwner(
  tx: Transaction,
  session: SessionInfo,
  name: string,
  from: string,
  to: string,
): Promise<void> {
  await asMemberOf(tx, session, [from, to], () =>
    withCreatePrivilege(tx, session, () => tx.query(sql`ALTER SCHEMA ${id(name)} OWNER TO ${id(to)}`)),
  );
}

/** Runs after a change of owner, because ALTER SCHEMA … OWNER TO transfers the former owner's privileges. */
async function setPolicies(
  tx: Transaction,
  session: SessionInfo,
  name: string,
  prior: SchemaState["policy"],
  planned: SchemaState["policy"],
): Promise<void> {
  if (prior.length === 0 && planned.length === 0) return;
  const [row] = await tx.query<SchemaRow>(schemaQuery(name));
  const statements = policyStatements(name, row?.acl ?? [], prior, planned);
  if (statements.length === 0) return;
  await asMemberOf(tx, session, row?.owner, async () => {
    for (const statement of statements) await tx.query(statement);
  });
}

interface SchemaRow {
  readonly name: string;
  readonly owner: string;
  readonly acl: readonly AclEntry[];
}

function schemaQuery(name: string): Sql {
  return sql`SELECT n.nspname AS name, pg_catalog.pg_get_userbyid(n.nspowner) AS owner,
                    (SELECT coalesce(json_agg(json_build_object('role', coalesce(r.rolname, ''),
                                                                'privilege', a.privilege_type,
                                                                'grantable', a.is_grantable)), '[]')
                     FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
                     LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee) AS acl
             FROM pg_catalog.pg_namespace n
             WHERE n.nspname = ${lit(name)}`;
}

function stateOf(
  row: SchemaRow,
  database: string,
  known: Pick<SchemaState, "if_not_exists" | "drop_cascade" | "policy">,
): SchemaState {
  return {
    name: row.name,
    database,
    owner: row.owner,
    if_not_exists: known.if_not_exists,
    drop_cascade: known.drop_cascade,
    policy: policiesInForce(known.policy, row.acl),
  };
}
