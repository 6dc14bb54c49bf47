/** Minimum severity of logged events. */
export type LogSeverity =
  | "LOGGER_SEVERITY_DEFAULT"
  | "LOGGER_SEVERITY_ERROR"
  | "LOGGER_SEVERITY_WARNING"
  | "LOGGER_SEVERITY_INFO"
  | "LOGGER_SEVERITY_DEBUG"
  | "LOGGER_SEVERITY_DETAILED_DEBUG";

/** A component of DMS that writes logs. */
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

/** How a task handles an error of one row. */
export type RowErrorPolicy = "IGNORE_RECORD" | "LOG_ERROR" | "SUSPEND_TABLE" | "STOP_TASK";

/** Settings for the target that all LOB modes have in common. */
export interface TargetMetadataBase {
  /**
   * Schema on the target for all tables, unless a transformation sets it.
   *
   * @default "" - the schema on the publisher
   */
  readonly targetSchema?: string;
  /**
   * Maximum size of a file that DMS loads from, in KB.
   *
   * @default 0 - DMS decides
   */
  readonly loadMaxFileSize?: number;
  /**
   * Whether DMS stores its recovery state in the table `awsdms_txn_state` on the target.
   *
   * @default false
   */
  readonly taskRecoveryTableEnabled?: boolean;
}

/**
 * LOBs up to a maximum size, in their row, which is fast. DMS truncates larger LOBs. DMS handles `text`, `json`, `jsonb`,
 * `bytea` and arrays as LOBs.
 */
export interface LimitedLobs extends TargetMetadataBase {
  /**
   * LOB mode.
   *
   * @default "limited"
   */
  readonly lobMode?: "limited";
  /**
   * Maximum size of a LOB, in KB. DMS truncates larger LOBs. DMS allocates this size for every LOB column of every row
   * between two commits; above 63 KB the load becomes slow.
   *
   * @default 32
   */
  readonly lobMaxSize?: number;
  /**
   * Whether to apply changes in batches: faster, but in a different order. Every table requires a primary key or a unique
   * index, and must not have both on the target.
   *
   * @default false
   */
  readonly batchApplyEnabled?: boolean;
}

/** LOBs of any size, each read and written separately, which is slow. Tables require a primary key. */
export interface FullLobs extends TargetMetadataBase {
  /** LOB mode. */
  readonly lobMode: "full";
  /**
   * Size of the chunks that DMS transfers a LOB in, in KB, 1 to 64. Larger chunks can fail.
   *
   * @default 64
   */
  readonly lobChunkSize?: number;
  /**
   * Maximum size of LOBs that DMS loads with their row, in KB, 0 to 102400.
   *
   * @default 0 - none
   */
  readonly inlineLobMaxSize?: number;
  /** Must be false: batches support only LOBs of limited size. */
  readonly batchApplyEnabled?: false;
}

/** No LOBs: their columns stay empty. */
export interface NoLobs extends TargetMetadataBase {
  /** LOB mode. */
  readonly lobMode: "none";
  /**
   * See {@link LimitedLobs.batchApplyEnabled}.
   *
   * @default false
   */
  readonly batchApplyEnabled?: boolean;
}

/**
 * How DMS writes rows to the target.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.TargetMetadata.html
 */
export type TargetMetadata = LimitedLobs | FullLobs | NoLobs;

/**
 * Settings of the initial copy (full load).
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.FullLoad.html
 */
