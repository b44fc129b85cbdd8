"""Where answers come from: live AWS and this machine, or a file of saved answers."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol

from boto3.session import Session
from botocore import xform_name
from botocore.exceptions import BotoCoreError

from wizard.aws.answers import Answer, Outcome, Refused, masked, safe
from wizard.aws.errors import ForbiddenCallError
from wizard.aws.refusals import refusal, told_skew
from wizard.aws.saving import read
from wizard.aws.sessions import CLIENTS, CONNECTIONS, config
from wizard.aws.threads import Threads

LOCAL = "local"
REGION = "@region"
"""The parameter of a call that asks another region than the source's own."""

_TOKENS = {
    "iam": ("Marker", "Marker"),
    "elasticloadbalancing": ("Marker", "NextMarker"),
    "elasticfilesystem": ("Marker", "NextMarker"),
    "ec2": ("NextToken", "NextToken"),
    "ssm": ("NextToken", "NextToken"),
    "servicequotas": ("NextToken", "NextToken"),
    "secretsmanager": ("NextToken", "NextToken"),
    "route53": ("NextToken", "NextToken"),
    "route53resolver": ("NextToken", "NextToken"),
    "route53profiles": ("NextToken", "NextToken"),
}
"""The parameter that asks for the next page and the field that names it; else `nextToken`."""


def page_token(operation: str, answer: Answer) -> dict[str, str]:
    """Take from `answer` the parameter that asks for the page after it; empty after the last."""
    asked, told = _TOKENS.get(operation.partition(":")[0], ("nextToken", "nextToken"))
    token = answer.pop(told, None)
    return {asked: token} if isinstance(token, str) and token else {}


class Source(Protocol):
    """Gives one page of an answer."""

    region: str
    partition: str

    @property
    def clock_skew_s(self) -> float | None:
        """By how many seconds this machine's clock is ahead of AWS's; None where unknown."""

    @property
    def now(self) -> datetime:
        """AWS's time, or the time at which the answers were given."""

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the answer of `operation` to `params`; never raises for what AWS says."""

    def warm(self, services: tuple[str, ...]) -> None:
        """Prepare for calls to `services` in the background."""

    def close(self) -> None:
        """Let go of threads; what still runs there ends by its own time limit."""


@dataclass
class LiveSource:
    """Live AWS through boto3, and `local:` probes of this machine.

    Clients are built one after the other in one thread (building them in parallel is slower, they
    share one loader and the interpreter); calls are made in up to 32 threads.
    """

    session: Session
    probes: dict[str, Callable[[dict[str, Any]], Answer]] = field(default_factory=dict)
    seen_skew_s: float | None = None

    def __post_init__(self) -> None:
        self._told_skew: float | None = None
        self.region = str(self.session.region_name)
        try:
            self.partition = self.session.get_partition_for_region(self.region)
        except BotoCoreError:
            self.partition = "aws"
        self._builder = Threads(1, "aws-clients")
        self._callers = Threads(CONNECTIONS, "aws-calls")
        self._clients: dict[tuple[str, str], asyncio.Future[Any]] = {}
        self._config = config(attempts=1)

    @property
    def clock_skew_s(self) -> float | None:
        """By how much this machine's clock is ahead: AWS's own word, else by its answers' dates."""
        return self.seen_skew_s if self._told_skew is None else self._told_skew

    @property
    def now(self) -> datetime:
        """AWS's time."""
        return datetime.now(UTC) - timedelta(seconds=self.clock_skew_s or 0.0)

    def warm(self, services: tuple[str, ...]) -> None:
        """Start building the clients of `services`, in this order."""
        for service in services:
            self._client(service, self.region)

    def close(self) -> None:
        """Let go of the threads."""
        self._builder.close()
        self._callers.close()

    def _client(self, service: str, region: str) -> "asyncio.Future[Any]":
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self._builder.run(self._build, *key)
        return self._clients[key]

    def _build(self, service: str, region: str) -> Any:
        name = CLIENTS.get(service, service)
        return self.session.client(name, region_name=region, config=self._config)

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the answer, safe to show and keep, or why there is none."""
        service, _, name = operation.partition(":")
        if service == LOCAL:
            return await self._callers.run(self._probe, operation, name, params)
        asked = dict(params)
        region = asked.pop(REGION, self.region)
        client = await asyncio.shield(self._client(service, region))
        return await self._callers.run(self._ask, client, operation, asked)

    def _probe(self, operation: str, name: str, params: dict[str, Any]) -> Outcome:
        try:
            return dict(safe(self.probes[name](params)))
        except OSError as error:
            return Refused(operation, "unreadable", str(safe(str(error))))

    def _ask(self, client: Any, operation: str, params: dict[str, Any]) -> Outcome:
        method = getattr(client, xform_name(operation.partition(":")[2]))
        try:
            answer = method(**params)
        except ForbiddenCallError:
            raise
        except Exception as error:
            refused = refusal(operation, error)
            self._told_skew = told_skew(refused.message) or self._told_skew
            return refused
        self._compare_clocks(answer.pop("ResponseMetadata", {}))
        return dict(safe(masked(operation, answer)))

    def _compare_clocks(self, metadata: dict[str, Any]) -> None:
        """Keep the smallest difference to AWS's clock (the Date header, a second fine)."""
        try:
            theirs = parsedate_to_datetime(metadata["HTTPHeaders"]["date"])
        except (KeyError, TypeError, ValueError):
            return
        if theirs.tzinfo is None:
            theirs = theirs.replace(tzinfo=UTC)
        skew = (datetime.now(UTC) - theirs).total_seconds()
        if self.seen_skew_s is None or abs(skew) < abs(self.seen_skew_s):
            self.seen_skew_s = skew


class SavedSource:
    """Answers from a file of saved ones; what is not in it is `not-saved`.

    `whole` is cluster or region where it was saved for every service there, None for one target.
    """

    def __init__(self, path: Path) -> None:
        document = read(path)
        self.target: dict[str, Any] = document["target"]
        self.whole: str | None = document.get("whole")
        self.region = str(document["region"])
        self.partition = str(document["partition"])
        self.clock_skew_s: float | None = document.get("clock_skew_s")
        self.now = _time(document.get("saved_at"))
        self._answers = {key_of(one["call"], one["params"]): one for one in document["answers"]}

    def warm(self, services: tuple[str, ...]) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        """Nothing to let go of."""

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the saved answer."""
        await asyncio.sleep(0)
        one = self._answers.get(key_of(operation, params))
        if one is None:
            return Refused(operation, "not-saved")
        if "refused" in one:
            return Refused(operation, one["refused"]["code"], one["refused"]["message"])
        return dict(one["answer"])


def _time(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.now(UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def key_of(operation: str, params: dict[str, Any]) -> str:
    """Return the identity of a call."""
    return operation + json.dumps(params, sort_keys=True, default=str)


class OfflineSource:
    """Only this machine can be asked; every call to AWS is refused with `code`."""

    def __init__(self, code: str, probes: dict[str, Callable[[dict[str, Any]], Answer]]) -> None:
        self._code, self._probes = code, probes
        self.region, self.partition = "", "aws"
        self.clock_skew_s: float | None = None
        self.now = datetime.now(UTC)

    def warm(self, services: tuple[str, ...]) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        """Nothing to let go of."""

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the probe's answer, or the refusal."""
        service, _, name = operation.partition(":")
        if service != LOCAL:
            return Refused(operation, self._code)
        return dict(safe(await asyncio.to_thread(self._probes[name], params)))
