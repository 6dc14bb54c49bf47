// Generated from the provider's schema by npm run generate:bindings; not to be edited.

/** What the bundled provider has and upstream's has not: a whole type, or some attributes of one. */
export const BEYOND_UPSTREAM: {
  readonly resources: Readonly<Record<string, "type" | readonly string[]>>;
  readonly dataSources: Readonly<Record<string, "type" | readonly string[]>>;
} = {
  resources: {
    postgresql_database: ["timeouts"],
    postgresql_default_privileges: ["timeouts"],
    postgresql_dms_source: "type",
    postgresql_extension: ["timeouts"],
    postgresql_grant: ["timeouts"],
    postgresql_grant_role: ["timeouts"],
    postgresql_initial_sync: "type",
    postgresql_publication: [
      "allow_missing_replica_identity",
      "former_names",
      "publish_generated_columns",
      "published_tables",
      "row_filters",
      "tables_in_schema",
      "table",
      "timeouts",
    ],
    postgresql_rds_logical_replication: "type",
    postgresql_replicated_schema: "type",
    postgresql_replication_slot: ["failover", "two_phase", "wal_status", "timeouts"],
    postgresql_role: ["timeouts"],
    postgresql_row_count: "type",
    postgresql_schema: ["timeouts"],
    postgresql_subscription: [
      "binary",
      "copy_data",
      "detach_if_unreachable",
      "disable_on_error",
      "enabled",
      "failover",
      "on_broken",
      "origin",
      "owner",
      "password_required",
      "password_wo",
      "password_wo_version",
      "published_tables",
      "publisher_conninfo",
      "refresh_triggers",
      "run_as_owner",
      "streaming",
      "synchronous_commit",
      "tables",
      "two_phase",
      "timeouts",
    ],
  },
  dataSources: {
    postgresql_replication_status: "type",
    postgresql_schemas: ["timeouts"],
    postgresql_sequences: ["timeouts"],
    postgresql_table_comparison: "type",
    postgresql_tables: ["timeouts"],
  },
};
