import { byName, type Constraint, type Table } from "../../../../provider/postgres/table-definitions/model";
import { versionNeeds } from "../../../../provider/postgres/table-definitions/version-needs";
import { column, constraint, index, table } from "./sample";

const partitioned = table({
  kind: "partitioned table",
  name: "root",
  partitionKey: { text: "RANGE (a)", columns: ["a"], references: [] },
});

function needs(parts: Partial<Table>): string[] {
  const subject = table(parts);
  return versionNeeds(subject, byName([subject, partitioned])).map(
    ({ what, version }) => `${what}: ${version}`,
  );
}

const defined = (definition: string, parts: Partial<Constraint> = {}): Partial<Table> => ({
  constraints: [constraint({ definition, ...parts })],
});

test("a plain table needs nothing", () => {
  expect(
    needs({ columns: [column({ type: "int4range[]" })], constraints: [constraint()], indexes: [index()] }),
  ).toEqual([]);
});

test.each<[Partial<Table>, string]>([
  [{ columns: [column({ generated: "stored" })] }, "column a is generated (STORED): 12"],
  [{ columns: [column({ generated: "virtual" })] }, "column a is generated (VIRTUAL): 18"],
  [{ columns: [column({ type: "jsonpath[]" })] }, "column a is of type jsonpath[]: 12"],
  [
    { columns: [column({ type: 'public."My multirange"' })] },
    'column a is of type public."My multirange": 14',
  ],
  [defined("PRIMARY KEY (a) INCLUDE (b)"), "the constraint c has INCLUDE: 11"],
  [defined("UNIQUE NULLS NOT DISTINCT (a)"), "the constraint c has NULLS NOT DISTINCT: 15"],
  [
    defined("FOREIGN KEY (a, b) REFERENCES public.o(a, b) ON DELETE SET NULL (a)"),
    "the constraint c has a list of columns to set: 15",
  ],
  [defined("PRIMARY KEY (a, b WITHOUT OVERLAPS)"), "the constraint c has WITHOUT OVERLAPS: 18"],
  [defined("FOREIGN KEY (a, PERIOD b) REFERENCES public.o(a, PERIOD b)"), "the constraint c has PERIOD: 18"],
  [defined("CHECK ((a > 0)) NOT ENFORCED"), "the constraint c has NOT ENFORCED: 18"],
  [
    defined("FOREIGN KEY (a) REFERENCES public.root(a)", {
      target: { table: { schema: "public", name: "root" }, columns: ["a"] },
    }),
    "the constraint c refers to a partitioned table: 12",
  ],
  [
    { partition: { parent: { schema: "public", name: "root" }, bound: "DEFAULT" } },
    "it is a default partition: 11",
  ],
  [{ ...partitioned, indexes: [index()] }, "the index i is on a partitioned table: 11"],
  [
    { ...partitioned, constraints: [constraint({ kind: "exclusion" })] },
    "the constraint c is on a partitioned table: 17",
  ],
])("%j needs a version", (parts, need) => {
  expect(needs(parts)).toEqual([need]);
});

test("words inside of quotes are no words", () => {
  expect(needs(defined(`CHECK (("x) INCLUDE (" <> ' NULLS NOT DISTINCT'::text))`))).toEqual([]);
});