export interface FullLoadSettings {
  /**
   * What DMS does at the start with tables that exist on the target. "DO_NOTHING" keeps their rows; "DROP_AND_CREATE"
   * drops them together with all dependent objects; "TRUNCATE_BEFORE_LOAD" deletes their rows. DMS creates missing tables
   * in every mode.
   *
   * @default "DO_NOTHING"
   */
  readonly targetTablePrepMode?: "DO_NOTHING" | "DROP_AND_CREATE" | "TRUNCATE_BEFORE_LOAD";
  /**
   * Whether to create primary keys after the load instead of before it.
   *
   * @default false
   */
  readonly createPkAfterFullLoad?: boolean;
  /**
   * Whether to stop the task after the load, once the changes made during the load are applied: for example, to create
   * indexes.
   *
   * @default false
   */
  readonly stopTaskCachedChangesApplied?: boolean;
  /**
   * Whether to stop the task after the load, before the changes made during the load are applied.
   *
   * @default false
   */
  readonly stopTaskCachedChangesNotApplied?: boolean;
  /**
   * Maximum number of tables, or parts of tables, that DMS loads in parallel, 1 to 49.
   *
   * @default 8
   */
  readonly maxFullLoadSubTasks?: number;
  /**
   * How long the load waits for transactions that were open at its start, in seconds.
   *
   * @default 600
   */
  readonly transactionConsistencyTimeout?: number;
  /**
   * Number of rows for each commit, 1 to 50000.
   *
   * @default 10000
   */
  readonly commitRate?: number;
}

/**
 * What a task logs to CloudWatch Logs.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.Logging.html
 */
export interface Logging {
  /**
   * Whether the task writes logs, which contain the causes of failures. Requires the role "dms-cloudwatch-logs-role".
   *
   * @default true
   */
  readonly enableLogging?: boolean;
  /**
   * Minimum severity for each component.
   *
   * @default - "LOGGER_SEVERITY_DEFAULT" for every component
   */
  readonly logComponents?: Readonly<Partial<Record<LogComponent, LogSeverity>>>;
}

/**
 * Control tables: tables with the state of DMS on the target. DMS always creates `awsdms_apply_exceptions`.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ControlTable.html
 */
export interface ControlTablesSettings {
  /**
   * Schema of the control tables.
   *
   * @default "" - "public"
   */
  readonly controlSchema?: string;
  /** Period that a row of the history covers, in minutes. @default 5 */
  readonly historyTimeslotInMinutes?: number;
  /** Whether to create `awsdms_history`. @default false */
  readonly historyTableEnabled?: boolean;
  /** Whether to create `awsdms_suspended_tables`. @default false */
  readonly suspendedTablesTableEnabled?: boolean;
  /** Whether to create `awsdms_status`. @default false */
  readonly statusTableEnabled?: boolean;
  /** Whether to create a table for rows that failed to load. @default false */
  readonly fullLoadExceptionTableEnabled?: boolean;
}

/**
 * Memory between capture and apply.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.StreamBuffer.html
 */
export interface StreamBufferSettings {
  /** Number of buffers. @default 3 */
  readonly streamBufferCount?: number;
  /** Size of each buffer, in MB. Rows with large LOBs require more. @default 8 */
  readonly streamBufferSizeInMB?: number;
  /** Size of the control buffer, in MB, 1 to 8. @default 5 */
  readonly ctrlStreamBufferSizeInMB?: number;
}

/**
 * How DMS collects and applies changes.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ChangeProcessingTuning.html
 */
export interface ChangeProcessingTuning {
  /** Whether a batch always contains entire transactions. @default true */
  readonly batchApplyPreserveTransaction?: boolean;
  /** Minimum time between two batches, in seconds. @default 1 */
  readonly batchApplyTimeoutMin?: number;
  /** Maximum time between two batches, in seconds. @default 30 */
  readonly batchApplyTimeoutMax?: number;
  /** Maximum memory for the preparation of a batch, in MB. @default 500 */
  readonly batchApplyMemoryLimit?: number;
  /** Maximum number of changes in a batch; 0 means no limit. @default 0 */
  readonly batchSplitSize?: number;
  /** Minimum number of changes in a transaction on the target, without batches. @default 1000 */
  readonly minTransactionSize?: number;
  /** Maximum time that DMS collects changes for a transaction, in seconds, without batches. @default 1 */
  readonly commitTimeout?: number;
  /** Maximum memory of all transactions before DMS writes them to disk, in MB. @default 1024 */
  readonly memoryLimitTotal?: number;
  /** Maximum time that a transaction stays in memory before DMS writes it to disk, in seconds. @default 60 */
  readonly memoryKeepTime?: number;
  /** Number of cached prepared statements, 0 to 200. @default 50 */
  readonly statementCacheSize?: number;
}

