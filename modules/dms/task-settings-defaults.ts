import type { LogComponent, TargetMetadata, TaskSettings } from "./task-settings";

/** In the order that DMS returns them in: some versions of the AWS provider compare them in order. */
const LOG_COMPONENTS: readonly LogComponent[] = [
  "TRANSFORMATION",
  "SOURCE_UNLOAD",
  "IO",
  "TARGET_LOAD",
  "PERFORMANCE",
  "SOURCE_CAPTURE",
  "SORTER",
  "REST_SERVER",
  "VALIDATOR_EXT",
  "TARGET_APPLY",
  "TASK_MANAGER",
  "TABLES_MANAGER",
  "METADATA_MANAGER",
  "FILE_FACTORY",
  "COMMON",
  "ADDONS",
  "DATA_STRUCTURE",
  "COMMUNICATION",
  "FILE_TRANSFER",
];

/** DMS's defaults, except that tasks write logs and existing tables keep their rows. */
const DEFAULTS = {
  fullLoadSettings: {
    targetTablePrepMode: "DO_NOTHING",
    createPkAfterFullLoad: false,
    stopTaskCachedChangesApplied: false,
    stopTaskCachedChangesNotApplied: false,
    maxFullLoadSubTasks: 8,
    transactionConsistencyTimeout: 600,
    commitRate: 10000,
  },
  controlTablesSettings: {
    controlSchema: "",
    historyTimeslotInMinutes: 5,
    historyTableEnabled: false,
    suspendedTablesTableEnabled: false,
    statusTableEnabled: false,
    fullLoadExceptionTableEnabled: false,
  },
  streamBufferSettings: {
    streamBufferCount: 3,
    streamBufferSizeInMB: 8,
    ctrlStreamBufferSizeInMB: 5,
  },
  changeProcessingTuning: {
    batchApplyPreserveTransaction: true,
    batchApplyTimeoutMin: 1,
    batchApplyTimeoutMax: 30,
    batchApplyMemoryLimit: 500,
    batchSplitSize: 0,
    minTransactionSize: 1000,
    commitTimeout: 1,
    memoryLimitTotal: 1024,
    memoryKeepTime: 60,
    statementCacheSize: 50,
  },
  changeProcessingDdlHandlingPolicy: {
    handleSourceTableDropped: true,
    handleSourceTableTruncated: true,
    handleSourceTableAltered: true,
  },
  validationSettings: {
    enableValidation: false,
    validationMode: "ROW_LEVEL",
    threadCount: 5,
    partitionSize: 10000,
    failureMaxCount: 10000,
    tableFailureMaxCount: 1000,
    recordFailureDelayInMinutes: 0,
    recordFailureDelayLimitInMinutes: 0,
    recordSuspendDelayInMinutes: 30,
    maxKeyColumnSize: 8096,
    validationOnly: false,
    handleCollationDiff: false,
    skipLobColumns: false,
    validationPartialLobSize: 0,
    validationQueryCdcDelaySeconds: 0,
  },
  errorBehavior: {
    dataErrorPolicy: "LOG_ERROR",
    dataTruncationErrorPolicy: "LOG_ERROR",
    dataErrorEscalationPolicy: "SUSPEND_TABLE",
    dataErrorEscalationCount: 0,
    eventErrorPolicy: "IGNORE",
    tableErrorPolicy: "SUSPEND_TABLE",
    tableErrorEscalationPolicy: "STOP_TASK",
    tableErrorEscalationCount: 0,
    recoverableErrorCount: -1,
    recoverableErrorInterval: 5,
    recoverableErrorThrottling: true,
    recoverableErrorThrottlingMax: 1800,
    recoverableErrorStopRetryAfterThrottlingMax: true,
    applyErrorDeletePolicy: "IGNORE_RECORD",
    applyErrorInsertPolicy: "LOG_ERROR",
    applyErrorUpdatePolicy: "LOG_ERROR",
    applyErrorEscalationPolicy: "LOG_ERROR",
    applyErrorEscalationCount: 0,
    applyErrorFailOnTruncationDdl: false,
    fullLoadIgnoreConflicts: true,
    failOnTransactionConsistencyBreached: false,
    failOnNoTablesCaptured: true,
  },
} as const satisfies {
  // Requires every setting of each group: a setting without a default does not compile.
  readonly [
    Group in Exclude<keyof TaskSettings, "targetMetadata" | "loopbackPreventionSettings" | "logging">
  ]: Required<NonNullable<TaskSettings[Group]>>;
};

/** All settings, by their DMS names. */
export function completeSettings(settings: TaskSettings): object {
  const groups = Object.entries(DEFAULTS).map(([group, members]) => {
    const given = settings[group as keyof typeof DEFAULTS];
    return [dmsName(group), dmsNames({ ...members, ...given })];
  });
  return {
    TargetMetadata: targetMetadata(settings.targetMetadata ?? {}),
    ...(Object.fromEntries(groups) as object),
    Logging: logging(settings),
    LoopbackPreventionSettings: settings.loopbackPreventionSettings
      ? { EnableLoopbackPrevention: true, ...dmsNames(settings.loopbackPreventionSettings) }
      : null,
    BeforeImageSettings: null,
    CharacterSetSettings: null,
    PostProcessingRules: null,
    FailTaskWhenCleanTaskResourceFailed: false,
    TTSettings: { EnableTT: false, TTS3Settings: null, TTRecordSettings: null },
  };
}

function targetMetadata(given: TargetMetadata): object {
  const { targetSchema = "", loadMaxFileSize = 0, taskRecoveryTableEnabled = false } = given;
  return {
    TargetSchema: targetSchema,
    SupportLobs: given.lobMode !== "none",
    FullLobMode: given.lobMode === "full",
    LobChunkSize: given.lobMode === "full" ? (given.lobChunkSize ?? 64) : 64,
    LimitedSizeLobMode: given.lobMode === undefined || given.lobMode === "limited",
    LobMaxSize: given.lobMode === undefined || given.lobMode === "limited" ? (given.lobMaxSize ?? 32) : 0,
    InlineLobMaxSize: given.lobMode === "full" ? (given.inlineLobMaxSize ?? 0) : 0,
    LoadMaxFileSize: loadMaxFileSize,
    ParallelLoadThreads: 0,
    ParallelLoadBufferSize: 0,
    ParallelLoadQueuesPerThread: 0,
    ParallelApplyThreads: 0,
    ParallelApplyBufferSize: 0,
    ParallelApplyQueuesPerThread: 0,
    BatchApplyEnabled: given.batchApplyEnabled ?? false,
    TaskRecoveryTableEnabled: taskRecoveryTableEnabled,
  };
}

function logging({ logging: given = {} }: TaskSettings): object {
  const { enableLogging = true, logComponents: severities = {} } = given;
  return {
    EnableLogging: enableLogging,
    LogComponents: LOG_COMPONENTS.map((Id) => ({
      Id,
      Severity: severities[Id] ?? "LOGGER_SEVERITY_DEFAULT",
    })),
  };
}

function dmsNames(settings: object): object {
  const entries = Object.entries(settings).map(([name, value]) => [dmsName(name), value as unknown]);
  return Object.fromEntries(entries) as object;
}

function dmsName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
