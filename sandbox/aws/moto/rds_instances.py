"""Instances: of RDS, with a real server behind each, and of Aurora, which share their cluster's."""

import threading
from typing import Any

import orders
import rds_fields
import rds_parameter_groups as groups
import rds_passwords as passwords
from moto.rds.exceptions import InvalidDBInstanceStateFault
from moto.rds.models import DBInstance, RDSBackend
from patching import add, patch
from rds_clusters import check_major, check_unchanged
from rds_engine_versions import full_version

# moto takes the first member of a cluster for its writer, and two that are made at once would both be the first.
one_at_a_time = threading.Lock()


@patch(RDSBackend)
def create_db_instance(former: Any, self: Any, kwargs: Any) -> Any:
    """Also the last step of a restore from a snapshot."""
    cluster = self.clusters.get(kwargs.get("db_cluster_identifier") or "")
    if cluster is None:
        kwargs["engine_version"] = version = full_version(kwargs["engine"], kwargs.get("engine_version"))
    else:
        version = cluster.engine_version
    name = kwargs.get("db_parameter_group_name") or groups.default_group_name(kwargs["engine"], version)
    groups.check_family(groups.instance_group(self, name), kwargs["engine"], version)
    kwargs["db_parameter_group_name"] = name
    snapshot = kwargs.get("db_snapshot_identifier")
    data = self.get_db_snapshot(snapshot).data if snapshot else None

    with one_at_a_time:
        instance = former(self, kwargs)
    try:
        if cluster is None:
            place = orders.create(
                instance.resource_id, version, instance.port, passwords.master_of(instance), instance.db_name or None, data
            )
            instance.host = place["address"]
        else:
            # moto gives it the engine's default.
            instance.port = cluster.port
    except orders.OrderFailed:
        del self.databases[kwargs["db_instance_identifier"]]
        if instance.manage_master_user_password:
            instance.master_user_secret.delete_secret()
        raise
    start(instance)
    return instance


def start(instance: Any) -> None:
    try:
        groups.boot(instance)
        instance.status = "available"
    except orders.OrderFailed:
        instance.status = "incompatible-parameters"


@patch(RDSBackend)
def modify_db_instance(former: Any, self: Any, db_instance_identifier: str, db_kwargs: Any) -> Any:
    instance = self.describe_db_instances(db_instance_identifier)[0]
    check_unchanged(instance, db_kwargs, db_port_number="port", new_db_instance_identifier="db_instance_identifier")
    if instance.db_cluster_identifier is None:
        check_major(instance, db_kwargs)
    if db_kwargs.get("db_parameter_group_name"):
        group = groups.instance_group(self, db_kwargs["db_parameter_group_name"])
        groups.check_family(group, instance.engine, db_kwargs.get("engine_version") or instance.engine_version)
    passwords.drop_unchanged_management(instance, db_kwargs)
    owner = getattr(instance, "cluster", instance)
    before = passwords.master_of(owner)
    former(self, db_instance_identifier, db_kwargs)
    rds_fields.keep_fields(instance, rds_fields.INSTANCE_FIELDS, db_kwargs)
    passwords.tell_server(owner, before)
    return instance


@patch(RDSBackend)
def reboot_db_instance(former: Any, self: Any, db_instance_identifier: str) -> Any:
    """moto's does nothing. The instance is "rebooting" until its server is back."""
    instance = former(self, db_instance_identifier)
    if instance.status not in ("available", "incompatible-parameters"):
        raise InvalidDBInstanceStateFault(f"Instance {db_instance_identifier} is {instance.status}, not available.")
    instance.status = "rebooting"
    threading.Thread(target=start, args=(instance,), daemon=True).start()
    return instance


@patch(RDSBackend)
def delete_db_instance(former: Any, self: Any, db_instance_identifier: str, *args: Any, **kwargs: Any) -> Any:
    instance = former(self, db_instance_identifier, *args, **kwargs)
    cluster = getattr(instance, "cluster", None)
    if cluster is None:
        orders.remove(instance.resource_id)
    elif not cluster.members:
        # The data stays, and nobody answers at the cluster's endpoint.
        orders.halt(cluster.resource_id)
    return instance


@add(DBInstance)
@property
def address(self: Any) -> str:
    """Where its server listens; moto's names lead nowhere."""
    cluster = getattr(self, "cluster", None)
    if cluster is None:
        return self.host
    return cluster.address if self.is_cluster_writer else cluster.reader_address
