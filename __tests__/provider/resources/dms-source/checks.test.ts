import {
  databaseComplaints,
  type FoundPrerequisites,
  type FoundUser,
  settingComplaints,
  slotComplaints,
  userComplaints,
} from "../../../../provider/resources/dms-source/checks";

const healthy: FoundPrerequisites = {
  wal_level: "logical",
  max_replication_slots: 10,
  max_wal_senders: 2,
  wal_sender_timeout: 60_000,
  slots: 9,
  has_dms_slot: false,
  subscribes: false,
  tables_without_primary_key: [],
  publications: [],
  user: null,
};

const outside: FoundUser = {
  can_login: true,
  superuser: false,
  replication: true,
  rds_superuser: null,
  can_create: false,
  rds_replication: null,
};
const onRds: FoundUser = { ...outside, replication: false, rds_superuser: true, rds_replication: true };

function details(complaints: readonly { readonly detail: string }[]): string {
  return complaints.map(({ detail }) => detail).join("\n");
}

test("a server with just enough of everything gives no cause for complaint", () => {
  expect([...settingComplaints(healthy), ...slotComplaints(healthy)]).toEqual([]);
  expect(databaseComplaints(healthy, "table public.awsdms_ddl_audit")).toEqual([]);
});

test.each([
  [0, 0],
  [1, 1],
  [9_999, 1],
  [10_000, 0],
])("a wal_sender_timeout of %d ms gives %d complaints", (timeout, count) => {
  expect(settingComplaints({ ...healthy, wal_sender_timeout: timeout })).toHaveLength(count);
});

test.each(["minimal", "replica"])("wal_level = %s is a complaint", (walLevel) => {
  expect(details(settingComplaints({ ...healthy, wal_level: walLevel }))).toContain(
    `wal_level = ${walLevel},`,
  );
});

test("a server whose slots are all taken will do when one of them is for DMS", () => {
  const full = { ...healthy, slots: 10 };
  expect(details(slotComplaints(full))).toContain("10 of max_replication_slots = 10 slots exist");
  expect(slotComplaints({ ...full, has_dms_slot: true })).toEqual([]);
});

test("outside of AWS, the DMS user needs REPLICATION or to be a superuser", () => {
  expect(userComplaints("dms", outside)).toEqual([]);
  expect(userComplaints("dms", { ...outside, replication: false, superuser: true })).toEqual([]);
  expect(details(userComplaints("dms", { ...outside, replication: false }))).toContain(
    "ALTER ROLE … REPLICATION",
  );
});

test("on Aurora and RDS, the DMS user needs a role there, and another one or a schema for what it makes", () => {
  expect(userComplaints("dms", onRds)).toEqual([]);
  expect(details(userComplaints("dms", { ...onRds, rds_replication: false }))).toContain(
    "Grant it rds_replication.",
  );
  expect(details(userComplaints("dms", { ...onRds, rds_superuser: false }))).toContain("or rds_superuser.");
  expect(userComplaints("dms", { ...onRds, rds_superuser: false, can_create: true })).toEqual([]);
  expect(userComplaints("dms", { ...onRds, rds_superuser: false, rds_replication: false })).toHaveLength(2);
});

test("of many tables without primary key, ten are named and the rest counted", () => {
  const tables = Array.from({ length: 12 }, (_, index) => ({ schema: "s", name: `t${index}` }));
  const found = { ...healthy, tables_without_primary_key: tables };
  const detail = details(databaseComplaints(found, "table public.awsdms_ddl_audit"));
  expect(detail).toContain("s.t9 and 2 more: DMS copies these");
  expect(detail).not.toContain("s.t10");
});
