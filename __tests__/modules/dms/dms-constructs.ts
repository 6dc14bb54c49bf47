import type { Construct } from "constructs";
import {
  DmsEndpoint,
  type DmsEndpointProps,
  DmsMigrationTask,
  type DmsMigrationTaskProps,
  DmsReplicationInstance,
  type DmsReplicationInstanceProps,
} from "../../../modules/dms";

export const servers = {
  publisher: { engine: "aurora-postgresql", engineVersion: "16.4" },
  subscriber: { engine: "postgres", engineVersion: "17.2" },
} as const;

export function replicationInstance(scope: Construct, given: Partial<DmsReplicationInstanceProps> = {}) {
  return new DmsReplicationInstance(scope, "instance", {
    replicationInstanceId: "orders",
    servers,
    subnetIds: ["subnet-1", "subnet-2"],
    vpcSecurityGroupIds: ["sg-1"],
    ...given,
  });
}

export function endpoint(
  scope: Construct,
  endpointType: "source" | "target",
  given: Partial<DmsEndpointProps> = {},
) {
  return new DmsEndpoint(scope, endpointType, {
    endpointId: `orders-${endpointType}`,
    endpointType,
    ...servers[endpointType === "source" ? "publisher" : "subscriber"],
    databaseName: "app",
    secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders",
    ...given,
  });
}

export function migrationTask(scope: Construct, given: Partial<DmsMigrationTaskProps> = {}) {
  return new DmsMigrationTask(scope, "task", {
    replicationTaskId: "orders",
    replicationInstance: replicationInstance(scope),
    source: given.source ?? endpoint(scope, "source"),
    target: given.target ?? endpoint(scope, "target"),
    migrationType: "full-load-and-cdc",
    tableMappings: { selection: [{ ruleAction: "include", schemaName: "public", tableName: "%" }] },
    ...given,
  } as DmsMigrationTaskProps);
}
