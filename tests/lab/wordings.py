"""Real wordings collected from public sources, by symptom, to hold the lab's texts against."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

_CORPUS = Path(__file__).parents[1] / "corpus" / "develop"
_RUN = 5


@cache
def collected() -> dict[str, list[str]]:
    """The texts of the collection, by symptom id."""
    found: dict[str, list[str]] = {}
    for path in sorted(_CORPUS.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            for symptom in [entry["symptom"], *entry.get("also", [])]:
                found.setdefault(symptom, []).append(entry["text"])
    return found


def _words(text: str) -> list[str]:
    # Terminals and JSON break lines and quote; the words stay.
    return re.findall(r"[a-z]+", text.lower().replace("\\n", " "))


def _runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def is_real(text: str, symptom: str) -> bool:
    """Whether some collected text of the symptom has five words in a row in common with *text*.

    Texts of fewer words must be contained as a whole.
    """
    words = _words(text)
    length = min(_RUN, len(words))
    mine = _runs(words, length)
    return any(mine & _runs(_words(real), length) for real in collected().get(symptom, []))
