"""Parameter groups: what may be set when, and when the real servers get it."""

from typing import Any, Dict, Iterable, List, NamedTuple, Optional

import orders
from moto.core.responses import ActionResult
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBCluster, DBClusterParameterGroup, DBInstance, DBParameterGroup, RDSBackend
from moto.rds.responses import RDSResponse
from patching import add, patch
from rds_engine_versions import DEFAULT_VERSIONS, family_of

# Parameters that a running server does not change.
STATIC = frozenset(
    """
    apg_plan_mgmt.max_databases apg_plan_mgmt.max_plans aurora.enhanced_logical_replication
    aurora.logical_replication_backup aurora.logical_replication_globaldb autovacuum_freeze_max_age
    autovacuum_max_workers autovacuum_multixact_freeze_max_age cron.database_name cron.max_running_jobs
    cron.use_background_workers huge_pages jit_provider max_active_replication_origins max_connections
    max_files_per_process max_locks_per_transaction max_logical_replication_workers max_pred_locks_per_transaction
    max_prepared_transactions max_replication_slots max_wal_senders max_worker_processes old_snapshot_threshold
    pg_stat_statements.max rds.babelfish_status rds.custom_dns_resolution rds.enable_plan_management
    rds.logical_replication rds.logical_wal_cache rds.rds_superuser_reserved_connections shared_buffers
    shared_preload_libraries superuser_reserved_connections track_activity_query_size track_commit_timestamp
    wal_buffers
    """.split()
)


class Boot(NamedTuple):
    """What a server or an instance last started with, of one group."""

    group: Any
    """The group that it was associated with."""
    waiting_kind: Dict[str, str]
    """The values, then, of the parameters that take effect by a reboot only: once they differ, one is pending."""


class Change(NamedTuple):
    name: str
    value: Optional[str]
    """None: back to the default."""
    immediate: bool


# --- Which groups there are


def cluster_group(backend: Any, name: str) -> Any:
    _ensure_default(backend, backend.db_cluster_parameter_groups, DBClusterParameterGroup, name)
    return backend.describe_db_cluster_parameter_groups(name)[0]


def instance_group(backend: Any, name: str) -> Any:
    _ensure_default(backend, backend.db_parameter_groups, DBParameterGroup, name)
    if name not in backend.db_parameter_groups:
        raise RDSClientError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    return backend.db_parameter_groups[name]


def default_group_name(engine: str, version: str) -> str:
    return f"default.{family_of(engine, version)}"


def check_family(group: Any, engine: str, version: str) -> None:
    wanted = family_of(engine, version)
    found = _family(group)
    if found != wanted:
        raise RDSClientError(
            "InvalidParameterCombination",
            f"The parameter group {group.name} is of the family {found}; {engine} {version} takes {wanted}.",
        )


def _family(group: Any) -> str:
    return group.family if isinstance(group, DBParameterGroup) else group.db_parameter_group_family


def _ensure_default(backend: Any, groups: Dict[str, Any], kind: Any, name: str) -> None:
    """RDS has a default group for each family from the start; moto has none, or that of another engine."""
    families = {family_of(engine, major) for engine, majors in DEFAULT_VERSIONS.items() for major in majors}
    family = (name or "").replace("default.", "", 1)
    if name not in groups and name != family and family in families:
        groups[name] = kind(backend, name, f"Default parameter group for {family}", family)


@patch(RDSBackend)
def describe_db_cluster_parameter_groups(former: Any, self: Any, group_name: Optional[str]) -> Any:
    _ensure_default(self, self.db_cluster_parameter_groups, DBClusterParameterGroup, group_name or "")
    return former(self, group_name)


@patch(RDSBackend)
def describe_db_cluster_parameters(former: Any, self: Any, db_cluster_parameter_group_name: str) -> Any:
    _ensure_default(self, self.db_cluster_parameter_groups, DBClusterParameterGroup, db_cluster_parameter_group_name)
    return former(self, db_cluster_parameter_group_name)


@patch(RDSBackend)
def describe_db_parameter_groups(former: Any, self: Any, kwargs: Any) -> Any:
    """moto answers a name that it does not have with nothing, where the provider expects the error."""
    name = kwargs.get("db_parameter_group_name")
    return [instance_group(self, name)] if name else former(self, kwargs)


@patch(RDSBackend)
def delete_db_cluster_parameter_group(former: Any, self: Any, db_cluster_parameter_group_name: str) -> None:
    """moto deletes what is in use."""
    users = [c.resource_id for c in self.clusters.values() if c.parameter_group == db_cluster_parameter_group_name]
    _refuse_in_use(db_cluster_parameter_group_name, users)
    former(self, db_cluster_parameter_group_name)


@patch(RDSBackend)
def delete_db_parameter_group(former: Any, self: Any, db_parameter_group_name: str) -> Any:
    users = [i.resource_id for i in self.databases.values() if i.db_parameter_group_name == db_parameter_group_name]
    _refuse_in_use(db_parameter_group_name, users)
    return former(self, db_parameter_group_name)


def _refuse_in_use(name: str, users: List[str]) -> None:
    if users:
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            f"The parameter group {name} is in use by {', '.join(users)} and cannot be deleted.",
        )


# --- What a server runs with


def _values(group: Any) -> Dict[str, str]:
    return {
        name: parameter["ParameterValue"]
        for name, parameter in group.parameters.items()
        if parameter.get("ParameterValue") is not None
    }


def _boot(group: Any) -> Boot:
    waiting = {
        name: value
        for name, value in _values(group).items()
        if group.parameters[name].get("ApplyMethod") != "immediate"
    }
    return Boot(group, waiting)


