"""Known texts, damaged: a thousand variations, each kind of damage reported apart.

`python -m tests.core.test_damage` prints the report.
"""

import random
from collections import Counter

import pytest

from tests.core.damage import DAMAGES
from tests.corpus.__main__ import measure
from wizard.catalog.store import knowledge
from wizard.core.knowledge import Knowledge

EACH = 80
"""Variations of each kind of damage: 14 kinds make more than a thousand."""


def _known_texts() -> list[tuple[str, str]]:
    """Return the corpus's shorter texts that are recognised unharmed."""
    return [
        (row["text"], row["symptom"])
        for row, found in measure("develop")
        if row["symptom"] and found[:1] == [row["symptom"]] and 60 < len(row["text"]) < 900
    ]


def survivors(kind: str, known: Knowledge, texts: list[tuple[str, str]]) -> tuple[int, list[str]]:
    """Return how many of `EACH` damaged texts are still recognised, and the others."""
    rng = random.Random(kind)
    lost = []
    for text, symptom in rng.sample(texts, min(EACH, len(texts))):
        damaged = DAMAGES[kind](text, rng)
        hits = known.matcher.match(damaged)
        if not hits or hits[0].symptom != symptom:
            lost.append(f"{symptom}: {hits[:1]} {damaged!r}")
    return EACH - len(lost), lost


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    """The texts to damage."""
    return _known_texts()


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_text_is_still_recognised(kind: str, texts: list[tuple[str, str]]) -> None:
    kept, lost = survivors(kind, knowledge(), texts)
    # A cut may take away the very words that tell two symptoms apart; no other damage may.
    least = 0.85 if kind.startswith("cut") else 0.93
    assert kept >= least * EACH, "\n".join(lost)


def test_of_a_thousand_variations_at_least_95_in_100_are_recognised(
    texts: list[tuple[str, str]],
) -> None:
    kept = sum(survivors(kind, knowledge(), texts)[0] for kind in DAMAGES)
    assert kept >= 0.95 * EACH * len(DAMAGES)


def main() -> None:
    """Print the report."""
    known, counted = _known_texts(), Counter[str]()
    for kind in DAMAGES:
        counted[kind], lost = survivors(kind, knowledge(), known)
        print(f"{counted[kind]:3}/{EACH} {kind}")
        for line in lost:
            print(f"        {line[:230]}")
    print(f"{counted.total()}/{EACH * len(DAMAGES)}")


if __name__ == "__main__":
    main()
