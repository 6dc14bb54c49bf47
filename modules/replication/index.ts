export { Publication, type PublicationConfig } from "../../bindings/publication";
export { ReplicatedSchema, type ReplicatedSchemaConfig } from "../../bindings/replicated-schema";
export { Subscription, type SubscriptionConfig } from "../../bindings/subscription";
export { LogicalReplication, type LogicalReplicationProps } from "./logical-replication";
export { PostgresqlProvider, type PostgresqlProviderProps } from "./postgresql-provider";
export { ReplicationRole, type ReplicationRoleProps } from "./replication-role";