/**
 * Which captured DDL of the publisher DMS applies to the target.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.DDLHandling.html
 */
export interface ChangeProcessingDdlHandlingPolicy {
  /** Whether to apply DROP TABLE. @default true */
  readonly handleSourceTableDropped?: boolean;
  /** Whether to apply TRUNCATE. @default true */
  readonly handleSourceTableTruncated?: boolean;
  /** Whether to apply ALTER TABLE. @default true */
  readonly handleSourceTableAltered?: boolean;
}

/**
 * Data validation: DMS compares the rows of source and target.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Validating.html
 */
export interface ValidationSettings {
  /** Whether to compare rows, during and after the load. @default false */
  readonly enableValidation?: boolean;
  /** Whether to compare row by row, or groups of rows first. @default "ROW_LEVEL" */
  readonly validationMode?: "ROW_LEVEL" | "GROUP_LEVEL";
  /** Number of threads. @default 5 */
  readonly threadCount?: number;
  /** Number of rows that a thread reads in one query. @default 10000 */
  readonly partitionSize?: number;
  /** Number of different rows in all tables after which validation of the task stops. @default 10000 */
  readonly failureMaxCount?: number;
  /** Number of different rows in a table after which validation of the table stops. @default 1000 */
  readonly tableFailureMaxCount?: number;
  /** How long a row may differ before DMS reports it, in minutes. @default 0 */
  readonly recordFailureDelayInMinutes?: number;
  /** How long a row may differ before DMS reports it while the target lags, in minutes. @default 0 */
  readonly recordFailureDelayLimitInMinutes?: number;
  /** How long validation of a table pauses if its rows change constantly, in minutes. @default 30 */
  readonly recordSuspendDelayInMinutes?: number;
  /** Maximum size of the key that identifies rows, in bytes. @default 8096 */
  readonly maxKeyColumnSize?: number;
  /** Whether the task only validates and does not migrate. Cannot change once the task exists. @default false */
  readonly validationOnly?: boolean;
  /** Whether to sort keys with different collations in the same order. @default false */
  readonly handleCollationDiff?: boolean;
  /** Whether to skip LOB columns. @default false */
  readonly skipLobColumns?: boolean;
  /** How much of a LOB to compare, in KB; 0 means the entire LOB. @default 0 */
  readonly validationPartialLobSize?: number;
  /** How long to wait for changes before the first query, in seconds. @default 0 */
  readonly validationQueryCdcDelaySeconds?: number;
}

/**
 * How a task handles errors.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.ErrorHandling.html
 */
