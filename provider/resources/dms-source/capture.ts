import { DiagnosticError } from "../../framework/diagnostics";
import type { SessionInfo } from "../../postgres/session";
import { id, list, lit, type Sql, sql } from "../../postgres/sql";
import type { Transaction } from "../../postgres/transaction";
import { withCreatePrivilege } from "../shared/create-privilege";
import { type FoundObjects, type FoundTable, objectsQuery } from "./catalog";
import {
  conflicts,
  differences,
  enabledAs,
  firesAsDefined,
  foreignTriggers,
  isOurFunction,
  usesTable,
  type Wanted,
} from "./differences";
import {
  AUDIT_TABLE,
  createFunction,
  createTable,
  createTrigger,
  dropTrigger,
  enableTrigger,
  FUNCTION,
  tableLabel,
  TRIGGERS,
} from "./objects";
import { asMemberOf } from "../shared/membership";

/** A known DMS user, and the one before it. */
export interface Capture extends Wanted {
  readonly username: string;
  readonly formerUsername: string | null;
}

/** The error for objects that are in the way. */
function conflictError(lines: readonly string[]): DiagnosticError {
  return new DiagnosticError(CONFLICT_SUMMARY, conflictDetail(lines), ["schema"]);
}

export const CONFLICT_SUMMARY = "Objects of DMS's names are something else";

export function conflictDetail(lines: readonly string[]): string {
  return `${lines.join("\n")}\n\nNothing was changed. Drop or rename what is not DMS's, or choose another schema; an event trigger belongs to the database as a whole, so that there can be only one of these resources in each.`;
}

/** Looks at everything that a transaction is to change. */
export async function findObjects(
  tx: Transaction,
  schema: string,
  username: string | null,
): Promise<FoundObjects> {
  const [found] = await tx.query<FoundObjects>(objectsQuery(schema, username));
  if (found === undefined) throw new Error("the catalog has given no answer");
  return found;
}

/**
 * Makes everything as it should be, and leaves alone what is so already.
 *
 * @returns Whether the schema was created.
 * @throws DiagnosticError | PostgresError; the transaction is then to be rolled back.
 */
export async function ensureCapture(
  tx: Transaction,
  session: SessionInfo,
  found: FoundObjects,
  wanted: Capture,
): Promise<boolean> {
  const lines = conflicts(found, wanted.schema);
  if (lines.length > 0) throw conflictError(lines);
  const { schema, username } = wanted;
  const ownsSchema = wanted.ownsSchema || !found.schema;
  if (!found.schema) {
    await withCreatePrivilege(tx, session, () => tx.query(sql`CREATE SCHEMA ${id(schema)}`));
  }
  await asMemberOf(tx, session, ownersOf(found), async () => {
    await tx.queryAll(definitions(found, wanted));
    // The sequence has its name only now.
    const made = await findObjects(tx, schema, username);
    await tx.queryAll(privileges(made, { ...wanted, ownsSchema }));
  });
  const left = differences(await findObjects(tx, schema, username), { ...wanted, ownsSchema });
  if (left.length === 0) return !found.schema;
  throw new DiagnosticError(
    "DDL capture cannot be made as it should be",
    `After all was done, this is left: ${left.join("; ")}. Nothing was changed. Privileges that others have granted only they, or their owner, can revoke.`,
  );
}

/** What of it could not be removed. */
export interface LeftBehind {
  readonly table: boolean;
  readonly schema: boolean;
}

/** Removes the event triggers, the function, the table unless it has rows, and the schema if it is ours and empty. */
export async function removeCapture(
  tx: Transaction,
  session: SessionInfo,
  { schema, ownsSchema }: Pick<Wanted, "schema" | "ownsSchema">,
): Promise<LeftBehind> {
  const found = await findObjects(tx, schema, null);
  const foreign = foreignTriggers(found, schema);
  const triggers = found.triggers.filter((trigger) => !foreign.includes(trigger));
  const { table } = found;
  return asMemberOf(tx, session, ownersOf(found), async () => {
    // In this order: the triggers would capture that the table is dropped, and hang on the function.
    await tx.queryAll([
      ...triggers.map(({ name }) => dropTrigger(name)),
      sql`DROP FUNCTION IF EXISTS ${id(schema, FUNCTION)}()`,
    ]);
    const keepsTable = table !== null && !(await dropEmptyTable(tx, schema, table));
    return { table: keepsTable, schema: ownsSchema && found.schema && !(await dropEmptySchema(tx, schema)) };
  });
}

