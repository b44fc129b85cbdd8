"""What is known: symptoms, causes, fixes and the guide, as the rest of the program sees them.

Loaded from the compiled form (see `wizard.catalog`). An entry is plain data; the classes here
only give it names and types. All words come as `{"en": …, "ja": …}`.
"""

from __future__ import annotations

from functools import cached_property

from wizard.core.match import Matcher
from wizard.core.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any

Words = dict[str, str]

NO_STAGE = "exec"
"""The stage of what has none of its own: the last one."""

CAUSE_KINDS = ("switch", "way", "right", "thing")
"""What sort of cause it is, in the order in which one stage meets them: what is switched off asks
for no way, without a way nobody asks for a right, and without the right nobody says that a thing
is missing."""


class Candidate(Record):
    """A cause that a symptom may have, and the yes/no question that tells it from the others."""

    cause: str
    ask: Words


class Symptom(Record):
    """One kind of error text. `stage` is where in a task's life it shows; `goal` what to read for.

    `harmless` marks a message that needs no mending, `vague` one that says that tasks fail and not
    where: `stage` is then the last one that it may mean.
    """

    id: str
    title: Words
    explanation: Words
    by_hand: Words
    causes: tuple[Candidate, ...]
    references: tuple[str, ...]
    stage: str
    goal: str
    harmless: bool = False
    vague: bool = False
    extract: tuple[str, ...] = ()


class Offer(Record):
    """A fix that a cause offers, and when it applies; `why_not` says why it does not."""

    fix: str
    when: Any = None
    why_not: Words = {}  # noqa: RUF012 - a Record's are never changed


class Cause(Record):
    """What is wrong, when it is proven, and what mends it (see `knowledge/README.md`)."""

    id: str
    title: Words
    explanation: Words
    references: tuple[str, ...]
    stage: str
    goals: tuple[str, ...]
    when: Any
    kind: str = CAUSE_KINDS[-1]
    suspect: Any = None
    each: str | None = None
    fields: dict[str, str] = {}  # noqa: RUF012 - a Record's are never changed
    fixes: tuple[Offer, ...] = ()
    by_hand: Words = {}  # noqa: RUF012 - a Record's are never changed


class FixText(Record):
    """The words of a fix: what it does, its effect on what runs, what it costs."""

    id: str
    title: Words
    effect: Words
    cost: Words
    references: tuple[str, ...] = ()


class Knowledge:
    """Everything known, by id. `problems` are the messages about user files left out."""

    def __init__(self, data: dict[str, Any], problems: tuple[str, ...] = ()) -> None:
        self.data = data
        self.problems = problems

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher over all symptoms."""
        # The compiled form has the phrases made, so that no entry need be parsed for them.
        return Matcher(self.data["symptoms"], self.data.get("phrases"))

    def symptom(self, key: str) -> Symptom:
        """Return the symptom with id `key`; KeyError if there is none."""
        one = self.data["symptoms"][key]
        return Symptom(
            id=key,
            title=one["title"],
            explanation=one["explanation"],
            by_hand=one.get("by_hand", {}),
            causes=tuple(Candidate(c["cause"], c.get("ask", {})) for c in one["causes"]),
            references=tuple(one["references"]),
            stage=one["stage"],
            goal=one["goal"],
            harmless=one.get("harmless", False),
            vague=one.get("vague", False),
            extract=tuple(one.get("extract", ())),
        )

    def cause(self, key: str) -> Cause:
        """Return the cause with id `key`; KeyError if there is none."""
        return _cause(key, self.data["causes"][key])

    def notice(self, key: str) -> Cause:
        """Return the notice with id `key`, a cause of nothing; KeyError if there is none."""
        return _cause(key, self.data["notices"][key])

    def fix(self, key: str) -> FixText:
        """Return the words of the fix with id `key`; KeyError if there is none."""
        one = self.data["fixes"][key]
        return FixText(
            key, one["title"], one["effect"], one["cost"], tuple(one.get("references", ()))
        )

    @property
    def guide(self) -> dict[str, Any]:
        """The top of the tree: goals and what one sees there (`knowledge/guide.yaml`)."""
        guide: dict[str, Any] = self.data["guide"]
        return guide

    def causes(self) -> list[str]:
        """Return the ids of all causes."""
        return list(self.data["causes"])

    def notices(self) -> list[str]:
        """Return the ids of all notices: what is worth knowing although it breaks nothing."""
        return list(self.data["notices"])


def _cause(key: str, one: dict[str, Any]) -> Cause:
    offers = one.get("fixes", ())
    return Cause(
        id=key,
        title=one["title"],
        explanation=one["explanation"],
        references=tuple(one["references"]),
        stage=one.get("stage", NO_STAGE),
        goals=tuple(one["goals"]),
        when=one["when"],
        kind=one.get("kind", CAUSE_KINDS[-1]),
        suspect=one.get("suspect"),
        each=one.get("each"),
        fields=one.get("fields", {}),
        fixes=tuple(Offer(f["fix"], f.get("when"), f.get("why_not", {})) for f in offers),
        by_hand=one.get("by_hand", {}),
    )
