"""From facts to the answer: findings, what they rest on, what was not read and what was checked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wizard.aws.answers import Refused
from wizard.aws.calls import Made
from wizard.aws.catalogue import Catalogue
from wizard.aws.reading import Note
from wizard.core.answer import Missing, Verdict
from wizard.core.condition import paths
from wizard.core.diagnosis import diagnose, judge
from wizard.core.facts import Facts
from wizard.core.findings import CONFIRMED, RULED_OUT, SUSPECTED, UNKNOWN, Finding, Observed
from wizard.core.knowledge import Cause, Knowledge
from wizard.core.unread import Unread

_MOST = 6
_QUIET = ("not-asked", "no-way", "none", "starting")
"""Reasons that are no failed call: nothing was asked, no API tells, there is no such thing, or it
is too early to tell."""

EXEC_OFF = "exec.disabled-on-service"


def findings(
    knowledge: Catalogue,
    facts: Facts,
    observed: Sequence[Observed],
    goals: frozenset[str],
    asked: str,
) -> list[Finding]:
    """Return the findings for `goals`; `asked` is the goal as the user named it."""
    found = diagnose(knowledge.meant(goals), facts, observed, "all")
    if asked in ("all", "start") and "exec" not in goals and EXEC_OFF in knowledge.data["causes"]:
        # Switched off is no fault where nobody asked for a shell, but it would be the next one.
        found += [
            replace(one, status=SUSPECTED, predicted=True)
            for one in judge(knowledge.cause(EXEC_OFF), facts)
            if one.status == CONFIRMED and asked == "all"
        ]
    return found


def verdict(cause: Cause, finding: Finding, notes: Iterable[Note]) -> Verdict:
    """Return `finding` with the notes on what its cause asks; a refuted one has no fixes."""
    asked = {*paths(cause.when), *paths(cause.suspect or {})}
    asked = {path.replace("each.", f"{cause.each}.", 1) for path in asked}
    asked |= {path.partition(".")[0] for path in asked}
    if finding.status == RULED_OUT:
        finding = replace(finding, fixes=())
        asked |= {"ways"} if "obstacles" in asked else set()
    fitting = [note for note in notes if note.part in asked and _fits(note, finding)]
    exact = [note for note in fitting if note.about]
    chosen = [note.evidence for note in (exact or fitting)]
    unique = {(one.call, one.says["en"]): one for one in chosen}
    return Verdict(finding, tuple(unique.values())[:_MOST])


def notices(knowledge: Knowledge, facts: Facts, notes: Sequence[Note]) -> tuple[Verdict, ...]:
    """Return what is worth knowing of `facts` although it breaks nothing."""
    every = [knowledge.notice(key) for key in knowledge.notices()]
    return tuple(
        verdict(one, found, notes)
        for one in every
        for found in judge(one, facts)
        if found.status == CONFIRMED
    )


def _fits(note: Note, finding: Finding) -> bool:
    known = {"cause": finding.cause, **finding.fields}
    return all(known[key] == value for key, value in note.about.items() if key in known)


def unread(made: Iterable[Made], judged: Sequence[Finding]) -> tuple[Missing, ...]:
    """Return the calls that gave no answer, and the causes that each would decide.

    "It does not exist" is an answer.
    """
    failed = {
        (one.operation, one.outcome.code)
        for one in made
        if isinstance(one.outcome, Refused) and not answered(one.outcome)
    }
    needed: dict[tuple[str, str], dict[str, None]] = {key: {} for key in sorted(failed)}
    for finding in judged:
        for one in finding.unread:
            if one.why in _QUIET or Refused(one.call, one.why).absent:
                continue
            for key in _keys(one, needed):
                needed.setdefault(key, {})[finding.cause] = None
    return tuple(Missing(call, why, tuple(causes)) for (call, why), causes in needed.items())


def _keys(one: Unread, needed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The failed calls that `one` stands for: itself, else those of the same name, if any."""
    key = (one.call, one.why)
    known = list(needed)
    return [key] if key in known else [each for each in known if each[0] == one.call] or [key]


def answered(outcome: Refused) -> bool:
    """Whether the refusal is AWS's answer to the question: the thing is not there."""
    gone = "unable to describe task definition" in outcome.message.lower()
    return outcome.absent or gone


def checked(judged: Sequence[Finding]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the causes that were refuted, and those that nothing could decide, be it for a part
    of what they are about."""
    ruled_out = [one.cause for one in judged if one.status == RULED_OUT]
    unknown = [
        one.cause
        for one in judged
        if one.status == UNKNOWN or (one.status == CONFIRMED and one.unread)
    ]
    return tuple(dict.fromkeys(ruled_out)), tuple(dict.fromkeys(unknown))


def judged(knowledge: Knowledge, facts: Facts) -> list[Finding]:
    """Return the verdicts on every cause of `knowledge`."""
    return [one for key in knowledge.causes() for one in judge(knowledge.cause(key), facts)]
