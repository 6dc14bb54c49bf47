"""Master passwords: the servers have the one that the API knows of."""

import json
import secrets
import uuid
from typing import Any, Dict

import orders
from moto.rds.models import MasterUserSecret
from patching import patch


def master_of(resource: Any) -> Dict[str, str]:
    return {"username": resource.master_username, "password": resource._master_user_password}


def tell_server(resource: Any, before: Dict[str, str]) -> None:
    """After a change: the server has the new password."""
    if master_of(resource) != before:
        orders.set_password(resource.resource_id, master_of(resource))


def drop_unchanged_management(resource: Any, request: Any) -> None:
    """To manage what is managed changes nothing; moto would make a second secret."""
    if request.get("manage_master_user_password") and resource.manage_master_user_password:
        del request["manage_master_user_password"]


@patch(MasterUserSecret)
def _generate_secret_string(former: Any, self: Any) -> str:
    """moto's managed secrets all hold the same user "admin" and the same password."""
    password = secrets.token_urlsafe(24)
    self.resource._master_user_password = password
    return json.dumps({"username": self.resource.master_username, "password": password})


@patch(MasterUserSecret)
def rotate_secret(former: Any, self: Any) -> None:
    """moto's rotation makes a version without a value, and changes no password."""
    self._status = "rotating"
    self.secretsmanager.put_secret_value(
        secret_id=self.secret.arn,
        secret_string=self._generate_secret_string(),
        secret_binary=None,
        client_request_token=str(uuid.uuid4()),
        version_stages=["AWSCURRENT"],
    )
