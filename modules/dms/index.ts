export {
  DmsEndpoint,
  type DmsEndpointBaseProps,
  type DmsEndpointProps,
  type UnverifiedTls,
  type VerifiedTls,
} from "./dms-endpoint";
export {
  DmsMigrationTask,
  type DmsMigrationTaskBaseProps,
  type DmsMigrationTaskProps,
  type MigrationTypeProps,
} from "./dms-migration-task";
export {
  DmsReplicationInstance,
  type DmsReplicationInstanceBaseProps,
  type DmsReplicationInstancePlacement,
  type DmsReplicationInstanceProps,
} from "./dms-replication-instance";
export { DmsRoles, type DmsRolesProps } from "./dms-roles";
export {
  DmsServer,
  type DmsServerBaseProps,
  type DmsServerIdentity,
  type DmsServerProps,
  type ServerReference,
} from "./dms-server";
export { DmsUser, type DmsUserProps } from "./dms-user";
export type { MigrationType, VersionedServer } from "./dms-version";
export type { MappingRule } from "./mapping-rule";
export type { DmsPostgresSettings, DmsSourceSettings, DmsTargetSettings } from "./postgres-settings";
export { FILTERABLE_TYPES, type FilterableType, type FilterCondition, type RowFilter } from "./row-filter";
export { selectedTables, type TablesBySchema } from "./selected-tables";
export type { IncludedTables, SelectionRule, TableSelection } from "./selection-rule";
export { type TableMappings, tableMappingsJson } from "./table-mappings";
export type { TableSettingsRule } from "./table-settings-rule";
export type {
  ChangeProcessingDdlHandlingPolicy,
  ChangeProcessingTuning,
  CommonTaskSettings,
  ControlTablesSettings,
  ErrorBehavior,
  FullLoadSettings,
  FullLobs,
  LimitedLobs,
  LogComponent,
  Logging,
  LogSeverity,
  LoopbackPreventionSettings,
  NoLobs,
  RowErrorPolicy,
  StreamBufferSettings,
  TargetMetadata,
  TargetMetadataBase,
  TaskSettings,
  ValidationSettings,
} from "./task-settings";
export { taskSettingsJson } from "./task-settings-json";
export type {
  ColumnLocator,
  ColumnTransformation,
  DmsDataType,
  PrimaryKeyDefinition,
  Renaming,
  SchemaLocator,
  SchemaTransformation,
  TableLocator,
  TableTransformation,
  TransformationRule,
} from "./transformation-rule";
