import type { Diagnostics } from "../../framework/diagnostics";
import type { PlanOperation } from "../../framework/resource";
import type { Schema } from "../../framework/schema";
import { PostgresError } from "../../postgres/errors";
import { formatRelationName } from "../../postgres/relation-name";
import type { ServerVersion } from "../../postgres/server-version";

/**
 * Asks the server while planning. A plan can be right although its server cannot be asked: it may be created or
 * configured in the same apply, or its database may be. So a failure to connect is a warning here, and becomes an
 * error when the object is applied.
 *
 * @returns undefined when the server could not be asked.
 */
export async function askWhilePlanning<T>(
  diagnostics: Diagnostics,
  label: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof PostgresError) || error.kind === "server" || error.kind === "cancelled")
      throw error;
    // A database that is created in the same apply is the ordinary case, and nothing to warn of.
    if (error.kind !== "database_missing") {
      diagnostics.warn(
        "The server could not be asked while planning",
        `What is planned for ${label} was not checked against the server; apply will be: ${error.describe()}`,
      );
    }
    return undefined;
  }
}

/** Complains about an attribute that this server is too old for, or about something in it. */
export function requireVersion(
  diagnostics: Diagnostics,
  version: ServerVersion,
  needed: number,
  attribute: string,
  feature = attribute,
): void {
  if (version.atLeast(needed)) return;
  diagnostics.error(
    `PostgreSQL ${needed} or later is needed`,
    `${feature} needs PostgreSQL ${needed} or later, and the server is version ${version.toString()}. Leave it out or upgrade the server.`,
    [attribute],
  );
}

/**
 * Refuses to create an object that exists. An object that is in this run's state is destroyed first, so it may exist.
 *
 * @param importId The import ID, if it is not the ID.
 * @param attribute The attribute that names the object.
 */
export function refuseExisting(
  operation: Pick<PlanOperation<Schema, unknown>, "typeName" | "isManaged" | "diagnostics">,
  label: string,
  objectId: string,
  importId = objectId,
  attribute = "name",
): void {
  if (operation.isManaged(objectId)) return;
  operation.diagnostics.error(
    "Object exists already",
    `The plan is to create ${label}, and the server has it already. Take it over with terraform import ADDRESS '${importId}' ` +
      `(or an import block) on a resource of type ${operation.typeName}, use a moved block if its address changed, or choose another name.`,
    [attribute],
  );
}

/** {@link refuseExisting} for an object in a database. */
export function refuseExistingObject(
  operation: Parameters<typeof refuseExisting>[0],
  label: string,
  database: string,
  name: string,
): void {
  const importId = formatRelationName({ schema: database, name });
  refuseExisting(operation, label, `${database}.${name}`, importId);
}
