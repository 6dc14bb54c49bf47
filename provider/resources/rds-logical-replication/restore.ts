import { Rds } from "../../aws/rds";
import { databaseLabel } from "../../aws/rds-wait";
import type { DeleteOperation } from "../../framework/resource";
import type { ConfiguredProvider } from "../../configured-provider";
import { attachCommand, requestAttach, untilAttached } from "./attach";
import { formerGroupsOf } from "./former-groups";
import { accessOf, idOf, requireName } from "./name";
import { type RdsSchema, sameGroup } from "./schema";

/** Attaches the former group again, unless the present one is somebody else's or there is none to go back to. */
export async function restore({
  provider,
  state,
  signal,
  warn,
}: DeleteOperation<RdsSchema, ConfiguredProvider>): Promise<void> {
  const name = requireName(state);
  const { parameter_group_name: own, former_parameter_group_name: former } = state;
  if (former === null || sameGroup(own, former)) return;
  await Rds.use(accessOf(provider, state.region), signal, async (rds) => {
    const database = await rds.find(name, signal);
    if (database === undefined || database.status === "deleting") return;
    const label = databaseLabel(name);
    const command = attachCommand(name, former, rds.region);
    if (!sameGroup(database.parameterGroup, own)) {
      warn(
        "Parameter group not restored",
        `The ${label} has the parameter group ${JSON.stringify(database.parameterGroup)} by now, and keeps it: something else has attached it. Before this resource it was ${JSON.stringify(former)}; to go back to that, run\n\n  ${command}`,
      );
      return;
    }
    if (state.writer === null && database.parameterApplyStatus === "in-sync") {
      formerGroupsOf(provider).set(idOf(name), former);
      warn(
        "Parameter group not restored",
        `The creation of this object had failed when the ${label} was rebooted with ${JSON.stringify(own)} already. The group stays attached, so that another creation goes on from there without another reboot. If there is to be none, attach the former group with\n\n  ${command}`,
      );
      return;
    }
    if ((await rds.groupFamily(name, former, signal)) === undefined) {
      warn(
        "Parameter group not restored",
        `The ${label} keeps the parameter group ${JSON.stringify(own)}: the former one, ${JSON.stringify(former)}, does not exist any more. Attach another one before you delete ${JSON.stringify(own)}.`,
      );
      return;
    }
    await requestAttach(rds, name, former, signal);
    await untilAttached(rds, name, former, signal);
    const parameters = await rds.groupParameters(name, former, signal);
    if (parameters.get("rds.logical_replication") === "1") return;
    warn(
      "Logical replication is on until the next reboot",
      `The ${label} has its former parameter group ${JSON.stringify(former)} back, and was not rebooted: logical replication goes off, and other static parameters change, when it is. Drop its replication slots before that; until then they keep WAL.`,
    );
  });
}
