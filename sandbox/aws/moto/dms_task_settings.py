"""The settings of replication tasks: DMS completes what it is sent."""

import json
from typing import Any, Dict, List

from dms_responses import refuse_parameter

LOG_COMPONENTS = (
    "DATA_STRUCTURE",
    "COMMUNICATION",
    "IO",
    "COMMON",
    "FILE_FACTORY",
    "FILE_TRANSFER",
    "REST_SERVER",
    "ADDONS",
    "TARGET_LOAD",
    "TARGET_APPLY",
    "SOURCE_UNLOAD",
    "SOURCE_CAPTURE",
    "TRANSFORMATION",
    "SORTER",
    "TASK_MANAGER",
    "TABLES_MANAGER",
    "METADATA_MANAGER",
    "PERFORMANCE",
    "VALIDATOR_EXT",
)

# As AWS is seen to complete a request without any (engine 3.5).
DEFAULTS: Dict[str, Any] = {
    "BeforeImageSettings": None,
    "ChangeProcessingDdlHandlingPolicy": {
        "HandleSourceTableAltered": True,
        "HandleSourceTableDropped": True,
        "HandleSourceTableTruncated": True,
    },
    "ChangeProcessingTuning": {
        "BatchApplyMemoryLimit": 500,
        "BatchApplyPreserveTransaction": True,
        "BatchApplyTimeoutMax": 30,
        "BatchApplyTimeoutMin": 1,
        "BatchSplitSize": 0,
        "CommitTimeout": 1,
        "MemoryKeepTime": 60,
        "MemoryLimitTotal": 1024,
        "MinTransactionSize": 1000,
        "RecoveryTimeout": -1,
        "StatementCacheSize": 50,
    },
    "CharacterSetSettings": None,
    "ControlTablesSettings": {
        "ControlSchema": "",
        "FullLoadExceptionTableEnabled": False,
        "HistoryTableEnabled": False,
        "HistoryTimeslotInMinutes": 5,
        "StatusTableEnabled": False,
        "SuspendedTablesTableEnabled": False,
        "historyTimeslotInMinutes": 5,
    },
    "ErrorBehavior": {
        "ApplyErrorDeletePolicy": "IGNORE_RECORD",
        "ApplyErrorEscalationCount": 0,
        "ApplyErrorEscalationPolicy": "LOG_ERROR",
        "ApplyErrorFailOnTruncationDdl": False,
        "ApplyErrorInsertPolicy": "LOG_ERROR",
        "ApplyErrorUpdatePolicy": "LOG_ERROR",
        "DataErrorEscalationCount": 0,
        "DataErrorEscalationPolicy": "SUSPEND_TABLE",
        "DataErrorPolicy": "LOG_ERROR",
        "DataTruncationErrorPolicy": "LOG_ERROR",
        "EventErrorPolicy": "IGNORE",
        "FailOnNoTablesCaptured": True,
        "FailOnTransactionConsistencyBreached": False,
        "FullLoadIgnoreConflicts": True,
        "RecoverableErrorCount": -1,
        "RecoverableErrorInterval": 5,
        "RecoverableErrorStopRetryAfterThrottlingMax": True,
        "RecoverableErrorThrottling": True,
        "RecoverableErrorThrottlingMax": 1800,
        "TableErrorEscalationCount": 0,
        "TableErrorEscalationPolicy": "STOP_TASK",
        "TableErrorPolicy": "SUSPEND_TABLE",
    },
    "FailTaskWhenCleanTaskResourceFailed": False,
    "FullLoadSettings": {
        "CommitRate": 10000,
        "CreatePkAfterFullLoad": False,
        "MaxFullLoadSubTasks": 8,
        "StopTaskCachedChangesApplied": False,
        "StopTaskCachedChangesNotApplied": False,
        "TargetTablePrepMode": "DROP_AND_CREATE",
        "TransactionConsistencyTimeout": 600,
    },
    "Logging": {
        "CloudWatchLogGroup": None,
        "CloudWatchLogStream": None,
        "EnableLogContext": False,
        "EnableLogging": False,
        "LogComponents": [{"Id": id, "Severity": "LOGGER_SEVERITY_DEFAULT"} for id in LOG_COMPONENTS],
    },
    "LoopbackPreventionSettings": None,
    "PostProcessingRules": None,
    "StreamBufferSettings": {"CtrlStreamBufferSizeInMB": 5, "StreamBufferCount": 3, "StreamBufferSizeInMB": 8},
    "TTSettings": {"EnableTT": False, "TTRecordSettings": None, "TTS3Settings": None},
    "TargetMetadata": {
        "BatchApplyEnabled": False,
        "FullLobMode": False,
        "InlineLobMaxSize": 0,
        "LimitedSizeLobMode": True,
        "LoadMaxFileSize": 0,
        "LobChunkSize": 64,
        "LobMaxSize": 32,
        "ParallelApplyBufferSize": 0,
        "ParallelApplyQueuesPerThread": 0,
        "ParallelApplyThreads": 0,
        "ParallelLoadBufferSize": 0,
        "ParallelLoadQueuesPerThread": 0,
        "ParallelLoadThreads": 0,
        "SupportLobs": True,
        "TargetSchema": "",
        "TaskRecoveryTableEnabled": False,
    },
}

