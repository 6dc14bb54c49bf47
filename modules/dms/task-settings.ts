import { completeSettings } from "./task-settings-defaults";
import { requireTaskSettings } from "./task-settings-limits";

/** How severe an event has to be in order to be logged. */
export type LogSeverity =
  | "LOGGER_SEVERITY_DEFAULT"
  | "LOGGER_SEVERITY_ERROR"
  | "LOGGER_SEVERITY_WARNING"
  | "LOGGER_SEVERITY_INFO"
  | "LOGGER_SEVERITY_DEBUG"
  | "LOGGER_SEVERITY_DETAILED_DEBUG";

/** A part of DMS that logs. */
export type LogComponent =
  | "TRANSFORMATION"
  | "SOURCE_UNLOAD"
  | "IO"
  | "TARGET_LOAD"
  | "PERFORMANCE"
  | "SOURCE_CAPTURE"
  | "SORTER"
  | "REST_SERVER"
  | "VALIDATOR_EXT"
  | "TARGET_APPLY"
  | "TASK_MANAGER"
  | "TABLES_MANAGER"
  | "METADATA_MANAGER"
  | "FILE_FACTORY"
  | "COMMON"
  | "ADDONS"
  | "DATA_STRUCTURE"
  | "COMMUNICATION"
  | "FILE_TRANSFER";

/** What a task does about an error of one row. */
export type RowErrorPolicy = "IGNORE_RECORD" | "LOG_ERROR" | "SUSPEND_TABLE" | "STOP_TASK";

interface TargetMetadataBase {
  /**
   * The schema at the target that tables come into, without transformations.
   *
   * @default "" - the schema that they are in at the publisher
   */
  readonly targetSchema?: string;
  /**
   * The greatest file that DMS loads from, in KB.
   *
   * @default 0 - DMS decides
   */
  readonly loadMaxFileSize?: number;
  /**
   * Whether DMS keeps the state to recover from in a table at the target, `awsdms_txn_state`.
   *
   * @default false
   */
  readonly taskRecoveryTableEnabled?: boolean;
}

/**
 * LOBs up to a size: in their row, which is fast. Whatever is longer is cut off. `text`, `json`, `jsonb`, `bytea` and
 * arrays are LOBs to DMS.
 */
export interface LimitedLobs extends TargetMetadataBase {
  /** @default "limited" */
  readonly lobMode?: "limited";
  /**
   * The size from which on LOBs are cut off, in KB. Memory of this size is used for every LOB column of every row between
   * two commits; above 63, the load gets slow.
   *
   * @default 32
   */
  readonly lobMaxSize?: number;
  /**
   * Whether changes are applied in batches: faster, in another order than they were made in. Every table needs a primary
   * key or a unique index, and not both at the target.
   *
   * @default false
   */
  readonly batchApplyEnabled?: boolean;
}

/** LOBs of any size, each fetched and written by itself: slow. Tables need a primary key. */
export interface FullLobs extends TargetMetadataBase {
  readonly lobMode: "full";
  /**
   * The pieces that a LOB is moved in, in KB, 1 to 64: larger ones may fail.
   *
   * @default 64
   */
  readonly lobChunkSize?: number;
  /**
   * The size up to which LOBs are loaded with their row, in KB, 0 to 102400.
   *
   * @default 0 - none is
   */
  readonly inlineLobMaxSize?: number;
  /** Batches cannot have LOBs of any size. */
  readonly batchApplyEnabled?: false;
}

/** No LOBs: their columns stay empty. */
export interface NoLobs extends TargetMetadataBase {
  readonly lobMode: "none";
  /**
   * See {@link LimitedLobs.batchApplyEnabled}.
   *
   * @default false
   */
  readonly batchApplyEnabled?: boolean;
}

/** How rows come into the target. */
export type TargetMetadata = LimitedLobs | FullLobs | NoLobs;

