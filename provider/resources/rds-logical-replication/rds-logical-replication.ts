import { Rds } from "../../aws/rds";
import { databaseLabel } from "../../aws/rds-wait";
import type { ConfiguredProvider } from "../../configured-provider";
import { DiagnosticError } from "../../framework/diagnostics";
import { defineResource } from "../../framework/resource";
import { PostgresError } from "../../postgres/errors";
import { liveSettings } from "./attach";
import { configured, converge } from "./converge";
import { accessOf, nameOf, requireName } from "./name";
import { needsWork, plan } from "./plan";
import { restore } from "./restore";
import { rdsLogicalReplicationSchema, type RdsSchema, sameGroup } from "./schema";

export const rdsLogicalReplication = defineResource<RdsSchema, ConfiguredProvider>({
  typeName: "postgresql_rds_logical_replication",
  displayName: "RDS logical replication",
  schema: rdsLogicalReplicationSchema,
  identify: ({ cluster_identifier: cluster, db_instance_identifier: instance }) => {
    if (cluster === undefined || instance === undefined) return undefined;
    return cluster === null ? `instance:${instance}` : `cluster:${cluster}`;
  },
  describe: (values) => {
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

  modifyPlan: plan,

  create: (operation) => converge(operation, null),

  async read({ provider, state, signal, warn }) {
    const name = requireName(state);
    return Rds.use(accessOf(provider, state.region), signal, async (rds) => {
      const database = await rds.find(name, signal);
      if (database === undefined) return null;
      const { parameterGroup: group, parameterApplyStatus, writer } = database;
      const isNew = state.former_parameter_group_name === null;
      // Whoever has attached another group in the meantime wants it back when this object is destroyed.
      const isOurs = !isNew && sameGroup(state.parameter_group_name, group);
      const facts = {
        ...state,
        region: rds.region,
        parameter_group_name: group,
        former_parameter_group_name: isOurs ? state.former_parameter_group_name : group,
        parameter_apply_status: parameterApplyStatus,
      };
      // Until an apply has got to its end, neither is known: that is how `delete` knows.
      if (!isNew && state.wal_level === null) return facts;
      try {
        const { wal_level: walLevel } = await liveSettings(provider.server, signal);
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

  delete: restore,

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
