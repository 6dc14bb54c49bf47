export { DmsAlarms, type DmsAlarmsProps } from "./dms-alarms";
export { DmsLogGroup, type DmsLogGroupProps } from "./dms-log-group";
export type { MigrationTask, SlotServer } from "./metric";
export type { AlarmProps } from "./metric-alarm";
export { ReplicationDashboard, type ReplicationDashboardProps } from "./replication-dashboard";
export { ReplicationSlotAlarms, type ReplicationSlotAlarmsProps } from "./replication-slot-alarms";
