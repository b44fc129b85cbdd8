"""The Condition block of an IAM policy statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Context = Mapping[str, str | list[str]]


@functools.lru_cache(maxsize=20_000)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def glob(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """IAM's wildcards: ``*`` any characters, ``?`` exactly one."""
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


def arn_like(pattern: str, text: str) -> bool:
    """Each of the six parts of an ARN is compared on its own."""
    want, have = pattern.split(":", 5), text.split(":", 5)
    return len(want) == len(have) and all(glob(w, h) for w, h in zip(want, have, strict=True))


def _in_network(pattern: str, text: str) -> bool:
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return False


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def test(pattern: str, text: str) -> bool:
        try:
            return compare(float(text), float(pattern))
        except ValueError:
            return False

    return test


def _moment(text: str) -> datetime:
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    def test(pattern: str, text: str) -> bool:
        try:
            return compare(_moment(text), _moment(pattern))
        except ValueError:
            return False

    return test


# Each test takes the policy's value and the request's value. Negated operators have none.
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda p, t: p == t,
    "StringEqualsIgnoreCase": lambda p, t: p.lower() == t.lower(),
    "StringLike": glob,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": lambda p, t: p.lower() == t.lower(),
    "BinaryEquals": lambda p, t: p == t,
    "IpAddress": _in_network,
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
    "DateEquals": _date(lambda a, b: a == b),
    "DateLessThan": _date(lambda a, b: a < b),
    "DateLessThanEquals": _date(lambda a, b: a <= b),
    "DateGreaterThan": _date(lambda a, b: a > b),
    "DateGreaterThanEquals": _date(lambda a, b: a >= b),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def listed(value: Any) -> list[str]:
    """A policy element that may be one value or a list of them, as strings."""
    values = value if isinstance(value, list) else [value]
    return [str(v).lower() if isinstance(v, bool) else str(v) for v in values]


def fill(text: str, context: Context) -> str:
    """Policy variables (``${aws:username}``), and ``${*}``, ``${?}``, ``${$}`` for themselves."""

    def value(match: re.Match[str]) -> str:
        name, _, default = match.group(1).partition(",")
        if name in ("*", "?", "$"):
            return name
        found = _lookup(name.strip(), context)
        return found[0] if found else default.strip().strip("'")

    return re.sub(r"\$\{([^}]+)\}", value, text)


def _lookup(key: str, context: Context) -> list[str] | None:
    for name, value in context.items():
        if name.lower() == key.lower():
            return listed(value)
    return None


def holds(block: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """True when every operator of the block holds for every one of its keys."""
    return all(
        _operator_holds(operator, key, listed(wanted), context)
        for operator, keys in block.items()
        for key, wanted in keys.items()
    )


def _operator_holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    quantifier, _, plain = operator.rpartition(":")
    if_exists = plain.endswith("IfExists")
    plain = plain.removesuffix("IfExists")
    present = _lookup(key, context)
    if plain == "Null":
        return (present is None) == (wanted[0].lower() == "true")
    if present is None:
        # A missing key: negated operators and ForAllValues hold, ...IfExists too.
        return if_exists or plain in _NEGATED or quantifier == "ForAllValues"
    wanted = [fill(w, context) for w in wanted]
    if quantifier == "ForAllValues":
        return all(_matches(plain, wanted, [value]) for value in present)
    return _matches(plain, wanted, present)


def _matches(plain: str, wanted: Iterable[str], present: list[str]) -> bool:
    negated = plain in _NEGATED
    test = _TESTS.get(_NEGATED.get(plain, plain))
    if test is None:
        return False
    hit = any(test(w, p) for p in present for w in wanted)
    return hit != negated
