import type { PostgresSettings } from "../postgres-settings";

/**
 * What RDS starts a server with where its parameter groups say nothing, as far as replication is concerned: less than
 * the sandbox's other servers have.
 */
const rdsDefaults = {
  max_replication_slots: "20",
  max_wal_senders: "10",
  max_worker_processes: "8",
  max_logical_replication_workers: "4",
  max_sync_workers_per_subscription: "2",
  max_active_replication_origins: "20",
  wal_sender_timeout: "30000",
};

/**
 * The settings of a PostgreSQL server that stand for the parameters of its parameter groups.
 *
 * Left out are parameters that this major does not know (where AWS knows more than PostgreSQL, as `aurora_…`), AWS'
 * formulas of the instance's memory, and libraries to preload, which are not there to be loaded.
 *
 * @param parameters - by name, as AWS has them: switches are 0 and 1.
 * @param known - the names of the settings that the server has.
 */
export function rdsSettings(
  parameters: Readonly<Record<string, string>>,
  known: ReadonlySet<string>,
): PostgresSettings {
  const logical = parameters["rds.logical_replication"] === "1";
  const applicable = Object.entries({ ...rdsDefaults, ...parameters }).filter(
    ([name, value]) =>
      (known.has(name) || name.includes(".")) &&
      name !== "shared_preload_libraries" &&
      !/^(\{|GREATEST|LEAST|SUM)/i.test(value),
  );
  return {
    ...Object.fromEntries(applicable),
    wal_level: logical ? "logical" : "replica",
    "rds.logical_replication": logical ? "on" : "off",
  };
}
