"""Facts read as a graph: each part says what it calls, everything whose inputs are known runs.

A *part* is what one reader makes: a fact of the vocabulary (`service`) or something on the way
there (`task-definition`). A reader asks for other parts and for calls; both are made once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from wizard.aws.answers import Answer, Outcome, Refused
from wizard.aws.calls import Calls, depth, limit_to, shared
from wizard.aws.phrases import PHRASES
from wizard.core.answer import Evidence
from wizard.core.condition import paths
from wizard.core.facts import SEVERAL, VOCABULARY, Facts, Target
from wizard.core.findings import Observed
from wizard.core.knowledge import Knowledge
from wizard.core.unread import Unread
from wizard.core.words import fill

Read = Callable[["Reading"], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: the part it makes, the operations it may call, and how."""

    part: str
    calls: frozenset[str]
    read: Read


_making: ContextVar[tuple[int, str]] = ContextVar("making", default=(0, ""))
"""The reading and the part that the running code makes."""
ODD_SHAPE = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What an answer of a shape that AWS does not document makes of code that reads it."""
READERS: dict[str, Reader] = {}
"""Every reader by the part it makes; filled by importing `wizard.aws.readers`."""


def reader(part: str, *, calls: Iterable[str] = ()) -> Callable[[Read], Read]:
    """Register a coroutine function as the reader of `part`, allowed to make `calls`."""

    def register(read: Read) -> Read:
        if part in READERS:
            raise ValueError(f"two readers make {part!r}")
        READERS[part] = Reader(part, frozenset(calls), read)
        return read

    return register


def operations() -> frozenset[str]:
    """Return every AWS operation that some reader calls: what the read session allows."""
    return frozenset(
        one for each in READERS.values() for one in each.calls if not one.startswith("local:")
    )


@dataclass(frozen=True, slots=True)
class Note:
    """What a call says about a part, or about one field of it (`bastion.docker`).

    `about` narrows it to the item with these field values.
    """

    part: str
    about: dict[str, Any]
    evidence: Evidence


@dataclass
class Reading:
    """The reading of one target: parts made once, notes taken on the way."""

    calls: Calls
    target: Target
    observed: Sequence[Observed] = ()
    given: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._parts: dict[str, asyncio.Task[tuple[Any, int]]] = {}
        self._waits: dict[str, set[str]] = {}

    async def part(self, name: str) -> Any:
        """Return the part called `name`, made by its reader once and shared.

        ValueError if it waits, by way of others perhaps, for the one that asks: no answer would
        ever come.
        """
        if name in self.given:
            return self.given[name]
        reading, asking = _making.get()
        asking = asking if reading == id(self) else ""
        if asking in self._awaited(name):
            raise ValueError(f"{asking!r} and {name!r} wait for each other")
        self._waits.setdefault(asking, set()).add(name)
        if name not in self._parts:
            self._parts[name] = asyncio.create_task(self._make(READERS[name]))
        return await shared(self._parts[name])

    def _awaited(self, name: str) -> set[str]:
        """Return `name` and every part that it has waited for so far."""
        found, left = set[str](), [name]
        while left:
            one = left.pop()
            if one not in found:
                found.add(one)
                left += self._waits.get(one, ())
        return found

    async def _make(self, one: Reader) -> tuple[Any, int]:
        _making.set((id(self), one.part))
        limit_to(one.calls)
        try:
            return await one.read(self), depth()
        except ODD_SHAPE as error:
            # An answer of a shape that AWS does not document must cost one part, not the rest.
            self.faults.append(error)
            return Unread(next(iter(sorted(one.calls)), one.part), "unexpected-answer"), depth()

    async def call(self, operation: str, **params: Any) -> Outcome:
        """Make a call that the running reader has declared."""
        return await self.calls.call(operation, **params)

    def note(
        self, part: str, call: str, phrase: str, about: dict[str, Any] | None = None, **values: Any
    ) -> None:
        """Keep as evidence for `part` that `call` says `phrase` (a key of `PHRASES`)."""
        words = {lang: fill(text, values) for lang, text in PHRASES[phrase].items()}
        self.notes.append(Note(part, about or {}, Evidence(call, words)))

    async def facts(self, names: Iterable[str]) -> Facts:
        """Return the facts called `names`, read at the same time."""
        wanted = [name for name in names if name in READERS]
        values = await asyncio.gather(*(self.part(name) for name in wanted))
        return dict(zip(wanted, values, strict=True))


def fact_names(knowledge: Knowledge) -> list[str]:
    """Return the facts that the causes and notices of `knowledge` speak of: those worth reading."""
    named = {"target"}
    every = [knowledge.cause(key) for key in knowledge.causes()]
    for cause in [*every, *map(knowledge.notice, knowledge.notices())]:
        spoken = [*paths(cause.when), *paths(cause.suspect or {}), *cause.fields.values()]
        spoken += [path for offer in cause.fixes for path in paths(offer.when or {})]
        named |= {path.partition(".")[0] for path in (*spoken, cause.stage)}
        named.add(cause.each or "")
    return [name for name in (*VOCABULARY, *SEVERAL) if name in named and name in READERS]


def got(outcome: Outcome, key: str) -> Any:
    """Return what `outcome` holds under `key`, or the refusal as `Unread`."""
    return outcome.unread if isinstance(outcome, Refused) else outcome.get(key)


def listed(outcome: Outcome, key: str) -> "list[Answer] | Unread":
    """Return the list that `outcome` holds under `key` (empty without one), or `Unread`."""
    return outcome.unread if isinstance(outcome, Refused) else list(outcome.get(key) or ())
