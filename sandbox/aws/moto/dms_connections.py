"""How DMS gets to the real servers behind its endpoints."""

import json
from typing import Any, Dict

import orders
from dms_responses import find
from dms_roles import trusts
from moto.dms.models import DatabaseMigrationServiceBackend, FakeConnection
from moto.iam.models import iam_backends
from moto.secretsmanager.models import secretsmanager_backends
from patching import patch


class Unreachable(Exception):
    """DMS does not get to the server, or not with the rights that it needs there: in words."""


def login_of(backend: Any, endpoint: Any) -> Dict[str, Any]:
    """Where an endpoint's server is, and as whom DMS signs in there."""
    settings = endpoint.postgre_sql_settings
    if "SecretsManagerSecretId" in settings:
        secret = _secret(backend, settings["SecretsManagerSecretId"], settings.get("SecretsManagerAccessRoleArn"))
    else:
        secret = {
            "host": settings.get("ServerName"),
            "port": settings.get("Port"),
            "username": settings.get("Username"),
            "password": settings.get("Password"),
        }
    missing = [key for key in ("host", "port", "username", "password") if not secret.get(key)]
    if missing:
        raise Unreachable(f"The endpoint {endpoint.endpoint_identifier} has no {', '.join(missing)}.")
    return {
        "host": secret["host"],
        "port": int(secret["port"]),
        "username": secret["username"],
        "password": secret["password"],
        "database": settings.get("DatabaseName") or endpoint.database_name,
        "encrypted": endpoint.ssl_mode != "none",
    }


def _secret(backend: Any, secret_id: str, role_arn: Any) -> Dict[str, Any]:
    service = f"dms.{backend.region_name}.amazonaws.com"
    roles = iam_backends[backend.account_id][backend.partition].get_roles()
    if not any(role.arn == role_arn and trusts(role, service) for role in roles):
        raise Unreachable(f"The secret {secret_id} cannot be read: {service} may not assume the role {role_arn}.")
    secrets = secretsmanager_backends[backend.account_id][backend.region_name]
    try:
        return json.loads(secrets.get_secret_value(secret_id, None, None)["SecretString"])
    except Exception as error:
        raise Unreachable(f"The secret {secret_id} cannot be read: {error}") from error


def reach(order: Any, backend: Any, endpoint_arn: str, *args: Any) -> None:
    """Gives an order that takes a login, with the endpoint's."""
    endpoint = find(backend.endpoints.values(), "Endpoint", lambda endpoint: endpoint.endpoint_arn == endpoint_arn)
    try:
        order(login_of(backend, endpoint), *args)
    except orders.OrderFailed as error:
        raise Unreachable(f"Endpoint {endpoint.endpoint_identifier}: {error.message}") from error


@patch(DatabaseMigrationServiceBackend)
def test_connection(former: Any, self: Any, replication_instance_arn: str, endpoint_arn: str) -> Any:
    """moto's succeeds with whatever an endpoint says, and is not to be tested twice."""
    tested = (replication_instance_arn, endpoint_arn)
    self.connections = [
        other for other in self.connections if (other.replication_instance_arn, other.endpoint_arn) != tested
    ]
    connection = former(self, replication_instance_arn, endpoint_arn)
    connection.failure = ""
    try:
        reach(orders.connect, self, endpoint_arn)
    except Unreachable as error:
        connection.failure = str(error)
    return connection


@patch(FakeConnection)
def to_dict(former: Any, self: Any) -> Dict[str, Any]:
    status = "failed" if self.failure else "successful"
    return {**former(self), "Status": status, "LastFailureMessage": self.failure}
