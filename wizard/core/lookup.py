"""Paste-an-error: from a text to the symptoms it shows, with the fields read from it."""

from dataclasses import dataclass
from typing import Any

from wizard.core.clean import clean, one_line
from wizard.core.extract import own_fields, read_fields
from wizard.core.knowledge import Knowledge, Symptom
from wizard.core.match import Hit
from wizard.core.redact import redact
from wizard.core.unwrap import readable

_AROUND = 2_000
_WHOLE = 6_000
_EXCERPT = 300


@dataclass(frozen=True, slots=True)
class Match:
    """A symptom in a text: how sure (0 to 1), where (offsets in the text), what was read."""

    symptom: Symptom
    score: float
    span: tuple[int, int]
    excerpt: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a text shows: `matches` (root error first) and all that could be `read` from it."""

    matches: tuple[Match, ...]
    read: dict[str, Any]


def look_up(knowledge: Knowledge, text: str) -> Lookup:
    """Return what is known of `text`. Pure: no file, no network. Any text is allowed."""
    matches = tuple(_match(knowledge, text, hit) for hit in knowledge.matcher.match(text))
    if len(text) <= _WHOLE:
        read = _fields(text)
    elif matches:
        read = dict(matches[0].fields)
    else:
        read = _fields(text[: _WHOLE // 2] + "\n" + text[-_WHOLE // 2 :])
    return Lookup(matches, read)


def _match(knowledge: Knowledge, text: str, hit: Hit) -> Match:
    symptom = knowledge.symptom(hit.symptom)
    near = text[max(0, hit.start - _AROUND) : hit.end + _AROUND]
    fields = _fields(near) | own_fields(symptom.extract, redact(readable(near)))
    around = text[max(0, hit.start - 60) : hit.end + 160]
    excerpt = one_line(redact(readable(around)), _EXCERPT)
    return Match(symptom, round(hit.score, 2), (hit.start, hit.end), excerpt, fields)


def _fields(text: str) -> dict[str, Any]:
    return read_fields(redact(clean(readable(text))))
