export * from "./aurora";
export * from "./network";
export * from "./replication";
export * from "./secrets";
