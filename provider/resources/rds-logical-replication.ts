import { type AwsAccess, rdsRegionOf } from "../aws/aws-access";
import { Rds } from "../aws/rds";
import type { Database, DatabaseName } from "../aws/rds-database";
import { RdsError } from "../aws/rds-error";
import { databaseLabel, isAvailable, untilDatabase } from "../aws/rds-wait";
import { DiagnosticError } from "../framework/diagnostics";
import { sameValue } from "../framework/equality";
import type { CreateOperation, PlanOperation } from "../framework/resource";
import type { Planned } from "../framework/values";
import { PostgresError } from "../postgres/errors";
import type { PostgresServer } from "../postgres/server";
import { define } from "./define";
import {
  attachCommand,
  liveSettings,
  makeLive,
  requestAttach,
  untilAttached,
} from "./rds-logical-replication-attach";
import {
  type Complaint,
  connectionComplaints,
  databaseComplaints,
  groupComplaints,
} from "./rds-logical-replication-checks";
import {
  rdsLogicalReplicationSchema,
  type RdsSchema,
  type RdsState,
  type RdsView,
  sameGroup,
} from "./rds-logical-replication-schema";

/**
 * The former groups of objects whose creation failed after the reboot, by ID: Terraform destroys such an object and
 * creates it anew, in one process. Attaching the former group in between would cost another reboot.
 */
const handedOver = new Map<string, string>();

export const rdsLogicalReplication = define({
  typeName: "postgresql_rds_logical_replication",
  noun: "RDS logical replication",
  schema: rdsLogicalReplicationSchema,
  identify: ({ cluster_identifier: cluster, db_instance_identifier: instance }) => {
    if (cluster === undefined || instance === undefined) return undefined;
    return cluster === null ? `instance:${instance}` : `cluster:${cluster}`;
  },
  label: (values) => {
    const name = nameOf(values);
    return `logical replication of ${name === undefined ? "a database of RDS" : `the ${databaseLabel(name)}`}`;
  },

  validate(config, diagnostics) {
    if (config.cluster_identifier !== null || config.db_instance_identifier !== null) return;
    diagnostics.error(
      "Missing attribute",
      "Either cluster_identifier (Aurora) or db_instance_identifier (RDS) must be set.",
    );
  },

  async modifyPlan(operation) {
    const { prior, plan, provider, diagnostics, signal } = operation;
    if (prior !== null) {
      if (!needsWork(prior, plan)) return;
      operation.set("wal_level", "logical");
      operation.set("parameter_apply_status", "in-sync");
      operation.setUnknown("writer");
    }
    const name = nameOf(plan);
    const group = plan.parameter_group_name;
    if (
      provider === null ||
      name === undefined ||
      (plan.region === undefined && operation.config.region !== null)
    )
      return;
    await Rds.use(accessOf(provider, plan.region), signal, async (rds) => {
      const database = await rds.find(name, signal);
      // It may be created in the same apply.
      if (database === undefined) return;
      const complaints = [
        ...databaseComplaints(database),
        ...connectionComplaints(database, provider.settings.host),
      ];
      if (complaints.length === 0 && group !== undefined) {
        complaints.push(...((await groupComplaints(rds, database, group, signal)) ?? []));
      }
      for (const complaint of complaints) tell(complaint, diagnostics);
      if (!diagnostics.hasError) warnOfReboot(operation, database);
    });
  },

  create: (operation) => converge(operation, null),

  async read({ provider, state, signal, warn }) {
    const name = requireName(state);
    return Rds.use(accessOf(provider, state.region), signal, async (rds) => {
      const database = await rds.find(name, signal);
      if (database === undefined) return null;
      const { parameterGroup: group, parameterApplyStatus, writer } = database;
      const isNew = state.former_parameter_group_name === null;
      const facts = {
        ...state,
        region: rds.region,
        parameter_group_name: group,
        former_parameter_group_name: state.former_parameter_group_name ?? group,
        parameter_apply_status: parameterApplyStatus,
      };
      // Until an apply has got to its end, neither is known: that is how `delete` knows.
      if (!isNew && state.wal_level === null) return facts;
      try {
        const { wal_level: walLevel } = await liveSettings(provider, signal);
        return { ...facts, writer, wal_level: walLevel };
      } catch (error) {
        if (!(error instanceof PostgresError) || signal.aborted) throw error;
        warn(
          "wal_level could not be asked for",
          `RDS was asked about the ${databaseLabel(name)}; the server itself did not answer, so wal_level is as it was: ${error.describe()}`,
        );
        return { ...facts, writer };
      }
    });
  },

  async update(operation) {
    const { prior, planned } = operation;
    return needsWork(prior, planned) ? converge(operation, prior) : { ...prior, ...configured(planned) };
  },

  async delete({ provider, state, signal, warn }) {
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
        handedOver.set(idOf(name), former);
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
  },

  importState(id) {
    const [, kind, identifier] = /^(cluster|instance):([^:.]+)$/.exec(id) ?? [];
    if (identifier === undefined) {
      throw new DiagnosticError(
        "Invalid import ID",
        `The import ID is ${JSON.stringify(id)}. It must be cluster:IDENTIFIER or instance:IDENTIFIER, such as "cluster:publisher".`,
      );
    }
    return kind === "cluster" ? { cluster_identifier: identifier } : { db_instance_identifier: identifier };
  },
});

