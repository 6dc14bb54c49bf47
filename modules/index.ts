export * from "./aurora";
export * from "./dms";
export * from "./monitoring";
export * from "./network";
export * from "./replication";
export * from "./secrets";
