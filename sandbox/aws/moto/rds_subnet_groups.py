"""DB subnet groups."""

from typing import Any, List

from moto.rds.exceptions import RDSClientError
from moto.rds.models import RDSBackend
from patching import patch


def check_coverage(subnets: List[Any]) -> None:
    zones = sorted({subnet.availability_zone for subnet in subnets})
    if len(zones) < 2:
        raise RDSClientError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            f"The subnets of a DB subnet group must lie in at least 2 Availability Zones, and these are in {zones[0]} only.",
        )


@patch(RDSBackend)
def create_subnet_group(former: Any, self: Any, subnet_name: str, description: str, subnets: Any, tags: Any) -> Any:
    """moto takes a single subnet, which AWS refuses."""
    check_coverage(subnets)
    return former(self, subnet_name, description, subnets, tags)


@patch(RDSBackend)
def modify_db_subnet_group(former: Any, self: Any, subnet_name: str, description: str, subnets: Any) -> Any:
    """moto loses the group that it modifies: the provider reads it back and finds nothing."""
    check_coverage(subnets)
    group = former(self, subnet_name, description, subnets)
    self.subnet_groups[subnet_name] = group
    return group
