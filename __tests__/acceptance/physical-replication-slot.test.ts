import { randomBytes } from "node:crypto";
import { withClient } from "../support/client";
import { errorOf } from "../support/failures";
import { sharedServer } from "../support/shared-environment";
import { createTerraform } from "../support/terraform";
import { writeUpstreamState } from "../support/upstream-state";

const ADDRESS = "postgresql_physical_replication_slot.s";

function slot(name: string): Record<string, unknown> {
  return { resource: { postgresql_physical_replication_slot: { s: { name } } } };
}

describe.each([
  ["18", sharedServer("publisher")],
  ["10", sharedServer("publisher10")],
])("postgresql_physical_replication_slot on PostgreSQL %s", (_, server) => {
  const query = async (text: string, values: unknown[]): Promise<unknown[]> =>
    withClient(server, async (client) => (await client.query<Record<string, unknown>>(text, values)).rows);

  test("is created, imported, replaced by another name, created again after drift and destroyed", async () => {
    const name = `t_${randomBytes(6).toString("hex")}`;
    const slotsOf = () =>
      query("SELECT slot_name AS name, slot_type AS type FROM pg_replication_slots WHERE slot_name LIKE $1", [
        `${name}%`,
      ]);
    const terraform = await createTerraform({ provider: { server } });
    await terraform.write(slot(name));
    await writeUpstreamState(terraform, ADDRESS, { id: name, name });
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    expect(await terraform.state(ADDRESS)).toMatchObject({ id: name, name });
    expect(await slotsOf()).toEqual([{ name, type: "physical" }]);
    await writeUpstreamState(terraform, ADDRESS, { id: name, name });
    await terraform.expectEmptyPlan();

    const importing = await createTerraform({ provider: { server } });
    await importing.write(slot(name));
    expect((await errorOf(importing.plan())).message).toContain(`terraform import ADDRESS '${name}'`);
    await importing.import(ADDRESS, name);
    await importing.expectEmptyPlan();

    await terraform.write(slot(`${name}_2`));
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["delete", "create"]);
    await terraform.apply();
    expect(await slotsOf()).toEqual([{ name: `${name}_2`, type: "physical" }]);
    await query("SELECT pg_drop_replication_slot($1)", [`${name}_2`]);
    expect((await terraform.plan()).changes[ADDRESS]?.actions).toEqual(["create"]);
    await terraform.apply();
    await terraform.expectEmptyPlan();
    await terraform.destroy();
    expect(await slotsOf()).toEqual([]);
  });
});
