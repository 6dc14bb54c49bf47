// Generated from the provider's schema by npm run generate:bindings; not to be edited.

export * from "./data-postgresql-replication-status";
export * from "./data-postgresql-table-comparison";
export * from "./dms-source";
export * from "./initial-sync";
export * from "./publication";
export * from "./rds-logical-replication";
export * from "./replicated-schema";
export * from "./replication-slot";
export * from "./row-count";
export * from "./server";
export * from "./subscription";
export * from "./user-mapping";
