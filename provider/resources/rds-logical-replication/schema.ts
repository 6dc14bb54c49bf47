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
    "Turns logical replication on for an Aurora cluster or an RDS instance that this configuration need not own: attaches a parameter group with `rds.logical_replication = 1`, reboots the writer when, and only when, static parameters wait for it, waits until it is available again, and checks over the provider's own PostgreSQL connection that `wal_level` is `logical`. " +
    "A group that would lose parameters which the present group sets is refused. Destroying it attaches the former group again and reboots nothing.\n\n" +
    "A reboot ends all connections to the writer, for a minute as a rule; older versions of Aurora PostgreSQL restart the readers with it.\n\n" +
    "The IAM actions that it uses: `rds:DescribeDBInstances`, `rds:RebootDBInstance`; for a cluster `rds:DescribeDBClusters`, `rds:DescribeDBClusterParameterGroups`, `rds:DescribeDBClusterParameters`, `rds:ModifyDBCluster`; for an instance `rds:DescribeDBParameterGroups`, `rds:DescribeDBParameters`, `rds:ModifyDBInstance`. " +
    "The credentials are those of `aws_rds_iam_profile` and `aws_rds_iam_provider_role_arn` in the provider block, or else what the AWS SDK finds; `AWS_ENDPOINT_URL` is respected.",
  attributes: {
    cluster_identifier: optional(string, {
      description:
        "The Aurora cluster's identifier, not its endpoint. Either this or `db_instance_identifier`.",
      requiresReplace: true,
      conflictsWith: ["db_instance_identifier"],
      validate: identifierComplaint,
    }),
    db_instance_identifier: optional(string, {
      description:
        "The identifier of an RDS instance that belongs to no cluster, not its endpoint. Either this or `cluster_identifier`.",
      requiresReplace: true,
      validate: identifierComplaint,
    }),
    parameter_group_name: required(string, {
      description:
        "The DB cluster parameter group to attach; for an instance, the DB parameter group. It must set `rds.logical_replication = 1` and be of the engine version's family. Changed in place.",
      validate: (name) =>
        /^default\./i.test(name)
          ? `is ${JSON.stringify(name)}, and a default parameter group cannot set rds.logical_replication. Name one of your own.`
          : null,
      // RDS keeps names in lower case.
      equivalent: sameGroup,
    }),
    reboot: defaulted(string, "if_pending", {
      description:
        "What to do when static parameters wait for a reboot. `if_pending` (the default): reboot the writer. `never`: fail with the command to run in the maintenance window; applying again after that goes on.",
      validate: (reboot) =>
        reboot === "if_pending" || reboot === "never"
          ? null
          : `is ${JSON.stringify(reboot)}. It must be "if_pending" or "never".`,
    }),
    region: optionalComputed(string, {
      description:
        "The AWS region (default: `aws_rds_iam_region` in the provider block, then the one in its `host`, then what the AWS SDK finds: `AWS_REGION`, the profile).",
      requiresReplace: true,
    }),
    refresh_triggers: optional(mapOf(string), {
      description:
        "Any values. When they change, it is looked again whether parameters wait for a reboot. Put the values of the group's static parameters in here: in the apply that changes them, nothing else tells.",
    }),
    former_parameter_group_name: computed(string, {
      description:
        "The parameter group that was attached before, which destroying attaches again. Should something else attach another one in the meantime, then that one.",
    }),
    writer: computed(string, {
      description: "The instance that writes, the one that is rebooted.",
    }),
    wal_level: computed(string, {
      description:
        "The server's `wal_level` as last seen. Null from when the group was attached until `logical` was found to be live.",
    }),
    parameter_apply_status: computed(string, {
      description:
        "RDS's word on the writer's parameters: `in-sync`, `applying`, or `pending-reboot` when some take effect only by a reboot. Unless it is `in-sync`, the next apply looks after it, if `reboot` allows.",
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

/** Says what is wrong with an identifier, as the end of a sentence that begins with the attribute's name. */
function identifierComplaint(identifier: string): string | null {
  if (/^[a-z][a-z0-9-]{0,62}$/i.test(identifier)) return null;
  const got = `is ${JSON.stringify(identifier)}`;
  if (identifier.startsWith("arn:"))
    return `${got}, which is an ARN. Give the identifier alone, the ARN's last part.`;
  return identifier.includes(".")
    ? `${got}, which looks like an endpoint. Give the identifier: the endpoint's first part, as in "publisher" for publisher.cluster-abc.eu-west-1.rds.amazonaws.com.`
    : `${got}. An identifier has a letter and then up to 62 letters, digits and hyphens.`;
}