# Completed only where a request has some of them.
VALIDATION = {
    "EnableValidation": False,
    "FailureMaxCount": 10000,
    "HandleCollationDiff": False,
    "PartitionSize": 10000,
    "RecordFailureDelayInMinutes": 5,
    "RecordFailureDelayLimitInMinutes": 0,
    "RecordSuspendDelayInMinutes": 30,
    "SkipLobColumns": False,
    "TableFailureMaxCount": 1000,
    "ThreadCount": 5,
    "ValidationMode": "ROW_LEVEL",
    "ValidationOnly": False,
    "ValidationPartialLobSize": 0,
    "ValidationQueryCdcDelaySeconds": 0,
}


def defaults(migration_type: str) -> Dict[str, Any]:
    settings: Dict[str, Any] = json.loads(json.dumps(DEFAULTS))
    if migration_type == "cdc":
        settings["FullLoadSettings"]["TargetTablePrepMode"] = "DO_NOTHING"
    elif migration_type == "full-load":
        settings["TTSettings"] = None
    return settings


def completed(settings: Dict[str, Any], document: str) -> Dict[str, Any]:
    """The settings, with what a request says in place of what they say.

    @param settings: the defaults, or those of the task that is modified.
    @param document: the request's, in JSON.
    """
    try:
        wanted = json.loads(document)
    except ValueError as error:
        raise refuse_parameter(f"Invalid task settings JSON: {error}.") from error
    if not isinstance(wanted, dict):
        raise refuse_parameter("Invalid task settings JSON: it is no object.")
    logging = wanted.get("Logging") or {}
    if logging.get("CloudWatchLogGroup") or logging.get("CloudWatchLogStream"):
        raise refuse_parameter("Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be set on create.")
    if wanted.get("ValidationSettings"):
        settings = {"ValidationSettings": VALIDATION, **settings}
    return _merged(settings, wanted)


def _merged(settings: Dict[str, Any], wanted: Dict[str, Any]) -> Dict[str, Any]:
    merged = dict(settings)
    for key, value in wanted.items():
        former = settings.get(key)
        if isinstance(value, dict) and isinstance(former, dict):
            merged[key] = _merged(former, value)
        elif key == "LogComponents":
            merged[key] = _merged_components(former or [], value or [])
        elif value is not None or former is None:
            merged[key] = value
    return merged


def _merged_components(components: List[Any], wanted: List[Any]) -> List[Any]:
    severities = {component["Id"]: component["Severity"] for component in [*components, *wanted]}
    return [{"Id": id, "Severity": severity} for id, severity in severities.items()]