async function dropEmptyTable(tx: Transaction, schema: string, table: FoundTable): Promise<boolean> {
  const name = id(schema, AUDIT_TABLE);
  if (table.kind !== "r") return false;
  const [, rows] = await tx.queryAll([
    sql`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`,
    sql`SELECT FROM ${name} LIMIT 1`,
  ]);
  if (rows === undefined || rows.length > 0) return false;
  await tx.query(sql`DROP TABLE ${name}`);
  return true;
}

async function dropEmptySchema(tx: Transaction, schema: string): Promise<boolean> {
  const used = await tx.query(
    sql`SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_namespace n ON n.oid = d.refobjid
        WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND n.nspname = ${lit(schema)} LIMIT 1`,
  );
  if (used.length > 0) return false;
  await tx.query(sql`DROP SCHEMA ${id(schema)}`);
  return true;
}

function ownersOf({ table, function: intercept, triggers }: FoundObjects): string[] {
  const owners = [table, intercept, ...triggers].flatMap((object) => (object === null ? [] : [object.owner]));
  return [...new Set(owners)];
}

function definitions(found: FoundObjects, { schema, always }: Wanted): Sql[] {
  const statements: Sql[] = [];
  const kept = found.triggers.filter((trigger) => {
    const definition = TRIGGERS.find(({ name }) => name === trigger.name);
    // A trigger would capture that its own table is created.
    return found.table !== null && definition !== undefined && firesAsDefined(definition, trigger);
  });
  for (const trigger of found.triggers) {
    if (!kept.includes(trigger)) statements.push(dropTrigger(trigger.name));
  }
  if (found.table === null) statements.push(createTable(schema));
  if (found.function === null || !isOurFunction(found.function, schema)) {
    statements.push(createFunction(schema));
  }
  for (const definition of TRIGGERS) {
    const trigger = kept.find(({ name }) => name === definition.name);
    if (trigger === undefined) statements.push(createTrigger(definition, schema));
    if ((trigger?.enabled ?? enabledAs(false)) !== enabledAs(always)) {
      statements.push(enableTrigger(definition.name, always));
    }
  }
  return statements;
}

/**
 * Nobody but the owner, the DMS user and the function may touch the audit table: what is inserted there, DMS runs at
 * the target. Roles that run DDL need nothing, since the function runs as its owner.
 */
function privileges(
  { table, function: intercept, roles }: FoundObjects,
  { schema, username, formerUsername, ownsSchema }: Capture,
): Sql[] {
  if (table === null || !roles.some(({ name }) => name === username)) return [];
  const onTable = sql`ON TABLE ${id(schema, AUDIT_TABLE)}`;
  const sequences = list(table.sequences.map((sequence) => id(sequence.schema, sequence.name)));
  const hasSequences = table.sequences.length > 0;
  const revokeAll = (from: Sql): Sql[] => [
    sql`REVOKE ALL ${onTable} FROM ${from}`,
    ...(hasSequences ? [sql`REVOKE ALL ON SEQUENCE ${sequences} FROM ${from}`] : []),
  ];
  const statements: Sql[] = table.open_to_public ? revokeAll(sql`PUBLIC`) : [];
  const former = formerUsername ?? username;
  if (former !== username && table.grantees.includes(former) && former !== intercept?.owner) {
    statements.push(...revokeAll(id(former)));
    if (ownsSchema) statements.push(sql`REVOKE USAGE ON SCHEMA ${id(schema)} FROM ${id(former)}`);
  }
  for (const role of roles) {
    // A role may have had its privileges by way of PUBLIC.
    if (!usesTable(role, table, username) || table.open_to_public) {
      statements.push(sql`GRANT SELECT, INSERT, DELETE ${onTable} TO ${id(role.name)}`);
      if (hasSequences) statements.push(sql`GRANT USAGE ON SEQUENCE ${sequences} TO ${id(role.name)}`);
    }
    if (!role.uses_schema && ownsSchema) {
      statements.push(sql`GRANT USAGE ON SCHEMA ${id(schema)} TO ${id(role.name)}`);
    }
  }
  return statements;
}

/** What was left behind by a removal, and why. */
export function leftBehindDetail(left: LeftBehind, schema: string, database: string): string[] {
  return [
    ...(left.table
      ? [
          `The ${tableLabel(schema)} stays in database ${JSON.stringify(database)}, since it has rows (or is no table), which DMS's function never leaves there: somebody else has put them in. Drop it when nobody needs them.`,
        ]
      : []),
    ...(left.schema
      ? [
          `The schema ${JSON.stringify(schema)} stays in database ${JSON.stringify(database)}, since it is not empty.`,
        ]
      : []),
  ];
}
