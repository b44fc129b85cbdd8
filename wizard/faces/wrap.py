"""Text broken into lines of a terminal's width, in Japanese as well as in English.

A terminal breaks in the middle of a word, and Textual at spaces only, which Japanese has none of.
"""

import re
from functools import lru_cache
from unicodedata import combining, east_asian_width

# Kinsoku: what must not begin a line, and what must not end one (JIS X 4051).
_NOT_FIRST = frozenset(
    "、。，．・：；？！ー々〜…‥）〕］｝〉》」』】’”),.:;!?]}ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
_NOT_LAST = frozenset("（〔［｛〈《「『【‘“([{")
_PIECES = re.compile(
    r"\s+|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f"
    r"\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0003fffd]|[^\s\u1100-\u115f"
    r"\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60"
    r"\uffe0-\uffe6\U0001f300-\U0003fffd]+"
)


def cells(text: str) -> int:
    """Return how many cells of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


@lru_cache(maxsize=2_048)
def wrap(text: str, width: int) -> tuple[str, ...]:
    """Return `text` as lines of at most `width` cells; its own line ends stay."""
    width = max(width, 4)
    lines: list[str] = []
    for line in text.expandtabs(4).split("\n"):
        lines += _wrapped(line, width) if cells(line) > width else [line.rstrip()]
    return tuple(lines)


def _wrapped(line: str, width: int) -> list[str]:
    lines, present, room = [], "", width
    for piece in _unbreakable(line):
        size = cells(piece)
        if size > room and present.strip():
            lines.append(present.rstrip())
            present, room = "", width
            piece = piece.lstrip()
            size = cells(piece)
        while size > room:
            cut = _fitting(piece, room)
            lines.append(present + piece[:cut])
            piece, present, room = piece[cut:], "", width
            size = cells(piece)
        present += piece
        room -= size
    return [*lines, present.rstrip()] if present.strip() else lines


def _unbreakable(line: str) -> list[str]:
    """Return the pieces of `line` between which it may be broken."""
    pieces: list[str] = []
    for piece in _PIECES.findall(line):
        before = pieces[-1][-1] if pieces else " "
        if pieces and not before.isspace() and (piece[0] in _NOT_FIRST or before in _NOT_LAST):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _fitting(piece: str, room: int) -> int:
    """Return how many characters of `piece` fit into `room` cells, at least one."""
    taken = 0
    for number, one in enumerate(piece):
        taken += cells(one)
        if taken > room:
            return max(number, 1)
    return len(piece)


def cut_left(text: str, width: int) -> str:
    """Return the end of `text` that fits into `width` cells, an ellipsis for what is missing."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 3:
        text = text[1:]
    return "..." + text
