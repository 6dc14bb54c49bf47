"""The roles that DMS takes on in the account."""

import json
from typing import Any

from moto.dms.exceptions import DmsClientError
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition


def trusts(role: Any, service: str) -> bool:
    statements = json.loads(role.assume_role_policy_document)["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement["Effect"] == "Allow" and service in ([services] if isinstance(services, str) else services):
            return True
    return False


def has_policy(role: Any) -> bool:
    return bool(role.policies or role.managed_policies)


def check_role(backend: Any, name: str) -> None:
    """That there is one of this very name, which DMS may take on, and which may do something."""
    partition = get_partition(backend.region_name)
    roles = iam_backends[backend.account_id][partition].get_roles()
    if not any(role.name == name and trusts(role, "dms.amazonaws.com") and has_policy(role) for role in roles):
        raise DmsClientError(
            "AccessDeniedFault",
            f"The IAM Role arn:{partition}:iam::{backend.account_id}:role/{name} is not configured properly.",
        )
