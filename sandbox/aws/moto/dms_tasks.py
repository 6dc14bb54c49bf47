"""Replication tasks. No engine of DMS is here: a task moves no row. It has DMS' states, signs in at both ends when it
starts, and has DMS' replication slot at its source from the first start until it is deleted."""

import json
import threading
import uuid
from typing import Any, Dict

import orders
from dms_connections import Unreachable, reach
from dms_responses import find, refuse_combination, refuse_parameter
from dms_roles import check_role
from dms_task_settings import completed, defaults
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.dms.exceptions import InvalidResourceStateFault, ResourceAlreadyExistsFault
from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationTask
from moto.dms.responses import DatabaseMigrationServiceResponse
from moto.dms.utils import random_id
from patching import add, patch

# How long a task stays in a state that it leaves by itself, in seconds.
PASSING = 0.3
AT_REST = ("ready", "stopped", "failed")


def settle(task: Any, status: str) -> None:
    """The task gets there by itself."""
    timer = threading.Timer(PASSING, setattr, (task, "status", status))
    timer.daemon = True
    timer.start()


def task_of(backend: Any, arn: str) -> Any:
    return find(backend.replication_tasks.values(), "Replication task", lambda task: task.arn == arn)


def check_mappings(document: str) -> None:
    try:
        rules = json.loads(document)["rules"]
        ids = [rule["rule-id"] for rule in rules]
        names = [rule["rule-name"] for rule in rules]
        types = [rule["rule-type"] for rule in rules]
    except (KeyError, TypeError, ValueError) as error:
        raise refuse_parameter(f"Invalid table mapping document: {type(error).__name__} {error}.") from error
    for kind, values in (("rule-id", ids), ("rule-name", names)):
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise refuse_parameter(f"Error in mapping rules. The {kind} {twice[0]} is there more than once.")
    if "selection" not in types:
        raise refuse_parameter("Error in mapping rules. There is no selection rule.")


def keep_settings(backend: Any, task: Any, settings: Dict[str, Any], document: Any) -> None:
    settings = completed(settings, document or "{}")
    logging = settings["Logging"]
    logs = None
    if logging["EnableLogging"]:
        check_role(backend, "dms-cloudwatch-logs-role")
        logs = f"dms-task-{task.arn.rpartition(':')[2]}"
        logging["CloudWatchLogGroup"] = f"dms-tasks-{backend.replication_instances[task.replication_instance_arn].id}"
    logging["CloudWatchLogStream"] = logs
    task.replication_task_settings = json.dumps(settings)


@add(DatabaseMigrationServiceResponse)
def create_replication_task(self: Any) -> Any:
    """moto's may be made of nothing, has the settings of the request only, and stays "creating" for ever."""
    request, backend = json.loads(self.body), self.dms_backend
    identifier = request["ReplicationTaskIdentifier"]
    if any(task.id == identifier for task in backend.replication_tasks.values()):
        raise ResourceAlreadyExistsFault(f"There is a replication task {identifier} already.")
    instance = request["ReplicationInstanceArn"]
    find(backend.replication_instances, "Replication instance", lambda arn: arn == instance)
    for end in ("source", "target"):
        arn = request[f"{end.capitalize()}EndpointArn"]
        endpoint = find(backend.endpoints.values(), "Endpoint", lambda endpoint: endpoint.endpoint_arn == arn)
        if endpoint.endpoint_type != end:
            raise refuse_combination(f"The endpoint {endpoint.endpoint_identifier} is no {end} endpoint.")
    check_mappings(request["TableMappings"])
    task = FakeReplicationTask(
        identifier,
        request["MigrationType"],
        instance,
        request["SourceEndpointArn"],
        request["TargetEndpointArn"],
        request["TableMappings"],
        "",
        backend.account_id,
        backend.region_name,
    )
    # Not the identifier, which moto takes: CloudWatch knows a task by the last part of its ARN.
    task.arn = f"{task.arn.rpartition(':')[0]}:{request.get('ResourceIdentifier') or random_id(True, 26)}"
    task.cdc_start_position = request.get("CdcStartPosition")
    task.cdc_stop_position = request.get("CdcStopPosition")
    task.fresh_start_date = task.last_failure = task.slot = None
    keep_settings(backend, task, defaults(task.migration_type), request.get("ReplicationTaskSettings"))
    backend.replication_tasks[task.arn] = task
    backend.tagger.tag_resource(task.arn, request.get("Tags") or [])
    settle(task, "ready")
    return ActionResult({"ReplicationTask": task.to_dict()})


