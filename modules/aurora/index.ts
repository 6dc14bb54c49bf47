export { AuroraCluster, type AuroraClusterProps } from "./aurora-cluster";
export type { DatabaseServer } from "./database-server";
export { ExistingAuroraCluster, type ExistingAuroraClusterProps } from "./existing-aurora-cluster";
export { ExistingRdsInstance, type ExistingRdsInstanceProps } from "./existing-rds-instance";
export { RdsInstance, type RdsInstanceProps } from "./rds-instance";
export {
  ReplicationClusterParameterGroup,
  type ReplicationClusterParameterGroupProps,
} from "./replication-cluster-parameter-group";
export {
  ReplicationDbParameterGroup,
  type ReplicationDbParameterGroupProps,
} from "./replication-db-parameter-group";
