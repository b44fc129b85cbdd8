"""Calls made once, as many at a time as their inputs allow, within limits.

A call with the same parameters is made once and shared. Its *depth* is one more than the depth of
whatever its caller had waited for before: the greatest depth is the number of round trips that a
diagnosis cannot do without.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from wizard.aws.answers import Answer, Outcome, Refused, is_throttle
from wizard.aws.pace import Paces
from wizard.aws.source import LOCAL, REGION, Source, key_of, page_token

T = TypeVar("T")
U = TypeVar("U")
Progress = Callable[[str, str], None]
Shape = Callable[[str, list[str]], dict[str, Any]]

_depth: ContextVar[int] = ContextVar("depth", default=0)
_allowed: ContextVar[frozenset[str] | None] = ContextVar("allowed", default=None)

THROTTLED_ATTEMPTS = 8
OTHER_ATTEMPTS = 2
PAGES = 200
_AGAIN = ("timeout", "unreachable", "unavailable")


def _plain(name: str, values: list[str]) -> dict[str, Any]:
    return {name: values}


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made: its pages, its depth and its outcome."""

    operation: str
    params: dict[str, Any]
    outcome: Outcome
    depth: int
    pages: int = 1


async def together(*jobs: Awaitable[T]) -> list[T]:
    """Run `jobs` at once and return their results; the depth after it is the deepest of theirs."""

    async def one(job: Awaitable[T]) -> tuple[T, int]:
        return await job, _depth.get()

    done = await asyncio.gather(*(one(job) for job in jobs))
    _depth.set(max([_depth.get(), *(depth for _, depth in done)]))
    return [result for result, _ in done]


async def both(one: Awaitable[T], other: Awaitable[U]) -> tuple[T, U]:
    """Run two jobs of different kinds at once; see `together`."""
    found: list[Any] = await together(one, other)
    return found[0], found[1]


async def shared(task: "asyncio.Task[tuple[T, int]]") -> T:
    """Wait for a shared task without cancelling it, and take its depth over."""
    result, depth = await asyncio.shield(task)
    _depth.set(max(_depth.get(), depth))
    return result


def depth() -> int:
    """Return how deep the calls go that the running code has waited for."""
    return _depth.get()


def limit_to(operations: frozenset[str]) -> None:
    """Let the running task call nothing but `operations`."""
    _allowed.set(operations)


