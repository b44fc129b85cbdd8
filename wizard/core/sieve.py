"""Which of many phrases a text holds, and where, in a time that hardly grows with their number."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

_SIEVE_FROM = 4_000
"""A shorter text is searched for each phrase, unless many are asked about: making the samples of
the phrases takes longer than a few such searches."""
_OFTEN = 5
_GRAM = 8
_SAMPLED = 2 * _GRAM - 1
"""A phrase of this many letters holds a whole sample wherever it starts."""
_MOST_PLACES = 20
_HUGE = 1_000_000
_TROUBLE = tuple(
    b"error exception fail denied unable cannot invalid expired notfound nosuch timeout stopped "
    b"unauthorized forbidden".split()
)
"""Words one of which stands near anything that ails: in a huge log, phrases too short to be sampled
are looked for around them only."""
_AROUND = 800
_MOST_TROUBLES = 2_000

Span = tuple[int, int | None]
_WHOLE: tuple[Span, ...] = ((0, None),)


class Sieve:
    """Finds `anchors` (squashed phrases) in squashed texts."""

    def __init__(self, anchors: Iterable[bytes]) -> None:
        self.anchors = list(anchors)
        self._asked = 0

    def found(self, text: bytes) -> Iterator[tuple[int, list[int]]]:
        """Yield the index of each anchor that `text` holds, with the first places of it."""
        known: dict[bytes, list[int]] = {}
        troubled = _troubled(text)
        self._asked += 1
        for index in self._candidates(text):
            anchor = self.anchors[index]
            if anchor not in known:
                known[anchor] = _places(text, anchor, troubled)
                # What has been sampled stands somewhere: if not where it ails, then elsewhere.
                if not known[anchor] and len(anchor) >= _SAMPLED and troubled is not _WHOLE:
                    known[anchor] = _places(text, anchor, _WHOLE)
            if known[anchor]:
                yield index, known[anchor]

    def _candidates(self, text: bytes) -> Sequence[int]:
        if len(text) < _SIEVE_FROM and self._asked < _OFTEN:
            return [index for index, anchor in enumerate(self.anchors) if anchor in text]
        grams, short = self._grams
        samples = memoryview(text[: len(text) // _GRAM * _GRAM]).cast("Q")
        found: set[int] = set(short)
        for gram in self._gram_set.intersection(samples):
            found.update(grams[gram])
        return sorted(found)

    @cached_property
    def _gram_set(self) -> set[int]:
        return set(self._grams[0])

    @cached_property
    def _grams(self) -> tuple[dict[int, list[int]], list[int]]:
        """Every sample at which an anchor would be seen, and the anchors too short for one.

        Samples of the text start at multiples of eight letters.
        """
        grams: dict[int, list[int]] = {}
        short = []
        for index, anchor in enumerate(self.anchors):
            if len(anchor) < _SAMPLED:
                short.append(index)
                continue
            for start in range(_GRAM):
                gram = memoryview(anchor[start : start + _GRAM]).cast("Q")[0]
                grams.setdefault(gram, []).append(index)
        return grams, short


def _places(text: bytes, phrase: bytes, spans: Sequence[Span]) -> list[int]:
    """Return where `phrase` stands within `spans` of `text`: the first few places."""
    places: list[int] = []
    for start, end in spans:
        at = text.find(phrase, start, end)
        while at >= 0 and len(places) < _MOST_PLACES:
            places.append(at)
            at = text.find(phrase, at + len(phrase), end)
    return places


def _troubled(text: bytes) -> Sequence[Span]:
    """Return the stretches of a huge text where something ails; all of a smaller one."""
    if len(text) < _HUGE:
        return _WHOLE
    found: list[int] = []
    for word in _TROUBLE:
        at = text.find(word)
        while at >= 0:
            found.append(at)
            if len(found) > _MOST_TROUBLES:
                return _WHOLE
            at = text.find(word, at + _AROUND // 2)
    spans: list[Span] = []
    end = 0
    for at in sorted(found):
        start = max(end, at - _AROUND)
        end = at + _AROUND
        spans.append((start, end))
    return spans
