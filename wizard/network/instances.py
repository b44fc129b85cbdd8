"""The way by a NAT instance, or by any other network interface that forwards.

What runs on it cannot be seen, so at best the way is unverified. It is dead where the instance
does not run. Where the source/destination check is on, AWS drops whatever is not meant for the
instance itself; the attribute says so of the instance or of one of its interfaces, so that is
told as a suspicion. That an interface is gone AWS tells by the route's own state.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html
"""

from __future__ import annotations

from dataclasses import replace

from wizard.network.facts import find, is_shared
from wizard.network.holes import Lack, hole, table_evidence
from wizard.network.scene import Part, Scene, unread
from wizard.network.types import Evidence, Item, Items, Unread

BY_INSTANCE = ("nat-instance", "network-interface")
_STILL = ("stopping", "stopped", "shutting-down", "terminated")
_CHECKED = "sourceDestCheck = true"


def _stopped(instance: Item) -> str:
    """The state of an instance that does not run, empty for one that may."""
    state = str((instance.get("State") or {}).get("Name", "running")).lower()
    return state if state in _STILL else ""


def _checks(instance: Item, interface_id: str) -> bool:
    """Whether the interface that the route names drops what is meant for others."""
    cards = instance.get("NetworkInterfaces") or ()
    card = next((c for c in cards if c.get("NetworkInterfaceId") == interface_id), instance)
    held = instance.get("InstanceId") or (instance.get("Attachment") or {}).get("InstanceId")
    return (
        bool(held) and card.get("SourceDestCheck") is True and not instance.get("RequesterManaged")
    )


def _not_asked(items: Items) -> Unread | None:
    return items if isinstance(items, Unread) and items.why == "not-asked" else None


def instance_way(scene: Scene, route: Item) -> tuple[Part, Lack]:
    """By an instance or interface: dead, or unverified."""
    seen = Part(evidence=(table_evidence(scene, route),), verified=False)
    if is_shared(scene.view, scene.subnet):
        return seen, ""
    instance_id = str(route.get("InstanceId", ""))
    interface_id = str(route.get("NetworkInterfaceId", ""))
    items = scene.view.instances if instance_id else scene.view.network_interfaces
    call = f"ec2:Describe{'Instances' if instance_id else 'NetworkInterfaces'}"
    key = "InstanceId" if instance_id else "NetworkInterfaceId"
    waiting = _not_asked(items)
    if waiting:
        return unread(waiting), ""
    found = find(items, key, instance_id or interface_id)
    if found is None or isinstance(found, Unread):
        return seen, ""
    facts: dict[str, object] = {"instance": instance_id or interface_id}
    state = _stopped(found) if instance_id else ""
    if state:
        told = Evidence(call, facts | {"state": state})
        return hole(scene, scene.table_id, route, told, state=state), "blackhole"
    if _checks(found, interface_id):
        told = Evidence(call, facts | {"state": _CHECKED})
        dead = hole(scene, scene.table_id, route, told, state=_CHECKED)
        return replace(seen, suspects=dead.obstacles), ""
    return seen, ""
