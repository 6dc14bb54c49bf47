"""Certificates, of which moto has none."""

import json
import time
from typing import Any, Dict

from dms_responses import find
from moto.core.responses import ActionResult
from moto.dms.exceptions import DmsClientError, InvalidResourceStateFault, ResourceAlreadyExistsFault
from moto.dms.responses import DatabaseMigrationServiceResponse
from moto.dms.utils import random_id
from patching import add

FILTERS = {"certificate-arn": "CertificateArn", "certificate-id": "CertificateIdentifier"}


def certificates_of(backend: Any) -> Dict[str, Any]:
    """By their ARNs."""
    return backend.__dict__.setdefault("certificates", {})


@add(DatabaseMigrationServiceResponse)
def import_certificate(self: Any) -> Any:
    request, backend = json.loads(self.body), self.dms_backend
    identifier, pem = request["CertificateIdentifier"], request.get("CertificatePem", "")
    if "-----BEGIN CERTIFICATE-----" not in pem:
        raise DmsClientError("InvalidCertificateFault", "The certificate is not valid: it is not in the form PEM.")
    if any(other["CertificateIdentifier"] == identifier for other in certificates_of(backend).values()):
        raise ResourceAlreadyExistsFault(f"There is a certificate {identifier} already.")
    arn = f"arn:{backend.partition}:dms:{backend.region_name}:{backend.account_id}:cert:{random_id(True, 26)}"
    certificates_of(backend)[arn] = certificate = {
        "CertificateArn": arn,
        "CertificateCreationDate": time.time(),
        "CertificateIdentifier": identifier,
        "CertificatePem": pem,
    }
    backend.tagger.tag_resource(arn, request.get("Tags") or [])
    return ActionResult({"Certificate": certificate})


@add(DatabaseMigrationServiceResponse)
def describe_certificates(self: Any) -> Any:
    certificates = list(certificates_of(self.dms_backend).values())
    for wanted in json.loads(self.body).get("Filters") or []:
        key = FILTERS[wanted["Name"]]
        certificates = [certificate for certificate in certificates if certificate[key] in wanted["Values"]]
    return ActionResult({"Certificates": certificates})


@add(DatabaseMigrationServiceResponse)
def delete_certificate(self: Any) -> Any:
    arn, backend = json.loads(self.body)["CertificateArn"], self.dms_backend
    find(certificates_of(backend), "Certificate", lambda other: other == arn)
    for endpoint in backend.endpoints.values():
        if endpoint.certificate_arn == arn:
            raise InvalidResourceStateFault(
                f"The certificate {arn} is in use by the endpoint {endpoint.endpoint_identifier}."
            )
    return ActionResult({"Certificate": certificates_of(backend).pop(arn)})
