"""The goals of paste-an-error: right first time, and silent on what it does not know.

`python -m tests.corpus` prints the report by symptom.
"""

import pytest

from tests.corpus.__main__ import measure


@pytest.mark.parametrize("part", ["develop", "heldout"])
def test_97_in_100_texts_are_recognised_first_time(part: str) -> None:
    positive = [(row, found) for row, found in measure(part) if row["symptom"]]
    wrong = [row["id"] for row, found in positive if found[:1] != [row["symptom"]]]
    assert len(positive) >= 250
    assert len(wrong) <= 0.03 * len(positive), wrong


@pytest.mark.parametrize("part", ["develop", "heldout"])
def test_at_most_2_in_100_foreign_texts_are_claimed(part: str) -> None:
    negative = [(row, found) for row, found in measure(part) if row["symptom"] is None]
    claimed = [f"{row['id']}: {found}" for row, found in negative if found]
    assert len(negative) >= 70
    assert len(claimed) <= 0.02 * len(negative), claimed


def test_every_text_says_where_its_wording_was_seen() -> None:
    for part in ("develop", "heldout"):
        for row, _ in measure(part):
            assert row.get("source"), row["id"]
