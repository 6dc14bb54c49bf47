/** Settings of postgresql.conf by name, e.g. `{ wal_level: "replica" }`. */
export type PostgresSettings = Readonly<Record<string, string>>;

/** Ready for logical replication, with room for a whole test run, and fast rather than crash-safe. */
export function sandboxSettings(major: number, host: string): PostgresSettings {
  return {
    listen_addresses: host,
    unix_socket_directories: "",
    wal_level: "logical",
    max_connections: "200",
    max_wal_senders: "50",
    max_replication_slots: "50",
    max_worker_processes: "40",
    max_logical_replication_workers: "20",
    max_sync_workers_per_subscription: "4",
    wal_receiver_status_interval: "1s",
    wal_retrieve_retry_interval: "500ms",
    fsync: "off",
    // Before 18, max_replication_slots counted for the subscriber's side too.
    ...(major >= 18 && { max_active_replication_origins: "50" }),
  };
}

/** Settings in the form of postgresql.conf. */
export function formatSettings(settings: PostgresSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${quoteSetting(value)}\n`)
    .join("");
}

function quoteSetting(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
