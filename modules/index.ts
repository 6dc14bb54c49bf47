export * from "./replication";
