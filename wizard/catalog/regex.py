"""Regexes that cannot run away: what the checker refuses in one."""

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 1000
"""The most times a part of a regex may repeat."""


def complaint(pattern: str) -> str | None:
    """Return why `pattern` is refused, or None.

    Refused: what does not compile; open repetition (`*`, `+`, `{3,}`), whose cost grows with the
    square of the text when it fails; repetition inside repetition, whose cost grows exponentially.
    """
    try:
        tree = parser.parse(pattern)
    except re.error as error:
        return f"not a regular expression: {error}"
    return _look(tree, repeated=False)


def _look(tree: Any, *, repeated: bool) -> str | None:
    for code, value in tree:
        inside = repeated
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, most, _ = value
            if most == codes.MAXREPEAT or most > LONGEST:
                return f"repeats without an end: write a limit, {{0,200}} say, at most {LONGEST}"
            if most > 1 and least != most:
                if repeated:
                    return "repetition inside a repetition can backtrack without an end"
                inside = True
        found = next(
            (said for part in _parts(value) if (said := _look(part, repeated=inside))), None
        )
        if found:
            return found
    return None


def _parts(value: Any) -> list[Any]:
    if isinstance(value, parser.SubPattern):
        return [value]
    if isinstance(value, tuple | list):
        return [part for one in value for part in _parts(one)]
    return []
