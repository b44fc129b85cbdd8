"""What ECS tells: service events, and state changes to EventBridge.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
"""

from __future__ import annotations

import copy
import sys
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecs.store import Store
from wizard.lab.cloud.identity.evaluate import Named, Policies, Request, evaluate
from wizard.lab.cloud.identity.principals import parsed
from wizard.lab.cloud.state import Record

_KEPT = 100
_EVENTS = "events.amazonaws.com"
# What DescribeTasks shows and an event does not.
_UNSENT = ("tags",)


def tell(service: Record, when: float, text: str) -> None:
    """Adds an event to a service: newest first, of which AWS keeps a hundred."""
    message = f"(service {service['serviceName']}) {text}"
    event = {"id": str(uuid.uuid4()), "createdAt": stamp(when), "message": message}
    service["events"].insert(0, event)
    del service["events"][_KEPT:]


def task_changed(store: Store, task: Record, when: float, **changes: Any) -> None:
    """Sends an "ECS Task State Change"; *changes* are shown instead of the task's own."""
    if not _listening(store):
        return
    shown = {k: v for k, v in task.items() if k not in _UNSENT and v is not None} | changes
    detail = _json(shown) | {"updatedAt": _time(stamp(when))}
    for attachment in detail["attachments"]:
        if attachment["type"] == "ElasticNetworkInterface":
            # The events' own name for it, as their examples show.
            attachment["type"] = "eni"
    _send(store, _Event("ECS Task State Change", str(task["taskArn"]), detail, when))


def service_acted(
    store: Store, service: Record, what: tuple[str, str], when: float, **more: Any
) -> None:
    """Sends an "ECS Service Action"; *what* is the event's type and name."""
    if not _listening(store):
        return
    kind, name = what
    detail = {
        "eventType": kind,
        "eventName": name,
        "clusterArn": service["clusterArn"],
        **more,
        "createdAt": _time(stamp(when)),
    }
    _send(store, _Event("ECS Service Action", str(service["serviceArn"]), detail, when))


def deployment_changed(store: Store, service: Record, what: tuple[str, str], when: float) -> None:
    """Sends an "ECS Deployment State Change" of the PRIMARY deployment."""
    if not _listening(store):
        return
    kind, name = what
    primary = service["deployments"][0]
    detail = {
        "eventType": kind,
        "eventName": name,
        "deploymentId": primary["id"],
        "updatedAt": _time(stamp(when)),
        "reason": primary["rolloutStateReason"],
    }
    event = _Event("ECS Deployment State Change", str(service["serviceArn"]), detail, when)
    _send(store, event)


@dataclass(frozen=True)
class _Event:
    kind: str
    resource: str
    detail: Record
    when: float


def _backend(store: Store) -> Any:
    from moto.events.models import events_backends

    return events_backends[store.account][store.region]


def _listening(store: Store) -> bool:
    bus = _backend(store).event_buses.get("default")
    return bus is not None and any(r.state == "ENABLED" for r in bus.rules.values())


def _send(store: Store, event: _Event) -> None:
    """Hands an event to the rules of the default bus, each of whose targets stands alone."""
    message = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": event.kind,
        "source": "aws.ecs",
        "account": store.account,
        "time": int(event.when),
        "region": store.region,
        "resources": [event.resource],
        "detail": event.detail,
    }
    for rule in list(_backend(store).event_buses["default"].rules.values()):
        if rule.state != "ENABLED":
            continue
        for target in rule.targets:
            if not _may_deliver(store, str(rule.arn), str(target["Arn"])):
                continue
            single = copy.copy(rule)
            single.targets = [target]
            # moto needs a package of its own to transform an event, even where there is nothing
            # to transform: only then is it asked to.
            changed = "InputTransformer" in target
            try:
                single.send_to_targets(copy.deepcopy(message), transform_input=changed)
            except Exception as error:
                # A queue that is gone, or a kind of target that moto has not: AWS drops the
                # event after its retries, and whoever caused it never hears of that.
                print(f"no event to {target['Arn']}: {error!r}", file=sys.stderr, flush=True)


def _may_deliver(store: Store, rule: str, target: str) -> bool:
    """Whether a queue's own policy lets EventBridge in.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    from moto.sqs.models import sqs_backends

    parts = target.split(":", 5)
    if len(parts) != 6 or parts[2] != "sqs":
        return True
    queue = sqs_backends[parts[4]][parts[3]].queues.get(parts[5])
    if queue is None or not queue.policy:
        return False
    context: dict[str, str | list[str]] = {
        "aws:SourceArn": rule,
        "aws:SourceAccount": store.account,
        "aws:SecureTransport": "true",
    }
    request = Request("sqs:SendMessage", target, _EVENTS, context=context, aliases=(_EVENTS,))
    policy = queue.policy if isinstance(queue.policy, dict) else parsed(queue.policy)
    return evaluate(request, Policies(resource=Named(target, policy))).allowed


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, dict):
        return {k: _json(v) for k, v in value.items() if not str(k).startswith("_")}
    if isinstance(value, list):
        return [_json(v) for v in value]
    return value
