"""Event subscriptions, of which moto has none."""

import json
from typing import Any, Dict

from dms_responses import find
from moto.core.responses import ActionResult
from moto.dms.exceptions import DmsClientError, ResourceAlreadyExistsFault
from moto.dms.responses import DatabaseMigrationServiceResponse
from moto.sns.models import sns_backends
from patching import add

ANSWERED = {
    "Enabled": "Enabled",
    "EventCategories": "EventCategoriesList",
    "SnsTopicArn": "SnsTopicArn",
    "SourceIds": "SourceIdsList",
    "SourceType": "SourceType",
    "SubscriptionName": "CustSubscriptionId",
}


def subscriptions_of(backend: Any) -> Dict[str, Any]:
    """By their names."""
    return backend.__dict__.setdefault("event_subscriptions", {})


def read(backend: Any, request: Any) -> Dict[str, Any]:
    topic = request["SnsTopicArn"]
    if topic not in sns_backends[backend.account_id][backend.region_name].topics:
        raise DmsClientError("SNSInvalidTopicFault", f"There is no SNS topic {topic}.")
    return {ANSWERED[parameter]: value for parameter, value in request.items() if parameter in ANSWERED}


@add(DatabaseMigrationServiceResponse)
def create_event_subscription(self: Any) -> Any:
    request, backend = json.loads(self.body), self.dms_backend
    name = request["SubscriptionName"]
    if name in subscriptions_of(backend):
        raise ResourceAlreadyExistsFault(f"There is an event subscription {name} already.")
    subscription = {"CustomerAwsId": backend.account_id, "Status": "active", "Enabled": True, **read(backend, request)}
    subscriptions_of(backend)[name] = subscription
    arn = f"arn:{backend.partition}:dms:{backend.region_name}:{backend.account_id}:es:{name}"
    backend.tagger.tag_resource(arn, request.get("Tags") or [])
    return ActionResult({"EventSubscription": subscription})


@add(DatabaseMigrationServiceResponse)
def modify_event_subscription(self: Any) -> Any:
    request = json.loads(self.body)
    subscription = _named(self, request["SubscriptionName"])
    subscription.update(read(self.dms_backend, {"SnsTopicArn": subscription["SnsTopicArn"], **request}))
    return ActionResult({"EventSubscription": subscription})


@add(DatabaseMigrationServiceResponse)
def describe_event_subscriptions(self: Any) -> Any:
    name = json.loads(self.body).get("SubscriptionName")
    found = [_named(self, name)] if name else list(subscriptions_of(self.dms_backend).values())
    return ActionResult({"EventSubscriptionsList": found})


@add(DatabaseMigrationServiceResponse)
def delete_event_subscription(self: Any) -> Any:
    subscription = _named(self, json.loads(self.body)["SubscriptionName"])
    del subscriptions_of(self.dms_backend)[subscription["CustSubscriptionId"]]
    return ActionResult({"EventSubscription": subscription})


def _named(self: Any, name: str) -> Any:
    return find(
        subscriptions_of(self.dms_backend).values(),
        "Event subscription",
        lambda subscription: subscription["CustSubscriptionId"] == name,
    )