/** Attaches the group where it is not, and makes it live. @param prior Null when the object is created. */
async function converge(
  operation: CreateOperation<RdsSchema, PostgresServer>,
  prior: RdsState | null,
): Promise<RdsState> {
  const { provider, planned, signal } = operation;
  const { parameter_group_name: group, reboot } = planned;
  const name = requireName(planned);
  return Rds.use(accessOf(provider, planned.region), signal, async (rds) => {
    const found = await untilDatabase(rds, name, signal, isAvailable);
    const moves = !sameGroup(found.parameterGroup, group);
    await requireFit(operation, rds, found);
    const former = prior?.former_parameter_group_name ?? handedOver.get(idOf(name)) ?? found.parameterGroup;
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
        if (!(error instanceof RdsError) || error.kind !== "refused") operation.keep(unfinished);
        throw error;
      }
    }
    // Where the group was there before, and nobody knows of another one, there is nothing to lose track of.
    if (!sameGroup(former, group)) operation.keep(unfinished);
    const changed = moves || (prior !== null && !sameTriggers(prior, planned));
    const database = await makeLive({ rds, server: provider, name, group, changed, reboot, signal });
    handedOver.delete(idOf(name));
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
  { provider, planned: { parameter_group_name: group }, signal }: CreateOperation<RdsSchema, PostgresServer>,
  rds: Rds,
  database: Database,
): Promise<void> {
  refuse([...databaseComplaints(database), ...connectionComplaints(database, provider.settings.host)]);
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
  const { in_recovery: reader } = await liveSettings(provider, signal);
  if (database.kind === "cluster" && reader) {
    throw new DiagnosticError(
      "Provider connected to a reader",
      `The server at ${provider.settings.host} is a reader: logical replication is a matter of the writer. Configure the provider of this resource with the writer endpoint, ${database.endpoint}.`,
    );
  }
}

function refuse([first]: readonly Complaint[]): void {
  if (first !== undefined) throw new DiagnosticError(first.summary, first.detail, [first.attribute]);
}

function tell(
  { summary, detail, attribute, mayPass }: Complaint,
  diagnostics: PlanOperation<RdsSchema, PostgresServer>["diagnostics"],
): void {
  if (!mayPass) diagnostics.error(summary, detail, [attribute]);
  else
    diagnostics.warn(summary, `${detail}\n\nUnless the same apply changes that first, it will fail.`, [
      attribute,
    ]);
}

function warnOfReboot(
  { prior, plan, diagnostics }: PlanOperation<RdsSchema, PostgresServer>,
  database: Database,
): void {
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
function needsWork(
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

function sameTriggers(
  { refresh_triggers: one }: Pick<RdsState, "refresh_triggers">,
  { refresh_triggers: other }: Pick<RdsView, "refresh_triggers">,
): boolean {
  return other !== undefined && sameValue(one, other, ["map", "string"]);
}

/** What of the state is the configuration's. */
function configured({
  cluster_identifier,
  db_instance_identifier,
  parameter_group_name,
  reboot,
  refresh_triggers,
}: Planned<RdsSchema>) {
  return { cluster_identifier, db_instance_identifier, parameter_group_name, reboot, refresh_triggers };
}

type Identifiers = Pick<RdsView, "cluster_identifier" | "db_instance_identifier">;

/** Undefined while it is not known. */
function nameOf({
  cluster_identifier: cluster,
  db_instance_identifier: instance,
}: Identifiers): DatabaseName | undefined {
  if (typeof cluster === "string") return { kind: "cluster", identifier: cluster };
  return typeof instance === "string" ? { kind: "instance", identifier: instance } : undefined;
}

function requireName(values: Identifiers): DatabaseName {
  const name = nameOf(values);
  if (name === undefined) throw new Error("it names neither a cluster nor an instance");
  return name;
}

function idOf({ kind, identifier }: DatabaseName): string {
  return `${kind}:${identifier}`;
}

function accessOf({ settings }: PostgresServer, own: string | null | undefined): AwsAccess {
  const region = own ?? settings.aws?.region ?? rdsRegionOf(settings.host);
  return { ...settings.aws, ...(region === undefined ? {} : { region }) };
}
