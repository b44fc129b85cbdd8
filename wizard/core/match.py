"""Which symptoms a text shows, and in what order.

Every alternative of a symptom has a phrase that must be there. Phrases are looked for in the
squashed text, which survives wrapping, framing and quoting; only where one is found are the
conditions around it and its regex (on the readable neighbourhood) tried. In a long text the
phrases are sieved first by eight-letter samples, so that time hardly grows with their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from wizard.core import fuzzy
from wizard.core.quoting import in_source
from wizard.core.record import Record
from wizard.core.sieve import Sieve
from wizard.core.squash import Squashed, squash
from wizard.core.unwrap import readable

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any

WITHIN = 400
"""How many letters either side of the phrase its other conditions look at, unless told."""
_SURE = 0.75
_FUZZY_LIMIT = 8_000
_PROSE = 3
_MOST_PLACES = 20
_MOST_REGEX_PLACES = 4
_SAME_MESSAGE = 600


class Alternative(Record):
    """One way to recognise a symptom; all phrases squashed."""

    phrase: bytes
    near: tuple[bytes, ...] = ()
    any: tuple[bytes, ...] = ()
    without: tuple[bytes, ...] = ()
    regex: str | None = None
    score: float = 0.95
    within: int = WITHIN


def alternative(data: dict[str, Any]) -> Alternative:
    """Return one entry of a symptom's `match` (see `knowledge/README.md`)."""

    def phrases(key: str) -> tuple[bytes, ...]:
        return tuple(squash(phrase) for phrase in data.get(key, ()))

    return Alternative(
        phrase=squash(data["phrase"]),
        near=phrases("near"),
        any=phrases("any"),
        without=phrases("without"),
        regex=data.get("regex"),
        score=data.get("score", 0.95),
        within=data.get("within", WITHIN),
    )


class Hit(Record):
    """A symptom found: how sure (0 to 1) and where (offsets in the text)."""

    symptom: str
    score: float
    start: int
    end: int


Rules = Mapping[str, "Any"]
"""Symptom to its rule: `match`, and perhaps `yields_to` and `follows` (globs of symptoms).

`yields_to` names symptoms that explain the same message better: this one is then left out.
`follows` names symptoms whose consequence this one is: it is then put behind them.
"""


Phrase = tuple[bytes, bytes, str, int, int]
"""What is looked for first, the phrase, its symptom, which of its alternatives, its words.

Looked for first is the longest of the phrases that must be there: a short one may stand in every
line of a log.
"""


def phrases_of(rules: Rules) -> Iterator[Phrase]:
    """Yield the phrases of `rules`, squashed: all that a matcher needs before one is found."""
    for symptom, rule in rules.items():
        for number, entry in enumerate(rule["match"]):
            phrase = squash(entry["phrase"])
            anchor = max((phrase, *map(squash, entry.get("near", ()))), key=len)
            yield anchor, phrase, symptom, number, entry["phrase"].count(" ") + 1