/** The first copy of the tables. */
export interface FullLoadSettings {
  /**
   * What happens at the start to tables that the target has already: nothing, so that they keep their rows;
   * "DROP_AND_CREATE" drops them with all that depends on them; "TRUNCATE_BEFORE_LOAD" deletes their rows. A table that
   * the target does not have is created, whichever it is.
   *
   * @default "DO_NOTHING"
   */
  readonly targetTablePrepMode?: "DO_NOTHING" | "DROP_AND_CREATE" | "TRUNCATE_BEFORE_LOAD";
  /**
   * Whether primary keys are created only after the load.
   *
   * @default false
   */
  readonly createPkAfterFullLoad?: boolean;
  /**
   * Whether the task stops when the load is done and the changes that were made meanwhile are applied: to create indexes.
   *
   * @default false
   */
  readonly stopTaskCachedChangesApplied?: boolean;
  /**
   * Whether the task stops when the load is done and the changes that were made meanwhile are still to be applied.
   *
   * @default false
   */
  readonly stopTaskCachedChangesNotApplied?: boolean;
  /**
   * The tables, or parts of tables, that are loaded at once, 1 to 49.
   *
   * @default 8
   */
  readonly maxFullLoadSubTasks?: number;
  /**
   * How long the load waits for transactions that were open when it was to begin, in seconds.
   *
   * @default 600
   */
  readonly transactionConsistencyTimeout?: number;
  /**
   * The rows between two commits, 1 to 50000.
   *
   * @default 10000
   */
  readonly commitRate?: number;
}

/** What DMS logs to CloudWatch Logs. */
export interface Logging {
  /**
   * Whether the task logs at all: it is where DMS says why something failed. Needs the role "dms-cloudwatch-logs-role".
   *
   * @default true
   */
  readonly enableLogging?: boolean;
  /**
   * The severity from which on parts of DMS log.
   *
   * @default - "LOGGER_SEVERITY_DEFAULT" each
   */
  readonly logComponents?: Readonly<Partial<Record<LogComponent, LogSeverity>>>;
}

/** The tables with DMS's own state at the target; `awsdms_apply_exceptions` is always there. */
export interface ControlTablesSettings {
  /**
   * The schema that they are in.
   *
   * @default "" - "public"
   */
  readonly controlSchema?: string;
  /**
   * What a row of the history is about, in minutes.
   *
   * @default 5
   */
  readonly historyTimeslotInMinutes?: number;
  /** Whether there is `awsdms_history`. @default false */
  readonly historyTableEnabled?: boolean;
  /** Whether there is `awsdms_suspended_tables`. @default false */
  readonly suspendedTablesTableEnabled?: boolean;
  /** Whether there is `awsdms_status`. @default false */
  readonly statusTableEnabled?: boolean;
  /** Whether there is a table of the rows that could not be loaded. @default false */
  readonly fullLoadExceptionTableEnabled?: boolean;
}

/** Memory for what is on its way. */
export interface StreamBufferSettings {
  /** The buffers. @default 3 */
  readonly streamBufferCount?: number;
  /** The size of each, in MB: rows with large LOBs need more. @default 8 */
  readonly streamBufferSizeInMB?: number;
  /** The size of the one for control, in MB, 1 to 8. @default 5 */
  readonly ctrlStreamBufferSizeInMB?: number;
}

/** How changes are gathered and applied. */
export interface ChangeProcessingTuning {
  /** Whether a transaction is never divided between two batches. @default true */
  readonly batchApplyPreserveTransaction?: boolean;
  /** The shortest time between two batches, in seconds. @default 1 */
  readonly batchApplyTimeoutMin?: number;
  /** The longest time between two batches, in seconds. @default 30 */
  readonly batchApplyTimeoutMax?: number;
  /** The memory for preparing a batch, in MB. @default 500 */
  readonly batchApplyMemoryLimit?: number;
  /** The changes in a batch at most; 0 is no limit. @default 0 */
  readonly batchSplitSize?: number;
  /** The changes in a transaction at the target at least, without batches. @default 1000 */
  readonly minTransactionSize?: number;
  /** How long changes are gathered for a transaction, in seconds, without batches. @default 1 */
  readonly commitTimeout?: number;
  /** The memory of all transactions before they go to disk, in MB. @default 1024 */
  readonly memoryLimitTotal?: number;
  /** How long a transaction stays in memory before it goes to disk, in seconds. @default 60 */
  readonly memoryKeepTime?: number;
  /** The prepared statements that are kept, 0 to 200. @default 50 */
  readonly statementCacheSize?: number;
}

