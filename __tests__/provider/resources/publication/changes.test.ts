import {
  type Existing,
  publicationChange,
  type Situation,
  type Wanted,
} from "../../../../provider/resources/publication/changes";
import { formerNameComment } from "../../../../provider/resources/publication/former-names";
import type { Member } from "../../../../provider/resources/publication/members";

const everything = ["insert", "update", "delete", "truncate"];

function member(name: string, columns: string[] | null = null, where: string | null = null): Member {
  return { table: { schema: "public", name }, columns, where };
}

function existing(name: string, values: Partial<Existing> = {}): Existing {
  return {
    name,
    comment: null,
    owner: "o",
    allTables: false,
    members: [member("a")],
    schemas: [],
    options: {
      publish_param: everything,
      publish_via_partition_root_param: false,
      publish_generated_columns: "none",
    },
    ...values,
  };
}

const kept = (name: string, of: string): Existing => existing(name, { comment: formerNameComment(of) });

/** The statements that lead from a situation to a publication `p`, or whatever the goal says. */
function change(
  situation: Partial<Situation>,
  goal: { readonly name?: string; readonly unusedNames?: readonly string[] } & Partial<Wanted> = {},
) {
  const { name = "p", unusedNames = [], ...definition } = goal;
  const main = situation.main ?? existing("p");
  const result = publicationChange(
    { main, former: [], hasReaders: false, ...situation },
    { name, unusedNames, definition: { ...main, ...definition } },
  );
  return { ...result, statements: result.statements.map(({ text }) => text) };
}

test("a publication that is as planned is left alone", () => {
  expect(change({})).toEqual({ statements: [], swaps: false, copies: false });
});

test("tables are removed and added one by one, without those that inherit from them", () => {
  expect(change({}, { members: [member("b"), member('c"')] }).statements).toEqual([
    'ALTER PUBLICATION "p" DROP TABLE ONLY "public"."a"',
    'ALTER PUBLICATION "p" ADD TABLE ONLY "public"."b", ONLY "public"."c"""',
  ]);
});

test("a table with other columns or another filter is exchanged", () => {
  const main = existing("p", {
    members: [member("a", ["id", "b"]), member("b", null, "id > 1"), member("c")],
  });
  const members = [member("a", ["b", "id"]), member("b", ["id"], "id > 2"), member("c")];
  expect(change({ main }, { members }).statements).toEqual([
    'ALTER PUBLICATION "p" DROP TABLE ONLY "public"."b"',
    'ALTER PUBLICATION "p" ADD TABLE ONLY "public"."b" ("id") WHERE (id > 2)',
  ]);
});

test("options change while no table has a column list or a filter that they do not allow", () => {
  const main = existing("p", { members: [member("a", ["id"])], schemas: [] });
  const goal = {
    members: [],
    schemas: ["s"],
    owner: "other",
    options: {
      publish_param: ["insert"],
      publish_via_partition_root_param: true,
      publish_generated_columns: "stored",
    },
  };
  expect(change({ main }, goal).statements).toEqual([
    'ALTER PUBLICATION "p" DROP TABLE ONLY "public"."a"',
    `ALTER PUBLICATION "p" SET (publish = 'insert', publish_via_partition_root = TRUE, publish_generated_columns = 'stored')`,
    'ALTER PUBLICATION "p" ADD TABLES IN SCHEMA "s"',
    'ALTER PUBLICATION "p" OWNER TO "other"',
  ]);
});

test("without a reader, a publication is renamed", () => {
  expect(change({}, { name: "q", members: [member("a"), member("b")] })).toEqual({
    statements: ['ALTER PUBLICATION "p" RENAME TO "q"', 'ALTER PUBLICATION "q" ADD TABLE ONLY "public"."b"'],
    swaps: false,
    copies: false,
  });
});

