export type { PostgresqlEngine } from "../../facts/engine-versions";
export { AuroraCluster, type AuroraClusterProps } from "./aurora-cluster";
export type { DatabasePlacementProps } from "./database-placement";
export { type DatabaseServer, DatabaseServerConstruct } from "./database-server";
export { ExistingAuroraCluster, type ExistingAuroraClusterProps } from "./existing-aurora-cluster";
export { ExistingRdsInstance, type ExistingRdsInstanceProps } from "./existing-rds-instance";
export type { ExistingServerProps } from "./existing-server";
export type { NewServerProps } from "./new-server-props";
export { type ParameterGroupProps, ReplicationParameterGroup } from "./parameter-group";
export { RdsInstance, type RdsInstanceProps } from "./rds-instance";
export {
  ReplicationClusterParameterGroup,
  type ReplicationClusterParameterGroupProps,
} from "./replication-cluster-parameter-group";
export {
  ReplicationDbParameterGroup,
  type ReplicationDbParameterGroupProps,
} from "./replication-db-parameter-group";
export type {
  ApplyMethod,
  ParameterSetting,
  ParameterValue,
  ReplicationCapacityProps,
  ReplicationParametersProps,
} from "./replication-parameters";
