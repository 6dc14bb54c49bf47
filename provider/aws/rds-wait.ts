import { setTimeout as sleep } from "node:timers/promises";
import type { Rds } from "./rds";
import type { Database, DatabaseName } from "./rds-database";
import { abortedError, RdsError } from "./rds-error";

const FIRST_PAUSE_MS = 500;
/** RDS counts calls over the whole account, and what is waited for takes a minute or more. */
const LONGEST_PAUSE_MS = 5_000;

/** States that a cluster or instance does not leave by itself, or leaves for good. */
const STUCK =
  /^(deleting|deleted|stopping|stopped|failed|storage-full|insufficient-capacity|(inaccessible|incompatible)-.*|.*-(failed|error))$/;

/** Whether it can be modified and rebooted now. */
export function isAvailable({ status }: Database): boolean {
  // An instance whose storage was changed is in full use while RDS goes on optimizing, for hours.
  return status === "available" || status === "storage-optimization";
}

/**
 * Looks at a database again and again, every 0.5 s at first and every 5 s later, until a look satisfies.
 *
 * @param satisfied May do what the moment allows.
 * @throws RdsError that says how things were last, when the signal ends it; at once when the database is gone or in a
 *   state that it does not leave by itself.
 */
export async function untilDatabase(
  rds: Rds,
  name: DatabaseName,
  signal: AbortSignal,
  satisfied: (database: Database) => boolean | Promise<boolean>,
): Promise<Database> {
  let seen: Database | undefined;
  try {
    for (let looks = 0; ; looks += 1) {
      const database = await rds.find(name, signal);
      if (database === undefined) throw missingError(rds, name);
      seen = database;
      if (STUCK.test(database.status)) throw stuckError(database);
      if (await satisfied(database)) return database;
      await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** looks), undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw abortedError(signal, seen === undefined ? "Nothing was changed." : lastLook(seen));
  }
}

/** `cluster "publisher"` */
export function databaseLabel({ kind, identifier }: DatabaseName): string {
  return `${kind} ${JSON.stringify(identifier)}`;
}

function missingError({ region }: Rds, name: DatabaseName): RdsError {
  return new RdsError(
    "not_found",
    `There is no ${databaseLabel(name)} in ${region}.`,
    "Check the identifier, the region (region here, aws_rds_iam_region in the provider block, or AWS_REGION) and the AWS account.",
  );
}

function stuckError(database: Database): RdsError {
  return new RdsError(
    "invalid_state",
    `The ${databaseLabel(database)} has the status ${database.status}, in which it can be neither modified nor rebooted.`,
    database.status.startsWith("stop")
      ? "Start it, and run this again."
      : "Bring it back to available, and run this again.",
  );
}

function lastLook(database: Database): string {
  const { status, parameterGroup, parameterApplyStatus, writer } = database;
  return (
    `When last seen, the ${databaseLabel(database)} had the status ${status} and the parameter group ${parameterGroup}` +
    `${writer === null ? "" : `, which at the instance ${writer} is ${parameterApplyStatus ?? "of unknown status"}`}.`
  );
}