/** The DDL of the publisher that is repeated at the target, when the source endpoint captures it. */
export interface ChangeProcessingDdlHandlingPolicy {
  /** DROP TABLE. @default true */
  readonly handleSourceTableDropped?: boolean;
  /** TRUNCATE. @default true */
  readonly handleSourceTableTruncated?: boolean;
  /** ALTER TABLE. @default true */
  readonly handleSourceTableAltered?: boolean;
}

/** The comparison of rows of both sides, by DMS. */
export interface ValidationSettings {
  /** Whether rows are compared, while and after they are loaded. @default false */
  readonly enableValidation?: boolean;
  /** Row by row, or groups of rows first. @default "ROW_LEVEL" */
  readonly validationMode?: "ROW_LEVEL" | "GROUP_LEVEL";
  /** The threads that compare. @default 5 */
  readonly threadCount?: number;
  /** The rows that a thread reads at once. @default 10000 */
  readonly partitionSize?: number;
  /** The rows of all tables that may differ before comparing ends. @default 10000 */
  readonly failureMaxCount?: number;
  /** The rows of a table that may differ before comparing it ends. @default 1000 */
  readonly tableFailureMaxCount?: number;
  /** How long a row may differ before it is reported, in minutes. @default 0 */
  readonly recordFailureDelayInMinutes?: number;
  /** How long a row may differ before it is reported while the target lags, in minutes. @default 0 */
  readonly recordFailureDelayLimitInMinutes?: number;
  /** How long a table is not compared when its rows change all the time, in minutes. @default 30 */
  readonly recordSuspendDelayInMinutes?: number;
  /** The greatest key in bytes that rows are compared by. @default 8096 */
  readonly maxKeyColumnSize?: number;
  /** Whether the task compares only and moves nothing; cannot change when the task is there. @default false */
  readonly validationOnly?: boolean;
  /** Whether keys of different collations are ordered alike. @default false */
  readonly handleCollationDiff?: boolean;
  /** Whether LOBs are not compared. @default false */
  readonly skipLobColumns?: boolean;
  /** How much of a LOB is compared, in KB; 0 is all of it. @default 0 */
  readonly validationPartialLobSize?: number;
  /** How long the first query waits for changes to arrive, in seconds. @default 0 */
  readonly validationQueryCdcDelaySeconds?: number;
}

