"""Paste-an-error: from a text to the symptoms it shows, with the fields read from it."""

from __future__ import annotations

from wizard.core.clean import clean, one_line
from wizard.core.extract import own_fields, read_fields
from wizard.core.knowledge import Knowledge, Symptom
from wizard.core.match import Hit
from wizard.core.record import Record
from wizard.core.redact import redact
from wizard.core.unwrap import readable

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any

_AROUND = 1_500
_WHOLE = 6_000
_EXCERPT = 400


class Match(Record):
    """A symptom in a text: how sure (0 to 1), where (offsets in the text), what was read."""

    symptom: Symptom
    score: float
    span: tuple[int, int]
    excerpt: str
    fields: dict[str, Any]


class Lookup(Record):
    """What a text shows: `matches` (root error first) and all that could be `read` from it."""

    matches: tuple[Match, ...]
    read: dict[str, Any]


def look_up(knowledge: Knowledge, text: str) -> Lookup:
    """Return what is known of `text`. Pure: no file, no network. Any text is allowed."""
    windows: dict[str, tuple[str, dict[str, Any]]] = {}
    matches = tuple(_match(knowledge, text, hit, windows) for hit in knowledge.matcher.match(text))
    if matches:
        read = dict(matches[0].fields)
    elif len(text) <= _WHOLE:
        read = read_fields(_prose(text))
    else:
        read = read_fields(_prose(text[: _WHOLE // 2] + "\n" + text[-_WHOLE // 2 :]))
    return Lookup(matches, read)


def _match(
    knowledge: Knowledge, text: str, hit: Hit, windows: dict[str, tuple[str, dict[str, Any]]]
) -> Match:
    symptom = knowledge.symptom(hit.symptom)
    near = text[max(0, hit.start - _AROUND) : hit.end + _AROUND]
    if near not in windows:
        prose = _prose(near)
        windows[near] = prose, read_fields(prose)
    prose, fields = windows[near]
    excerpt = one_line(redact(readable(_around(text, hit))), _EXCERPT)
    span = (hit.start, hit.end)
    fields = fields | own_fields(symptom.extract, prose)
    return Match(symptom, round(hit.score, 2), span, excerpt, fields)


def _prose(text: str) -> str:
    return redact(clean(readable(text)))


def _around(text: str, hit: Hit) -> str:
    """Return the message around a hit: from the start of its line, or of a word not far before."""
    line = text.rfind("\n", 0, hit.start) + 1
    start = max(line, hit.start - 200)
    if start > line:
        start = max(text.find(" ", start, hit.start) + 1, start)
    end = text.find("\n", hit.end)
    mark = "… " if start > line else ""
    return mark + text[start : min(end if end > 0 else len(text), hit.end + 200)]
