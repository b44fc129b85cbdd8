"""Wildcards and policy variables of IAM.

`*` stands for any number of characters, `?` for one; `${*}`, `${?}`, `${$}` are the characters
themselves, and `${key}` or `${key, 'default'}` is replaced by the context's value.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

STAR = "\x00star"
ANY_ONE = "\x00one"
ARN_PARTS = 6

_VARIABLE = re.compile(r"\$\{([^{}]{0,256})\}")
_DEFAULT = re.compile(r"^\s*([^,\s]+)\s*(?:,\s*'([^']*)')?\s*$")

Pattern = tuple[str, ...]
Resolver = Callable[[str], str | None]
"""Gives a variable's value; None when AWS does not send it; raises UnknownVariable."""


class UnknownVariable(Exception):
    """A policy variable whose value is not known. `key` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _tokens(text: str, wild: bool) -> list[str]:
    if not wild:
        return list(text)
    return [STAR if c == "*" else ANY_ONE if c == "?" else c for c in text]


def _substitute(expression: str, resolve: Resolver) -> str | None:
    if expression in ("*", "?", "$"):
        return expression
    parsed = _DEFAULT.match(expression)
    if not parsed:
        raise UnknownVariable(expression.strip())
    value = resolve(parsed.group(1))
    return parsed.group(2) if value is None else value


def compile_pattern(
    text: str, resolve: Resolver | None = None, *, wild: bool = True
) -> Pattern | None:
    """Reads a policy's value into tokens.

    `resolve` None: variables are plain text (policies of version 2008-10-17). Returns None when a
    variable has no value in this request: such a value matches nothing. Raises UnknownVariable.
    """
    if resolve is None:
        return tuple(_tokens(text, wild))
    tokens: list[str] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        tokens += _tokens(text[end : found.start()], wild)
        value = _substitute(found.group(1), resolve)
        if value is None:
            return None
        tokens += list(value)
        end = found.end()
    return tuple(tokens + _tokens(text[end:], wild))


def pattern_matches(pattern: Sequence[str], text: str) -> bool:
    """Whether the whole text fits the pattern. Takes at most len(pattern) * len(text) steps."""
    p = t = 0
    star, mark = -1, 0
    while t < len(text):
        if p < len(pattern) and pattern[p] == STAR:
            star, mark = p, t
            p += 1
        elif p < len(pattern) and pattern[p] in (ANY_ONE, text[t]):
            p += 1
            t += 1
        elif star >= 0:
            mark += 1
            p, t = star + 1, mark
        else:
            return False
    return all(token == STAR for token in pattern[p:])


def matches(text_pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether `text` fits `text_pattern`, in which only `*` and `?` are special."""
    if ignore_case:
        text_pattern, text = text_pattern.lower(), text.lower()
    return pattern_matches(_tokens(text_pattern, True), text)


def _split_arn(pattern: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in pattern:
        if token == ":" and len(parts) < ARN_PARTS:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def arn_matches(pattern: Sequence[str], arn: str) -> bool:
    """Whether an ARN fits: each of the six parts between colons by itself.

    A pattern with fewer parts (`*`, or the lax `arn:aws:s3*`) is compared as a whole.
    """
    parts, values = _split_arn(pattern), arn.split(":", ARN_PARTS - 1)
    if len(parts) < ARN_PARTS or len(values) < ARN_PARTS:
        return pattern_matches(pattern, arn)
    return all(pattern_matches(p, v) for p, v in zip(parts, values, strict=True))
