"""Replication subnet groups."""

import json
from typing import Any, Dict, List

from dms_responses import find
from dms_roles import check_role
from moto.core.responses import ActionResult
from moto.dms.exceptions import DmsClientError, InvalidResourceStateFault
from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationSubnetGroup
from moto.dms.responses import DatabaseMigrationServiceResponse
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import ec2_backends
from patching import add, patch


def subnets_of(backend: Any, ids: List[str]) -> List[Any]:
    """Those of one VPC, in two zones at least."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    try:
        subnets = [ec2.get_subnet(id) for id in ids]
    except InvalidSubnetIdError as error:
        raise DmsClientError("InvalidSubnet", error.message) from error
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise DmsClientError("InvalidSubnet", "The subnets of a replication subnet group must lie in one VPC.")
    zones = {subnet.availability_zone for subnet in subnets}
    if len(zones) < 2:
        raise DmsClientError(
            "ReplicationSubnetGroupDoesNotCoverEnoughAZs",
            "The subnets of a replication subnet group must lie in at least 2 Availability Zones, and these are in "
            f"{', '.join(zones)} only.",
        )
    return subnets


def default_group(backend: Any) -> Any:
    """What an instance is in that is created without: the default VPC's subnets."""
    group = FakeReplicationSubnetGroup("default", "default")
    defaults = ec2_backends[backend.account_id][backend.region_name].get_default_subnets()
    group.subnets = list(defaults.values())
    return group


@patch(DatabaseMigrationServiceBackend)
def create_replication_subnet_group(
    former: Any,
    self: Any,
    replication_subnet_group_identifier: str,
    replication_subnet_group_description: str,
    subnet_ids: List[str],
    tags: Any = None,
) -> Any:
    """moto forgets the subnets, and keeps the tags by the identifier, where nobody looks for them."""
    check_role(self, "dms-vpc-role")
    subnets = subnets_of(self, subnet_ids)
    group = former(self, replication_subnet_group_identifier, replication_subnet_group_description, subnet_ids)
    group.subnets = subnets
    arn = f"arn:{self.partition}:dms:{self.region_name}:{self.account_id}:subgrp:{replication_subnet_group_identifier}"
    self.tagger.tag_resource(arn, tags or [])
    return group


@add(DatabaseMigrationServiceResponse)
def modify_replication_subnet_group(self: Any) -> Any:
    """Lacking in moto."""
    request = json.loads(self.body)
    identifier = request["ReplicationSubnetGroupIdentifier"]
    group = find(
        self.dms_backend.replication_subnet_groups.values(),
        "Replication subnet group",
        lambda group: group.replication_subnet_group_identifier == identifier,
    )
    group.subnets = subnets_of(self.dms_backend, request["SubnetIds"])
    group.description = request.get("ReplicationSubnetGroupDescription", group.description)
    return ActionResult({"ReplicationSubnetGroup": group.to_dict()})


@patch(DatabaseMigrationServiceBackend)
def delete_replication_subnet_group(former: Any, self: Any, replication_subnet_group_identifier: str) -> Any:
    """moto takes it from under its instances."""
    for instance in self.replication_instances.values():
        if instance.group.replication_subnet_group_identifier == replication_subnet_group_identifier:
            raise InvalidResourceStateFault(
                f"The replication subnet group {replication_subnet_group_identifier} is in use by the replication "
                f"instance {instance.id}."
            )
    return former(self, replication_subnet_group_identifier)


@patch(FakeReplicationSubnetGroup)
def to_dict(former: Any, self: Any) -> Dict[str, Any]:
    """moto makes a VPC and a subnet up."""
    return {
        **former(self),
        "VpcId": next((subnet.vpc_id for subnet in self.subnets), None),
        "Subnets": [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SubnetStatus": "Active",
            }
            for subnet in self.subnets
        ],
    }
