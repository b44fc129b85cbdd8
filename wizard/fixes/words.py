"""What the wizard says about fixes beyond `knowledge/fixes`: refusals, notes, progress."""

from typing import Any

from wizard.fixes.request import Words, filled
from wizard.fixes.words_applying import APPLYING
from wizard.fixes.words_planning import PLANNING

_WORDS = PLANNING | APPLYING


def say(key: str, **values: Any) -> Words:
    """Return the words called `key` with `values` put in."""
    return filled(_WORDS[key], **values)


def keys() -> list[str]:
    """Return the names of all words."""
    return list(_WORDS)
