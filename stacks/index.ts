export * from "./aws-stack";
export * from "./cloud";
export * from "./dms-migration";
export * from "./local-replication";
export * from "./native-replication";
