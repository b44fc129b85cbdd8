"""Finding a phrase that was retyped: a few letters wrong, one missing, one too many."""

SHORTEST = 14
"""A phrase with fewer letters than this is only found exactly: it would resemble too much."""

_LETTERS = b"abcdefghijklmnopqrstuvwxyz"


def allowed(length: int) -> int:
    """Return how many letters of a phrase of `length` letters may be wrong."""
    return 1 if length < 26 else 2 if length < 48 else 3


def find(text: bytes, phrase: bytes) -> int:
    """Return where `phrase` stands in `text` but for a few letters, or -1.

    With at most k letters wrong, one of k + 1 pieces of the phrase stands unharmed: it is looked
    for first, so that the costly comparison is made at a few places only.
    """
    if len(phrase) < SHORTEST:
        return text.find(phrase)
    errors = allowed(len(phrase))
    size = -(-len(phrase) // (errors + 1))
    for start in range(0, len(phrase), size):
        piece = phrase[start : start + size]
        if len(piece) < 5:
            continue
        at = text.find(piece)
        tries = 0
        while at >= 0 and tries < 8:
            begin = max(0, at - start - errors)
            window = text[begin : at - start + len(phrase) + errors]
            # A status code with another digit is another status code, no typing mistake.
            if _digits(phrase) in _digits(window) and _distance(phrase, window, errors):
                return begin
            at = text.find(piece, at + 1)
            tries += 1
    return -1


def _digits(text: bytes) -> bytes:
    return text.translate(None, _LETTERS)


def _distance(phrase: bytes, window: bytes, errors: int) -> bool:
    """Whether `phrase` lies in `window` within `errors` edits.

    Sellers' algorithm; two letters swapped count as one edit, as a typing mistake does.
    """
    before: list[int] = []
    last = 0
    row = list(range(len(phrase) + 1))
    for letter in window:
        fresh = [0]
        for index, wanted in enumerate(phrase, 1):
            cost = min(row[index] + 1, fresh[index - 1] + 1, row[index - 1] + (letter != wanted))
            if index > 1 and before and letter == phrase[index - 2] and last == wanted:
                cost = min(cost, before[index - 2] + 1)
            fresh.append(cost)
        if fresh[-1] <= errors:
            return True
        before, row, last = row, fresh, letter
    return row[-1] <= errors


def find_cut(text: bytes, phrase: bytes) -> int:
    """Return where the end of `text` cuts `phrase` off, or its start does, or -1.

    Six tenths of the phrase must be left, and no fewer letters than `SHORTEST`.
    """
    least = max(SHORTEST, len(phrase) * 6 // 10)
    if least >= len(phrase):
        return -1
    at = text.find(phrase[:least], max(0, len(text) - len(phrase)))
    if at >= 0 and phrase.startswith(text[at:]):
        return at
    end = text.find(phrase[-least:], 0, len(phrase))
    if end >= 0 and phrase.endswith(text[: end + least]):
        return 0
    return -1
