"""The door to AWS for faces and commands: ask for a diagnosis, failures, choices, an identity.

Every method blocks (up to the stated deadline) and may be called from any thread but not from
inside a running event loop. `AwsUnavailableError` says that AWS cannot be asked at all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from wizard.aws import listing, saving
from wizard.aws.calls import Calls
from wizard.aws.calls import Progress as Progress
from wizard.aws.catalogue import Catalogue
from wizard.aws.diagnosing import diagnose_one, raise_if_unavailable
from wizard.aws.errors import AwsUnavailableError
from wizard.aws.fleet import diagnose_fleet
from wizard.aws.machine import PROBES
from wizard.aws.reading import operations
from wizard.aws.sessions import read_session
from wizard.aws.source import LiveSource, OfflineSource, SavedSource, Source
from wizard.core.answer import Choice, Diagnosis, Failure, Identity
from wizard.core.diagnosis import Observed
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge

T = TypeVar("T")

DEADLINE_S = 45.0
"""A diagnosis ends within this time whatever AWS does; what is not read by then is `timeout`."""
FLEET_DEADLINE_S = 300.0
"""The same for a whole cluster or region."""


class Engine:
    """Diagnoses the live account, or a file of saved answers (`replay`).

    `save` names a file that keeps every answer of the last diagnosis, redacted. A progress
    callback is called from the diagnosing thread with a call (`ecs:DescribeServices`) and its
    state: `asked`, `read` or `unread`.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        profile: str | None = None,
        region: str | None = None,
        *,
        save: Path | None = None,
        replay: Path | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self.knowledge = Catalogue.of(knowledge)
        self._profile, self._region = profile, region
        self._save, self._replay = save, replay
        self._deadline_s = deadline_s

    def identity(self) -> Identity:
        """Return who asks, and where."""
        return self._run(lambda calls: listing.identity(calls), None, self._deadline_s)

    def diagnose(
        self,
        target: Target,
        observed: Sequence[Observed] = (),
        on_progress: Progress | None = None,
    ) -> Diagnosis:
        """Return what is wrong with `target`, whose empty fields are filled in where they follow.

        `observed` are symptoms already seen (pasted, captured), the root first; symptoms that are
        seen live are put behind them.
        """
        target = self._from_file(target)

        async def job(calls: Calls) -> Diagnosis:
            found = await diagnose_one(calls, self.knowledge, target, observed)
            if self._save:
                saving.write(self._save, calls, target)
            return replace(found, from_file=self._replay is not None)

        return self._run(job, on_progress, self._deadline_s, target.region)

    def diagnose_all(
        self,
        cluster: str | None,
        goal: str = "all",
        on_progress: Progress | None = None,
    ) -> list[Diagnosis]:
        """Return a diagnosis for every service of `cluster`, or of the region (None)."""

        async def job(calls: Calls) -> list[Diagnosis]:
            found = await diagnose_fleet(calls, self.knowledge, cluster, goal)
            if self._save:
                saving.write(self._save, calls, Target(goal=goal, cluster=cluster))
            return [replace(one, from_file=self._replay is not None) for one in found]

        return self._run(job, on_progress, max(self._deadline_s, FLEET_DEADLINE_S))

    def diagnose_saved(
        self, goal: str = "all", on_progress: Progress | None = None
    ) -> list[Diagnosis]:
        """Return the diagnosis of what the replayed file was saved for, a service or a cluster."""
        saved = SavedSource(self._replay).target if self._replay else {}
        if saved.get("cluster") and not (saved.get("service") or saved.get("task")):
            return self.diagnose_all(saved["cluster"], goal, on_progress)
        return [self.diagnose(Target(goal=goal), (), on_progress)]

    def failures(
        self, cluster: str | None = None, on_progress: Progress | None = None
    ) -> list[Failure]:
        """Return what fails now in `cluster`, or in all clusters of the region; newest first."""
        return self._run(
            lambda calls: listing.failures(calls, self.knowledge, cluster),
            on_progress,
            self._deadline_s,
        )

    def choices(self, kind: str, target: Target) -> list[Choice]:
        """Return what there is to pick: `kind` is cluster, service, task, container, repository."""
        return self._run(
            lambda calls: listing.choices(calls, kind, target),
            None,
            self._deadline_s,
            target.region,
        )

    def _from_file(self, target: Target) -> Target:
        """The file's target where none is named."""
        if self._replay is None or target.cluster or target.service or target.task:
            return target
        saved = SavedSource(self._replay).target
        known = {key: value for key, value in saved.items() if value is not None}
        if target.goal != "all":
            known["goal"] = target.goal
        return Target(**known)

    def _run(
        self,
        job: Callable[[Calls], Awaitable[T]],
        on_progress: Progress | None,
        deadline_s: float,
        region: str | None = None,
    ) -> T:
        trouble: AwsUnavailableError | None = None
        source: Source
        if self._replay:
            source = SavedSource(self._replay)
        else:
            try:
                session = read_session(
                    self._profile, self._region or region, operations=operations()
                )
                source = LiveSource(session, PROBES)
            except AwsUnavailableError as error:
                trouble, source = error, OfflineSource(error.kind, PROBES)

        async def whole() -> T:
            calls = Calls(source, deadline_s, on_progress)
            result = await job(calls)
            if trouble is None:
                raise_if_unavailable(calls, result)
            return result

        try:
            result = asyncio.run(whole())
        finally:
            source.close()
        if trouble:
            told = result if isinstance(result, Diagnosis) else None
            raise AwsUnavailableError(trouble.kind, str(trouble), told)
        return result
