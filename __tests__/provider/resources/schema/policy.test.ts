import {
  type AclEntry,
  policiesInForce,
  policyStatements,
  type SchemaPolicy,
} from "../../../../provider/resources/schema/policy";

const NOTHING = { create: false, create_with_grant: false, usage: false, usage_with_grant: false };

function policy(role: string, granted: Partial<SchemaPolicy>): SchemaPolicy {
  return { role, ...NOTHING, ...granted };
}

function entry(role: string, privilege: string, grantable = false): AclEntry {
  return { role, privilege, grantable };
}

describe("policiesInForce", () => {
  test("keeps policies as they are written when the role has just that", () => {
    const policies = [
      policy("public", { usage: true }),
      policy("a", { create: true }),
      policy("a", { usage: true, usage_with_grant: true }),
    ];
    const acl = [entry("", "USAGE"), entry("a", "CREATE"), entry("a", "USAGE", true), entry("b", "CREATE")];
    expect(policiesInForce(policies, acl)).toEqual(policies);
  });

  test("says what the role has when that is something else", () => {
    const policies = [
      policy("a", { create: true }),
      policy("a", { usage: true }),
      policy("", { usage: true }),
    ];
    expect(policiesInForce(policies, [entry("a", "CREATE", true), entry("", "CREATE")])).toEqual([
      policy("a", { create_with_grant: true }),
      policy("", { create: true }),
    ]);
    expect(policiesInForce(policies, [])).toEqual([policy("a", {}), policy("", {})]);
  });

  test("takes the most that any grantor has given", () => {
    const policies = [policy("a", { usage_with_grant: true })];
    expect(policiesInForce(policies, [entry("a", "USAGE", true), entry("a", "USAGE")])).toEqual(policies);
  });
});

describe("policyStatements", () => {
  const texts = (acl: AclEntry[], prior: SchemaPolicy[], planned: SchemaPolicy[]): string[] =>
    policyStatements('s"x', acl, prior, planned).map(({ text }) => text);

  test("grants what is missing and revokes what is too much", () => {
    expect(
      texts(
        [entry("a", "CREATE"), entry("b", "USAGE", true), entry("", "USAGE")],
        [],
        [policy("a", { usage_with_grant: true }), policy("b", { usage: true }), policy("", { create: true })],
      ),
    ).toEqual([
      'REVOKE CREATE ON SCHEMA "s""x" FROM "a"',
      'GRANT USAGE ON SCHEMA "s""x" TO "a" WITH GRANT OPTION',
      'REVOKE GRANT OPTION FOR USAGE ON SCHEMA "s""x" FROM "b"',
      'GRANT CREATE ON SCHEMA "s""x" TO PUBLIC',
      'REVOKE USAGE ON SCHEMA "s""x" FROM PUBLIC',
    ]);
  });

  test("takes everything from a role whose policy is gone, and leaves others alone", () => {
    expect(
      texts(
        [entry("a", "CREATE"), entry("other", "CREATE")],
        [policy("a", { create: true }), policy("dropped", { create: true })],
        [],
      ),
    ).toEqual(['REVOKE CREATE ON SCHEMA "s""x" FROM "a"']);
  });

  test("does nothing when all is as planned", () => {
    const planned = [policy("a", { create_with_grant: true, usage: true })];
    expect(texts([entry("a", "CREATE", true), entry("a", "USAGE")], planned, planned)).toEqual([]);
  });
});
