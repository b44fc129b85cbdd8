"""The Condition block of a statement.

All operators and all keys must hold; several values of a key are alternatives, and for a negated
operator none of them may match. A key that is not sent makes a positive operator false and a
negated one true.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wizard.policy.context import NOT_KNOWN, Context
from wizard.policy.logic import Truth, all_of, any_of, negate
from wizard.policy.wildcard import (
    Resolver,
    UnknownVariable,
    arn_matches,
    compile_pattern,
    pattern_matches,
)

Compare = Callable[[str, str, Resolver | None], Truth]


def _literal(text: str, resolve: Resolver | None) -> str | None:
    tokens = compile_pattern(text, resolve, wild=False)
    return None if tokens is None else "".join(tokens)


def _string(fold: bool) -> Compare:
    def compare(value: str, wanted: str, resolve: Resolver | None) -> Truth:
        text = _literal(wanted, resolve)
        if text is None:
            return False
        return value.casefold() == text.casefold() if fold else value == text

    return compare


def _string_like(value: str, wanted: str, resolve: Resolver | None) -> Truth:
    pattern = compile_pattern(wanted, resolve)
    return pattern is not None and pattern_matches(pattern, value)


def _arn(value: str, wanted: str, resolve: Resolver | None) -> Truth:
    pattern = compile_pattern(wanted, resolve)
    return pattern is not None and arn_matches(pattern, value)


def _ordered(read: Callable[[str], Any], test: Callable[[Any, Any], bool]) -> Compare:
    def compare(value: str, wanted: str, resolve: Resolver | None) -> Truth:
        try:
            return test(read(value), read(_literal(wanted, resolve) or ""))
        except (ValueError, InvalidOperation, OverflowError):
            return None

    return compare


def _bool(value: str, wanted: str, resolve: Resolver | None) -> Truth:
    return value.lower() == (_literal(wanted, resolve) or "").lower()


def _ip(value: str, wanted: str, resolve: Resolver | None) -> Truth:
    try:
        network = ipaddress.ip_network(_literal(wanted, resolve) or "", strict=False)
        return ipaddress.ip_address(value) in network
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    """ISO 8601 or seconds since 1970."""
    if text.lstrip("-").replace(".", "", 1).isdigit() and "-" not in text[1:]:
        return datetime.fromtimestamp(float(text), tz=UTC)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _family(name: str, read: Callable[[str], Any]) -> dict[str, tuple[Compare, bool]]:
    tests: dict[str, Callable[[Any, Any], bool]] = {
        "Equals": lambda a, b: bool(a == b),
        "LessThan": lambda a, b: bool(a < b),
        "LessThanEquals": lambda a, b: bool(a <= b),
        "GreaterThan": lambda a, b: bool(a > b),
        "GreaterThanEquals": lambda a, b: bool(a >= b),
    }
    found = {f"{name}{end}".lower(): (_ordered(read, test), False) for end, test in tests.items()}
    return found | {f"{name}NotEquals".lower(): (_ordered(read, tests["Equals"]), True)}


OPERATORS: Mapping[str, tuple[Compare, bool]] = {
    "stringequals": (_string(False), False),
    "stringnotequals": (_string(False), True),
    "stringequalsignorecase": (_string(True), False),
    "stringnotequalsignorecase": (_string(True), True),
    "stringlike": (_string_like, False),
    "stringnotlike": (_string_like, True),
    "arnequals": (_arn, False),
    "arnlike": (_arn, False),
    "arnnotequals": (_arn, True),
    "arnnotlike": (_arn, True),
    "bool": (_bool, False),
    "binaryequals": (_string(False), False),
    "ipaddress": (_ip, False),
    "notipaddress": (_ip, True),
    **_family("Numeric", Decimal),
    **_family("Date", _moment),
}
"""Operator in lower case: how one value compares, and whether the operator is negated."""


def _values(raw: Any) -> list[str]:
    items = raw if isinstance(raw, list | tuple) else [raw]
    return [str(i).lower() if isinstance(i, bool) else str(i) for i in items]


def _null(context: Context, key: str, wanted: Sequence[str]) -> Truth:
    values = context.get(key)
    if values is NOT_KNOWN:
        context.note_missing(key)
        return None
    return any((text.lower() == "true") == (values is None) for text in wanted)


def _split(operator: str) -> tuple[str, str, bool]:
    """('forallvalues' | 'foranyvalue' | '', bare operator, IfExists) in lower case."""
    name = operator.lower()
    quantifier = ""
    if ":" in name:
        quantifier, name = name.split(":", 1)
    if name.endswith("ifexists"):
        return quantifier, name.removesuffix("ifexists"), True
    return quantifier, name, False


def _compare(
    context: Context, resolve: Resolver | None, operator: str, key: str, wanted: Sequence[str]
) -> Truth:
    quantifier, name, if_exists = _split(operator)
    compare, negated = OPERATORS[name]
    values = context.get(key)
    if values is NOT_KNOWN:
        context.note_missing(key)
        return None
    if not values or not isinstance(values, tuple):
        return if_exists or quantifier == "forallvalues" or (negated and not quantifier)
    one_by_one = []
    for value in values:
        hit = any_of(compare(value, text, resolve) for text in wanted)
        one_by_one.append(negate(hit) if negated else hit)
    return all_of(one_by_one) if quantifier == "forallvalues" else any_of(one_by_one)


def conditions_hold(block: Any, context: Context, resolve: Resolver | None) -> Truth:
    """Whether a Condition block holds; None where a key or an operator cannot be evaluated."""
    if not isinstance(block, Mapping):
        return True if block is None else None
    results: list[Truth] = []
    for operator, keys in block.items():
        quantifier, name, _ = _split(str(operator))
        known = name in OPERATORS and quantifier in ("", "forallvalues", "foranyvalue")
        if not isinstance(keys, Mapping) or not (known or name == "null"):
            results.append(None)
            continue
        for key, raw in keys.items():
            if name == "null":
                results.append(_null(context, str(key), _values(raw)))
                continue
            try:
                results.append(_compare(context, resolve, str(operator), str(key), _values(raw)))
            except UnknownVariable as unknown:
                context.note_missing(unknown.key)
                results.append(None)
    return all_of(results)
