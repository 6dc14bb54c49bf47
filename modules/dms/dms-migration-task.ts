import { DmsReplicationTask } from "@cdktf/provider-aws/lib/dms-replication-task";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { defined } from "../aurora/defined";
import { requireAwsName } from "../validation";
import type { DmsEndpoint } from "./dms-endpoint";
import type { DmsReplicationInstance } from "./dms-replication-instance";
import { type MigrationType, migrationConditions } from "./dms-version";
import { type TableMappings, tableMappingsJson } from "./table-mappings";
import { type TaskSettings, taskSettingsJson } from "./task-settings";

/** @inline */
interface TaskProps {
  /** The task's identifier: 2 to 255 lower case letters, digits and single hyphens. */
  readonly replicationTaskId: string;
  /** The instance that it runs on. */
  readonly replicationInstance: DmsReplicationInstance;
  /** The endpoint to read from. */
  readonly source: DmsEndpoint;
  /** The endpoint to write to. */
  readonly target: DmsEndpoint;
  /** Which tables are migrated, and what becomes of their names and columns. */
  readonly tableMappings: TableMappings;
  /**
   * Tables that the target has already keep their rows, unless `fullLoadSettings.targetTablePrepMode` says otherwise.
   *
   * @default - DMS's defaults
   */
  readonly taskSettings?: TaskSettings;
  /**
   * Whether the task runs. A task that is stopped for a change, or by this, is resumed where it was: the full load never
   * begins again.
   *
   * @default true
   */
  readonly startReplicationTask?: boolean;
  /**
   * What has to exist before, such as the objects at the publisher that DDL is captured by, and to stay until the task is
   * gone.
   *
   * @default - nothing
   */
  readonly dependsOn?: ITerraformDependable[];
  /** @default - none */
  readonly tags?: Record<string, string>;
}

/** The properties of {@link DmsMigrationTask}. */
export type DmsMigrationTaskProps = TaskProps &
  (
    | {
        /** Rows as they are, changes from then on, or both. */
        readonly migrationType: "full-load" | "full-load-and-cdc";
        readonly cdcStartPosition?: never;
      }
    | {
        readonly migrationType: "cdc";
        /**
         * Where changes are followed from: a position in the WAL (LSN) that the source's `slotName` has.
         *
         * @default - from the task's start on
         */
        readonly cdcStartPosition?: string;
      }
  );

/**
 * A migration by DMS. A change of its type, mappings or settings stops the task, modifies it and resumes it. A change of
 * its identifier, its instance or an endpoint's identifier makes another task, which begins with the full load.
 */
export class DmsMigrationTask extends Construct {
  /** The task's identifier. */
  readonly replicationTaskId: string;
  /** The task's ARN. */
  readonly replicationTaskArn: string;
  /** What CloudWatch knows the task by: the last part of its ARN. */
  readonly resourceId: string;
  /** The identifier of the instance that the task runs on. */
  readonly replicationInstanceId: string;

  /** @throws Error, which names the rule or setting, when DMS would not accept it, or a server's version, as far as known. */
  constructor(scope: Construct, id: string, props: DmsMigrationTaskProps) {
    super(scope, id);
    const { replicationTaskId, migrationType, source, target, taskSettings = {} } = props;
    requireAwsName("replicationTaskId", replicationTaskId, { min: 2, max: 255 });
    requireEndpointType("source", source);
    requireEndpointType("target", target);
    requireFollowing(migrationType, taskSettings);
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
    `${role} must be an endpoint of the type "${role}". Got one of "${endpoint.endpointType}".`,
  );
}

function requireFollowing(migrationType: MigrationType, { loopbackPreventionSettings }: TaskSettings): void {
  if (migrationType !== "full-load" || loopbackPreventionSettings === undefined) return;
  throw new Error(
    'taskSettings.loopbackPreventionSettings must be left out with migrationType "full-load", which follows no changes.',
  );
}
