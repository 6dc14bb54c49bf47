import { rdsSettings } from "../../../sandbox/aws/rds-settings";

const known = new Set(["max_replication_slots", "max_connections", "shared_preload_libraries", "work_mem"]);

test("rds.logical_replication stands for wal_level", () => {
  expect(rdsSettings({}, known)).toMatchObject({ wal_level: "replica", "rds.logical_replication": "off" });
  expect(rdsSettings({ "rds.logical_replication": "1" }, known)).toMatchObject({
    wal_level: "logical",
    "rds.logical_replication": "on",
  });
});

test("what a parameter group says goes before RDS' defaults", () => {
  expect(rdsSettings({}, known)).toMatchObject({ max_replication_slots: "20" });
  expect(rdsSettings({ max_replication_slots: "30" }, known)).toMatchObject({ max_replication_slots: "30" });
});

test("a server is spared what it could not start with", () => {
  const settings = rdsSettings(
    {
      "aurora.enhanced_logical_replication": "1",
      aurora_compute_plan_id: "1",
      max_connections: "LEAST({DBInstanceClassMemory/9531392},5000)",
      shared_preload_libraries: "pg_stat_statements",
      work_mem: "{DBInstanceClassMemory/65536}",
    },
    known,
  );
  expect(Object.keys(settings).sort()).toEqual([
    "aurora.enhanced_logical_replication",
    "max_replication_slots",
    "rds.logical_replication",
    "wal_level",
  ]);
});
