import { Diagnostics } from "../../../../provider/framework/diagnostics";
import { ServerVersion } from "../../../../provider/postgres/server-version";
import { grant } from "../../../../provider/resources/grant/grant";
import { changesTo, changeStatements } from "../../../../provider/resources/grant/changes";
import { grantState } from "../../../../provider/resources/grant/state";
import type { GrantScope, GrantTarget } from "../../../../provider/resources/grant/targets";
import {
  expandPrivileges,
  privilegeComplaint,
  privilegeName,
} from "../../../../provider/resources/shared/privileges";

const SCOPE: GrantScope = {
  role: "r",
  database: "d",
  schema: "s",
  object_type: "table",
  objects: ["a", "b"],
  columns: null,
};
const V18 = new ServerVersion(180_000);

/** A table on which the role holds privileges; those with a star with grant option. */
function table(name: string, ...privileges: string[]): GrantTarget {
  const held = privileges.map((text) => [
    text.replace("*", ""),
    { grantable: text.endsWith("*"), grantors: ["owner"] },
  ]);
  return {
    reference: name,
    name,
    signature: null,
    column: null,
    owner: "owner",
    held: Object.fromEntries(held) as GrantTarget["held"],
  };
}

function want(...names: string[]): { names: ReadonlySet<string>; grantable: boolean } {
  return { names: new Set(names), grantable: false };
}

describe("changesTo and changeStatements", () => {
  test("do only what differs, in one statement for all that it is done to, and grant before they revoke", () => {
    const targets = [table("a", "DELETE"), table("b", "DELETE", "SELECT"), table("c")];
    const changes = targets.flatMap((target) => changesTo(target, want("SELECT", "INSERT")));
    expect(changeStatements(changes, SCOPE, "table").map(({ text }) => text)).toEqual([
      'GRANT INSERT ON TABLE "s"."b" TO "r"',
      'GRANT INSERT, SELECT ON TABLE "s"."a", "s"."c" TO "r"',
      'REVOKE DELETE ON TABLE "s"."a", "s"."b" FROM "r"',
    ]);
    expect(changesTo(table("a", "SELECT"), want("SELECT"))).toEqual([]);
  });

  test("give and take the grant option alone", () => {
    const given = changesTo(table("a", "SELECT"), { names: new Set(["SELECT"]), grantable: true });
    const taken = changesTo(table("a", "SELECT*"), want("SELECT"));
    expect(changeStatements([...given, ...taken], SCOPE, "table").map(({ text }) => text)).toEqual([
      'GRANT SELECT ON TABLE "s"."a" TO "r" WITH GRANT OPTION',
      'REVOKE GRANT OPTION FOR SELECT ON TABLE "s"."a" FROM "r"',
    ]);
  });

  test("name the columns of one table in one statement", () => {
    const columns = ["x", 'y"'].map((column) => ({ ...table("a"), column }));
    const other = { ...table("b"), column: "x" };
    const changes = [...columns, other].flatMap((target) => changesTo(target, want("SELECT", "UPDATE")));
    expect(changeStatements(changes, SCOPE, "column").map(({ text }) => text)).toEqual([
      'GRANT SELECT ("x", "y"""), UPDATE ("x", "y""") ON TABLE "s"."a" TO "r"',
      'GRANT SELECT ("x"), UPDATE ("x") ON TABLE "s"."b" TO "r"',
    ]);
  });
});

describe("grantState", () => {
  const before = { ...SCOPE, privileges: ["select", "INSERT"], with_grant_option: false };
  const stateOf = (targets: GrantTarget[], known: Parameters<typeof grantState>[1] = before) =>
    grantState({ role_exists: true, schema_exists: true, targets }, known, "table", V18);

  test("keeps the spelling while all objects have just the privileges", () => {
    const targets = [table("a", "SELECT", "INSERT"), table("b", "SELECT", "INSERT")];
    expect(stateOf(targets)?.privileges).toBe(before.privileges);
  });

  test("shows what is left in common when an object lacks something, whatever else it has", () => {
    const targets = [table("a", "SELECT", "INSERT"), table("b", "SELECT", "UPDATE")];
    expect(stateOf(targets)?.privileges).toEqual(["SELECT"]);
  });

  test("shows what any of them has when one has too much", () => {
    const targets = [table("a", "SELECT", "INSERT"), table("b", "SELECT", "INSERT", "UPDATE")];
    expect(stateOf(targets)?.privileges).toEqual(["INSERT", "SELECT", "UPDATE"]);
  });

  test("shows a grant option that only some have as lost where it is wanted, and as there where it is not", () => {
    const targets = [table("a", "SELECT*", "INSERT"), table("b", "SELECT*", "INSERT*")];
    expect(stateOf(targets)?.with_grant_option).toBe(true);
    expect(stateOf(targets, { ...before, with_grant_option: true })?.with_grant_option).toBe(false);
  });

  test("is gone with the role, the schema, or the last of the objects, and smaller without one of them", () => {
    expect(stateOf([])).toBeNull();
    expect(stateOf([table("a", "SELECT")])?.objects).toEqual(["a"]);
    const targets = [table("a", "SELECT", "INSERT")];
    for (const gone of [{ role_exists: false }, { schema_exists: false }]) {
      const findings = { role_exists: true, schema_exists: true, targets, ...gone };
      expect(grantState(findings, before, "table", V18)).toBeNull();
    }
  });

  test("stays what it was on a schema that has no object of the type", () => {
    expect(stateOf([], { ...before, objects: null })?.privileges).toEqual(before.privileges);
  });
});

describe("privileges", () => {
  test("have one name each, and ALL is what the version has", () => {
    expect(["temp", "All Privileges", " select "].map(privilegeName)).toEqual(["TEMPORARY", "ALL", "SELECT"]);
    expect(expandPrivileges(["ALL"], "table", V18).has("MAINTAIN")).toBe(true);
    expect(expandPrivileges(["ALL"], "table", new ServerVersion(160_000)).has("MAINTAIN")).toBe(false);
    expect(privilegeComplaint("TRUNCATE", "sequence")).toContain("it can be ALL, USAGE, SELECT, UPDATE");
  });
});

describe("the ID of a grant", () => {
  test.each([
    ["table", ["a", "b", "c"], null, "r_d_s_table_c_b_a"],
    ["column", ["t"], ["orders", "T.1"], "r_d_s_column_t_T.1_orders"],
    ["database", null, null, "r_d_database"],
    ["foreign_server", ["f"], null, "r_d_foreign_server_f"],
  ])(
    "is upstream's for a %s, with names in the order of upstream's sets",
    async (type, objects, columns, id) => {
      const { planned } = await grant.plan({
        provider: null,
        signal: new AbortController().signal,
        diagnostics: new Diagnostics(),
        prior: null,
        config: {
          ...SCOPE,
          object_type: type,
          objects,
          columns,
          privileges: ["ALL"],
          with_grant_option: null,
        },
        isManaged: () => false,
        wasConfigured: () => false,
      });
      expect(planned["id"]).toBe(id);
    },
  );
});
