"""Every world under hard conditions; `python -m tests.aws.harsh [WORLD …]` does all of it.

What is held against a diagnosis is a *complaint*, a line of text that names the world only where
the world is what matters: so one defect that shows in a hundred worlds is one line.
"""

import asyncio
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path

from tests.aws.asking import pasted
from tests.aws.harsh_source import Memory, Pool, Spoilt, Unhurried
from tests.aws.worlds import Asked, applied, environment, fits, on_bastion, target
from wizard.aws.calls import Calls
from wizard.aws.catalogue import Catalogue
from wizard.aws.diagnosing import diagnose_one
from wizard.catalog.store import knowledge
from wizard.core.answer import Diagnosis
from wizard.core.findings import CONFIRMED, SUSPECTED, UNKNOWN, Finding
from wizard.core.knowledge import Knowledge
from wizard.core.unread import Unread
from wizard.lab import Lab
from wizard.lab.world import World
from wizard.lab.worlds import HEALTHY, WORLDS, BrokenWorld, goals

DEADLINE_S = 45.0
SHARE = 0.3
"""The part of all calls that is throttled."""

BY_MESSAGE = {
    "target-group-of-instances": "the service was never made",
    "balancer-names-a-port-that-is-not-mapped": "the service was never made",
    "run-as-names-a-stranger": "no API tells which users an image has",
    "exec-key-missing": "the embedded AWS denies an alias that is not there",
}
"""Worlds that leave nothing to read but the message."""

TOLD = {
    name
    for name, world in WORLDS.items()
    if name in BY_MESSAGE
    or world.goal not in (goals.deploy, goals.shell)
    or any(planted.cause.startswith("caller.") for planted in world.causes)
}
"""Worlds whose user has to paste the message."""


class Study:
    """One world, staged once and diagnosed as often as wanted."""

    def __init__(self, known: Knowledge, lab: Lab, pool: Pool, name: str) -> None:
        self.name = name
        self.one = WORLDS.get(name) or HEALTHY[name]
        self._catalogue = Catalogue.of(known)
        self.world, seen = self.one.stage(lab)
        # Nothing happens by itself from here on: all that is due lies an hour ahead.
        lab.clock(advance=-3600.0)
        # What an API refuses is seen by its caller alone, and what is over by nobody.
        refused = seen.text.startswith("An error occurred")
        self.unseen = self.one.goal is not goals.deploy or refused or _rests(self.world)
        self.observed = pasted(known, seen.text) if name in TOLD else []
        self.wanted = target(self.world, self.one)
        self.expected = self.one.expected(self.world) if isinstance(self.one, BrokenWorld) else []
        self._stack = ExitStack()
        sits = on_bastion(self.world, self.wanted)
        self._environment = environment(lab, self.world, on_bastion=sits)
        with applied(self._environment):
            self._memory = Memory(pool.asking(self.wanted.region))
        self._runner = self._stack.enter_context(asyncio.Runner(loop_factory=Unhurried))

    def close(self) -> None:
        """Let go of the world."""
        self._stack.close()

    def _diagnose(self, source: Spoilt) -> Diagnosis:
        async def job() -> Diagnosis:
            calls = Calls(source, DEADLINE_S)
            return await diagnose_one(calls, self._catalogue, self.wanted, self.observed)

        # Clients are made when they are first needed, by the environment of that moment.
        with applied(self._environment):
            return self._runner.run(job())

    @cached_property
    def calm(self) -> Diagnosis:
        """What is found when all can be read."""
        found = self._diagnose(Spoilt(self._memory))
        self._memory.freeze()
        return found

    @cached_property
    def asked(self) -> list[str]:
        """The operations that this takes, each of which may be denied."""
        assert self.calm
        return self._memory.operations

    def denied(self, operation: str) -> Diagnosis:
        """What is found when `operation` may not be called."""
        assert self.calm
        return self._diagnose(Spoilt(self._memory, denied=frozenset({operation})))

    def throttled(self, seed: int = 0) -> tuple[Diagnosis, Spoilt]:
        """What is found when calls are throttled, and the source that did it."""
        assert self.calm
        source = Spoilt(self._memory, throttled=SHARE, seed=seed)
        return self._diagnose(source), source

    def sample(self, share: int) -> list[str]:
        """Return every `share`-th of the operations, others in each world, always the same."""
        return [one for one in self.asked if zlib.crc32(f"{self.name}/{one}".encode()) % share == 0]


