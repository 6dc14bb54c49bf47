import { DiagnosticError } from "../../framework/diagnostics";
import { optionalComputed } from "../../framework/schema";
import { string } from "../../framework/value-type";
import { PostgresError } from "../../postgres/errors";
import { formatRelationName, parseRelationName } from "../../postgres/relation-name";
import type { PostgresServer } from "../../postgres/server";
import { identifierComplaint } from "./identifier";

/** The `database` attribute of an object in a database. */
export const databaseAttribute = optionalComputed(string, {
  description:
    "Database of the object (default: the provider's `database`). If it refers to a `postgresql_database` with the same provider configuration, renaming that database keeps the object.",
  requiresReplace: true,
  validate: identifierComplaint,
});

/**
 * Plans the provider's database for a new object without a configured `database`. An unknown `database` stays unknown.
 */
export function planDatabase(operation: {
  readonly provider: PostgresServer | null;
  readonly config: { readonly database: string | null | undefined };
  readonly plan: { readonly database: string | null | undefined };
  set(name: "database", value: string): void;
}): void {
  const { provider, config, plan } = operation;
  if (provider !== null && config.database === null && plan.database === undefined) {
    operation.set("database", provider.settings.database);
  }
}

/**
 * The prologue of `modifyPlan`: plans the database, and tells which object to look for on which server.
 *
 * @returns null while any of it is unknown.
 */
export function planDatabaseObject(
  operation: Parameters<typeof planDatabase>[0] & {
    readonly plan: { readonly name: string | undefined };
  },
): { readonly server: PostgresServer; readonly database: string; readonly name: string } | null {
  planDatabase(operation);
  const { provider: server, plan } = operation;
  const { name, database } = plan;
  return server === null || name === undefined || typeof database !== "string"
    ? null
    : { server, database, name };
}

/** The planned database; `planDatabase` has set it by the time an operation runs. */
export function databaseOf(
  values: { readonly database: string | null | undefined },
  provider: PostgresServer,
): string {
  return values.database ?? provider.settings.database;
}

/** The ID `database.name`, the same as upstream's. */
export function databaseObjectId(values: {
  readonly database: string | null | undefined;
  readonly name: string | undefined;
}): string | undefined {
  return typeof values.database === "string" && values.name !== undefined
    ? `${values.database}.${values.name}`
    : undefined;
}

/** Parses the import ID `database.name`. A part that contains a dot must be in double quotes. */
export function parseDatabaseObjectId(importId: string): {
  readonly database: string;
  readonly name: string;
} {
  const expected = `Write database.name. Put a part that contains a dot in double quotes: ${formatRelationName({ schema: "my.database", name: "name" })}.`;
  try {
    const { schema: database, name } = parseRelationName(importId);
    if (database !== null) return { database, name };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new DiagnosticError(
    "Invalid import ID",
    `${JSON.stringify(importId)} is not the name of a database and of an object in it. ${expected}`,
  );
}

/** The object's name in a diagnostic: `schema "s" in database "d"`. */
export function databaseObjectLabel(
  noun: string,
  values: { readonly name: string | undefined; readonly database: string | null | undefined },
): string {
  const name = values.name === undefined ? noun : `${noun} ${JSON.stringify(values.name)}`;
  return typeof values.database === "string"
    ? `${name} in database ${JSON.stringify(values.database)}`
    : name;
}

/** Runs a read. Returns null if the database, and so the object, does not exist. */
export async function nullWithoutDatabase<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PostgresError && error.kind === "database_missing") return null;
    throw error;
  }
}
