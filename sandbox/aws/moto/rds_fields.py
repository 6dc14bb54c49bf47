"""What moto forgets, or makes up, of a cluster or an instance."""

import uuid
from typing import Any, Dict

from moto.rds.models import DBCluster, DBInstance
from patching import add, patch

# Parameters of the request that are lost, and the attribute that the answer takes each from. Terraform would plan to
# set them again for ever.
INSTANCE_FIELDS = {
    "enable_performance_insights": "performance_insights_enabled",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
    "database_insights_mode": "database_insights_mode",
    "monitoring_interval": "monitoring_interval",
    "monitoring_role_arn": "monitoring_role_arn",
    "network_type": "network_type",
}
CLUSTER_FIELDS = {
    **INSTANCE_FIELDS,
    "enable_iam_database_authentication": "iam_auth",
    "ca_certificate_identifier": "ca_certificate_identifier",
    "serverless_v2_scaling_configuration": "serverless_v2_scaling_configuration",
}


def keep_fields(resource: Any, fields: Dict[str, str], request: Any) -> None:
    for parameter, attribute in fields.items():
        if request.get(parameter) is not None:
            setattr(resource, attribute, request[parameter])


@patch(DBInstance)
def __init__(former: Any, self: Any, *args: Any, **kwargs: Any) -> None:
    former(self, *args, **kwargs)
    # All instances of moto's have the same. It is the provider's ID of an instance: with two of them, it finds neither.
    self.dbi_resource_id = "db-" + uuid.uuid4().hex[:26].upper()
    # Not available before its server is.
    self.status = "creating"
    keep_fields(self, INSTANCE_FIELDS, kwargs)


@patch(DBCluster)
def __init__(former: Any, self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: F811
    former(self, *args, **kwargs)
    keep_fields(self, CLUSTER_FIELDS, kwargs)


_scaling = DBCluster.scaling_configuration_info.fget


@add(DBCluster)
@property
def scaling_configuration_info(self: Any) -> Any:
    """An empty one of a provisioned cluster is a block that Terraform plans to remove for ever."""
    return _scaling(self) if self.scaling_configuration else None


@patch(DBCluster)
def save_automated_backup(former: Any, self: Any) -> None:
    """The sandbox makes none. moto's have a minute in their name and stay behind: whoever makes a cluster anew within
    that minute is told that the backup exists already."""


@patch(DBInstance)
def save_automated_backup(former: Any, self: Any) -> None:  # noqa: F811
    """None either, for the same reason."""
