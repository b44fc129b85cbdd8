"""Every service of a cluster or region, with shared facts read once and calls batched.

What is listed and described is let go of when a cluster is done, and of a diagnosis its facts: a
region costs the memory of the clusters in work and of the answers.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.arns import short
from wizard.aws.calls import Calls, Made, chunked, together
from wizard.aws.catalogue import Catalogue
from wizard.aws.diagnosing import diagnose_one
from wizard.aws.listing import service_names, services_named, tasks_by_group
from wizard.aws.reading import Reading
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target
from wizard.core.unread import Unread

Count = Callable[[int, int], None]
"""Is told how many services are done, of how many that are known so far."""

_CLUSTERS_AT_ONCE = 8
_AT_ONCE = 100
"""Services in work at the same time: bounds memory, and fills the batches of what they share."""


class _Fleet:
    """The work on all services of one run."""

    def __init__(self, calls: Calls, knowledge: Catalogue, goal: str, count: Count | None) -> None:
        self.calls, self.knowledge, self.goal = calls, knowledge, goal
        self._count = count or (lambda done, known: None)
        self._done = self._known = 0
        self._clusters = asyncio.Semaphore(_CLUSTERS_AT_ONCE)
        self._window = asyncio.Lock()

    async def cluster(self, named: str) -> list[Diagnosis]:
        """Return a diagnosis for each service, or one for the cluster if it has or shows none."""
        async with self._clusters:
            name, own = str(short(named)), self.calls.branch()
            jobs: Any = (service_names(own, name), tasks_by_group(own, name))
            services, tasks = await together(*jobs)
            if isinstance(services, Refused) or not services:
                return [await self._one(Target(self.goal, named), {}, _refused(own))]
            self._tell(known=len(services))
            found: list[Diagnosis] = []
            for some in chunked(services, _AT_ONCE):
                async with self._window:
                    described = await services_named(own, name, some)
                    known = _refused(own)
                    found += await together(
                        *(
                            self._service(named, one, answer, _of(tasks, one), known)
                            for one, answer in described.items()
                        )
                    )
            own.release()
            return found

    async def _service(
        self,
        cluster: str,
        name: str,
        answer: Answer | Unread | None,
        tasks: list[Answer] | Unread,
        known: list[Made],
    ) -> Diagnosis:
        # What the caller may do besides would cost calls for each service's roles.
        rights = Unread("iam:SimulatePrincipalPolicy", "not-asked")
        given = {"service-answer": answer, "task-answers": tasks, "rights": rights}
        found = await self._one(Target(self.goal, cluster, name), given, known)
        self._tell(done=1)
        return found

    async def _one(self, target: Target, given: dict[str, Any], known: list[Made]) -> Diagnosis:
        own = self.calls.branch(known)
        found = await diagnose_one(own, self.knowledge, target, (), given)
        return replace(found, facts={})

    async def nowhere(self, known: list[Made]) -> Diagnosis:
        """Return what can be said where not even the clusters can be listed."""
        return await self._one(Target(self.goal), {}, known)

    def _tell(self, done: int = 0, known: int = 0) -> None:
        self._done += done
        self._known += known
        self._count(self._done, self._known)


def _of(tasks: dict[str, list[Answer]] | Unread, service: str) -> list[Answer] | Unread:
    return tasks if isinstance(tasks, Unread) else tasks.get(f"service:{service}", [])


def _refused(calls: Calls) -> list[Made]:
    return [one for one in calls.made.values() if isinstance(one.outcome, Refused)]


async def diagnose_fleet(
    calls: Calls,
    knowledge: Catalogue,
    cluster: str | None,
    goal: str,
    count: Count | None = None,
) -> list[Diagnosis]:
    """Return the diagnosis of each service, by cluster and name.

    A cluster without a service, or whose services cannot be listed, has one diagnosis, of the
    cluster alone; a region whose clusters cannot be listed one of nothing.
    """
    fleet = _Fleet(calls, knowledge, goal, count)
    if cluster:
        return await fleet.cluster(cluster)
    own = calls.branch()
    names = await Reading(own, Target(), given={"observed-goals": frozenset()}).part(
        "cluster-names"
    )
    if isinstance(names, Unread):
        return [await fleet.nowhere(_refused(own))]
    return [one for some in await together(*map(fleet.cluster, names)) for one in some]