@add(DatabaseMigrationServiceResponse)
def modify_replication_task(self: Any) -> Any:
    """Lacking in moto."""
    request, backend = json.loads(self.body), self.dms_backend
    task = task_of(backend, request["ReplicationTaskArn"])
    if task.status not in AT_REST:
        raise InvalidResourceStateFault(
            "Replication Task, excluding logging severity task settings, cannot be modified while it is "
            f"{task.status} state"
        )
    mappings = request.get("TableMappings", task.table_mappings)
    check_mappings(mappings)
    if request.get("ReplicationTaskSettings"):
        keep_settings(backend, task, json.loads(task.replication_task_settings), request["ReplicationTaskSettings"])
    task.table_mappings = mappings
    task.migration_type = request.get("MigrationType", task.migration_type)
    task.cdc_start_position = request.get("CdcStartPosition", task.cdc_start_position)
    task.cdc_stop_position = request.get("CdcStopPosition", task.cdc_stop_position)
    settle(task, task.status)
    task.status = "modifying"
    return ActionResult({"ReplicationTask": task.to_dict()})


@add(DatabaseMigrationServiceResponse)
def start_replication_task(self: Any) -> Any:
    """moto's runs at once, whatever its endpoints are."""
    request, backend = json.loads(self.body), self.dms_backend
    task, kind = task_of(backend, request["ReplicationTaskArn"]), request["StartReplicationTaskType"]
    if task.status not in AT_REST:
        raise InvalidResourceStateFault(f"Replication Task cannot be started, invalid state: it is {task.status}.")
    if (kind == "start-replication") != (task.fresh_start_date is None):
        first = "valid only for tasks running for the first time"
        later = "valid only for tasks that ran before"
        start_type = kind.upper().replace("-", "_")
        raise refuse_combination(f"Start Type : {start_type}, {first if task.fresh_start_date else later}")
    if kind == "reload-target" and task.migration_type == "cdc":
        raise refuse_combination("Start Type : RELOAD_TARGET, not for tasks of the migration type cdc")
    task.start_date = utcnow()
    if kind != "resume-processing":
        task.fresh_start_date = task.start_date
    task.status, task.stop_date, task.last_failure = "starting", None, None
    threading.Thread(target=run, args=(backend, task, kind != "resume-processing"), daemon=True).start()
    return ActionResult({"ReplicationTask": task.to_dict()})


def run(backend: Any, task: Any, fresh: bool) -> None:
    try:
        if task.migration_type != "full-load":
            attach(backend, task, fresh)
        else:
            reach(orders.connect, backend, task.source_endpoint_arn)
        reach(orders.connect, backend, task.target_endpoint_arn)
    except Unreachable as error:
        task.last_failure = str(error)
        settle(task, "failed")
    else:
        settle(task, "running")


def attach(backend: Any, task: Any, fresh: bool) -> None:
    """To the slot of the endpoint's setting SlotName, which is somebody else's, or to one of the task's own."""
    source = next(one for one in backend.endpoints.values() if one.endpoint_arn == task.source_endpoint_arn)
    foreign = source.postgre_sql_settings.get("SlotName")
    if foreign:
        reach(orders.find_slot, backend, task.source_endpoint_arn, foreign)
    elif fresh or task.slot is None:
        drop_slot(backend, task)
        slot = f"{task.arn.rpartition(':')[2][:16].lower().replace('-', '_')}_{uuid.uuid4().hex}"
        reach(orders.create_slot, backend, task.source_endpoint_arn, slot)
        task.slot = slot
    else:
        reach(orders.find_slot, backend, task.source_endpoint_arn, task.slot)


def drop_slot(backend: Any, task: Any) -> None:
    if task.slot is not None:
        reach(orders.drop_slot, backend, task.source_endpoint_arn, task.slot)
        task.slot = None


@patch(FakeReplicationTask)
def stop(former: Any, self: Any) -> Any:
    """moto's stops at once."""
    if self.status != "running":
        raise InvalidResourceStateFault(f"Replication Task {self.id} is currently not running")
    former(self)
    self.status = "stopping"
    settle(self, "stopped")
    return self


@patch(DatabaseMigrationServiceBackend)
def delete_replication_task(former: Any, self: Any, replication_task_arn: str) -> Any:
    """moto's may be running."""
    task = task_of(self, replication_task_arn)
    if task.status not in AT_REST:
        raise InvalidResourceStateFault(f"Replication Task {task.id} cannot be deleted while it is {task.status}")
    try:
        drop_slot(self, task)
    except Unreachable as error:
        if json.loads(task.replication_task_settings)["FailTaskWhenCleanTaskResourceFailed"]:
            raise InvalidResourceStateFault(str(error)) from error
    return former(self, replication_task_arn)


@patch(FakeReplicationTask)
def to_dict(former: Any, self: Any) -> Dict[str, Any]:
    """moto loads one table, whatever there is."""
    return {
        **former(self),
        "CdcStartPosition": self.cdc_start_position,
        "CdcStopPosition": self.cdc_stop_position,
        "LastFailureMessage": self.last_failure,
        "StopReason": "Stop Reason NORMAL" if self.status == "stopped" and self.stop_date else None,
        "ReplicationTaskStats": {
            "FullLoadProgressPercent": 0,
            "ElapsedTimeMillis": 0,
            "TablesLoaded": 0,
            "TablesLoading": 0,
            "TablesQueued": 0,
            "TablesErrored": 0,
            "FreshStartDate": self.fresh_start_date,
            "StartDate": self.start_date,
            "StopDate": self.stop_date,
        },
    }
