"""From facts to findings: which causes are proven, refuted or open."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wizard.core.condition import Truth, holds, open_part, paths, value_of
from wizard.core.facts import OF_DEFINITION, STAGES, Facts, Role, Service
from wizard.core.findings import (
    CONFIRMED,
    RULED_OUT,
    SUSPECTED,
    UNKNOWN,
    Finding,
    Observed,
    Offered,
)
from wizard.core.knowledge import Cause, Knowledge
from wizard.core.prediction import in_time, place
from wizard.core.unread import Unread, merged

_WEIGHT = {CONFIRMED: 0, SUSPECTED: 1, UNKNOWN: 2, RULED_OUT: 3}


def judge(cause: Cause, facts: Facts) -> list[Finding]:
    """Return the verdicts on `cause`: one, or one for each item of the fact it goes through. An
    item that is `Unread` stands for what there may be besides."""
    facts = _as_far_as_meant(cause, facts)
    if cause.each is None:
        return [_verdict(cause, facts)]
    items = facts.get(cause.each, Unread(cause.each, "not-asked"))
    if isinstance(items, Unread):
        return [_verdict(cause, facts | {"each": items})]
    verdicts = [_verdict(cause, facts | {"each": item}) for item in items]
    told = [verdict for verdict in verdicts if verdict.status != RULED_OUT]
    proven = [verdict for verdict in told if verdict.status == CONFIRMED]
    if proven:
        # What is open besides is no finding of its own beside one that is proven.
        rest = proven[0].unread.union(*(one.unread for one in told if one.status == UNKNOWN))
        told = [replace(one, unread=rest) if one is proven[0] else one for one in told]
        told = [one for one in told if one.status != UNKNOWN]
    return told or [
        Finding(cause.id, RULED_OUT, STAGES[-1], {}, facts=(cause.each,), kind=cause.kind)
    ]


def _as_far_as_meant(cause: Cause, facts: Facts) -> Facts:
    """Leave open what else there may be, of causes that keep a service's tasks from starting, where
    the service could not be read: what was read then is that of one of its tasks."""
    service = facts.get("service")
    if not isinstance(service, Service) or not isinstance(service.in_force, Unread):
        return facts
    if "start" not in cause.goals:
        return facts
    known = {name: facts[name] for name in OF_DEFINITION if name in facts}
    return facts | {name: _with_more(one, service.in_force) for name, one in known.items()}


def _with_more(fact: Any, rest: Unread) -> Any:
    if isinstance(fact, Role):
        return replace(fact, partly=(*fact.partly, ("*", rest)))
    if isinstance(fact, Unread):
        return merged(fact, rest)
    return (*fact, rest) if isinstance(fact, tuple) else fact


def _verdict(cause: Cause, facts: Facts) -> Finding:
    truth = holds(cause.when, facts)
    status = CONFIRMED if truth is True else RULED_OUT if truth is False else UNKNOWN
    if status != CONFIRMED and cause.suspect and holds(cause.suspect, facts) is True:
        status = SUSPECTED
    values = {name: value_of(path, facts) for name, path in cause.fields.items()}
    item = facts.get("each")
    stage = _stage(cause, facts)
    return Finding(
        cause=cause.id,
        status=status,
        stage=stage or STAGES[-1],
        fields={name: value for name, value in values.items() if _known(value)},
        fixes=tuple(_offers(cause, facts)),
        unread=_open(cause, facts) if truth is True else truth or frozenset(),
        facts=tuple(dict.fromkeys(_fact_names(cause))),
        says=None if isinstance(item, Unread) else getattr(item, "says", None),
        staged=stage is not None,
        kind=cause.kind,
    )


def _open(cause: Cause, facts: Facts) -> frozenset[Unread]:
    """What kept a cause that is proven from being known in full."""
    rests = (open_part(path, facts) for path in paths(cause.when))
    return frozenset(one for rest in rests if rest for one in rest.every)


def _known(value: Any) -> bool:
    return value is not None and not isinstance(value, Unread) and value != ()


def _stage(cause: Cause, facts: Facts) -> str | None:
    if "." not in cause.stage:
        return cause.stage
    stage = value_of(cause.stage, facts)
    return stage if isinstance(stage, str) else None


def _fact_names(cause: Cause) -> Iterable[str]:
    for path in paths(cause.when):
        name = path.partition(".")[0]
        yield cause.each if name == "each" and cause.each else name


def _offers(cause: Cause, facts: Facts) -> Iterable[Offered]:
    for offer in cause.fixes:
        truth: Truth = holds(offer.when, facts) if offer.when else True
        applicable = truth is not False
        yield Offered(offer.fix, applicable, None if applicable else offer.why_not)


def diagnose(
    knowledge: Knowledge, facts: Facts, observed: Sequence[Observed], goal: str
) -> list[Finding]:
    """Return the findings for `goal`, in the order of what to do first.

    Ruled-out causes are kept only where a symptom that was seen names them as candidates, since
    only then is it news; so are unknown ones. An unknown candidate of a symptom is suspected.
    """
    named = (
        candidate.cause
        for one in observed
        for candidate in knowledge.symptom(one.symptom).causes
        if candidate.cause in knowledge.data["causes"]
    )
    candidates = {cause: index for index, cause in enumerate(dict.fromkeys(named))}
    findings = []
    for key in knowledge.causes():
        cause = knowledge.cause(key)
        if goal == "all" or goal in cause.goals or key in candidates:
            findings += [_weigh(finding, candidates) for finding in judge(cause, facts)]
    kept = [one for one in findings if one.status in (CONFIRMED, SUSPECTED)]
    kept += [
        one for one in findings if one.status in (UNKNOWN, RULED_OUT) and one.cause in candidates
    ]
    kept = in_time(knowledge, facts, observed, kept)
    return sorted(kept, key=lambda one: _order(one, candidates))


def _weigh(finding: Finding, candidates: Container[str]) -> Finding:
    if finding.status == UNKNOWN and finding.cause in candidates:
        # Of what nothing at all is known, nothing can be mended.
        fixes = finding.fixes if finding.fields else ()
        return replace(finding, status=SUSPECTED, fixes=fixes)
    return finding


def _order(finding: Finding, candidates: Mapping[str, int]) -> tuple[int | bool, ...]:
    """What is proven first; within a stage what the symptoms name, by what is known of it."""
    stage, rank = place(finding)
    told = candidates.get(finding.cause, len(candidates))
    when = (finding.predicted, stage, finding.cause not in candidates)
    return _WEIGHT[finding.status], *when, not finding.fields, rank, told
