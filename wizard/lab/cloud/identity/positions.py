"""Where the statements of a policy stand in its text, as the policy simulator tells it.

A statement begins right after the bracket of the list or the end of the statement before it, and
ends right after its own closing brace; lines and columns count from 1 (so published answers of
the simulator show it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Statement.html).
"""

from __future__ import annotations

import json
import re

Position = dict[str, int]

_LIST = re.compile(r'"Statement"\s*:\s*(\[)?')
_BETWEEN = re.compile(r"[\s,]*")


def statement_positions(text: str) -> list[tuple[Position, Position]]:
    """Start and end of each statement in *text*; empty when it is no policy that can be read."""
    match = _LIST.search(text)
    if match is None:
        return []
    decoder = json.JSONDecoder()
    found: list[tuple[Position, Position]] = []
    here = match.end()
    while True:
        begin = _skip(text, here)
        if text[begin : begin + 1] != "{":
            return found
        try:
            _, end = decoder.raw_decode(text, begin)
        except ValueError:
            return found
        found.append((_position(text, here), _position(text, end)))
        if match[1] is None:
            return found
        here = end


def _skip(text: str, start: int) -> int:
    match = _BETWEEN.match(text, start)
    return match.end() if match else start


def _position(text: str, offset: int) -> Position:
    line = text.count("\n", 0, offset)
    return {"Line": line + 1, "Column": offset - (text.rfind("\n", 0, offset) + 1) + 1}
