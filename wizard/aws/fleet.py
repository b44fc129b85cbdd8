"""Every service of a cluster or region, with shared facts read once and calls batched."""

import asyncio
from typing import Any

from wizard.aws.answers import Answer
from wizard.aws.arns import short
from wizard.aws.calls import Calls
from wizard.aws.catalogue import Catalogue
from wizard.aws.diagnosing import diagnose_one
from wizard.aws.listing import service_answers, tasks_by_group
from wizard.aws.reading import Reading
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target, Unread

_AT_ONCE = 40
"""Services in work at the same time: bounds memory."""


async def diagnose_fleet(
    calls: Calls, knowledge: Catalogue, cluster: str | None, goal: str
) -> list[Diagnosis]:
    """Return the diagnosis of each service, by cluster and name."""
    if cluster:
        names: Any = [str(short(cluster))]
    else:
        reading = Reading(calls, Target(), given={"observed-goals": frozenset()})
        names = await reading.part("cluster-names")
    if isinstance(names, Unread):
        return []
    found: list[Diagnosis] = []
    for name in names:
        found += await _of_cluster(calls, knowledge, name, goal)
    return found


async def _of_cluster(
    calls: Calls, knowledge: Catalogue, cluster: str, goal: str
) -> list[Diagnosis]:
    services, tasks = await asyncio.gather(
        service_answers(calls, cluster), tasks_by_group(calls, cluster)
    )
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(service: Answer) -> Diagnosis:
        name = str(service["serviceName"])
        given = {"service-answer": service, "task-answers": tasks.get(f"service:{name}", [])}
        target = Target(goal=goal, cluster=cluster, service=name)
        async with gate:
            return await diagnose_one(calls, knowledge, target, (), given)

    return list(await asyncio.gather(*(one(service) for service in services)))
