import type { DBCluster, DBInstance } from "@aws-sdk/client-rds";

/** A cluster, or an instance that belongs to none. */
export interface DatabaseName {
  readonly kind: "cluster" | "instance";
  readonly identifier: string;
}

/** What RDS says of a cluster or an instance. */
export interface Database extends DatabaseName {
  readonly engine: string;
  readonly engineVersion: string;
  /** `provisioned`, `serverless` (Aurora Serverless v1), …; null for an instance. */
  readonly engineMode: string | null;
  /** `available`, `modifying`, `rebooting`, …; of a cluster that is available: its writer's. */
  readonly status: string;
  /** The DB cluster parameter group; of an instance: the DB parameter group. */
  readonly parameterGroup: string;
  /** `in-sync`, `applying`, `pending-reboot`, …; of a cluster: its writer's. */
  readonly parameterApplyStatus: string | null;
  /** The instance that writes, which for an instance is itself; null for a cluster that has none. */
  readonly writer: string | null;
  /** The host name that leads to the writer. */
  readonly endpoint: string | null;
  /** The host name that leads to a cluster's readers. */
  readonly readerEndpoint: string | null;
  /** Every host name that leads to it or a part of it. */
  readonly endpoints: readonly string[];
  /** The cluster that an instance is a member of. */
  readonly memberOf: string | null;
}

/** @param members The instances of the cluster. */
export function clusterOf(identifier: string, cluster: DBCluster, members: readonly DBInstance[]): Database {
  const member = cluster.DBClusterMembers?.find((each) => each.IsClusterWriter === true);
  const writer = members.find((each) => each.DBInstanceIdentifier === member?.DBInstanceIdentifier);
  const status = cluster.Status ?? "unknown";
  return {
    kind: "cluster",
    identifier,
    engine: cluster.Engine ?? "",
    engineVersion: cluster.EngineVersion ?? "",
    engineMode: cluster.EngineMode ?? null,
    status: status === "available" ? (writer?.DBInstanceStatus ?? status) : status,
    parameterGroup: cluster.DBClusterParameterGroup ?? "",
    parameterApplyStatus: member?.DBClusterParameterGroupStatus ?? null,
    writer: member?.DBInstanceIdentifier ?? null,
    endpoint: cluster.Endpoint ?? null,
    readerEndpoint: cluster.ReaderEndpoint ?? null,
    endpoints: [
      cluster.Endpoint,
      cluster.ReaderEndpoint,
      ...(cluster.CustomEndpoints ?? []),
      ...members.map((each) => each.Endpoint?.Address),
    ].filter((host) => host !== undefined),
    memberOf: null,
  };
}

export function instanceOf(identifier: string, instance: DBInstance): Database {
  const group = instance.DBParameterGroups?.[0];
  const host = instance.Endpoint?.Address;
  return {
    kind: "instance",
    identifier,
    engine: instance.Engine ?? "",
    engineVersion: instance.EngineVersion ?? "",
    engineMode: null,
    status: instance.DBInstanceStatus ?? "unknown",
    parameterGroup: group?.DBParameterGroupName ?? "",
    parameterApplyStatus: group?.ParameterApplyStatus ?? null,
    writer: identifier,
    endpoint: host ?? null,
    readerEndpoint: null,
    endpoints: host === undefined ? [] : [host],
    memberOf: instance.DBClusterIdentifier ?? null,
  };
}