def _groups(instance: Any) -> Dict[str, Any]:
    """The groups of an instance by level. What the instance's own says goes before what the cluster's says."""
    backend = instance.backend
    own = {"instance": instance_group(backend, instance.db_parameter_group_name)}
    cluster = getattr(instance, "cluster", None)
    if cluster is None:
        return own
    return {"cluster": cluster_group(backend, cluster.parameter_group), **own}


def boot(instance: Any) -> None:
    """Starts or restarts an instance, with the server when it is the cluster's writer or a cluster of its own."""
    groups = _groups(instance)
    instance.booted = {level: _boot(group) for level, group in groups.items()}
    owner = getattr(instance, "cluster", instance)
    if owner is instance or instance.is_cluster_writer:
        owner.running = {level: (group, _values(group)) for level, group in groups.items()}
        orders.boot(owner.resource_id, _running(owner))


def _running(owner: Any) -> Dict[str, str]:
    return {name: value for _, values in owner.running.values() for name, value in values.items()}


def _apply(group: Any, changes: Iterable[Change]) -> None:
    """Lets the servers that started with the group have what needs no reboot."""
    immediate = [change for change in changes if change.immediate]
    for owner in [*group.backend.clusters.values(), *group.backend.databases.values()]:
        touched = [values for started, values in getattr(owner, "running", {}).values() if started is group]
        for values in touched:
            for name, value, _ in immediate:
                values.pop(name, None)
                if value is not None:
                    values[name] = value
        if touched and immediate:
            orders.reload(owner.resource_id, _running(owner))


def _status(instance: Any, level: str) -> str:
    """moto's groups are always in sync. Those of RDS wait for a reboot after a change of the association, and after
    changes of parameters that were not to be immediate."""
    booted = getattr(instance, "booted", None)
    return "in-sync" if booted is None or booted[level] == _boot(_groups(instance)[level]) else "pending-reboot"


@add(DBCluster)
@property
def db_cluster_members(self: Any) -> List[Dict[str, Any]]:
    return [
        {
            "DBInstanceIdentifier": member.db_instance_identifier,
            "IsClusterWriter": member.is_cluster_writer,
            "PromotionTier": member.promotion_tier,
            "DBClusterParameterGroupStatus": _status(member, "cluster"),
        }
        for member in self.members
    ]


@add(DBInstance)
@property
def db_parameter_group_status_list(self: Any) -> List[Dict[str, Any]]:
    status = _status(self, "instance")
    return [{"DBParameterGroupName": self.db_parameter_group_name, "ParameterApplyStatus": status}]


# --- Setting parameters


def _modify(former: Any, backend: Any, group: Any, parameters: Iterable[Dict[str, Any]]) -> Any:
    parameters = list(parameters)
    changes = [Change(p["ParameterName"], p.get("ParameterValue"), _is_immediate(p)) for p in parameters]
    result = former(backend, group.name, parameters)
    _apply(group, changes)
    return result


def _is_immediate(parameter: Dict[str, Any]) -> bool:
    immediate = parameter.get("ApplyMethod") == "immediate"
    if immediate and parameter["ParameterName"] in STATIC:
        raise RDSClientError(
            "InvalidParameterCombination",
            f"cannot use immediate apply method for static parameter {parameter['ParameterName']}",
        )
    return immediate


@patch(RDSBackend)
def modify_db_cluster_parameter_group(former: Any, self: Any, name: str, parameters: Any) -> Any:
    """moto changes the group and no server, and takes `immediate` for static parameters."""
    return _modify(former, self, cluster_group(self, name), parameters)


@patch(RDSBackend)
def modify_db_parameter_group(
    former: Any, self: Any, db_parameter_group_name: str, db_parameter_group_parameters: Any
) -> Any:
    return _modify(former, self, instance_group(self, db_parameter_group_name), db_parameter_group_parameters)


def _reset(response: Any, group: Any) -> None:
    if response.params.get("ResetAllParameters"):
        changes = [Change(name, None, name not in STATIC) for name in group.parameters]
    else:
        parameters = [parameter.original_dict() for parameter in response.params.get("Parameters") or []]
        changes = [Change(p["ParameterName"], None, _is_immediate(p)) for p in parameters]
    for change in changes:
        group.parameters.pop(change.name, None)
    _apply(group, changes)


@add(RDSResponse)
def reset_db_cluster_parameter_group(self: Any) -> ActionResult:
    """Lacking in moto: how Terraform removes a parameter from a group."""
    group = cluster_group(self.backend, self.params["DBClusterParameterGroupName"])
    _reset(self, group)
    return ActionResult({"DBClusterParameterGroupName": group.name})


@add(RDSResponse)
def reset_db_parameter_group(self: Any) -> ActionResult:
    group = instance_group(self.backend, self.params["DBParameterGroupName"])
    _reset(self, group)
    return ActionResult({"DBParameterGroupName": group.name})


# --- Reading parameters


def _described(response: Any, parameters: Iterable[Dict[str, Any]]) -> ActionResult:
    """moto leaves out who set a parameter, and the provider then sets them all again with every plan."""
    if response.params.get("Source") not in (None, "user"):
        return ActionResult({"Parameters": []})
    return ActionResult(
        {
            "Parameters": [
                {
                    **parameter,
                    "Source": "user",
                    "ApplyType": "static" if parameter["ParameterName"] in STATIC else "dynamic",
                    "IsModifiable": True,
                }
                for parameter in parameters
            ]
        }
    )


@patch(RDSResponse)
def describe_db_cluster_parameters(former: Any, self: Any) -> ActionResult:  # noqa: F811
    return _described(self, former(self).result["Parameters"])


@patch(RDSResponse)
def describe_db_parameters(former: Any, self: Any) -> ActionResult:
    return _described(self, former(self).result["Parameters"])
