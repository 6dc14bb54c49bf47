export { DmsAlarms, type DmsAlarmsProps } from "./dms-alarms";
export { DmsLogGroup, type DmsLogGroupProps } from "./dms-log-group";
export { ReplicationDashboard, type ReplicationDashboardProps } from "./replication-dashboard";
export { ReplicationSlotAlarms, type ReplicationSlotAlarmsProps } from "./replication-slot-alarms";
