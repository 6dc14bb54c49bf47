import type { FoundObjects, FoundTable } from "../../../../provider/resources/dms-source/catalog";
import { conflicts, differences, isGone } from "../../../../provider/resources/dms-source/differences";
import { COLUMNS, functionSource, TRIGGERS } from "../../../../provider/resources/dms-source/objects";

const table: FoundTable = {
  kind: "r",
  persistence: "p",
  owner: "admin",
  columns: COLUMNS,
  primary_key: "PRIMARY KEY (c_key)",
  numbers_rows: true,
  sequences: [{ schema: "dms", name: "awsdms_ddl_audit_c_key_seq" }],
  open_to_public: false,
  grantees: ["dms"],
};
const healthy: FoundObjects = {
  schema: true,
  table,
  function: {
    owner: "admin",
    returns: "event_trigger",
    language: "plpgsql",
    security_definer: true,
    settings: null,
    source: functionSource("dms"),
  },
  triggers: TRIGGERS.map(({ name, event, tags }) => ({
    name,
    owner: "admin",
    event,
    tags,
    enabled: "O",
    function_schema: "dms",
    function_name: "awsdms_intercept_ddl",
  })),
  roles: [
    { name: "admin", uses_table: true, uses_schema: true },
    { name: "dms", uses_table: true, uses_schema: true },
  ],
};
const wanted = { schema: "dms", username: "dms", always: false, ownsSchema: true };
const [first, second] = healthy.triggers;

test("what is as it should be is neither in the way nor different", () => {
  expect(conflicts(healthy, "dms")).toEqual([]);
  expect(differences(healthy, wanted)).toEqual([]);
  expect(isGone(healthy, "dms")).toBe(false);
});

test("the order of columns and of tags makes no difference", () => {
  const turned = {
    ...healthy,
    table: { ...table, columns: [...COLUMNS].reverse() },
    triggers: healthy.triggers.map((trigger) => ({ ...trigger, tags: [...(trigger.tags ?? [])].reverse() })),
  };
  expect(conflicts(turned, "dms")).toEqual([]);
  expect(differences(turned, wanted)).toEqual([]);
});

test.each([
  ["an unlogged table, which leaves nothing in the WAL", { persistence: "u" }],
  ["a view", { kind: "v" }],
  ["no primary key", { primary_key: null }],
  ["a key that nothing fills in", { numbers_rows: false }],
])("%s is in the way", (_, change) => {
  expect(conflicts({ ...healthy, table: { ...table, ...change } }, "dms")).toHaveLength(1);
});

test.each([
  ["DMS's unfiltered trigger", { tags: null }, "is not ON ddl_command_end WHEN TAG IN"],
  ["a trigger for another event", { event: "ddl_command_start" }, "is not ON ddl_command_end"],
  ["a disabled trigger", { enabled: "D" }, "is disabled"],
  ["a trigger for replica sessions only", { enabled: "R" }, "fires in replica sessions only"],
  ["a trigger that fires always", { enabled: "A" }, "is ENABLE ALWAYS"],
])("%s is a difference", (_, change, phrase) => {
  const triggers = [{ ...first, ...change }, second] as FoundObjects["triggers"];
  expect(differences({ ...healthy, triggers }, wanted)).toEqual([
    expect.stringContaining(`event trigger awsdms_intercept_ddl ${phrase}`),
  ]);
});

test("where triggers are to fire always, others are a difference", () => {
  expect(differences(healthy, { ...wanted, always: true })).toEqual([
    "event trigger awsdms_intercept_ddl does not fire in replica sessions",
    "event trigger awsdms_intercept_ddl_drop does not fire in replica sessions",
  ]);
});

test("a DMS user without a grant of its own is a difference, whatever else it may do", () => {
  const lacks = ["role dms lacks privileges on table dms.awsdms_ddl_audit"];
  expect(differences({ ...healthy, table: { ...table, grantees: [] } }, wanted)).toEqual(lacks);
  expect(differences({ ...healthy, roles: healthy.roles.slice(0, 1) }, wanted)).toEqual([
    "role dms does not exist",
  ]);
});

test("the schema's privileges are looked at only where the schema is the resource's own", () => {
  const roles = healthy.roles.map((role) => ({ ...role, uses_schema: role.name !== "dms" }));
  expect(differences({ ...healthy, roles }, wanted)).toEqual(["role dms lacks USAGE on schema dms"]);
  expect(differences({ ...healthy, roles }, { ...wanted, ownsSchema: false })).toEqual([]);
});

test("a trigger of DMS's name that calls something else is nothing of ours", () => {
  const gone = { ...healthy, table: null, function: null };
  const triggers = healthy.triggers.map((trigger) => ({ ...trigger, function_schema: "other" }));
  expect(isGone({ ...gone, triggers }, "dms")).toBe(true);
  expect(conflicts({ ...gone, triggers }, "dms")).toHaveLength(2);
});
