import {
  columnListComplaint,
  gainOf,
  type IdentityRow,
  type Published,
} from "../../../../provider/resources/publication/replica-identity";

const everything = ["insert", "update", "delete", "truncate"];

function published(
  tables: readonly string[],
  operations: readonly string[] | null = everything,
  others: Partial<Published> = {},
): Published {
  return {
    tables,
    publish_param: operations,
    table: [],
    tables_in_schema: null,
    all_tables: false,
    ...others,
  };
}

/** The names of the tables in a gain. */
function gained(before: Published | null, after: Published): unknown[] {
  const { needsIdentity, tables, schemas, all } = gainOf(before, after);
  if (!needsIdentity) {
    return ["no identity needed"];
  }
  return [...tables.map(({ name }) => name.name), ...schemas, ...(all ? ["all"] : [])];
}

test("a new publication gains each of its tables, whether its operations are named or the default", () => {
  expect(gained(null, published(["public.a"]))).toEqual(["a"]);
  expect(gained(null, published(["public.a"], null))).toEqual(["a"]);
  expect(gained(null, published(["public.a"], ["delete"]))).toEqual(["a"]);
  expect(gained(null, published([], null, { all_tables: true }))).toEqual(["all"]);
  expect(gained(null, published([], null, { tables_in_schema: ["s"] }))).toEqual(["s"]);
});

test("without updates and deletes, no table needs a replica identity", () => {
  expect(gained(null, published(["public.a"], ["insert", "truncate"]))).toEqual(["no identity needed"]);
});

test("tables that are published already are left alone, however they are spelt", () => {
  expect(gained(published(["public.a"]), published(["a", "public.b"]))).toEqual(["b"]);
  const all = published([], null, { all_tables: true });
  expect(gained(all, all)).toEqual([]);
  const schema = published([], null, { tables_in_schema: ["s"] });
  expect(gained(schema, { ...schema, tables_in_schema: ["s", "t"] })).toEqual(["t"]);
});

test("tables count again when their updates or deletes are published for the first time", () => {
  const former = published(["public.a"], ["insert", "update"]);
  expect(gained(former, published(["public.a"], ["update"]))).toEqual([]);
  expect(gained(former, published(["public.a"], ["update", "delete"]))).toEqual(["a"]);
});

test("a table counts again when other columns or rows of it are published", () => {
  const part = (columns: string[] | null, where: string | null) =>
    published([], null, { table: [{ name: "public.a", columns, where }] });
  expect(gained(part(["id", "b"], null), part(["b", "id"], null))).toEqual([]);
  expect(gained(part(["id", "b"], null), part(["id"], null))).toEqual(["a"]);
  expect(gained(part(null, "id > 1"), part(null, "id > 2"))).toEqual(["a"]);
  expect(gained(published(["public.a"]), part(null, null))).toEqual([]);
});

test("a column list that leaves out a column of the replica identity is refused by name", () => {
  const gain = gainOf(null, published([], null, { table: [{ name: "s.a", columns: ["b"], where: null }] }));
  const row: IdentityRow = { schema: "s", name: "a", position: 0, identity: "columns", columns: ["id", "b"] };
  expect(columnListComplaint(gain, [row])).toMatch(/^The replica identity of table s\.a includes "id"/);
  expect(columnListComplaint(gain, [{ ...row, columns: ["b"] }])).toBeNull();
  expect(columnListComplaint(gain, [{ ...row, identity: "full", columns: null }])).toMatch(/is FULL/);
});
