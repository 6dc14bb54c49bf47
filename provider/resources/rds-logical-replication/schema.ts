import {
  computed,
  defaulted,
  optional,
  optionalComputed,
  required,
  type Schema,
} from "../../framework/schema";
import { mapOf, string } from "../../framework/value-type";
import type { State, View } from "../../framework/values";

/** The schema of postgresql_rds_logical_replication. */
export const rdsLogicalReplicationSchema = {
  description:
    "Enables logical replication on an existing Aurora cluster or RDS instance, which another configuration can manage. The resource attaches a parameter group with `rds.logical_replication = 1`, reboots the writer only if static parameters are pending, waits until the writer is available, and verifies over the provider's PostgreSQL connection that `wal_level` is `logical`. " +
    "A parameter group that omits parameters of the current group is an error. Destroy attaches the former group again and does not reboot.\n\n" +
    "A reboot ends all connections to the writer, usually for about a minute. Older versions of Aurora PostgreSQL also restart the readers.\n\n" +
    "Required IAM actions: `rds:DescribeDBInstances`, `rds:RebootDBInstance`; for a cluster `rds:DescribeDBClusters`, `rds:DescribeDBClusterParameterGroups`, `rds:DescribeDBClusterParameters`, `rds:ModifyDBCluster`; for an instance `rds:DescribeDBParameterGroups`, `rds:DescribeDBParameters`, `rds:ModifyDBInstance`. " +
    "The credentials come from `aws_rds_iam_profile` and `aws_rds_iam_provider_role_arn` in the provider block, otherwise from the AWS SDK's default chain. `AWS_ENDPOINT_URL` is supported.",
  attributes: {
    cluster_identifier: optional(string, {
      description:
        "Identifier of the Aurora cluster, not its endpoint. Set either this or `db_instance_identifier`.",
      requiresReplace: true,
      conflictsWith: ["db_instance_identifier"],
      validate: identifierComplaint,
    }),
    db_instance_identifier: optional(string, {
      description:
        "Identifier of an RDS instance outside a cluster, not its endpoint. Set either this or `cluster_identifier`.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    parameter_group_name: required(string, {
      description:
        "Name of the DB cluster parameter group to attach; for an instance, of the DB parameter group. The group must set `rds.logical_replication = 1` and belong to the family of the engine version. Changed in place.",
      validate: (name) =>
        /^default\./i.test(name)
          ? `is ${JSON.stringify(name)}. A default parameter group cannot set rds.logical_replication. Name a custom parameter group.`
          : null,
      // RDS stores names in lower case.
      equivalent: sameGroup,
    }),
    reboot: defaulted(string, "if_pending", {
      description:
        "When to reboot the writer (default: `if_pending`). `if_pending` reboots it if static parameters are pending. `never` fails instead, with the command to run in the maintenance window; apply again afterwards.",
      validate: (reboot) =>
        reboot === "if_pending" || reboot === "never"
          ? null
          : `is ${JSON.stringify(reboot)}. It must be "if_pending" or "never".`,
    }),
    region: optionalComputed(string, {
      description:
        "AWS region (default: `aws_rds_iam_region` of the provider block, then the region in its `host`, then the AWS SDK's default: `AWS_REGION` or the profile).",
      requiresReplace: true,
    }),
    refresh_triggers: optional(mapOf(string), {
      description:
        "Arbitrary values. When they change, the next apply checks again for pending static parameters. Set this to the values of the parameter group's static parameters, so that the apply that changes them also reboots.",
    }),
    former_parameter_group_name: computed(string, {
      description:
        "Parameter group that was attached before, which destroy attaches again. If something else attaches another group in the meantime, that group.",
    }),
    writer: computed(string, {
      description: "Identifier of the writer instance, the one that is rebooted.",
    }),
    wal_level: computed(string, {
      description:
        "`wal_level` of the server at the last refresh. Null from the attachment of the group until `logical` is in effect.",
    }),
    parameter_apply_status: computed(string, {
      description:
        "Parameter apply status of the writer: `in-sync`, `applying`, or `pending-reboot` if static parameters are pending. Unless it is `in-sync`, the next apply reboots the writer, if `reboot` allows it.",
    }),
  },
  blocks: {},
} satisfies Schema;

export type RdsSchema = typeof rdsLogicalReplicationSchema;
export type RdsState = State<RdsSchema>;
export type RdsView = View<RdsSchema>;

/** Whether two names are the same parameter group. */
export function sameGroup(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Completes the sentence "<attribute> …" if an identifier is invalid. */
function identifierComplaint(identifier: string): string | null {
  if (/^[a-z][a-z0-9-]{0,62}$/i.test(identifier)) return null;
  const got = `is ${JSON.stringify(identifier)}`;
  if (identifier.startsWith("arn:"))
    return `${got}, which is an ARN. Use the identifier, the last part of the ARN.`;
  return identifier.includes(".")
    ? `${got}, which looks like an endpoint. Use the identifier, the first part of the endpoint: "publisher" for publisher.cluster-abc.eu-west-1.rds.amazonaws.com.`
    : `${got}. An identifier starts with a letter, followed by at most 62 letters, digits and hyphens.`;
}