def _rests(world: World) -> bool:
    """Whether the service has what it wants, though the first try of some task had failed."""
    service = world.describe()
    done = all(one["rolloutState"] == "COMPLETED" for one in service["deployments"])
    return done and bool(service["runningCount"] == service["desiredCount"])


def base_complaints(study: Study) -> list[str]:
    """Return what is held against the diagnosis of an undisturbed world."""
    found, name, one = study.calm, study.name, study.one
    if not isinstance(one, BrokenWorld):
        return [*_false_alarms(found, name)]
    asked = Asked(study.world, one, found)
    missed = [
        (cause, fields) for cause, fields in asked.missed if not _sealed(found, cause, fields)
    ]
    sealed = {cause for cause, _ in asked.missed} - {cause for cause, _ in missed}
    made = [f"{name}: misses {cause}" for cause, _ in missed]
    made += [f"{name}: proves {cause} wrongly" for cause in asked.wrong if cause not in sealed]
    made += [f"{name}: proves {cause} without evidence" for cause in asked.unproven]
    if not found.problem:
        made.append(f"{name}: finds no problem")
    made += [f"{name}: fails to read {each}" for each in _failures(found)]
    if not study.observed and not study.unseen:
        seen = {each.symptom for each in found.symptoms}
        made += [] if one.symptom in seen else [f"{name}: does not see {one.symptom}"]
    return [*made, *order_complaints(study)]


def _sealed(found: Diagnosis, cause: str, fields: dict[str, str]) -> bool:
    """Whether a cause is proven but for the key of a secret that nobody here may describe, and that
    is told to be open."""
    known = {name: value for name, value in fields.items() if name != "key"}
    return known != fields and any(
        one.status == CONFIRMED
        and "key" not in one.fields
        and one.unread
        and _is(one, cause, known)
        for one in found.findings
    )


def _false_alarms(found: Diagnosis, name: str) -> Iterator[str]:
    for one in found.findings:
        if one.status in (CONFIRMED, SUSPECTED):
            yield f"{name}: {one.status} {one.cause} where nothing is wrong"
    if found.problem:
        yield f"{name}: finds a problem where there is none"


def order_complaints(study: Study) -> Iterator[str]:
    """Yield what is wrong with `predicted` and with the order of the planted causes."""
    places = [_place(study.calm, *planted) for planted in study.expected]
    found = [one for one in places if one is not None]
    for number, place in enumerate(places):
        if place is None:
            continue
        finding = study.calm.findings[place]
        if finding.predicted != (number > 0):
            said = "as predicted" if finding.predicted else "as present"
            yield f"{study.name}: gives {finding.cause} (number {number + 1}) {said}"
    if found != sorted(found):
        yield f"{study.name}: gives its causes in another order"


def _place(found: Diagnosis, cause: str, fields: dict[str, str]) -> int | None:
    for place, one in enumerate(found.findings):
        if one.status == CONFIRMED and _is(one, cause, fields):
            return place
    return None


def _is(one: Finding, cause: str, fields: dict[str, str]) -> bool:
    return one.cause == cause and all(fits(key, fields[key], one) for key in fields)


