export { InitialSync, type InitialSyncConfig } from "../../bindings/initial-sync";
export { Publication, type PublicationConfig } from "../../bindings/publication";
export {
  RdsLogicalReplication,
  type RdsLogicalReplicationConfig,
} from "../../bindings/rds-logical-replication";
export { ReplicatedSchema, type ReplicatedSchemaConfig } from "../../bindings/replicated-schema";
export { ReplicationSlot, type ReplicationSlotConfig } from "../../bindings/replication-slot";
export { Subscription, type SubscriptionConfig } from "../../bindings/subscription";
export { ApplicationSubscriber, type ApplicationSubscriberProps } from "./application-subscriber";
export { LogicalReplication, type LogicalReplicationProps } from "./logical-replication";
export { PostgresqlProvider, type PostgresqlProviderProps } from "./postgresql-provider";
export type { PublishedTable, PublishedTablesProps } from "./published-tables";
export { ReplicationCheck, type ReplicationCheckProps } from "./replication-check";
export { ReplicationRole, type ReplicationRoleProps } from "./replication-role";
export { ServerConnection, type ServerConnectionProps } from "./server-connection";
