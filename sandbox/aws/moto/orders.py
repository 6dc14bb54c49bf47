"""Orders to the program that owns the PostgreSQL servers and started us (see server-orders.ts)."""

import http.client
import json
import os
from typing import Any, Dict, Optional

from moto.rds.exceptions import RDSClientError

PORT = int(os.environ["SANDBOX_ORDERS_PORT"])
TOKEN = os.environ["SANDBOX_ORDERS_TOKEN"]


class OrderFailed(RDSClientError):
    """A server cannot do what was asked of it. The client is told at once, not to try again."""

    def __init__(self, message: str):
        super().__init__("InvalidParameterCombination", message)


def create(
    identifier: str,
    version: str,
    port: int,
    master: Dict[str, str],
    database: Optional[str],
    snapshot: Optional[str],
) -> Dict[str, str]:
    """A server that is down still; returns its "address" and "readerAddress"."""
    major = int(version.split(".")[0])
    return _order(
        "create",
        identifier=identifier,
        major=major,
        port=port,
        master=master,
        database=database,
        snapshot=snapshot,
    )


def boot(identifier: str, parameters: Dict[str, str]) -> None:
    _order("boot", identifier=identifier, parameters=parameters)


def reload(identifier: str, parameters: Dict[str, str]) -> None:
    _order("reload", identifier=identifier, parameters=parameters)


def halt(identifier: str) -> None:
    _order("halt", identifier=identifier)


def set_password(identifier: str, master: Dict[str, str]) -> None:
    _order("set-password", identifier=identifier, master=master)


def snapshot(identifier: str, name: str) -> None:
    _order("snapshot", identifier=identifier, snapshot=name)


def remove(identifier: str) -> None:
    _order("remove", identifier=identifier)


def connect(login: Dict[str, Any]) -> None:
    """Signs in, and no more."""
    _order("connect", login=login)


def create_slot(login: Dict[str, Any], slot: str) -> None:
    _order("create-slot", login=login, slot=slot)


def find_slot(login: Dict[str, Any], slot: str) -> None:
    """Fails when there is none."""
    _order("find-slot", login=login, slot=slot)


def drop_slot(login: Dict[str, Any], slot: str) -> None:
    _order("drop-slot", login=login, slot=slot)


def _order(name: str, **order: Any) -> Dict[str, Any]:
    # No urllib: that would send what is meant for loopback through the machine's proxy.
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
    try:
        connection.request("POST", f"/{name}", json.dumps(order), {"Authorization": f"Bearer {TOKEN}"})
        response = connection.getresponse()
        answer = json.loads(response.read())
    finally:
        connection.close()
    if response.status != 200:
        raise OrderFailed(answer["message"])
    return answer
