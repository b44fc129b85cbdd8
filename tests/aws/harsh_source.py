"""A source that asks the embedded AWS each thing once, and answers it again, spoilt as wanted.

So one staged world is diagnosed dozens of times in milliseconds: with one operation denied, with
calls throttled. Time is the loop's own and jumps whenever everybody sleeps.
"""

import asyncio
import os
import random
import selectors
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.aws.answers import Outcome, Refused
from wizard.aws.calls import THROTTLED_ATTEMPTS
from wizard.aws.errors import AwsUnavailableError
from wizard.aws.machine import PROBES
from wizard.aws.reading import operations
from wizard.aws.sessions import read_session
from wizard.aws.source import LOCAL, LiveSource, OfflineSource, Source, key_of

_PLAIN = ("iam", "sts", "elasticloadbalancing")
_THROTTLED = {"ec2": "RequestLimitExceeded", "iam": "Throttling", "sts": "Throttling"}


def denial(operation: str) -> Refused:
    """Return the refusal that a caller without the permission for `operation` gets.

    The codes are those of each service's "Common errors" page; a HEAD request has no body, so S3
    gives the HTTP status alone.
    """
    service = operation.partition(":")[0]
    code = "AccessDenied" if service in _PLAIN else "AccessDeniedException"
    if service == "ec2":
        code = "UnauthorizedOperation"
    if operation == "sts:GetCallerIdentity":
        # It needs no permission (API_GetCallerIdentity.html): it can only fail to answer.
        return Refused(operation, "timeout", "no answer in time")
    if operation.startswith("s3:Head"):
        return Refused(operation, "403", "Forbidden")
    text = (
        f"User: arn:aws:iam::123456789012:user/reader is not authorized to perform: {operation}"
        f" because no identity-based policy allows the {operation} action"
    )
    return Refused(operation, code, text)


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing: what would be waited for is added to `ahead`."""

    ahead = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            self.ahead += timeout
            timeout = 0
        return super().select(timeout)


class Unhurried(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next due moment when there is nothing to do."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the loop's time, all jumps included."""
        return super().time() + self._jumping.ahead


class Elsewhere:
    """A source in a thread and a loop of its own, which another loop waits for as it stands."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def ask(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the source's answer."""
        job = self.source.fetch(operation, params)
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(timeout=120)

    def close(self) -> None:
        """End the thread."""
        self.source.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Pool:
    """What the engine would ask: AWS by the environment, or this machine alone.

    To build clients takes longer than to use them: who asks as root in one world does so in the
    next one.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str | None, ...], Elsewhere] = {}

    def asking(self, region: str | None = None) -> Elsewhere:
        """Return the source for `region` and the environment's credentials."""
        names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_REGION")
        key = (region, *(os.environ.get(name) for name in names))
        if key not in self._made:
            self._made[key] = Elsewhere(self._open(region))
        return self._made[key]

    @staticmethod
    def _open(region: str | None) -> Source:
        try:
            session = read_session(None, region, operations=operations())
        except AwsUnavailableError as error:
            return OfflineSource(error.kind, PROBES)
        return LiveSource(session, PROBES)

    def close(self) -> None:
        """End all threads."""
        for one in self._made.values():
            one.close()
        self._made.clear()


@dataclass
class Memory:
    """What has been asked of a world, and what it said."""

    live: Elsewhere
    answers: dict[str, Outcome] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    clock_skew_s: float | None = None
    now: datetime | None = None

    def ask(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the answer, the same each time."""
        key = key_of(operation, params)
        if key not in self.answers:
            self.answers[key] = self.live.ask(operation, params)
            self.asked[key] = operation
        return _copy(self.answers[key])

    def freeze(self) -> None:
        """Let time stand still from now on."""
        self.clock_skew_s = self.live.source.clock_skew_s
        self.now = self.live.source.now

    @property
    def operations(self) -> list[str]:
        """The operations of AWS that have been asked so far."""
        return sorted({one for one in self.asked.values() if not one.startswith(LOCAL)})


def _copy(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Refused):
        return outcome
    return {key: list(one) if isinstance(one, list) else one for key, one in outcome.items()}


class Spoilt:
    """A world's memory as a source: `denied` operations are refused, a share of calls throttled."""

    def __init__(
        self,
        memory: Memory,
        *,
        denied: frozenset[str] = frozenset(),
        throttled: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.memory = memory
        self.region = memory.live.source.region
        self.partition = memory.live.source.partition
        self._denied, self._throttled, self._seed = denied, throttled, seed
        self._times: dict[str, int] = {}
        self.refused = 0
        self.given_up = False

    @property
    def clock_skew_s(self) -> float | None:
        """As the world's own source has seen it."""
        return self.memory.clock_skew_s if self.memory.now else self.memory.live.source.clock_skew_s

    @property
    def now(self) -> datetime:
        """The time at which the world stands still."""
        return self.memory.now or self.memory.live.source.now

    def warm(self, services: tuple[str, ...]) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        """Nothing to let go of."""

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the world's answer, or a refusal in place of it."""
        await asyncio.sleep(0)
        if operation in self._denied:
            return self._lesser(operation, params)
        if self._throttled and not operation.startswith(LOCAL) and self._unlucky(operation, params):
            self.refused += 1
            times = self._times[key_of(operation, params)]
            self.given_up |= times >= THROTTLED_ATTEMPTS
            code = _THROTTLED.get(operation.partition(":")[0], "ThrottlingException")
            return Refused(operation, code, "Rate exceeded")
        return self.memory.ask(operation, params)

    def _lesser(self, operation: str, params: dict[str, Any]) -> Outcome:
        """The denial; but who has no credentials, or no way to AWS, is not even denied."""
        known = self.memory.answers.get(key_of(operation, params))
        if isinstance(known, Refused) and not known.absent:
            return known
        return denial(operation)

    def _unlucky(self, operation: str, params: Mapping[str, Any]) -> bool:
        """Each try of each call has its own fate, whatever the order of calls."""
        key = key_of(operation, dict(params))
        self._times[key] = self._times.get(key, 0) + 1
        return random.Random(f"{self._seed}/{key}/{self._times[key]}").random() < self._throttled
