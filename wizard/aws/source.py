"""Where answers come from: live AWS and this machine, or a file of saved answers."""

import asyncio
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from wizard.aws.sessions import CLIENTS, CONNECTIONS, config
from wizard.errors import UsageError

FORMAT = 1
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
}
"""The parameter that asks for the next page and the field that names it; else `nextToken`."""


def page_token(operation: str, answer: Answer) -> dict[str, str]:
    """Return the parameter that asks for the page after `answer`; empty after the last."""
    asked, told = _TOKENS.get(operation.partition(":")[0], ("nextToken", "nextToken"))
    token = answer.get(told)
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
        self._builder = ThreadPoolExecutor(1, "aws-clients")
        self._callers = ThreadPoolExecutor(CONNECTIONS, "aws-calls")
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
        self._builder.shutdown(wait=False, cancel_futures=True)
        self._callers.shutdown(wait=False, cancel_futures=True)

    def _client(self, service: str, region: str) -> "asyncio.Future[Any]":
        key = (service, region)
        if key not in self._clients:
            loop = asyncio.get_running_loop()
            self._clients[key] = loop.run_in_executor(self._builder, self._build, *key)
        return self._clients[key]

    def _build(self, service: str, region: str) -> Any:
        name = CLIENTS.get(service, service)
        return self.session.client(name, region_name=region, config=self._config)

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the answer, safe to show and keep, or why there is none."""
        service, _, name = operation.partition(":")
        loop = asyncio.get_running_loop()
        if service == LOCAL:
            return await loop.run_in_executor(self._callers, self._probe, operation, name, params)
        asked = dict(params)
        region = asked.pop(REGION, self.region)
        client = await asyncio.shield(self._client(service, region))
        return await loop.run_in_executor(self._callers, self._ask, client, operation, asked)

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
    """Answers from a file that `save` wrote; what is not in it is `not-saved`."""

    def __init__(self, path: Path) -> None:
        document = read_file(path)
        self.target: dict[str, Any] = document["target"]
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


def read_file(path: Path) -> dict[str, Any]:
    """Return the document of a file of saved answers, its texts cleaned again.

    Raises UsageError where it is none.
    """
    try:
        document = safe(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(f"{path}: {' '.join(str(error).split())}") from None
    wanted = {"format", "region", "partition", "target", "answers"}
    if not isinstance(document, dict) or not wanted <= set(document):
        raise UsageError(f"{path}: not a file of saved answers")
    if document["format"] != FORMAT:
        raise UsageError(f"{path}: format {document['format']}, this version reads {FORMAT}")
    if not all(
        isinstance(one, dict) and {"call", "params"} <= set(one) for one in document["answers"]
    ):
        raise UsageError(f"{path}: an answer without its call")
    return document


def write_file(path: Path, document: dict[str, Any]) -> None:
    """Write `document` so that only its owner reads it, whole or not at all."""
    whole = path.with_name(path.name + ".part")
    handle = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(document, out, ensure_ascii=False, indent=1)
        out.write("\n")
    whole.replace(path)


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