/** What a task does about errors. */
export interface ErrorBehavior {
  /** About a row that cannot be converted. @default "LOG_ERROR" */
  readonly dataErrorPolicy?: RowErrorPolicy;
  /** About a value that had to be cut off. @default "LOG_ERROR" */
  readonly dataTruncationErrorPolicy?: RowErrorPolicy;
  /** About a table with more row errors than the count. @default "SUSPEND_TABLE" */
  readonly dataErrorEscalationPolicy?: "SUSPEND_TABLE" | "STOP_TASK";
  /** 0 is no limit. @default 0 */
  readonly dataErrorEscalationCount?: number;
  /** About an event that could not be sent. @default "IGNORE" */
  readonly eventErrorPolicy?: "IGNORE" | "STOP_TASK";
  /** About a table that cannot be read or written. @default "SUSPEND_TABLE" */
  readonly tableErrorPolicy?: "SUSPEND_TABLE" | "STOP_TASK";
  /** About more table errors than the count. @default "STOP_TASK" */
  readonly tableErrorEscalationPolicy?: "STOP_TASK";
  /** 0 is no limit. @default 0 */
  readonly tableErrorEscalationCount?: number;
  /** How often the task starts again after an error of its environment; -1 is always. @default -1 */
  readonly recoverableErrorCount?: number;
  /** How long it waits before that, in seconds. @default 5 */
  readonly recoverableErrorInterval?: number;
  /** Whether it waits longer each time. @default true */
  readonly recoverableErrorThrottling?: boolean;
  /** The longest wait, in seconds. @default 1800 */
  readonly recoverableErrorThrottlingMax?: number;
  /** Whether it gives up after the longest wait. @default true */
  readonly recoverableErrorStopRetryAfterThrottlingMax?: boolean;
  /** About a DELETE that finds no row. @default "IGNORE_RECORD" */
  readonly applyErrorDeletePolicy?: RowErrorPolicy;
  /** About an INSERT of a key that is there. @default "LOG_ERROR" */
  readonly applyErrorInsertPolicy?: Exclude<RowErrorPolicy, "IGNORE_RECORD"> | "INSERT_RECORD";
  /** About an UPDATE that finds no row. @default "LOG_ERROR" */
  readonly applyErrorUpdatePolicy?: RowErrorPolicy | "UPDATE_RECORD";
  /** About more of these than the count. @default "LOG_ERROR" */
  readonly applyErrorEscalationPolicy?: "LOG_ERROR" | "SUSPEND_TABLE" | "STOP_TASK";
  /** 0 is no limit. @default 0 */
  readonly applyErrorEscalationCount?: number;
  /** Whether the task fails on a TRUNCATE at the publisher. @default false */
  readonly applyErrorFailOnTruncationDdl?: boolean;
  /** Whether a row that is there already is no error of the load. @default true */
  readonly fullLoadIgnoreConflicts?: boolean;
  /** Whether the task fails when open transactions outlast the wait before the load. @default false */
  readonly failOnTransactionConsistencyBreached?: boolean;
  /** Whether the task fails when no table is selected. @default true */
  readonly failOnNoTablesCaptured?: boolean;
}

/** Keeps changes that a task of the other direction wrote from going back: for DML only. */
export interface LoopbackPreventionSettings {
  /** The schema at the publisher for DMS's table `awsdms_loopback_prevention`. */
  readonly sourceSchema: string;
  /** The schema at the target for it. */
  readonly targetSchema: string;
}

/** @inline */
interface CommonTaskSettings {
  /** The copy of what is there. */
  readonly fullLoadSettings?: FullLoadSettings;
  /** What is logged. */
  readonly logging?: Logging;
  /** DMS's own tables at the target. */
  readonly controlTablesSettings?: ControlTablesSettings;
  /** The memory between reading and writing. */
  readonly streamBufferSettings?: StreamBufferSettings;
  /** How changes are applied. */
  readonly changeProcessingTuning?: ChangeProcessingTuning;
  /** Which captured DDL is carried out at the target. */
  readonly changeProcessingDdlHandlingPolicy?: ChangeProcessingDdlHandlingPolicy;
  /** The comparison of both sides' rows. */
  readonly validationSettings?: ValidationSettings;
  /** What becomes of errors. */
  readonly errorBehavior?: ErrorBehavior;
}

/**
 * The settings of a DMS task to PostgreSQL, under DMS's own names in camelCase; what is left out has DMS's default.
 *
 * Parallel apply, before images and time travel are not among them: DMS does not have them for PostgreSQL as a target.
 */
export type TaskSettings = CommonTaskSettings &
  (
    | { readonly targetMetadata?: TargetMetadata; readonly loopbackPreventionSettings?: never }
    | {
        /** Batches cannot be told from changes of the other direction. */
        readonly targetMetadata?: TargetMetadata & { readonly batchApplyEnabled?: false };
        readonly loopbackPreventionSettings: LoopbackPreventionSettings;
      }
  );

/**
 * DMS's JSON for task settings: always all of them, so that there is nothing for DMS to add. The names of the log group
 * and stream are DMS's own business and are not among them.
 *
 * @throws Error, which names the setting, when one is out of its limits, or two exclude each other.
 */
export function taskSettingsJson(settings: TaskSettings): string {
  requireTaskSettings(settings);
  return JSON.stringify(completeSettings(settings));
}
