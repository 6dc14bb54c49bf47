# DMS's JSON for task settings. It always contains every setting, so that DMS adds none, and Terraform finds no difference.
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html

locals {
  # DMS's defaults, except that existing tables keep their rows, that the task logs, and that the control tables are in
  # DMS's own schema.
  default_task_settings = {
    TargetMetadata = {
      TargetSchema                 = ""
      SupportLobs                  = true
      FullLobMode                  = false
      LobChunkSize                 = 64
      LimitedSizeLobMode           = true
      LobMaxSize                   = 32
      InlineLobMaxSize             = 0
      LoadMaxFileSize              = 0
      ParallelLoadThreads          = 0
      ParallelLoadBufferSize       = 0
      ParallelLoadQueuesPerThread  = 0
      ParallelApplyThreads         = 0
      ParallelApplyBufferSize      = 0
      ParallelApplyQueuesPerThread = 0
      BatchApplyEnabled            = false
      TaskRecoveryTableEnabled     = false
    }
    FullLoadSettings = {
      TargetTablePrepMode             = "DO_NOTHING"
      CreatePkAfterFullLoad           = false
      StopTaskCachedChangesApplied    = false
      StopTaskCachedChangesNotApplied = false
      MaxFullLoadSubTasks             = 8
      TransactionConsistencyTimeout   = 600
      CommitRate                      = 10000
    }
    ControlTablesSettings = {
      ControlSchema                 = local.dms_schema
      HistoryTimeslotInMinutes      = 5
      HistoryTableEnabled           = false
      SuspendedTablesTableEnabled   = false
      StatusTableEnabled            = false
      FullLoadExceptionTableEnabled = false
    }
    StreamBufferSettings = {
      StreamBufferCount        = 3
      StreamBufferSizeInMB     = 8
      CtrlStreamBufferSizeInMB = 5
    }
    ChangeProcessingTuning = {
      BatchApplyPreserveTransaction = true
      BatchApplyTimeoutMin          = 1
      BatchApplyTimeoutMax          = 30
      BatchApplyMemoryLimit         = 500
      BatchSplitSize                = 0
      MinTransactionSize            = 1000
      CommitTimeout                 = 1
      MemoryLimitTotal              = 1024
      MemoryKeepTime                = 60
      StatementCacheSize            = 50
    }
    ChangeProcessingDdlHandlingPolicy = {
      HandleSourceTableDropped   = true
      HandleSourceTableTruncated = true
      HandleSourceTableAltered   = true
    }
    ValidationSettings = {
      EnableValidation                 = false
      ValidationMode                   = "ROW_LEVEL"
      ThreadCount                      = 5
      PartitionSize                    = 10000
      FailureMaxCount                  = 10000
      TableFailureMaxCount             = 1000
      RecordFailureDelayInMinutes      = 0
      RecordFailureDelayLimitInMinutes = 0
      RecordSuspendDelayInMinutes      = 30
      MaxKeyColumnSize                 = 8096
      ValidationOnly                   = false
      HandleCollationDiff              = false
      SkipLobColumns                   = false
      ValidationPartialLobSize         = 0
      ValidationQueryCdcDelaySeconds   = 0
    }
    ErrorBehavior = {
      DataErrorPolicy                             = "LOG_ERROR"
      DataTruncationErrorPolicy                   = "LOG_ERROR"
      DataErrorEscalationPolicy                   = "SUSPEND_TABLE"
      DataErrorEscalationCount                    = 0
      EventErrorPolicy                            = "IGNORE"
      TableErrorPolicy                            = "SUSPEND_TABLE"
      TableErrorEscalationPolicy                  = "STOP_TASK"
      TableErrorEscalationCount                   = 0
      RecoverableErrorCount                       = -1
      RecoverableErrorInterval                    = 5
      RecoverableErrorThrottling                  = true
      RecoverableErrorThrottlingMax               = 1800
      RecoverableErrorStopRetryAfterThrottlingMax = true
      ApplyErrorDeletePolicy                      = "IGNORE_RECORD"
      ApplyErrorInsertPolicy                      = "LOG_ERROR"
      ApplyErrorUpdatePolicy                      = "LOG_ERROR"
      ApplyErrorEscalationPolicy                  = "LOG_ERROR"
      ApplyErrorEscalationCount                   = 0
      ApplyErrorFailOnTruncationDdl               = false
      FullLoadIgnoreConflicts                     = true
      FailOnTransactionConsistencyBreached        = false
      FailOnNoTablesCaptured                      = true
    }
    Logging = {
      EnableLogging = true
      LogComponents = [
        for component in [
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
        ] : { Id = component, Severity = "LOGGER_SEVERITY_DEFAULT" }
      ]
    }
    LoopbackPreventionSettings          = null
    BeforeImageSettings                 = null
    CharacterSetSettings                = null
    PostProcessingRules                 = null
    FailTaskWhenCleanTaskResourceFailed = false
    TTSettings = {
      EnableTT         = false
      TTS3Settings     = null
      TTRecordSettings = null
    }
  }

  task_settings = jsonencode({
    for group, defaults in local.default_task_settings :
    group => try(merge(defaults, var.task_settings[group]), defaults)
  })
}
