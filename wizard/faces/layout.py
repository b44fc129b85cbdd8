"""The blocks of a view laid out in lines of a given width: one layout for every face."""

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.faces.view import Block
from wizard.faces.wrap import cells, wrap

_MARKS = {"quote": "> ", "good": "[ok] ", "bad": "[!] ", "command": "$ "}
_COLUMN = 0.4
"""The most of the width that labels may take; longer ones stand above their values."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a mark or label in front, then the text. `kind` tells how it is coloured.

    It is the block's kind; in a difference `added`, `removed` or `same`.
    """

    kind: str
    lead: str
    text: str

    def __str__(self) -> str:
        return (self.lead + self.text).rstrip()


def lay_out(block: Block, width: int) -> list[Line]:
    """Return `block` as lines of at most `width` cells."""
    if block.kind == "rows":
        return list(_rows(block.rows, width))
    if block.kind == "diff":
        return list(_difference(block.text, width))
    mark = _MARKS.get(block.kind, "")
    if block.kind == "links":
        # A link that is broken cannot be followed.
        return [Line("links", "", line) for line in block.text.splitlines()]
    return list(_hanging(block.kind, mark, block.text, width, repeat=block.kind == "quote"))


def _hanging(
    kind: str, lead: str, text: str, width: int, *, repeat: bool = False
) -> Iterator[Line]:
    size = cells(lead)
    for number, line in enumerate(wrap(text, width - size)):
        yield Line(kind, lead if repeat or number == 0 else " " * size, line)


def _rows(rows: tuple[tuple[str, str], ...], width: int) -> Iterator[Line]:
    column = max((cells(label) for label, value in rows if value), default=0)
    stacked = column > width * _COLUMN
    for label, value in rows:
        if not value or not label:
            yield from _hanging("rows", "  ", label or value, width)
        elif stacked:
            yield Line("rows", f"  {label}", "")
            yield from _hanging("rows", "    ", value, width)
        else:
            lead = f"  {label}{' ' * (column - cells(label))}  "
            yield from _hanging("rows", lead, value, width)


def _difference(text: str, width: int) -> Iterator[Line]:
    kinds = {"+": "added", "-": "removed"}
    for line in text.splitlines():
        sign, rest = line[:2], line[2:]
        indent = len(rest) - len(rest.lstrip(" "))
        lead = f"{sign:<2}{' ' * min(indent, width // 3)}"
        yield from _hanging(kinds.get(line[:1], "same"), lead, rest.lstrip(" "), width)
