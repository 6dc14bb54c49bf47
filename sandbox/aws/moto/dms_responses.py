"""What is common to all answers of DMS."""

import json
from types import SimpleNamespace
from typing import Any, Callable, Iterable

from moto.core.responses import ActionResult, EmptyResult
from moto.dms import responses
from moto.dms.exceptions import DmsClientError, ResourceNotFoundFault
from moto.dms.responses import DatabaseMigrationServiceResponse
from patching import add

# moto answers times as text, which no SDK takes; its serialiser, which the other services use, writes numbers.
responses.json = SimpleNamespace(loads=json.loads, dumps=ActionResult)


def refuse_parameter(message: str) -> DmsClientError:
    return DmsClientError("InvalidParameterValueException", message)


def refuse_combination(message: str) -> DmsClientError:
    return DmsClientError("InvalidParameterCombinationException", message)


def find(resources: Iterable[Any], kind: str, matches: Callable[[Any], bool]) -> Any:
    """The one of the resources that matches."""
    for resource in resources:
        if matches(resource):
            return resource
    raise ResourceNotFoundFault(f"{kind} could not be found.")


@add(DatabaseMigrationServiceResponse)
def add_tags_to_resource(self: Any) -> Any:
    """Lacking in moto."""
    request = json.loads(self.body)
    self.dms_backend.tagger.tag_resource(request["ResourceArn"], request["Tags"])
    return EmptyResult()


@add(DatabaseMigrationServiceResponse)
def remove_tags_from_resource(self: Any) -> Any:
    """Lacking in moto."""
    request = json.loads(self.body)
    self.dms_backend.tagger.untag_resource_using_names(request["ResourceArn"], request["TagKeys"])
    return EmptyResult()
