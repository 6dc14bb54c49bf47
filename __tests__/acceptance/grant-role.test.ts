import { randomBytes } from "node:crypto";
import { createDatabase } from "../support/database";
import { errorOf } from "../support/failures";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const server18 = sharedServer("publisher");
const server10 = sharedServer("publisher10");

const ADDRESS = "postgresql_grant_role.m";

function grantRole(attributes: Record<string, unknown>): Record<string, unknown> {
  return { resource: { postgresql_grant_role: { m: attributes } } };
}

describe("postgresql_grant_role", () => {
  test.each([
    ["18", server18],
    ["10", server10],
  ])("is granted, imported, altered in place, repaired and revoked, on PostgreSQL %s", async (_, server) => {
    const database = await createDatabase(server);
    const suffix = randomBytes(4).toString("hex");
    const names = { role: `My "Role". 🐘 ${suffix}`, grant_role: `t_group_${suffix}` };
    const quoted = `"My ""Role"". 🐘 ${suffix}"`;
    await database.query(`CREATE ROLE ${quoted}; CREATE ROLE ${names.grant_role}`);
    const provider = { server, database: database.name };
    const terraform = await createTerraform({ provider });
    await terraform.write(grantRole(names));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({
      ...names,
      id: `${names.role}_${names.grant_role}_false`,
      with_admin_option: false,
    });

    const importing = await createTerraform({ provider });
    await importing.write(grantRole(names));
    const malformed = await errorOf(importing.import(ADDRESS, `${names.role}_${names.grant_role}_false`));
    expect(malformed.message).toContain('{"role": "app", "grant_role": "readers"}');
    await importing.import(ADDRESS, JSON.stringify(names));
    await importing.expectEmptyPlan();

    const memberships = `SELECT admin_option FROM pg_auth_members WHERE roleid = '${names.grant_role}'::regrole`;
    for (const admin of [true, false]) {
      await terraform.write(grantRole({ ...names, with_admin_option: admin }));
      expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["update"]);
      await terraform.apply();
      await terraform.expectEmptyPlan();
      expect(await database.query(memberships)).toEqual([{ admin_option: admin }]);
    }

    await database.query(`GRANT ${names.grant_role} TO ${quoted} WITH ADMIN OPTION`);
    expect((await terraform.plan()).changes[ADDRESS]?.before).toMatchObject({ with_admin_option: true });
    await terraform.apply();
    await database.query(`REVOKE ${names.grant_role} FROM ${quoted}`);
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.apply();
    await terraform.destroy();
    expect(await database.query(memberships)).toEqual([]);
    await database.query(`DROP ROLE ${quoted}, ${names.grant_role}`);
  });

  test("is one membership even with several grantors, and the ADMIN OPTION of a role's creator is not a membership", async () => {
    const database = await createDatabase(server18);
    const administrator = await createRole(server18, "CREATEROLE");
    const member = await createRole(server18);
    const group = await createRole(server18, "", administrator.username);
    await database.query(
      `GRANT ${group.username} TO ${member.username} WITH ADMIN OPTION GRANTED BY ${administrator.username};
       GRANT ${group.username} TO ${member.username}`,
    );
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    const names = { role: member.username, grant_role: group.username };
    await terraform.write(grantRole(names));
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(
      await database.query("SELECT FROM pg_auth_members WHERE member = $1::regrole", [member.username]),
    ).toEqual([]);

    // PostgreSQL 16 and later grant a new role to its creator with ADMIN OPTION, but without INHERIT and SET.
    const own = await createTerraform({ provider: { server: administrator, database: database.name } });
    await own.write(grantRole({ role: administrator.username, grant_role: group.username }));
    await own.apply();
    await own.expectEmptyPlan();
    const isMember = `SELECT pg_has_role('${administrator.username}', '${group.username}', 'SET') AS it`;
    expect(await database.query(isMember)).toEqual([{ it: true }]);
    await own.destroy();
    expect(await database.query(isMember)).toEqual([{ it: false }]);
    await own.apply();
  });

  test("names the missing role or privilege, and adopts upstream state with an empty plan", async () => {
    const database = await createDatabase(server18);
    const [member, group, stranger] = await Promise.all([1, 2, 3].map(() => createRole(server18)));
    if (!member || !group || !stranger) {
      throw new Error("Expected three roles.");
    }
    const terraform = await createTerraform({ provider: { server: server18, database: database.name } });
    await terraform.write(grantRole({ role: member.username, grant_role: "no_such_role" }));
    expect((await errorOf(terraform.apply())).message).toMatch(
      /Unable to create role membership[^]*no_such_role" does not exist[^]*Create the role first/,
    );

    const powerless = await createTerraform({ provider: { server: stranger, database: database.name } });
    await powerless.write(grantRole({ role: member.username, grant_role: group.username }));
    expect((await errorOf(powerless.apply())).message).toMatch(/42501[^]*ADMIN OPTION/);

    await database.query(`GRANT ${group.username} TO ${member.username}`);
    await terraform.write(grantRole({ role: member.username, grant_role: group.username }));
    await writeUpstreamState(terraform, ADDRESS, {
      grant_role: group.username,
      id: `${member.username}_${group.username}_false`,
      role: member.username,
      with_admin_option: false,
    });
    await terraform.expectEmptyPlan();
    await terraform.destroy();
  });
});
