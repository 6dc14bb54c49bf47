"""Aurora clusters, each with a real server behind its endpoint."""

from typing import Any

import orders
import rds_fields
import rds_parameter_groups as groups
import rds_passwords as passwords
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import DBCluster, RDSBackend
from moto.rds.responses import RDSResponse
from patching import add, patch
from rds_engine_versions import full_version


def refuse(self: Any) -> None:
    raise NotImplementedError("the sandbox has no server for that")


# What moto would only pretend: the server behind it would be missing, or run on.
for action in (
    "create_blue_green_deployment",
    "create_db_instance_read_replica",
    "restore_db_cluster_to_point_in_time",
    "restore_db_instance_to_point_in_time",
    "start_db_cluster",
    "start_db_instance",
    "stop_db_cluster",
    "stop_db_instance",
):
    setattr(RDSResponse, action, refuse)


def check_unchanged(resource: Any, request: Any, **parameters: str) -> None:
    """Refuses to change what the server cannot.

    @param parameters: the attribute of the resource by the parameter of the request.
    """
    for parameter, attribute in parameters.items():
        wanted = request.get(parameter)
        if wanted is not None and wanted != getattr(resource, attribute):
            raise NotImplementedError(f"the sandbox's servers keep their {attribute}")


def check_major(resource: Any, request: Any) -> None:
    version = request.get("engine_version")
    if version is not None:
        request["engine_version"] = full_version(resource.engine, version)
        if request["engine_version"].split(".")[0] != resource.engine_version.split(".")[0]:
            raise NotImplementedError("the sandbox's servers keep their major version")


@patch(RDSBackend)
def create_db_cluster(former: Any, self: Any, kwargs: Any) -> Any:
    """Also the last step of a restore from a snapshot."""
    identifier = kwargs["db_cluster_identifier"]
    if identifier in self.clusters:
        raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    kwargs["engine_version"] = version = full_version(kwargs["engine"], kwargs.get("engine_version"))
    # moto has one default group for all engines, that of a MySQL.
    name = kwargs.get("db_cluster_parameter_group_name") or groups.default_group_name(kwargs["engine"], version)
    groups.check_family(groups.cluster_group(self, name), kwargs["engine"], version)
    kwargs["db_cluster_parameter_group_name"] = name
    subnet_group = kwargs.get("db_subnet_group_name")
    if subnet_group not in (None, "default"):
        # For the error, if there is none of that name.
        self.describe_db_subnet_groups(subnet_group)
    snapshot = kwargs.get("snapshot_identifier")
    data = self.get_db_cluster_snapshot(snapshot).data if snapshot else None

    cluster = former(self, kwargs)
    try:
        place = orders.create(
            cluster.resource_id, version, cluster.port, passwords.master_of(cluster), cluster.database_name or None, data
        )
    except orders.OrderFailed:
        del self.clusters[identifier]
        if cluster.manage_master_user_password:
            cluster.master_user_secret.delete_secret()
        raise
    cluster.address, cluster.reader_address = place["address"], place["readerAddress"]
    return cluster


@patch(RDSBackend)
def modify_db_cluster(former: Any, self: Any, kwargs: Any) -> Any:
    """moto forgets a cluster when it refuses to modify it."""
    identifier = kwargs["db_cluster_identifier"]
    cluster = self.clusters.get(identifier)
    if cluster is None:
        raise DBClusterNotFoundError(identifier)
    check_unchanged(cluster, kwargs, port="port", new_db_cluster_identifier="db_cluster_identifier")
    check_major(cluster, kwargs)
    if kwargs.get("db_cluster_parameter_group_name"):
        group = groups.cluster_group(self, kwargs["db_cluster_parameter_group_name"])
        groups.check_family(group, cluster.engine, kwargs.get("engine_version") or cluster.engine_version)
    passwords.drop_unchanged_management(cluster, kwargs)
    before = passwords.master_of(cluster)
    try:
        answer = former(self, kwargs)
    finally:
        self.clusters[identifier] = cluster
    rds_fields.keep_fields(cluster, rds_fields.CLUSTER_FIELDS, kwargs)
    passwords.tell_server(cluster, before)
    return answer


@patch(RDSBackend)
def delete_db_cluster(former: Any, self: Any, cluster_identifier: str, snapshot_name: Any = None) -> Any:
    cluster = former(self, cluster_identifier, snapshot_name)
    orders.remove(cluster.resource_id)
    return cluster


@add(RDSResponse)
def reboot_db_cluster(self: Any) -> None:
    """Lacking in moto; RDS has it for Multi-AZ DB clusters, which the sandbox has none of."""
    raise RDSClientError(
        "InvalidParameterCombination", "RebootDBCluster is not for Aurora: reboot its instances by RebootDBInstance."
    )


@add(DBCluster)
@property
def endpoint(self: Any) -> str:
    """Where its server listens; moto's names lead nowhere."""
    return self.address


@add(DBCluster)
@property
def reader_endpoint(self: Any) -> str:
    return self.reader_address
