"""Replication instances."""

import json
from typing import Any, Dict

from dms_responses import find, refuse_combination
from dms_roles import check_role
from dms_subnet_groups import default_group
from moto.core.responses import ActionResult
from moto.dms.exceptions import InvalidResourceStateFault, ResourceAlreadyExistsFault
from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationInstance
from moto.dms.responses import DatabaseMigrationServiceResponse
from moto.dms.utils import random_id
from patching import add, patch

# What a modification changes at once, or in the maintenance window only, and the attribute that the answer takes it
# from.
DEFERRED = {
    "AllocatedStorage": "allocated_storage",
    "EngineVersion": "engine_version",
    "MultiAZ": "multi_az",
    "NetworkType": "network_type",
    "ReplicationInstanceClass": "replication_instance_class",
}
IMMEDIATE = {
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
}


def check_zone(multi_az: Any, zone: Any) -> None:
    if multi_az and zone:
        raise refuse_combination("AvailabilityZone can't be set when MultiAZ is true.")


@patch(FakeReplicationInstance)
def __init__(former: Any, self: Any, *args: Any, **kwargs: Any) -> None:
    former(self, *args, **kwargs)
    # Not the identifier, which moto takes: who mistakes one for the other must find out.
    self.arn = f"{self.arn.rpartition(':')[0]}:{self.resource_identifier or random_id(True, 26)}"
    self.pending: Dict[str, Any] = {}


@patch(DatabaseMigrationServiceBackend)
def create_replication_instance(former: Any, self: Any, **kwargs: Any) -> Any:
    """moto's is in no subnet group, whatever the request says."""
    check_role(self, "dms-vpc-role")
    identifier = kwargs["replication_instance_identifier"]
    if any(instance.id == identifier for instance in self.replication_instances.values()):
        raise ResourceAlreadyExistsFault(f"There is a replication instance {identifier} already.")
    check_zone(kwargs["multi_az"], kwargs["availability_zone"])
    name = kwargs["replication_subnet_group_identifier"]
    group = (
        find(
            self.replication_subnet_groups.values(),
            "Replication subnet group",
            lambda group: group.replication_subnet_group_identifier == name,
        )
        if name
        else default_group(self)
    )
    zones = [subnet.availability_zone for subnet in group.subnets]
    zone = kwargs["availability_zone"] or zones[0]
    if zone not in zones:
        raise refuse_combination(f"The replication subnet group {name} has no subnet in {zone}.")
    instance = former(
        self,
        **{
            **kwargs,
            "availability_zone": zone,
            "engine_version": kwargs["engine_version"] or "3.5.4",
            "network_type": kwargs["network_type"] or "IPV4",
            "preferred_maintenance_window": kwargs["preferred_maintenance_window"] or "sun:03:00-sun:03:30",
        },
    )
    instance.group = group
    return instance


@add(DatabaseMigrationServiceResponse)
def modify_replication_instance(self: Any) -> Any:
    """Lacking in moto."""
    request = json.loads(self.body)
    arn = request["ReplicationInstanceArn"]
    instance = find(
        self.dms_backend.replication_instances.values(), "Replication instance", lambda instance: instance.arn == arn
    )
    for parameter, attribute in IMMEDIATE.items():
        if parameter in request:
            setattr(instance, attribute, request[parameter])
    if "VpcSecurityGroupIds" in request:
        instance.vpc_security_groups = [
            {"VpcSecurityGroupId": id, "Status": "active"} for id in request["VpcSecurityGroupIds"]
        ]
    instance.pending.update({parameter: request[parameter] for parameter in DEFERRED if parameter in request})
    if request.get("ApplyImmediately"):
        for parameter, value in instance.pending.items():
            setattr(instance, DEFERRED[parameter], value)
        instance.pending = {}
    return ActionResult({"ReplicationInstance": instance.to_dict()})


@patch(DatabaseMigrationServiceBackend)
def delete_replication_instance(former: Any, self: Any, replication_instance_arn: str) -> Any:
    """moto takes it from under its tasks."""
    if any(task.replication_instance_arn == replication_instance_arn for task in self.replication_tasks.values()):
        raise InvalidResourceStateFault(
            f"The replication instance {replication_instance_arn} has one or more replication tasks."
        )
    return former(self, replication_instance_arn)


@patch(FakeReplicationInstance)
def to_dict(former: Any, self: Any) -> Dict[str, Any]:
    zones = {subnet.availability_zone for subnet in self.group.subnets} - {self.availability_zone}
    return {
        **former(self),
        "ReplicationSubnetGroup": self.group.to_dict(),
        "PendingModifiedValues": self.pending,
        "SecondaryAvailabilityZone": min(zones) if self.multi_az else None,
    }
