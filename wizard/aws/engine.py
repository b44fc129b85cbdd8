"""The door to AWS for faces and commands: ask for a diagnosis, failures, choices, an identity.

Every method blocks (up to the stated deadline) and may be called from any thread but not from
inside a running event loop. `AwsUnavailableError` says that AWS cannot be asked at all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from wizard.aws import listing, saving
from wizard.aws.answers import Refused
from wizard.aws.arns import short
from wizard.aws.calls import Calls, Made, entry, is_local
from wizard.aws.calls import Progress as Progress
from wizard.aws.catalogue import Catalogue
from wizard.aws.diagnosing import diagnose_one, raise_if_unavailable
from wizard.aws.errors import AwsUnavailableError
from wizard.aws.fleet import Count as Count
from wizard.aws.fleet import diagnose_fleet
from wizard.aws.machine import PROBES
from wizard.aws.reading import ODD_SHAPE, operations
from wizard.aws.sessions import read_session
from wizard.aws.source import LiveSource, OfflineSource, SavedSource, Source
from wizard.core.answer import Choice, Diagnosis, Failure, Identity
from wizard.core.facts import Target
from wizard.core.findings import Observed
from wizard.core.knowledge import Knowledge
from wizard.errors import UsageError

T = TypeVar("T")

DEADLINE_S = 45.0
"""A diagnosis ends within this time whatever AWS does; what is not read by then is `timeout`."""
FLEET_DEADLINE_S = 300.0
"""The same for a whole cluster or region."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a diagnosis of one or of many cost: AWS calls (each page counted), how often one was
    asked again, and the longest chain of calls that had to wait for each other."""

    calls: int
    retried: int
    round_trips: int


class Engine:
    """Diagnoses the live account, or a file of saved answers (`replay`).

    `save` names a file that keeps every answer of the last diagnosis, redacted; with `keep` the
    newest few diagnoses are kept in the state directory (`wizard.aws.saving`). A progress
    callback is called from the diagnosing thread with a call (`ecs:DescribeServices`) and its
    state: `asked`, `read` or `unread`. `cost` is that of the last diagnosis.
    """

    def __init__(  # noqa: PLR0913 - all but the knowledge have defaults
        self,
        knowledge: Knowledge,
        profile: str | None = None,
        region: str | None = None,
        *,
        save: Path | None = None,
        keep: bool = False,
        replay: Path | None = None,
        deadline_s: float = DEADLINE_S,
        fleet_deadline_s: float = FLEET_DEADLINE_S,
    ) -> None:
        self.knowledge = Catalogue.of(knowledge)
        self.cost = Cost(0, 0, 0)
        self._profile, self._region = profile, region
        self._save, self._keep, self._replay = save, keep, replay
        self._deadline_s, self._fleet_deadline_s = deadline_s, fleet_deadline_s

    @cached_property
    def _saved(self) -> SavedSource | None:
        return SavedSource(self._replay) if self._replay else None

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
        saved = self._saved
        if saved and saved.whole and (target.service or not target.task):
            return self._out_of_many(saved, target)
        target = self._from_file(target)

        async def job(calls: Calls) -> Diagnosis:
            found = await diagnose_one(calls, self.knowledge, target, observed)
            return replace(found, from_file=saved is not None)

        head = {"target": asdict(target), "whole": None}
        return self._run(job, on_progress, self._deadline_s, target.region, head)

    def diagnose_all(
        self,
        cluster: str | None,
        goal: str = "all",
        on_progress: Progress | None = None,
        on_count: Count | None = None,
    ) -> list[Diagnosis]:
        """Return a diagnosis for every service of `cluster`, or of the region (None).

        Their facts are not kept. `on_count` is told how many services are done, of how many.
        """

        async def job(calls: Calls) -> list[Diagnosis]:
            found = await diagnose_fleet(calls, self.knowledge, cluster, goal, on_count)
            return [replace(one, from_file=self._replay is not None) for one in found]

        target = Target(goal=goal, cluster=cluster)
        head = {"target": asdict(target), "whole": "cluster" if cluster else "region"}
        return self._run(job, on_progress, self._fleet_deadline_s, None, head)

    @property
    def saved_whole(self) -> bool:
        """Whether the replayed file was saved for every service of a cluster or region."""
        return bool(self._saved and self._saved.whole)

    def diagnose_saved(
        self, goal: str = "all", on_progress: Progress | None = None
    ) -> list[Diagnosis]:
        """Return the diagnosis of what the replayed file was saved for: one target, or each service
        of a cluster or region."""
        saved = self._saved
        if saved and saved.whole:
            asked = goal if goal != "all" else str(saved.target.get("goal") or "all")
            return self.diagnose_all(saved.target.get("cluster"), asked, on_progress)
        return [self.diagnose(Target(goal=goal), (), on_progress)]

    def _out_of_many(self, saved: SavedSource, target: Target) -> Diagnosis:
        """The diagnosis of one service out of a file of a whole cluster or region."""
        every = self.diagnose_all(saved.target.get("cluster"), target.goal)
        for one in every:
            here = target.cluster is None or short(target.cluster) == one.target.cluster
            if here and one.target.service and one.target.service == short(target.service):
                return one
        named = "/".join(filter(None, (target.cluster, target.service))) or "its services"
        raise UsageError(f"{self._replay}: saved for a whole {saved.whole} without {named}")

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
        if self._saved is None or target.cluster or target.service or target.task:
            return target
        names = {field.name for field in fields(Target)}
        known = {
            key: str(value)
            for key, value in self._saved.target.items()
            if key in names and value is not None
        }
        if target.goal != "all":
            known["goal"] = target.goal
        return Target(**known)

    def _run(
        self,
        job: Callable[[Calls], Awaitable[T]],
        on_progress: Progress | None,
        deadline_s: float,
        region: str | None = None,
        head: dict[str, Any] | None = None,
    ) -> T:
        source, trouble = self._source(region)

        async def whole() -> T:
            calls = Calls(source, deadline_s, on_progress)
            with self._writing(calls, head):
                result = await job(calls)
            self.cost = Cost(calls.count, calls.retried, calls.round_trips)
            if trouble is None:
                raise_if_unavailable(calls, result)
            return result

        try:
            result = asyncio.run(whole())
        except ODD_SHAPE as error:
            if self._replay is None:
                raise
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(f"{self._replay}: an answer in it cannot be read: {said}") from error
        finally:
            source.close()
        if trouble:
            told = result if isinstance(result, Diagnosis) else None
            raise AwsUnavailableError(trouble.kind, str(trouble), told)
        return result

    def _source(self, region: str | None) -> tuple[Source, AwsUnavailableError | None]:
        """Return where answers come from, and why it is not AWS where it should be."""
        if self._saved:
            return self._saved, None
        try:
            session = read_session(self._profile, self._region or region, operations=operations())
            return LiveSource(session, PROBES), None
        except AwsUnavailableError as error:
            return OfflineSource(error.kind, PROBES), error

    @contextmanager
    def _writing(self, calls: Calls, head: dict[str, Any] | None) -> Iterator[None]:
        """Write to a file what is read meanwhile, also where that is cut short."""
        file = self._file(calls.source, head) if head else None
        if file is None:
            yield
            return
        read_any = False

        def add(made: Made) -> None:
            nonlocal read_any
            read_any = read_any or not (is_local(made.operation) or _failed(made))
            file.add(entry(made))

        calls.on_made = add
        try:
            yield
        finally:
            calls.on_made = None
            if self._save or read_any:
                file.done(clock_skew_s=calls.source.clock_skew_s)
            else:
                file.drop()
        if self._save and file.error:
            raise UsageError(f"--save {self._save}: {file.error.strerror}")
        saving.tidy()

    def _file(self, source: Source, head: dict[str, Any]) -> saving.Snapshot | None:
        where = {
            "saved_at": source.now.isoformat(),
            "region": source.region,
            "partition": source.partition,
        }
        if self._save:
            try:
                return saving.Snapshot(self._save, {**where, **head})
            except OSError as error:
                raise UsageError(f"--save {self._save}: {error.strerror}") from None
        return saving.keep({**where, **head}) if self._keep and self._replay is None else None


def _failed(made: Made) -> bool:
    return isinstance(made.outcome, Refused)