test("with a reader, a renamed publication is created under the new name and remains under the old one", () => {
  const main = existing("p", {
    comment: "Ours",
    options: { ...existing("p").options, publish_param: ["insert"] },
  });
  const { statements, copies } = change(
    { main, hasReaders: true },
    {
      name: "q",
      members: [member("a"), member("b")],
      options: { ...main.options, publish_param: undefined },
    },
  );
  expect(statements).toEqual([
    `CREATE PUBLICATION "q" FOR TABLE ONLY "public"."a", ONLY "public"."b" WITH (publish = 'insert', publish_generated_columns = 'none')`,
    `COMMENT ON PUBLICATION "q" IS 'Ours'`,
    'ALTER PUBLICATION "q" OWNER TO "o"',
    'ALTER PUBLICATION "p" ADD TABLE ONLY "public"."b"',
    `COMMENT ON PUBLICATION "p" IS '${formerNameComment("q")}'`,
  ]);
  expect(copies).toBe(true);
});

test("a change is made under every former name too, until a former name is not needed any more", () => {
  const situation = { main: existing("q"), former: [kept("p", "q"), kept("o", "q")], hasReaders: true };
  const goal = { name: "q", members: [], unusedNames: ["o"] };
  expect(change(situation, goal).statements).toEqual([
    'ALTER PUBLICATION "q" DROP TABLE ONLY "public"."a"',
    'ALTER PUBLICATION "p" DROP TABLE ONLY "public"."a"',
    'DROP PUBLICATION "o"',
  ]);
});

test("a publication that gets its former name back exists under it already", () => {
  const situation = { main: existing("q", { comment: "Ours" }), former: [kept("p", "q")], hasReaders: true };
  expect(change(situation, { name: "p" })).toEqual({
    statements: [
      `COMMENT ON PUBLICATION "p" IS 'Ours'`,
      `COMMENT ON PUBLICATION "q" IS '${formerNameComment("p")}'`,
    ],
    swaps: false,
    copies: false,
  });
});

test("a publication that is renamed a second time remains under both former names", () => {
  const situation = { main: existing("q"), former: [kept("p", "q")], hasReaders: true };
  expect(change(situation, { name: "r" }).statements).toEqual([
    expect.stringMatching(/^CREATE PUBLICATION "r"/),
    'ALTER PUBLICATION "r" OWNER TO "o"',
    `COMMENT ON PUBLICATION "q" IS '${formerNameComment("r")}'`,
    `COMMENT ON PUBLICATION "p" IS '${formerNameComment("r")}'`,
  ]);
});

test("former names are dropped with the last reader", () => {
  const situation = { main: existing("q"), former: [kept("p", "q")] };
  expect(change(situation, { name: "q" }).statements).toEqual(['DROP PUBLICATION "p"']);
  expect(change(situation, { name: "p" }).statements).toEqual([
    'COMMENT ON PUBLICATION "p" IS NULL',
    'DROP PUBLICATION "q"',
  ]);
});

test("between all tables and some, a publication is exchanged, under its former names too", () => {
  const main = existing("q", { allTables: true, members: [], comment: "Ours" });
  const former = [existing("p", { allTables: true, members: [], comment: formerNameComment("q") })];
  const goal = { name: "q", allTables: false, members: [member("a")] };
  expect(change({ main, former, hasReaders: true }, goal)).toEqual({
    statements: [
      'DROP PUBLICATION "q"',
      expect.stringMatching(/^CREATE PUBLICATION "q" FOR TABLE ONLY "public"."a" WITH/),
      `COMMENT ON PUBLICATION "q" IS 'Ours'`,
      'ALTER PUBLICATION "q" OWNER TO "o"',
      'DROP PUBLICATION "p"',
      expect.stringMatching(/^CREATE PUBLICATION "p" FOR TABLE ONLY "public"."a" WITH/),
      `COMMENT ON PUBLICATION "p" IS '${formerNameComment("q")}'`,
      'ALTER PUBLICATION "p" OWNER TO "o"',
    ],
    swaps: true,
    copies: true,
  });
});
