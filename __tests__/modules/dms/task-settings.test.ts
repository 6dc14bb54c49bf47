import { type TaskSettings, taskSettingsJson } from "../../../modules/dms";

type Json = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function settings(given: TaskSettings = {}): Json {
  return JSON.parse(taskSettingsJson(given)) as Json;
}

describe("task settings", () => {
  test("are DMS's defaults, all of them, but for logging, and for tables that keep their rows", () => {
    expect(settings()).toEqual({
      TargetMetadata: {
        TargetSchema: "",
        SupportLobs: true,
        FullLobMode: false,
        LobChunkSize: 64,
        LimitedSizeLobMode: true,
        LobMaxSize: 32,
        InlineLobMaxSize: 0,
        LoadMaxFileSize: 0,
        ParallelLoadThreads: 0,
        ParallelLoadBufferSize: 0,
        ParallelLoadQueuesPerThread: 0,
        ParallelApplyThreads: 0,
        ParallelApplyBufferSize: 0,
        ParallelApplyQueuesPerThread: 0,
        BatchApplyEnabled: false,
        TaskRecoveryTableEnabled: false,
      },
      FullLoadSettings: {
        TargetTablePrepMode: "DO_NOTHING",
        CreatePkAfterFullLoad: false,
        StopTaskCachedChangesApplied: false,
        StopTaskCachedChangesNotApplied: false,
        MaxFullLoadSubTasks: 8,
        TransactionConsistencyTimeout: 600,
        CommitRate: 10000,
      },
      Logging: { EnableLogging: true, LogComponents: expect.any(Array) as unknown },
      ControlTablesSettings: {
        ControlSchema: "",
        HistoryTimeslotInMinutes: 5,
        HistoryTableEnabled: false,
        SuspendedTablesTableEnabled: false,
        StatusTableEnabled: false,
        FullLoadExceptionTableEnabled: false,
      },
      StreamBufferSettings: { StreamBufferCount: 3, StreamBufferSizeInMB: 8, CtrlStreamBufferSizeInMB: 5 },
      ChangeProcessingTuning: {
        BatchApplyPreserveTransaction: true,
        BatchApplyTimeoutMin: 1,
        BatchApplyTimeoutMax: 30,
        BatchApplyMemoryLimit: 500,
        BatchSplitSize: 0,
        MinTransactionSize: 1000,
        CommitTimeout: 1,
        MemoryLimitTotal: 1024,
        MemoryKeepTime: 60,
        StatementCacheSize: 50,
      },
      ChangeProcessingDdlHandlingPolicy: {
        HandleSourceTableDropped: true,
        HandleSourceTableTruncated: true,
        HandleSourceTableAltered: true,
      },
      ValidationSettings: expect.objectContaining({
        EnableValidation: false,
        FailureMaxCount: 10000,
        TableFailureMaxCount: 1000,
      }) as unknown,
      ErrorBehavior: expect.objectContaining({
        TableErrorPolicy: "SUSPEND_TABLE",
        RecoverableErrorCount: -1,
      }) as unknown,
      LoopbackPreventionSettings: null,
      BeforeImageSettings: null,
      CharacterSetSettings: null,
      PostProcessingRules: null,
      FailTaskWhenCleanTaskResourceFailed: false,
      TTSettings: { EnableTT: false, TTS3Settings: null, TTRecordSettings: null },
    });
  });

  test("never name the log group or stream, which are DMS's own business", () => {
    expect(taskSettingsJson({ logging: { enableLogging: true } })).not.toContain("CloudWatch");
  });

  test("have every component's severity in the same order, whatever order is asked for", () => {
    const severities = {
      TARGET_APPLY: "LOGGER_SEVERITY_DEBUG",
      SORTER: "LOGGER_SEVERITY_INFO",
    } as const;
    const { TARGET_APPLY, SORTER } = severities;
    const json = taskSettingsJson({ logging: { logComponents: severities } });
    expect(taskSettingsJson({ logging: { logComponents: { SORTER, TARGET_APPLY } } })).toBe(json);
    const components = settings({ logging: { logComponents: severities } })["Logging"]?.["LogComponents"];
    expect(components).toHaveLength(19);
    expect(components).toContainEqual({ Id: "SORTER", Severity: "LOGGER_SEVERITY_INFO" });
    expect(components).toContainEqual({ Id: "IO", Severity: "LOGGER_SEVERITY_DEFAULT" });
  });

  test("have one mode of LOBs", () => {
    expect(
      settings({ targetMetadata: { lobMode: "full", inlineLobMaxSize: 100 } })["TargetMetadata"],
    ).toMatchObject({
      SupportLobs: true,
      FullLobMode: true,
      LimitedSizeLobMode: false,
      LobChunkSize: 64,
      LobMaxSize: 0,
      InlineLobMaxSize: 100,
    });
    expect(settings({ targetMetadata: { lobMode: "none" } })["TargetMetadata"]).toMatchObject({
      SupportLobs: false,
      FullLobMode: false,
      LimitedSizeLobMode: false,
    });
    expect(
      settings({ targetMetadata: { lobMaxSize: 63, batchApplyEnabled: true } })["TargetMetadata"],
    ).toMatchObject({
      LimitedSizeLobMode: true,
      LobMaxSize: 63,
      BatchApplyEnabled: true,
    });
  });

  test("change one by one, the rest staying as it is", () => {
    const { FullLoadSettings, ...rest } = settings({
      fullLoadSettings: { targetTablePrepMode: "TRUNCATE_BEFORE_LOAD", maxFullLoadSubTasks: 49 },
    });
    const { FullLoadSettings: before, ...others } = settings();
    expect(FullLoadSettings).toEqual({
      ...before,
      TargetTablePrepMode: "TRUNCATE_BEFORE_LOAD",
      MaxFullLoadSubTasks: 49,
    });
    expect(rest).toEqual(others);
    expect(
      settings({ loopbackPreventionSettings: { sourceSchema: "a", targetSchema: "b" } })[
        "LoopbackPreventionSettings"
      ],
    ).toEqual({ EnableLoopbackPrevention: true, SourceSchema: "a", TargetSchema: "b" });
  });

  test.each<[unknown, string]>([
    [
      { targetMetadata: { lobMode: "full", batchApplyEnabled: true } },
      'targetMetadata.batchApplyEnabled must be false with lobMode "full"',
    ],
    [
      {
        targetMetadata: { batchApplyEnabled: true },
        loopbackPreventionSettings: { sourceSchema: "a", targetSchema: "b" },
      },
      "targetMetadata.batchApplyEnabled must be false with loopbackPreventionSettings",
    ],
    [
      { targetMetadata: { lobMode: "full", lobChunkSize: 65 } },
      "targetMetadata.lobChunkSize must be a whole number from 1 to 64. Got 65.",
    ],
    [
      { fullLoadSettings: { maxFullLoadSubTasks: 50 } },
      "fullLoadSettings.maxFullLoadSubTasks must be a whole number from 1 to 49. Got 50.",
    ],
    [
      { fullLoadSettings: { commitRate: 50001 } },
      "fullLoadSettings.commitRate must be a whole number from 1 to 50000. Got 50001.",
    ],
    [
      { targetMetadata: { parallelApplyThreads: 4 } },
      "targetMetadata.parallelApplyThreads must be omitted: DMS does not support parallel apply for PostgreSQL targets.",
    ],
    [
      { fullLoadSettings: { stopTaskCachedChangesApplied: true, stopTaskCachedChangesNotApplied: true } },
      "must not both be true",
    ],
    [
      { changeProcessingTuning: { batchApplyTimeoutMin: 30 } },
      "changeProcessingTuning.batchApplyTimeoutMax must exceed batchApplyTimeoutMin. Got 30 and 30 seconds.",
    ],
    [
      { streamBufferSettings: { streamBufferSizeInMB: 0.5 } },
      "streamBufferSettings.streamBufferSizeInMB must be a whole number",
    ],
  ])("%j are refused", (given, message) => {
    expect(() => taskSettingsJson(given as TaskSettings)).toThrow(message);
  });

  test("do not compile when they exclude each other", () => {
    const loopbackPreventionSettings = { sourceSchema: "a", targetSchema: "b" };
    const impossible: TaskSettings[] = [
      // @ts-expect-error a batch has LOBs of limited size
      { targetMetadata: { lobMode: "full", batchApplyEnabled: true } },
      // @ts-expect-error a batch cannot be told from changes of the other direction
      { targetMetadata: { batchApplyEnabled: true }, loopbackPreventionSettings },
      // @ts-expect-error LOBs of any size have no size to cut off at
      { targetMetadata: { lobMode: "full", lobMaxSize: 32 } },
      // @ts-expect-error changes are not applied to PostgreSQL in parallel
      { targetMetadata: { parallelApplyThreads: 4 } },
      // @ts-expect-error the log group is DMS's own business
      { logging: { cloudWatchLogGroup: "mine" } },
      // @ts-expect-error nobody can mean this
      { fullLoadSettings: { targetTablePrepMode: "DROP" } },
    ];
    expect(impossible).toHaveLength(6);
  });
});
