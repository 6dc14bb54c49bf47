"""Snapshots, with the data."""

import uuid
from typing import Any

import orders
from moto.rds.models import RDSBackend
from patching import patch


def take(snapshot: Any, snapshots: Any, identifier: str, original: Any) -> None:
    """Copies the data of a cluster's or an instance's server.

    @param original: the copy of the cluster or instance that moto keeps with the snapshot and restores from.
    """
    snapshot.data = str(uuid.uuid4())
    # What is restored has the password, and manages it only when the restoring request says so.
    original.manage_master_user_password = False
    original.__dict__.pop("master_user_secret", None)
    try:
        orders.snapshot(original.resource_id, snapshot.data)
    except orders.OrderFailed:
        del snapshots[identifier]
        raise


@patch(RDSBackend)
def create_db_cluster_snapshot(
    former: Any, self: Any, db_cluster_identifier: str, db_cluster_snapshot_identifier: str, *args: Any, **kwargs: Any
) -> Any:
    snapshot = former(self, db_cluster_identifier, db_cluster_snapshot_identifier, *args, **kwargs)
    take(snapshot, self.cluster_snapshots, db_cluster_snapshot_identifier, snapshot.cluster)
    return snapshot


@patch(RDSBackend)
def create_db_snapshot(
    former: Any, self: Any, db_instance_identifier: str, db_snapshot_identifier: str, *args: Any, **kwargs: Any
) -> Any:
    snapshot = former(self, db_instance_identifier, db_snapshot_identifier, *args, **kwargs)
    take(snapshot, self.database_snapshots, db_snapshot_identifier, snapshot.database)
    return snapshot


@patch(RDSBackend)
def copy_db_cluster_snapshot(
    former: Any, self: Any, source_db_cluster_snapshot_identifier: str, *args: Any, **kwargs: Any
) -> Any:
    copy = former(self, source_db_cluster_snapshot_identifier, *args, **kwargs)
    copy.data = self.get_db_cluster_snapshot(source_db_cluster_snapshot_identifier).data
    return copy


@patch(RDSBackend)
def copy_db_snapshot(former: Any, self: Any, source_db_snapshot_identifier: str, *args: Any, **kwargs: Any) -> Any:
    copy = former(self, source_db_snapshot_identifier, *args, **kwargs)
    copy.data = self.get_db_snapshot(source_db_snapshot_identifier).data
    return copy