export interface ErrorBehavior {
  /** Policy for a row that DMS cannot convert. @default "LOG_ERROR" */
  readonly dataErrorPolicy?: RowErrorPolicy;
  /** Policy for a truncated value. @default "LOG_ERROR" */
  readonly dataTruncationErrorPolicy?: RowErrorPolicy;
  /** Policy for a table with more row errors than `dataErrorEscalationCount`. @default "SUSPEND_TABLE" */
  readonly dataErrorEscalationPolicy?: "SUSPEND_TABLE" | "STOP_TASK";
  /** Maximum number of row errors of a table; 0 means no limit. @default 0 */
  readonly dataErrorEscalationCount?: number;
  /** Policy for an event that DMS cannot send. @default "IGNORE" */
  readonly eventErrorPolicy?: "IGNORE" | "STOP_TASK";
  /** Policy for a table that DMS cannot read or write. @default "SUSPEND_TABLE" */
  readonly tableErrorPolicy?: "SUSPEND_TABLE" | "STOP_TASK";
  /** Policy for more table errors than `tableErrorEscalationCount`. @default "STOP_TASK" */
  readonly tableErrorEscalationPolicy?: "STOP_TASK";
  /** Maximum number of table errors; 0 means no limit. @default 0 */
  readonly tableErrorEscalationCount?: number;
  /** Maximum number of restarts after environmental errors; -1 means no limit. @default -1 */
  readonly recoverableErrorCount?: number;
  /** Wait before a restart, in seconds. @default 5 */
  readonly recoverableErrorInterval?: number;
  /** Whether the wait increases after each restart. @default true */
  readonly recoverableErrorThrottling?: boolean;
  /** Maximum wait, in seconds. @default 1800 */
  readonly recoverableErrorThrottlingMax?: number;
  /** Whether restarts end after the maximum wait. @default true */
  readonly recoverableErrorStopRetryAfterThrottlingMax?: boolean;
  /** Policy for a DELETE that matches no row. @default "IGNORE_RECORD" */
  readonly applyErrorDeletePolicy?: RowErrorPolicy;
  /** Policy for an INSERT of a key that exists. @default "LOG_ERROR" */
  readonly applyErrorInsertPolicy?: Exclude<RowErrorPolicy, "IGNORE_RECORD"> | "INSERT_RECORD";
  /** Policy for an UPDATE that matches no row. @default "LOG_ERROR" */
  readonly applyErrorUpdatePolicy?: RowErrorPolicy | "UPDATE_RECORD";
  /** Policy for more apply errors than `applyErrorEscalationCount`. @default "LOG_ERROR" */
  readonly applyErrorEscalationPolicy?: "LOG_ERROR" | "SUSPEND_TABLE" | "STOP_TASK";
  /** Maximum number of apply errors; 0 means no limit. @default 0 */
  readonly applyErrorEscalationCount?: number;
  /** Whether the task fails on a TRUNCATE on the publisher. @default false */
  readonly applyErrorFailOnTruncationDdl?: boolean;
  /** Whether the load ignores rows that exist on the target. @default true */
  readonly fullLoadIgnoreConflicts?: boolean;
  /** Whether the task fails if transactions stay open longer than `transactionConsistencyTimeout`. @default false */
  readonly failOnTransactionConsistencyBreached?: boolean;
  /** Whether the task fails if it selects no table. @default true */
  readonly failOnNoTablesCaptured?: boolean;
}

/**
 * Loopback prevention: the task does not replicate changes back that a task in the opposite direction wrote. DML only.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.Loopback.html
 */
export interface LoopbackPreventionSettings {
  /** Schema of the table `awsdms_loopback_prevention` on the publisher. */
  readonly sourceSchema: string;
  /** Schema of the table `awsdms_loopback_prevention` on the target. */
  readonly targetSchema: string;
}

/** Settings that do not depend on each other. */
export interface CommonTaskSettings {
  /** Settings of the initial copy. */
  readonly fullLoadSettings?: FullLoadSettings;
  /** What the task logs. */
  readonly logging?: Logging;
  /** Control tables on the target. */
  readonly controlTablesSettings?: ControlTablesSettings;
  /** Memory between capture and apply. */
  readonly streamBufferSettings?: StreamBufferSettings;
  /** How the task applies changes. */
  readonly changeProcessingTuning?: ChangeProcessingTuning;
  /** Which captured DDL the task applies to the target. */
  readonly changeProcessingDdlHandlingPolicy?: ChangeProcessingDdlHandlingPolicy;
  /** Data validation. */
  readonly validationSettings?: ValidationSettings;
  /** How the task handles errors. */
  readonly errorBehavior?: ErrorBehavior;
}

/**
 * Settings of a DMS task for PostgreSQL, by their DMS names in camelCase. Omitted settings have the defaults of DMS.
 *
 * Parallel apply, before images and time travel are missing because DMS does not support them for PostgreSQL targets.
 *
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html
 */
export type TaskSettings = CommonTaskSettings &
  (
    | {
        /** How the task writes rows to the target. */
        readonly targetMetadata?: TargetMetadata;
        /** Loopback prevention. */
        readonly loopbackPreventionSettings?: never;
      }
    | {
        /** How the task writes rows to the target. Loopback prevention does not support batches. */
        readonly targetMetadata?: TargetMetadata & {
          /** Must be false with loopback prevention. */
          readonly batchApplyEnabled?: false;
        };
        /** Loopback prevention. */
        readonly loopbackPreventionSettings: LoopbackPreventionSettings;
      }
  );
