import { DmsReplicationTask } from "@cdktf/provider-aws/lib/dms-replication-task";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { defined } from "../defined";
import { requireAwsName } from "../validation";
import type { DmsEndpoint } from "./dms-endpoint";
import type { DmsReplicationInstance } from "./dms-replication-instance";
import { type MigrationType, migrationConditions } from "./dms-version";
import { type TableMappings, tableMappingsJson } from "./table-mappings";
import type { TaskSettings } from "./task-settings";
import { taskSettingsJson } from "./task-settings-json";

/** Properties that all types of migration have in common. */
export interface DmsMigrationTaskBaseProps {
  /** Identifier of the task: 2 to 255 lower case letters, digits and single hyphens. */
  readonly replicationTaskId: string;
  /** Replication instance that runs the task. */
  readonly replicationInstance: DmsReplicationInstance;
  /** Endpoint to read from. */
  readonly source: DmsEndpoint;
  /** Endpoint to write to. */
  readonly target: DmsEndpoint;
  /** Tables to migrate, and how to transform and load them. */
  readonly tableMappings: TableMappings;
  /**
   * Settings of the task. Existing tables on the target keep their rows unless
   * `fullLoadSettings.targetTablePrepMode` says otherwise.
   *
   * @default - the defaults of DMS
   */
  readonly taskSettings?: TaskSettings;
  /**
   * Whether the task runs. A stopped task resumes where it stopped: the full load never starts again.
   *
   * @default true
   */
  readonly startReplicationTask?: boolean;
  /**
   * Resources that must exist while the task exists, such as the objects on the publisher that capture DDL.
   *
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
  /**
   * Tags of the task.
   *
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** Type of the migration. */
export type MigrationTypeProps =
  | {
      /** Whether the task migrates existing rows, or existing rows and changes. */
      readonly migrationType: "full-load" | "full-load-and-cdc";
      /** Must be omitted: the full load determines the start. */
      readonly cdcStartPosition?: never;
    }
  | {
      /** The task migrates only changes. */
      readonly migrationType: "cdc";
      /**
       * Position in the WAL (LSN) to start from. The source's `slotName` must retain it.
       *
       * @default - the start of the task
       * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Task.CDC.html
       */
      readonly cdcStartPosition?: string;
    };

/** Properties of {@link DmsMigrationTask}. */
export type DmsMigrationTaskProps = DmsMigrationTaskBaseProps & MigrationTypeProps;

/**
 * A DMS replication task. A change of its type, mappings or settings stops, modifies and resumes the task. A change of its
 * identifier, of its instance or of an endpoint's identifier replaces the task, and the new task starts with the full load.
 *
 * @example
 * ```ts
 * import type { DmsEndpoint, DmsReplicationInstance } from "aurora-logical-replication/modules/dms";
 * import { DmsMigrationTask } from "aurora-logical-replication/modules/dms";
 *
 * declare const replicationInstance: DmsReplicationInstance;
 * declare const source: DmsEndpoint;
 * declare const target: DmsEndpoint;
 *
 * new DmsMigrationTask(this, "task", {
 *   replicationTaskId: "orders",
 *   replicationInstance,
 *   source,
 *   target,
 *   migrationType: "full-load-and-cdc",
 *   tableMappings: {
 *     selection: [{ ruleAction: "include", schemaName: "public", tableName: "orders" }],
 *   },
 * });
 * ```
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.html
 */
export class DmsMigrationTask extends Construct {
  /** Identifier of the task. */
  readonly replicationTaskId: string;
  /** ARN of the task. */
  readonly replicationTaskArn: string;
  /** Last part of the ARN, which CloudWatch identifies the task by. */
  readonly resourceId: string;
  /** Identifier of the replication instance that runs the task. */
  readonly replicationInstanceId: string;

  /** @throws Error if DMS does not accept a rule, a setting, or the version of a server, as far as known at synthesis. */
  constructor(scope: Construct, id: string, props: DmsMigrationTaskProps) {
    super(scope, id);
    const { replicationTaskId, migrationType, source, target, taskSettings = {} } = props;
    requireAwsName("replicationTaskId", replicationTaskId, { min: 2, max: 255 });
    requireEndpointType("source", source);
    requireEndpointType("target", target);
    requireCdc(migrationType, taskSettings);
    const precondition = migrationConditions(migrationType, source, target);
    const task = new DmsReplicationTask(this, "task", {
      replicationTaskId,
      migrationType,
      replicationInstanceArn: props.replicationInstance.replicationInstanceArn,
      sourceEndpointArn: source.endpointArn,
      targetEndpointArn: target.endpointArn,
      tableMappings: tableMappingsJson(props.tableMappings),
      replicationTaskSettings: taskSettingsJson(taskSettings),
      startReplicationTask: props.startReplicationTask ?? true,
      ...defined({
        cdcStartPosition: props.cdcStartPosition,
        tags: props.tags,
        dependsOn: props.dependsOn,
      }),
      ...(precondition.length > 0 && { lifecycle: { precondition } }),
    });
    this.replicationTaskId = task.replicationTaskId;
    this.replicationTaskArn = task.replicationTaskArn;
    this.resourceId = String(Fn.element(Fn.split(":", task.replicationTaskArn), 6));
    this.replicationInstanceId = props.replicationInstance.replicationInstanceId;
  }
}

function requireEndpointType(role: "source" | "target", endpoint: DmsEndpoint): void {
  if (endpoint.endpointType === role) return;
  throw new Error(
    `${role} must be an endpoint of type "${role}". Got an endpoint of type "${endpoint.endpointType}".`,
  );
}

function requireCdc(migrationType: MigrationType, { loopbackPreventionSettings }: TaskSettings): void {
  if (migrationType !== "full-load" || loopbackPreventionSettings === undefined) return;
  throw new Error(
    'taskSettings.loopbackPreventionSettings must be omitted with migrationType "full-load", which replicates no changes.',
  );
}
