import type { SessionInfo } from "../../provider/postgres/session";
import { id, lit, sql, textArray } from "../../provider/postgres/sql";
import type { PostgresServer } from "../../provider/postgres/server";
import { asMemberOf } from "../../provider/resources/shared/membership";
import type { PostgresEndpoint } from "../../sandbox/postgres-endpoint";
import { createDatabase } from "../support/database";
import { createRole } from "../support/role";
import { sharedServer } from "../support/shared-environment";
import { connectTo, failureOf, never } from "./postgres/settings";

const server18 = sharedServer("publisher");
const server10 = sharedServer("publisher10");

async function connectedAs(
  user: PostgresEndpoint,
): Promise<{ server: PostgresServer; session: SessionInfo }> {
  const server = connectTo(user);
  return { server, session: await server.session("postgres", never) };
}

/** Whether the user has the privileges of each role while asMemberOf runs its work. */
async function isTemporaryMember(user: PostgresEndpoint, ...roles: string[]): Promise<boolean[]> {
  const { server, session } = await connectedAs(user);
  const query = sql`SELECT pg_catalog.pg_has_role(role, 'USAGE') AS it
                    FROM unnest(${textArray(roles)}) WITH ORDINALITY AS u (role, place) ORDER BY place`;
  const rows = await server.transaction(
    "postgres",
    (tx) => asMemberOf(tx, session, roles, () => tx.query<{ it: boolean }>(query)),
    never,
  );
  return rows.map(({ it }) => it);
}

describe("asMemberOf", () => {
  test.each([
    ["18", server18],
    ["10", server10],
  ])(
    "grants an administrator several roles temporarily, and leaves no trace, on PostgreSQL %s",
    async (_, server) => {
      const database = await createDatabase(server);
      const administrator = await createRole(server, "CREATEROLE");
      const roles = [
        await createRole(server, "", administrator.username),
        await createRole(server, "", administrator.username),
      ].map(({ username }) => username);
      const memberships = async (): Promise<unknown> =>
        database.query("SELECT * FROM pg_auth_members WHERE member = $1::regrole ORDER BY roleid, grantor", [
          administrator.username,
        ]);
      const before = await memberships();
      expect(await isTemporaryMember(administrator, ...roles)).toEqual([true, true]);
      expect(await memberships()).toEqual(before);
    },
  );

  test("restores the membership that createrole_self_grant created", async () => {
    const database = await createDatabase(server18);
    const administrator = await createRole(server18, "CREATEROLE");
    await database.query(`ALTER ROLE ${administrator.username} SET createrole_self_grant = 'inherit'`);
    const { server, session } = await connectedAs(administrator);
    const role = `${administrator.username}_x`;
    await server.execute("postgres", sql`CREATE ROLE ${id(role)}`, never);
    const memberships = (): Promise<unknown[]> =>
      database.query(
        `SELECT grantor, admin_option, inherit_option, set_option FROM pg_auth_members WHERE roleid = '${role}'::regrole ORDER BY grantor`,
      );
    const before = await memberships();
    expect(before).toHaveLength(2);
    const canSet = await server.transaction(
      "postgres",
      (tx) =>
        asMemberOf(tx, session, role, () =>
          tx.query(sql`SELECT pg_catalog.pg_has_role(${lit(role)}, 'SET') AS it`),
        ),
      never,
    );
    expect(canSet).toEqual([{ it: true }]);
    expect(await memberships()).toEqual(before);
    await database.query(`DROP ROLE ${role}`);
  });

  test("runs the work without a membership that the user cannot grant, and reports the work's own error", async () => {
    const user = await createRole(server18);
    const other = await createRole(server18);
    expect(await isTemporaryMember(user, other.username, "postgres", user.username)).toEqual([
      false,
      false,
      true,
    ]);
    const { server, session } = await connectedAs(user);
    const failure = await failureOf(
      server.transaction(
        "postgres",
        (tx) => asMemberOf(tx, session, other.username, () => tx.query(sql`SET ROLE ${id(other.username)}`)),
        never,
      ),
    );
    expect(failure.message).toContain("permission denied to set role");
  });
});
