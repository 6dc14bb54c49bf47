import {
  type Described,
  describeMembers,
  type MemberRow,
  membersOf,
  rowFiltersOf,
  wantedMembers,
  wholeMembersOf,
} from "../../../../provider/resources/publication/members";
import type { ResolutionRow } from "../../../../provider/resources/publication/tables";

function row(name: string, values: Partial<MemberRow> = {}): MemberRow {
  return {
    schema: "public",
    name,
    visible: true,
    columns: null,
    where: null,
    parents: [],
    incomplete: false,
    ...values,
  };
}

function described(values: Partial<Described> = {}): Described {
  return { tables: null, table: [], row_filters: null, ...values };
}

const parent = { schema: "public", name: "parent" };

test("after an import, whole tables are in tables, and the others in blocks", () => {
  const rows = [row("a"), row("b", { where: "(id > 1)" }), row("c", { columns: ["id"] })];
  expect(describeMembers(rows, described({ table: null }))).toEqual({
    tables: ["public.a"],
    table: [
      { name: "public.b", columns: null, where: "(id > 1)" },
      { name: "public.c", columns: ["id"], where: null },
    ],
  });
});

test("a state keeps its spelling of names, and its choice between tables and blocks", () => {
  const before = described({ tables: ["a"], table: [{ name: "b", columns: null, where: null }] });
  expect(describeMembers([row("a"), row("b")], before)).toEqual({
    tables: ["a"],
    table: [{ name: "b", columns: null, where: null }],
  });
});

test("an unqualified name is that of the table which the search_path finds", () => {
  const rows = [row("a", { schema: "hidden", visible: false }), row("a")];
  expect(describeMembers(rows, described({ tables: ["a"] })).tables).toEqual(["hidden.a", "a"]);
});

test("a filter keeps its spelling for as long as the server has what it has made of it", () => {
  const table = [{ name: "a", columns: null, where: "id>1" }];
  const filters = { row_filters: { "public.a": "(id > 1)" } };
  const kept = describeMembers([row("a", { where: "(id > 1)" })], described({ table, ...filters }));
  expect(kept.table).toEqual(table);
  const altered = describeMembers([row("a", { where: "(id > 2)" })], described({ table, ...filters }));
  expect(altered.table).toEqual([{ name: "a", columns: null, where: "(id > 2)" }]);
  const unknown = describeMembers([row("a", { where: "(id > 1)" })], described({ table }));
  expect(unknown.table).toEqual([{ name: "a", columns: null, where: "(id > 1)" }]);
});

test("a table that gets a filter by other means moves into a block", () => {
  const found = describeMembers([row("a", { where: "(id > 1)" })], described({ tables: ["a"] }));
  expect(found).toEqual({ tables: [], table: [{ name: "a", columns: null, where: "(id > 1)" }] });
});

test("a table that is published with the one it inherits from is left out, unless it is named itself", () => {
  const rows = [row("parent"), row("child", { parents: [parent] })];
  expect(describeMembers(rows, described()).tables).toEqual(["public.parent"]);
  expect(describeMembers(rows, described({ tables: ["parent", "child"] })).tables).toEqual([
    "parent",
    "child",
  ]);
});

test("a table that is published differently from the one it inherits from is described", () => {
  const rows = [row("parent"), row("child", { parents: [parent], where: "(id > 1)" })];
  expect(describeMembers(rows, described())).toEqual({
    tables: ["public.parent"],
    table: [{ name: "public.child", columns: null, where: "(id > 1)" }],
  });
});

test("a table with a descendant that is not published is left out, so that a plan publishes it again", () => {
  expect(
    describeMembers([row("parent", { incomplete: true })], described({ tables: ["parent"] })).tables,
  ).toEqual([]);
});

test("a table with a descendant of a descendant that is not published is left out too", () => {
  const rows = [row("parent"), row("child", { parents: [parent], incomplete: true }), row("other")];
  expect(describeMembers(rows, described({ tables: ["parent", "other"] })).tables).toEqual(["other"]);
});

test("whole tables are those that no block describes", () => {
  const rows = [row("a"), row("b"), row("c", { where: "(id > 1)" })];
  const before = described({ tables: ["a"], table: [{ name: "b", columns: null, where: null }] });
  expect(wholeMembersOf(rows, before).map(({ table }) => table.name)).toEqual(["a"]);
});

test("a table that inherits from a filtered one has its filter in the same words", () => {
  const rows = [row("parent", { where: "(id > 1)" }), row("child", { where: "(id > 1)", parents: [parent] })];
  const before = described({
    table: [{ name: "parent", columns: null, where: "id>1" }],
    row_filters: { "public.parent": "(id > 1)", "public.child": "(id > 1)" },
  });
  expect(membersOf(rows, before).map(({ where }) => where)).toEqual(["id>1", "id>1"]);
  expect(rowFiltersOf(rows)).toEqual(before.row_filters);
});

test("what is wanted are the named tables, and those that inherit from them in the same way", () => {
  const found = (reference: string, descendants: string[] = []): ResolutionRow => ({
    reference,
    schema: "public",
    name: reference,
    partitioned: false,
    descendants: descendants.map((name) => ({ schema: "public", name })),
    similar_schema: null,
    similar_name: null,
  });
  const wanted = wantedMembers(
    { tables: ["child"], table: [{ name: "parent", columns: ["id"], where: "id > 1" }] },
    [found("child"), found("parent", ["child", "other"])],
  );
  expect(wanted).toEqual([
    { table: { schema: "public", name: "child" }, columns: null, where: null },
    { table: { schema: "public", name: "parent" }, columns: ["id"], where: "id > 1" },
    { table: { schema: "public", name: "other" }, columns: ["id"], where: "id > 1" },
  ]);
});

test("ten thousand tables are described in no time", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `t${index}`);
  const started = performance.now();
  const before = described({ tables: names });
  expect(
    describeMembers(
      names.map((name) => row(name)),
      before,
    ).tables,
  ).toEqual(names);
  expect(performance.now() - started).toBeLessThan(1_000);
});
