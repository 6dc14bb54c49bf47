import { newlyPublished } from "../../../../provider/resources/publication/replica-identity";

const everything = ["insert", "update", "delete", "truncate"];
const a = { schema: "public", name: "a" };
const b = { schema: "public", name: "b" };

function published(
  tables: readonly string[] | null,
  operations: readonly string[] | null = everything,
  allTables = false,
) {
  return { tables, publish_param: operations, all_tables: allTables };
}

test("every table of a new publication is newly published, whether its operations are named or the default", () => {
  expect(newlyPublished(null, published(["public.a"]))).toEqual([a]);
  expect(newlyPublished(null, published(["public.a"], null))).toEqual([a]);
  expect(newlyPublished(null, published(["public.a"], ["delete"]))).toEqual([a]);
  expect(newlyPublished(null, published([], null, true))).toBe("all");
});

test("without updates and deletes, no table needs a replica identity", () => {
  expect(newlyPublished(null, published(["public.a"], ["insert", "truncate"]))).toEqual([]);
  expect(newlyPublished(null, published([], ["insert"], true))).toEqual([]);
});

test("tables that are published already are left alone, however they are spelt", () => {
  expect(newlyPublished(published(["public.a"]), published(["a", "public.b"]))).toEqual([b]);
  expect(newlyPublished(published([], null, true), published([], null, true))).toEqual([]);
});

test("tables that are published already count again when their updates or deletes are published for the first time", () => {
  const former = published(["public.a"], ["insert", "update"]);
  expect(newlyPublished(former, published(["public.a"], ["update"]))).toEqual([]);
  expect(newlyPublished(former, published(["public.a"], ["update", "delete"]))).toEqual([a]);
  expect(newlyPublished(published([], ["insert"], true), published([], null, true))).toBe("all");
});