@dataclass
class Calls:
    """All calls of one diagnosis, or (`branch`) of one among several that share what they read.

    `made` is the account of what was asked: of a branch its own, of the first one everything.
    `on_made` is told of each call when it has been made.
    """

    source: Source
    deadline_s: float
    on_progress: Progress | None = None
    on_made: Callable[[Made], None] | None = None
    made: dict[str, Made] = field(default_factory=dict)
    retried: int = 0

    def __post_init__(self) -> None:
        self._paces = Paces()
        self._tasks: dict[str, asyncio.Task[tuple[Made, int]]] = {}
        self._waiting: dict[str, list[str]] = {}
        self._batched: dict[tuple[str, str], asyncio.Future[tuple[Made, int]]] = {}
        self._batches: set[asyncio.Task[None]] = set()
        self._end = asyncio.get_running_loop().time() + self.deadline_s
        self._trunk = self

    def branch(self, known: Iterable[Made] = ()) -> Self:
        """Return calls with an account of their own, which starts with `known`.

        Answers, batches, paces and the deadline are shared with these.
        """
        own = copy(self)
        own.made = {key_of(one.operation, one.params): one for one in known}
        return own

    def release(self) -> None:
        """Let go of the answers of this branch; that they were asked for stays in the account.

        Whoever asks the same again makes the call again.
        """
        for key, one in self.made.items():
            if not isinstance(one.outcome, Refused):
                self._tasks.pop(key, None)
                self._trunk.made[key] = replace(one, outcome={})
        self.made = {}

    @property
    def count(self) -> int:
        """AWS calls made, each page counted, retries not."""
        return sum(one.pages for one in self.made.values() if not is_local(one.operation))

    @property
    def round_trips(self) -> int:
        """The longest chain of AWS calls that had to wait for each other."""
        depths = [one.depth for one in self.made.values() if not is_local(one.operation)]
        return max(depths, default=0)

    async def call(self, operation: str, **params: Any) -> Outcome:
        """Return the answer of `operation` (IAM's spelling) with all its pages, or the refusal."""
        allowed = _allowed.get()
        if allowed is not None and operation not in allowed:
            raise AssertionError(f"{operation} is called by a reader that does not declare it")
        key = key_of(operation, params)
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._make(key, operation, params))
        made = await shared(self._tasks[key])
        self.made[key] = made
        return made.outcome

    async def one_of(
        self, operation: str, many: str, key: str, size: int, shape: Shape = _plain, **params: Any
    ) -> Outcome:
        """Return the answer of a call that may ask for up to `size` things named in `many`.

        Those asked for at the same time go in one call, each of them once; the answer is that of
        the whole call. `shape` makes the parameters that name them.
        """
        group = key_of(operation, {"many": many, **params})
        if (group, key) not in self._batched:
            self._batched[group, key] = asyncio.get_running_loop().create_future()
            waiting = self._waiting.setdefault(group, [])
            waiting.append(key)
            if len(waiting) == 1:
                job = self._gather(group, operation, (many, size, shape), params)
                task = asyncio.create_task(job)
                self._batches.add(task)
                task.add_done_callback(self._batches.discard)
        made, reached = await asyncio.shield(self._batched[group, key])
        _depth.set(max(_depth.get(), reached))
        self.made[key_of(made.operation, made.params)] = made
        return made.outcome

    async def _gather(
        self, group: str, operation: str, how: tuple[str, int, Shape], params: dict[str, Any]
    ) -> None:
        many, size, shape = how
        for _ in range(3):  # let everything that is ready to ask do so
            await asyncio.sleep(0)
        keys = sorted(self._waiting.pop(group))

        async def ask(chunk: Sequence[str]) -> None:
            asked = {**params, **shape(many, list(chunk))}
            answers = [self._batched[group, key] for key in chunk]
            try:
                await self.call(operation, **asked)
            except BaseException as error:
                for one in answers:
                    one.set_exception(error)
                return
            for one in answers:
                one.set_result((self.made[key_of(operation, asked)], _depth.get()))

        await asyncio.gather(*(ask(chunk) for chunk in chunked(keys, size)))

    async def _make(self, key: str, operation: str, params: dict[str, Any]) -> tuple[Made, int]:
        self._tell(operation, "asked")
        outcome, pages = await self._all_pages(operation, params)
        reached = _depth.get() + (0 if is_local(operation) else pages)
        made = Made(operation, params, outcome, reached, pages)
        self._trunk.made[key] = made
        if self._trunk.on_made:
            self._trunk.on_made(made)
        self._tell(operation, "unread" if isinstance(outcome, Refused) else "read")
        return made, reached

    def _tell(self, operation: str, state: str) -> None:
        if self.on_progress:
            self.on_progress(operation, state)

    async def _all_pages(self, operation: str, params: dict[str, Any]) -> tuple[Outcome, int]:
        whole: Answer = {}
        more: dict[str, str] = {}
        for page in range(1, PAGES + 1):
            outcome = await self._patiently(operation, params | more)
            if isinstance(outcome, Refused):
                return outcome, page
            more = page_token(operation, outcome)
            _append(whole, outcome)
            if not more:
                return whole, page
        return whole, PAGES

    async def _patiently(self, operation: str, params: dict[str, Any]) -> Outcome:
        loop = asyncio.get_running_loop()
        pace = self._paces.of(operation, str(params.get(REGION, "")))
        attempt = 0
        while True:
            left = self._end - loop.time()
            if left <= 0:
                return Refused(operation, "timeout", "the time of the diagnosis is over")
            try:
                async with asyncio.timeout(left):
                    await pace.turn()
                    outcome = await self.source.fetch(operation, params)
            except TimeoutError:
                return Refused(operation, "timeout", "the time of the diagnosis is over")
            attempt += 1
            if not isinstance(outcome, Refused):
                pace.well()
                return outcome
            throttled = is_throttle(outcome.code)
            if throttled:
                pace.slow()
            limit = THROTTLED_ATTEMPTS if throttled else OTHER_ATTEMPTS
            if attempt >= limit or not (throttled or outcome.code in _AGAIN):
                return outcome
            self._trunk.retried += 1
            await asyncio.sleep(random.uniform(0.02, min(2.0, 0.05 * 2**attempt)))


def chunked(every: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return `every` in pieces of `size`."""
    return [every[start : start + size] for start in range(0, len(every), size)]


def is_local(operation: str) -> bool:
    """Whether `operation` is a probe of this machine."""
    return operation.startswith(LOCAL + ":")


def _append(whole: Answer, page: Answer) -> None:
    for name, value in page.items():
        if isinstance(value, list) and isinstance(whole.get(name), list):
            whole[name] += value
        else:
            whole[name] = value


def entry(made: Made) -> dict[str, Any]:
    """Return a call as a file keeps it."""
    kept: dict[str, Any] = {"call": made.operation, "params": made.params}
    if isinstance(made.outcome, Refused):
        return kept | {"refused": {"code": made.outcome.code, "message": made.outcome.message}}
    return kept | {"answer": made.outcome}
