import {
  DescribeDBClusterParameterGroupsCommand,
  DescribeDBClustersCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
} from "@aws-sdk/client-rds";
import { cloudWatch, ec2, secretsManager } from "./aws-api";
import { rdsClient } from "./rds-client";

/** Everything in the account that the stacks make, by kind and name: what is left after a stack is destroyed. */
export async function inventory(endpoint: string): Promise<string[]> {
  const rds = rdsClient(endpoint);
  const [
    clusters,
    instances,
    clusterGroups,
    groups,
    subnetGroups,
    clusterSnapshots,
    snapshots,
    xml,
    watching,
    secrets,
  ] = await Promise.all([
    rds.send(new DescribeDBClustersCommand({})),
    rds.send(new DescribeDBInstancesCommand({})),
    rds.send(new DescribeDBClusterParameterGroupsCommand({})),
    rds.send(new DescribeDBParameterGroupsCommand({})),
    rds.send(new DescribeDBSubnetGroupsCommand({})),
    rds.send(new DescribeDBClusterSnapshotsCommand({})),
    rds.send(new DescribeDBSnapshotsCommand({})),
    Promise.all(
      ["DescribeSecurityGroups", "DescribeSecurityGroupRules"].map((action) => ec2(endpoint, action)),
    ),
    Promise.all(["DescribeAlarms", "ListDashboards"].map((action) => cloudWatch(endpoint, action))),
    secretArns(endpoint),
  ]);
  const label = (kind: string, names: readonly (string | undefined)[] | undefined) =>
    (names ?? []).map((name) => `${kind} ${name}`);
  return [
    ...label(
      "cluster",
      clusters.DBClusters?.map(({ DBClusterIdentifier }) => DBClusterIdentifier),
    ),
    ...label(
      "instance",
      instances.DBInstances?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier),
    ),
    ...label(
      "cluster parameter group",
      clusterGroups.DBClusterParameterGroups?.map((group) => group.DBClusterParameterGroupName),
    ),
    ...label(
      "parameter group",
      groups.DBParameterGroups?.map((group) => group.DBParameterGroupName),
    ),
    ...label(
      "subnet group",
      subnetGroups.DBSubnetGroups?.map((group) => group.DBSubnetGroupName),
    ),
    ...label(
      "cluster snapshot",
      clusterSnapshots.DBClusterSnapshots?.map((snapshot) => snapshot.DBClusterSnapshotIdentifier),
    ),
    ...label(
      "snapshot",
      snapshots.DBSnapshots?.map((snapshot) => snapshot.DBSnapshotIdentifier),
    ),
    ...label("security group or rule", [...new Set(xml.join("").match(/\bsgr?-[0-9a-f]+/g))]),
    ...label("alarm or dashboard", names(watching.join(""))),
    ...label("secret", secrets),
  ].sort();
}

/** The names of alarms and dashboards in answers of CloudWatch. */
function names(xml: string): (string | undefined)[] {
  return [...xml.matchAll(/<(AlarmName|DashboardName)>([^<]*)</g)].map(([, , name]) => name);
}

/** The passwords in all secrets of the account, those of former versions too. */
export async function passwords(endpoint: string): Promise<string[]> {
  const found = await Promise.all(
    (await secretArns(endpoint)).map(async (arn) => {
      const { Versions } = (await secretsManager(endpoint, "ListSecretVersionIds", {
        SecretId: arn,
        IncludeDeprecated: true,
      })) as { Versions: readonly { readonly VersionId: string }[] };
      return Promise.all(
        Versions.map(async ({ VersionId }) => {
          const { SecretString } = (await secretsManager(endpoint, "GetSecretValue", {
            SecretId: arn,
            VersionId,
          })) as { SecretString: string };
          return (JSON.parse(SecretString) as { password: string }).password;
        }),
      );
    }),
  );
  return found.flat();
}

async function secretArns(endpoint: string): Promise<string[]> {
  const { SecretList } = (await secretsManager(endpoint, "ListSecrets")) as {
    SecretList: readonly { readonly ARN: string }[];
  };
  return SecretList.map(({ ARN }) => ARN);
}
