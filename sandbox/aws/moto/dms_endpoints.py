"""Endpoints: of PostgreSQL, which is all that the sandbox has servers of."""

import json
from typing import Any, Dict

from dms_certificates import certificates_of
from dms_responses import find, refuse_combination
from moto.core.responses import ActionResult
from moto.dms.exceptions import InvalidResourceStateFault, ResourceAlreadyExistsFault
from moto.dms.models import DatabaseMigrationServiceBackend, Endpoint
from moto.dms.responses import DatabaseMigrationServiceResponse
from patching import add, patch

# What a request may say beside the settings or in them: it is the same.
CONNECTION = {
    "DatabaseName": "database_name",
    "Password": "password",
    "Port": "port",
    "ServerName": "server_name",
    "Username": "username",
}
MODIFIABLE = {
    **CONNECTION,
    "CertificateArn": "certificate_arn",
    "EndpointIdentifier": "endpoint_identifier",
    "EngineName": "engine_name",
    "ExtraConnectionAttributes": "extra_connection_attributes",
    "ServiceAccessRoleArn": "service_access_role_arn",
    "SslMode": "ssl_mode",
}


def check_engine(engine: str) -> None:
    if engine not in ("aurora-postgresql", "postgres"):
        raise NotImplementedError(f"the sandbox has no server of the engine {engine}")


def check_certificate(backend: Any, ssl_mode: str, certificate_arn: Any) -> None:
    if certificate_arn:
        find(certificates_of(backend), "Certificate", lambda arn: arn == certificate_arn)
    elif ssl_mode in ("verify-ca", "verify-full"):
        raise refuse_combination(f"CertificateArn is required when SslMode is {ssl_mode}.")


def tasks_of(backend: Any, endpoint: Any) -> Any:
    tasks = backend.replication_tasks.values()
    return [task for task in tasks if endpoint.endpoint_arn in (task.source_endpoint_arn, task.target_endpoint_arn)]


@patch(DatabaseMigrationServiceBackend)
def create_endpoint(former: Any, self: Any, **kwargs: Any) -> Any:
    """moto's never leaves its status "creating", and one replaces another of the same identifier."""
    identifier = kwargs["endpoint_identifier"]
    check_engine(kwargs["engine_name"])
    if identifier in self.endpoints:
        raise ResourceAlreadyExistsFault(f"There is an endpoint {identifier} already.")
    kwargs["ssl_mode"] = kwargs["ssl_mode"] or "none"
    check_certificate(self, kwargs["ssl_mode"], kwargs["certificate_arn"])
    beside = {parameter: kwargs[attribute] for parameter, attribute in CONNECTION.items()}
    kwargs["postgre_sql_settings"] = {
        **{parameter: value for parameter, value in beside.items() if value is not None},
        **(kwargs["postgre_sql_settings"] or {}),
    }
    endpoint = former(self, **kwargs)
    endpoint.status = "active"
    return endpoint


@add(DatabaseMigrationServiceResponse)
def modify_endpoint(self: Any) -> Any:
    """Lacking in moto. Settings that the request leaves out stay, unless it says ExactSettings."""
    request, backend = json.loads(self.body), self.dms_backend
    arn = request.pop("EndpointArn")
    exact, settings = request.pop("ExactSettings", False), request.pop("PostgreSQLSettings", None)
    request.pop("EndpointType", None)
    endpoint = find(backend.endpoints.values(), "Endpoint", lambda endpoint: endpoint.endpoint_arn == arn)
    unknown = request.keys() - MODIFIABLE
    if unknown:
        raise NotImplementedError(f"the sandbox has no {', '.join(sorted(unknown))} of endpoints")
    check_engine(request.get("EngineName", endpoint.engine_name))
    check_certificate(
        backend,
        request.get("SslMode", endpoint.ssl_mode),
        request.get("CertificateArn", endpoint.certificate_arn),
    )
    running = [task.id for task in tasks_of(backend, endpoint) if task.status not in ("ready", "stopped", "failed")]
    if running:
        raise InvalidResourceStateFault(
            f"The endpoint {endpoint.endpoint_identifier} cannot be modified while its replication task "
            f"{running[0]} runs: stop the task first."
        )
    del backend.endpoints[endpoint.endpoint_identifier]
    for parameter, value in request.items():
        setattr(endpoint, MODIFIABLE[parameter], value)
    backend.endpoints[endpoint.endpoint_identifier] = endpoint
    beside = {parameter: value for parameter, value in request.items() if parameter in CONNECTION}
    kept = {} if exact and settings is not None else endpoint.postgre_sql_settings
    endpoint.postgre_sql_settings = {**kept, **beside, **(settings or {})}
    return ActionResult({"Endpoint": endpoint.to_dict()})


@patch(DatabaseMigrationServiceBackend)
def delete_endpoint(former: Any, self: Any, endpoint_arn: str) -> Any:
    """moto takes it from under its tasks."""
    endpoint = find(self.endpoints.values(), "Endpoint", lambda endpoint: endpoint.endpoint_arn == endpoint_arn)
    if tasks_of(self, endpoint):
        raise InvalidResourceStateFault(
            f"The endpoint {endpoint.endpoint_identifier} is part of one or more replication tasks."
        )
    return former(self, endpoint_arn)


@patch(Endpoint)
def to_dict(former: Any, self: Any) -> Dict[str, Any]:
    """Passwords are never answered."""
    settings = {parameter: value for parameter, value in self.postgre_sql_settings.items() if parameter != "Password"}
    return {**former(self), "PostgreSQLSettings": settings}
