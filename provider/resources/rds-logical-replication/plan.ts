import { Rds } from "../../aws/rds";
import type { Database } from "../../aws/rds-database";
import { databaseLabel } from "../../aws/rds-wait";
import type { PlanOperation } from "../../framework/resource";
import type { ConfiguredProvider } from "../../configured-provider";
import { type Complaint, connectionComplaints, databaseComplaints, groupComplaints } from "./checks";
import { sameTriggers } from "./converge";
import { accessOf, nameOf } from "./name";
import { type RdsSchema, type RdsState, type RdsView, sameGroup } from "./schema";

type Planning = PlanOperation<RdsSchema, ConfiguredProvider>;

/** Plans to make live what is not, and says what speaks against it as far as that can be known. */
export async function plan(operation: Planning): Promise<void> {
  const { prior, config, plan, provider, diagnostics, signal } = operation;
  if (prior !== null) {
    if (!needsWork(prior, plan)) return;
    operation.set("wal_level", "logical");
    operation.set("parameter_apply_status", "in-sync");
    operation.setUnknown("writer");
  }
  const name = nameOf(plan);
  const group = plan.parameter_group_name;
  const regionIsKnown = plan.region !== undefined || config.region === null;
  if (provider === null || name === undefined || !regionIsKnown) return;
  await Rds.use(accessOf(provider, plan.region), signal, async (rds) => {
    const database = await rds.find(name, signal);
    // It may be created in the same apply.
    if (database === undefined) return;
    const complaints = [
      ...databaseComplaints(database),
      ...connectionComplaints(database, provider.server.settings.host),
    ];
    if (complaints.length === 0 && group !== undefined) {
      complaints.push(...((await groupComplaints(rds, database, group, signal)) ?? []));
    }
    for (const complaint of complaints) tell(complaint, diagnostics);
    if (!diagnostics.hasError) warnOfReboot(operation, database);
  });
}

function tell(
  { summary, detail, attribute, mayPass }: Complaint,
  diagnostics: Planning["diagnostics"],
): void {
  if (mayPass) {
    const condition = "Unless the same apply changes that first, it will fail.";
    diagnostics.warn(summary, `${detail}\n\n${condition}`, [attribute]);
  } else {
    diagnostics.error(summary, detail, [attribute]);
  }
}

function warnOfReboot({ prior, plan, diagnostics }: Planning, database: Database): void {
  const { writer, parameterGroup, parameterApplyStatus } = database;
  const group = plan.parameter_group_name;
  const mayReboot =
    prior !== null ||
    group === undefined ||
    !sameGroup(parameterGroup, group) ||
    parameterApplyStatus !== "in-sync";
  if (plan.reboot !== "if_pending" || writer === null || !mayReboot) return;
  diagnostics.warn(
    "The writer may be rebooted",
    `Applying this reboots ${writer}, the writer of the ${databaseLabel(database)}, if static parameters wait for it; that ends all connections to it. To choose the moment yourself, set reboot = "never".`,
  );
}

/** Whether there is anything to do but to note the configuration. */
export function needsWork(
  prior: RdsState,
  next: Pick<RdsView, "parameter_group_name" | "reboot" | "refresh_triggers">,
): boolean {
  return (
    next.parameter_group_name === undefined ||
    !sameGroup(prior.parameter_group_name, next.parameter_group_name) ||
    !sameTriggers(prior, next) ||
    prior.wal_level !== "logical" ||
    (next.reboot !== "never" && prior.parameter_apply_status !== "in-sync")
  );
}
