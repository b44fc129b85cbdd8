"""From a diagnosis to what is to be mended: which findings of a cause, with which fix."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.core.answer import Diagnosis
from wizard.core.diagnosis import judge
from wizard.core.facts import Facts
from wizard.core.findings import CONFIRMED, SUSPECTED, UNKNOWN, Finding, Offered
from wizard.core.knowledge import Cause, Knowledge
from wizard.core.unread import Unread
from wizard.fixes.registry import fixes
from wizard.fixes.request import Misused, Refused
from wizard.fixes.words import say

_Pair = tuple[Finding, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The fix, the findings that it is to mend, and the items that these come from.

    No findings: nothing is left to mend.
    """

    fix: str
    findings: tuple[Finding, ...]
    items: tuple[Any, ...]


def choose(
    knowledge: Knowledge,
    diagnosis: Diagnosis,
    cause: str,
    fix: str | None,
    options: Mapping[str, str],
) -> Chosen:
    """Return what is to be mended of `cause`, and how.

    Raises `Misused` for names that are not there, `Refused` where the cause could not be decided
    or none of its fixes applies.
    """
    check_names(knowledge, cause, fix, options)
    known = knowledge.cause(cause)
    offered = [one.fix for one in known.fixes]
    pairs = [one for one in _found(known, diagnosis) if _fits(one[0], options)]
    if not pairs:
        return Chosen(fix or next(iter(offered), ""), (), ())
    chosen = fix or _first(pairs)
    kept = [pair for pair in pairs if _offer(pair[0], chosen).applicable]
    if not kept or chosen not in fixes():
        raise Refused(_offer(pairs[0][0], chosen).why_not or say("no-fix"))
    items = tuple(item for _, item in kept if item is not None)
    return Chosen(chosen, tuple(finding for finding, _ in kept), items)


def check_names(
    knowledge: Knowledge, cause: str, fix: str | None, options: Mapping[str, str]
) -> None:
    """Raise `Misused` where a name of the request is none: needs no diagnosis."""
    if cause not in knowledge.data["causes"]:
        raise Misused(f"no such cause: {cause!r}{_meant(cause, knowledge.causes())}")
    known = knowledge.cause(cause)
    offered = [one.fix for one in known.fixes]
    if fix is not None and fix not in offered:
        names = ", ".join(offered) or "none"
        raise Misused(f"{cause} has no fix {fix!r}{_meant(fix, offered)} (it has: {names})")
    _know_fields(known, options)


def _know_fields(cause: Cause, options: Mapping[str, str]) -> None:
    for name in options:
        if name not in cause.fields:
            names = ", ".join(cause.fields) or "none"
            hint = _meant(name, cause.fields)
            raise Misused(f"{cause.id} has no field {name!r}{hint} (it has: {names})")


def _meant(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(names), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _found(cause: Cause, diagnosis: Diagnosis) -> list[_Pair]:
    """Return the findings of `cause`, each with its item; refuse where it could not be decided."""
    pairs = _judged(cause, diagnosis.facts)
    there = [one for one in pairs if one[0].status in (CONFIRMED, SUSPECTED)]
    unknown = [one for one in pairs if one[0].status == UNKNOWN]
    if there or not unknown:
        return there
    if any(one.cause == cause.id and one.status == SUSPECTED for one in diagnosis.findings):
        # A symptom that was seen names it, so it is suspected though nothing proves it.
        return unknown
    calls = sorted({f"{one.call} ({one.why})" for pair in unknown for one in pair[0].unread})
    raise Refused(say("undecided", calls=calls))


def _judged(cause: Cause, facts: Facts) -> list[_Pair]:
    items = facts.get(cause.each) if cause.each else None
    if cause.each is None or items is None or isinstance(items, Unread):
        return [(one, None) for one in judge(cause, facts)]
    return [(one, item) for item in items for one in judge(cause, facts | {cause.each: (item,)})]


def _fits(finding: Finding, options: Mapping[str, str]) -> bool:
    return all(_same(finding.fields.get(name), value) for name, value in options.items())


def _same(value: Any, wanted: str) -> bool:
    if isinstance(value, list | tuple):
        return wanted in map(str, value)
    return str(value) == wanted


def _first(pairs: list[_Pair]) -> str:
    offers = [offer for finding, _ in pairs for offer in finding.fixes]
    applicable = [one for one in offers if one.applicable and one.fix in fixes()]
    if not applicable:
        raise Refused(next((one.why_not for one in offers if one.why_not), say("no-fix")))
    return applicable[0].fix


def _offer(finding: Finding, fix: str) -> Offered:
    none = Offered(fix, applicable=False)
    return next((one for one in finding.fixes if one.fix == fix), none)
