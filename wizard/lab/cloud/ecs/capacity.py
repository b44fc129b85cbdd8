"""Fargate's capacity and the account's quota of it, as far as a world's settings limit them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

from __future__ import annotations

from moto.ec2.models import ec2_backends

from wizard.lab.cloud.agenda import watch
from wizard.lab.cloud.ecs.lifecycle import stop
from wizard.lab.cloud.ecs.news import task_changed
from wizard.lab.cloud.ecs.store import Store
from wizard.lab.cloud.ecs.validate import cpu_units
from wizard.lab.cloud.launch.eni import find_subnet
from wizard.lab.cloud.state import Cloud, Record

SPOT = "FARGATE_SPOT"
# Both texts as public reports of service events show them.
_QUOTA = "You've reached the limit on the number of vCPUs you can run concurrently"
_CAPACITY = (
    "Capacity is unavailable at this time. Please try again later or in a different"
    " availability zone"
)
# fargate-capacity-providers.html#fargate-capacity-providers-termination
_INTERRUPTED = ("SpotInterruption", "Your Spot Task was interrupted.")


def capacity_refusal(cloud: Cloud, store: Store, wanted: str, spot: bool) -> str | None:
    """Fargate's words when the quota is reached; None when it is not.

    The quotas of On-Demand and of Spot are counted apart; the setting is the first one's.
    *wanted* is the definition's ``cpu``.
    """
    limit = cloud.settings.fargate_vcpus
    if limit is None or spot:
        return None
    return _QUOTA if _vcpus_in_use(store) + cpu_units(wanted) / 1024 > limit else None


def _vcpus_in_use(store: Store) -> float:
    alive = [t for t in store.tasks.values() if t["lastStatus"] != "STOPPED"]
    demanded = [t for t in alive if t.get("capacityProviderName") != SPOT]
    return sum(cpu_units(str(t["cpu"])) for t in demanded) / 1024


def open_subnets(cloud: Cloud, store: Store, subnets: list[str], spot: bool) -> list[str]:
    """Those of a task's subnets in whose zone Fargate has room."""
    shut = set(cloud.settings.no_capacity_in)
    if spot:
        shut |= set(cloud.settings.no_spot_in)
    return [s for s in subnets if not shut or _zone(store, s) not in shut]


def _zone(store: Store, subnet: str) -> str:
    found = find_subnet(ec2_backends[store.account][store.region], subnet)
    return "" if found is None else str(found.availability_zone)


def no_room() -> str:
    """Fargate's words when no subnet's zone has room."""
    return _CAPACITY


@watch
def interrupt(cloud: Cloud) -> None:
    """Takes Spot capacity back in the zones of ``no_spot_in``.

    A notice comes as a task state change event while the task still runs, and SIGTERM with it;
    the lab's programs end on that at once, and need none of the two minutes.
    """
    zones = set(cloud.settings.no_spot_in)
    if not zones:
        return
    now = cloud.clock.now()
    for store in cloud.memory.ecs.values():
        for task in list(store.tasks.values()):
            if _is_taken_back(store, task, zones):
                code, reason = _INTERRUPTED
                notice: Record = {"stopCode": code, "stoppedReason": reason}
                task_changed(store, task, now, desiredStatus="STOPPED", **notice)
                stop(cloud, store, task, now, _INTERRUPTED)


def _is_taken_back(store: Store, task: Record, zones: set[str]) -> bool:
    if task.get("capacityProviderName") != SPOT or task["desiredStatus"] == "STOPPED":
        return False
    return _zone(store, str(task["_subnet"])) in zones