def denied_complaints(study: Study, operation: str) -> list[str]:
    """Return what is held against the diagnosis by somebody who may not call `operation`."""
    found, calm = study.denied(operation), study.calm
    made = [*_wrongly_proven(found, calm, operation), *_refuted(study, found)]
    failed = [one for one in found.unread if one.call == operation]
    if not failed:
        made.append("is not said to be unread")
    needed = {cause for one in failed for cause in one.needed_for}
    lost = set(found.unchecked) - set(calm.unchecked)
    families = sorted({cause.partition(".")[0] for cause in lost - needed})
    made += [f"is not named for {one} causes" for one in families]
    made += [f"claims {c} checked and unchecked" for c in {*found.checked} & {*found.unchecked}]
    if not study.expected and found.problem:
        made.append("finds a problem where there is none")
    made += [f"fails to read {one}" for one in _failures(found)]
    return [f"without {operation}: {one}" for one in dict.fromkeys(made)]


def _failures(found: Diagnosis) -> list[str]:
    """Return the facts whose reader met what it did not expect."""
    unread = {key: one for key, one in found.facts.items() if isinstance(one, Unread)}
    return [key for key, one in unread.items() if one.why == "unexpected-answer"]


def _wrongly_proven(found: Diagnosis, calm: Diagnosis, operation: str) -> Iterator[str]:
    """Yield what is proven only because something could not be read."""
    known = {one.cause for one in calm.findings if one.status == CONFIRMED}
    for one in found.findings:
        lacks = one.cause.startswith("caller.") and bool(operation) and operation in str(one.fields)
        if one.status == CONFIRMED and one.cause not in known and not lacks:
            yield f"proves {one.cause}"


def _refuted(study: Study, found: Diagnosis) -> Iterator[str]:
    """Yield the planted causes that are neither proven nor left open any more."""
    for cause, fields in study.expected:
        if _place(study.calm, cause, fields) is None or _place(found, cause, fields) is not None:
            continue
        open_ = {one.cause for one in found.findings if one.status in (SUSPECTED, UNKNOWN)}
        if cause not in open_ | {*found.unchecked}:
            said = "rules out" if cause in found.checked else "forgets"
            yield f"{said} a planted {cause.partition('.')[0]} cause"


def throttled_complaints(study: Study, seed: int = 0) -> list[str]:
    """Return in what the diagnosis differs when calls are throttled.

    A call that is throttled each time it is tried is given up: then it is as good as denied.
    """
    found, source = study.throttled(seed)
    if source.given_up:
        made = [*_wrongly_proven(found, study.calm, ""), *_refuted(study, found)]
    else:
        differ = _essence(found) ^ _essence(study.calm)
        made = sorted({f"{one[0]} differs" for one in differ})
        made += [] if found.unread == study.calm.unread else ["reads less"]
    return [f"{study.name}, throttled: {one}" for one in made]


def _essence(found: Diagnosis) -> set[tuple[str, ...]]:
    return {
        (one.cause, one.status, str(one.predicted), str(sorted(one.fields.items(), key=str)))
        for one in found.findings
    }


def everything(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each complaint of all worlds, every operation denied, with the world it was seen in."""
    known = knowledge(())
    counts: Counter[str] = Counter()
    begun = time.monotonic()
    with Lab.start(region="ap-northeast-1", speed=1.0) as lab, closing(Pool()) as pool:
        for name in names:
            study = Study(known, lab, pool, name)
            try:
                yield from ((one, name) for one in base_complaints(study))
                for operation in study.asked:
                    yield from ((one, name) for one in denied_complaints(study, operation))
                for seed in range(3):
                    yield from ((one, name) for one in throttled_complaints(study, seed))
                counts.update(worlds=1, denied=len(study.asked), throttled=3)
            finally:
                study.close()
    seconds = time.monotonic() - begun
    used = time.process_time()
    print(f"{dict(counts)} in {seconds:.0f} s ({used:.0f} s of this process)", file=sys.stderr)


def main(names: list[str]) -> int:
    """Print every complaint once, with the number of worlds and the first of them."""
    seen: dict[str, list[str]] = {}
    for complaint, name in everything(names or [*WORLDS, *HEALTHY]):
        seen.setdefault(complaint, []).append(name)
    for complaint, where in sorted(seen.items()):
        print(f"{complaint}  [{len(where)}: {where[0]}]")
    print(f"{len(seen)} complaints of {Path(__file__).name}", file=sys.stderr)
    return 1 if seen else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
