import { Rds } from "../../aws/rds";
import type { Database } from "../../aws/rds-database";
import { RdsError } from "../../aws/rds-error";
import { isAvailable, untilDatabase } from "../../aws/rds-wait";
import { DiagnosticError } from "../../framework/diagnostics";
import { sameValue } from "../../framework/equality";
import type { CreateOperation } from "../../framework/resource";
import type { Planned } from "../../framework/values";
import type { ConfiguredProvider } from "../../configured-provider";
import { liveSettings, makeLive, requestAttach } from "./attach";
import { type Complaint, connectionComplaints, databaseComplaints, groupComplaints } from "./checks";
import { formerGroupsOf } from "./former-groups";
import { accessOf, idOf, requireName } from "./name";
import { type RdsSchema, type RdsState, type RdsView, sameGroup } from "./schema";

/** Attaches the group where it is not, and makes it live. @param prior Null when the object is created. */
export async function converge(
  operation: CreateOperation<RdsSchema, ConfiguredProvider>,
  prior: RdsState | null,
): Promise<RdsState> {
  const { provider, planned, signal } = operation;
  const { parameter_group_name: group, reboot } = planned;
  const name = requireName(planned);
  return Rds.use(accessOf(provider, planned.region), signal, async (rds) => {
    const found = await untilDatabase(rds, name, signal, isAvailable);
    const moves = !sameGroup(found.parameterGroup, group);
    await requireFit(operation, rds, found);
    const former =
      prior?.former_parameter_group_name ?? formerGroupsOf(provider).get(idOf(name)) ?? found.parameterGroup;
    const unfinished: RdsState = {
      ...configured(planned),
      region: rds.region,
      former_parameter_group_name: former,
      writer: prior?.writer ?? null,
      wal_level: null,
      parameter_apply_status: null,
    };
    if (moves) {
      try {
        await requestAttach(rds, name, group, signal);
      } catch (error) {
        if (!(error instanceof RdsError) || error.kind !== "refused") operation.saveState(unfinished);
        throw error;
      }
    }
    // Where the group was there before, and nobody knows of another one, there is nothing to lose track of.
    if (!sameGroup(former, group)) operation.saveState(unfinished);
    const changed = moves || (prior !== null && !sameTriggers(prior, planned));
    const database = await makeLive({ rds, server: provider.server, name, group, changed, reboot, signal });
    formerGroupsOf(provider).delete(idOf(name));
    return {
      ...unfinished,
      writer: database.writer,
      wal_level: "logical",
      parameter_apply_status: database.parameterApplyStatus,
    };
  });
}

/** Refuses, before anything is changed, what would end badly. */
async function requireFit(
  {
    provider,
    planned: { parameter_group_name: group },
    signal,
  }: CreateOperation<RdsSchema, ConfiguredProvider>,
  rds: Rds,
  database: Database,
): Promise<void> {
  refuse([...databaseComplaints(database), ...connectionComplaints(database, provider.server.settings.host)]);
  const complaints = await groupComplaints(rds, database, group, signal);
  if (complaints === undefined) {
    throw new DiagnosticError(
      "Parameter group does not exist",
      `There is no ${database.kind === "cluster" ? "DB cluster parameter group" : "DB parameter group"} ${JSON.stringify(group)} in ${rds.region}.`,
      ["parameter_group_name"],
    );
  }
  refuse(complaints);
  // A writer is not rebooted whose state afterwards could not be seen.
  const { in_recovery: reader } = await liveSettings(provider.server, signal);
  if (database.kind === "cluster" && reader) {
    throw new DiagnosticError(
      "Provider connected to a reader",
      `The server at ${provider.server.settings.host} is a reader: logical replication is a matter of the writer. Configure the provider of this resource with the writer endpoint, ${database.endpoint}.`,
    );
  }
}

function refuse([first]: readonly Complaint[]): void {
  if (first !== undefined) throw new DiagnosticError(first.summary, first.detail, [first.attribute]);
}

/** Whether the refresh triggers are what they were. */
export function sameTriggers(
  { refresh_triggers: one }: Pick<RdsState, "refresh_triggers">,
  { refresh_triggers: other }: Pick<RdsView, "refresh_triggers">,
): boolean {
  return other !== undefined && sameValue(one, other, ["map", "string"]);
}

/** What of the state is the configuration's. */
export function configured({
  cluster_identifier,
  db_instance_identifier,
  parameter_group_name,
  reboot,
  refresh_triggers,
}: Planned<RdsSchema>) {
  return { cluster_identifier, db_instance_identifier, parameter_group_name, reboot, refresh_triggers };
}