class Matcher:
    """All rules, ready to be asked. Only the phrases are looked at before one is found.

    `phrases` are those of `rules` where they have been made before (`wizard.catalog.compiled`).
    """

    def __init__(self, rules: Rules, phrases: Iterable[Phrase] | None = None) -> None:
        self._rules = rules
        self._phrases = list(phrases_of(rules) if phrases is None else phrases)
        self._sieve = Sieve(entry[0] for entry in self._phrases)
        self._made: dict[tuple[str, int], Alternative] = {}

    def _alternative(self, symptom: str, number: int) -> Alternative:
        key = symptom, number
        if key not in self._made:
            self._made[key] = alternative(self._rules[symptom]["match"][number])
        return self._made[key]

    def match(self, text: str) -> list[Hit]:
        """Return the symptoms of `text`: the root error, further errors, then consequences.

        Three looks, each only if the one before gave nothing sure: the text as it is, without the
        prefixes of its lines (time stamps, frames), and with letters wrong or cut off.
        """
        squashed = Squashed(text, prefixes=False)
        hits = self._exact(text, squashed)
        if not _sure(hits):
            squashed = Squashed(text)
            hits = self._exact(text, squashed) | hits
        if not _sure(hits) and len(squashed.text) <= _FUZZY_LIMIT:
            hits = self._retyped(text, squashed) | hits
        return self._order(list(hits.values()), text)

    def _exact(self, text: str, squashed: Squashed) -> dict[str, Hit]:
        hits: dict[str, Hit] = {}
        for index, places in self._sieve.found(squashed.text):
            _keep(hits, self._first(index, places, text, squashed))
        return hits

    def _first(self, index: int, places: list[int], text: str, squashed: Squashed) -> Hit | None:
        """Return the first hit of a phrase around the places of its anchor."""
        symptom, number = self._phrases[index][2:4]
        rule = self._alternative(symptom, number)
        tries = _MOST_REGEX_PLACES if rule.regex else _MOST_PLACES
        for at in islice(self._around(index, places, squashed.text, rule.within), tries):
            hit = _try(symptom, rule, text, squashed, at)
            if hit:
                return hit
        return None

    def _around(self, index: int, places: list[int], text: bytes, within: int) -> Iterator[int]:
        """Yield where the phrase stands around the places of its anchor, each once."""
        anchor, phrase = self._phrases[index][:2]
        last = -1
        for place in places:
            start, stop = place, place + len(anchor)
            if phrase != anchor:
                start, stop = max(0, place - within - len(phrase)), stop + within
            at = text.find(phrase, max(start, last + 1), stop + len(phrase))
            while at >= 0:
                last = at
                yield at
                at = text.find(phrase, at + 1, stop + len(phrase))

    def _retyped(self, text: str, squashed: Squashed) -> dict[str, Hit]:
        hits: dict[str, Hit] = {}
        cut = _is_cut(text)
        for _, phrase, symptom, number, words in self._phrases:
            if len(phrase) < fuzzy.SHORTEST:
                continue
            at = fuzzy.find(squashed.text, phrase)
            # The end of a code's name is the end of many names: only prose can be cut.
            if at < 0 and cut and words >= _PROSE:
                at = fuzzy.find_cut(squashed.text, phrase)
            if at >= 0:
                rule = self._alternative(symptom, number)
                _keep(hits, _try(symptom, rule, text, squashed, at, retyped=True))
        return hits

    def _order(self, hits: list[Hit], text: str) -> list[Hit]:
        kept = [hit for hit in hits if not any(self._better(hit, other, text) for other in hits)]
        present = {hit.symptom for hit in kept}

        def rank(hit: Hit) -> tuple[bool, int, int, float]:
            behind = self._rules[hit.symptom].get("follows", ())
            consequence = any(_named(other, behind) for other in present - {hit.symptom})
            vague = 0 if hit.score >= _SURE else 1
            return consequence, vague, hit.start, -hit.score

        return sorted(kept, key=rank)

    def _better(self, hit: Hit, other: Hit, text: str) -> bool:
        """Whether `other` explains the same message as `hit`, but more exactly.

        A message is often printed twice (a task's reason and its container's).
        """
        if other.symptom == hit.symptom:
            return False
        if not _named(other.symptom, self._rules[hit.symptom].get("yields_to", ())):
            return False
        first, last = max(0, hit.start - _SAME_MESSAGE), hit.end + _SAME_MESSAGE
        if first <= other.end and other.start <= last:
            return True
        return text.find(text[other.start : other.end], first, last) >= 0


def _is_cut(text: str) -> bool:
    """Whether `text` may have lost its start or end: it does not begin or end as prose does."""
    bare = text.strip()
    ends = bare.endswith(("...", "…")) or not bare.endswith((*".!?\"')}]:。」）",))
    return ends or bare.startswith(("...", "…")) or bare[:1].islower()


def _sure(hits: dict[str, Hit]) -> bool:
    return any(hit.score >= _SURE for hit in hits.values())


def _named(symptom: str, globs: Sequence[str]) -> bool:
    return any(
        symptom == glob or ("*" in glob and _glob(glob).fullmatch(symptom)) for glob in globs
    )


@cache
def _glob(glob: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, glob.split("*"))))


def _keep(hits: dict[str, Hit], hit: Hit | None) -> None:
    if hit and (hit.symptom not in hits or hits[hit.symptom].score < hit.score):
        hits[hit.symptom] = hit


def _try(
    symptom: str,
    rule: Alternative,
    text: str,
    squashed: Squashed,
    at: int,
    *,
    retyped: bool = False,
) -> Hit | None:
    """Return the hit if the conditions around the phrase at `at` hold, else None."""
    end = min(at + len(rule.phrase), len(squashed.text))
    window = squashed.text[max(0, at - rule.within) : end + rule.within]
    if any(phrase in window for phrase in rule.without):
        return None

    def there(phrase: bytes) -> bool:
        return phrase in window or (retyped and fuzzy.find(window, phrase) >= 0)

    if not all(map(there, rule.near)) or (rule.any and not any(map(there, rule.any))):
        return None
    start, stop = squashed.origin(at), squashed.origin(end - 1) + 1
    if in_source(text, start, stop, retyped=retyped):
        return None
    if rule.regex:
        around = readable(text[max(0, start - rule.within) : stop + rule.within])
        if not re.search(rule.regex, around, re.IGNORECASE):
            return None
    return Hit(symptom, rule.score * (0.9 if retyped else 1.0), start, stop)
