"""What ECS tells: service events, and state changes to EventBridge.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.store import Store
from wizard.lab.cloud.state import Cloud, Record

_KEPT = 100


def tell(service: Record, when: float, text: str) -> None:
    """Adds an event to a service: newest first, of which AWS keeps a hundred."""
    message = f"(service {service['serviceName']}) {text}"
    event = {"id": str(uuid.uuid4()), "createdAt": stamp(when), "message": message}
    service["events"].insert(0, event)
    del service["events"][_KEPT:]


def task_changed(cloud: Cloud, store: Store, task: Record, when: float) -> None:
    """Sends an "ECS Task State Change" event to the account's default bus."""
    from moto.events.models import events_backends

    backend = events_backends[store.account][store.region]
    if not any(bus.rules for bus in backend.event_buses.values()):
        return
    detail = {k: _json(v) for k, v in task.items() if not k.startswith("_") and v is not None}
    backend.put_events(
        [
            {
                "Source": "aws.ecs",
                "DetailType": "ECS Task State Change",
                "Detail": _dump(detail),
                "Resources": [task["taskArn"]],
                "Time": when,
            }
        ]
    )


def _dump(value: Any) -> str:
    import json

    return json.dumps(value)


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    if isinstance(value, dict):
        return {k: _json(v) for k, v in value.items() if not str(k).startswith("_")}
    if isinstance(value, list):
        return [_json(v) for v in value]
    return value
