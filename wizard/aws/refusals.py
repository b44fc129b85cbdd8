"""Why a call gave no answer, in one word: AWS's error code, or ours for what is not AWS's."""

import re
from datetime import datetime

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from wizard.aws.answers import Refused, is_throttle, safe

_SIGNED = re.compile(r"(\d{8}T\d{6}Z) is now \w{5,7} than \d{8}T\d{6}Z \((\d{8}T\d{6}Z)")
"""A refusal for the clock: when the call was signed, and what AWS's clock said."""


def told_skew(message: str) -> float | None:
    """Return by how many seconds AWS says that this machine's clock is ahead of its own.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
    """
    told = _SIGNED.search(message)
    if told is None:
        return None
    signed, theirs = (datetime.strptime(one, "%Y%m%dT%H%M%SZ") for one in told.groups())
    return (signed - theirs).total_seconds()


def refusal(operation: str, error: Exception) -> Refused:
    """Return `error` of a call as a refusal: a word of ours (`timeout`, …) or AWS's code."""
    message = str(safe(" ".join(str(error).split())))[:2000]
    if isinstance(error, ClientError):
        return _of_aws(operation, error, message)
    kinds: tuple[tuple[type[Exception], ...], str] | None = next(
        (kind for kind in _KINDS if isinstance(error, kind[0])), None
    )
    if kinds:
        return Refused(operation, kinds[1], message)
    code = type(error).__name__ if isinstance(error, BotoCoreError) else "unexpected-answer"
    return Refused(operation, code, message)


_KINDS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((ReadTimeoutError,), "timeout"),
    ((NoCredentialsError,), "no-credentials"),
    ((ConnectTimeoutError, BotoConnectionError, HTTPClientError), "unreachable"),
)


def _of_aws(operation: str, error: ClientError, message: str) -> Refused:
    said = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = str(said.get("Code") or status)
    text = str(safe(str(said.get("Message") or message)))
    if told_skew(text) is not None:
        return Refused(operation, "RequestTimeTooSkewed", text)
    broken = status >= 500 and not is_throttle(code)
    return Refused(operation, "unavailable" if broken else code, text)
