"""What fails now, and what would fail next once that is mended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wizard.core.facts import STAGES, Facts, Service, Task
from wizard.core.findings import CONFIRMED, SUSPECTED, Finding, Observed
from wizard.core.knowledge import CAUSE_KINDS, Knowledge, Symptom

_THINGS = ("repository", "secret", "log_group", "role", "container")
_START = STAGES.index("start")
_BEFORE_START = STAGES[STAGES.index("role") : _START]


def in_time(
    knowledge: Knowledge, facts: Facts, observed: Sequence[Observed], findings: Sequence[Finding]
) -> list[Finding]:
    """Return the findings, each with its stage and whether it is only predicted: not what the
    first symptom comes from (the first that is not vague, if any), but what would fail next."""
    observed = sorted(observed, key=lambda one: knowledge.symptom(one.symptom).vague)
    seen = [knowledge.symptom(one.symptom) for one in observed]
    present = _present(knowledge, facts, observed, findings)
    first = _first_rank(knowledge, observed, findings, present)
    if observed:
        # What may be behind the symptom is thought of where that shows, unless it says otherwise.
        findings = [one if one.staged else replace(one, stage=STAGES[present]) for one in findings]
    apart = [*_past(knowledge, seen, findings, present), *_others(observed, findings, present)]
    later = [one in apart or _is_later(one, (present, first)) for one in findings]
    return [replace(one, predicted=late) for one, late in zip(findings, later, strict=True)]


def _present(
    knowledge: Knowledge, facts: Facts, observed: Sequence[Observed], findings: Sequence[Finding]
) -> int:
    """Return the stage at which things fail now, as an index of `STAGES`.

    The first symptom seen tells, and if what it is proven to come from shows later only, or
    earlier only, that. A vague one means the earliest stage at which anything is proven that keeps
    tasks from starting. Without one, a service that wants no tasks fails nowhere (-1), a running
    task has passed every stage but the shell, and otherwise it is the earliest stage at which a
    cause is proven.
    """
    if observed:
        symptom = knowledge.symptom(observed[0].symptom)
        told = STAGES.index(symptom.stage)
        own = {one.cause for one in symptom.causes}
        proven = [
            STAGES.index(one.stage)
            for one in findings
            if one.status == CONFIRMED and one.cause in own
        ]
        if symptom.vague:
            early = [STAGES.index(one.stage) for one in findings if _is_early(one)]
            return min([*proven, *early], default=told)
        earlier = bool(proven) and max(proven) < told
        return min(proven) if earlier else max(told, min(proven, default=told))
    service, task = facts.get("service"), facts.get("task")
    if isinstance(service, Service) and service.exists is True and not service.desired:
        return -1
    if isinstance(task, Task) and task.status == "RUNNING":
        return STAGES.index("exec")
    proven = [STAGES.index(one.stage) for one in findings if one.status == CONFIRMED]
    return min(proven, default=len(STAGES))


def _is_early(finding: Finding) -> bool:
    return finding.status == CONFIRMED and finding.stage in _BEFORE_START


def _first_rank(
    knowledge: Knowledge, observed: Sequence[Observed], findings: Sequence[Finding], present: int
) -> int:
    """Return the rank at which the stage `present` fails: of what the first symptom is proven to
    come from if anything is, else of whatever is proven there."""
    here = [one for one in findings if one.status == CONFIRMED and place(one)[0] == present]
    told = knowledge.symptom(observed[0].symptom).causes if observed else ()
    own = {one.cause for one in told}
    ranks = [CAUSE_KINDS.index(one.kind) for one in here if one.cause in own]
    return min(ranks or (CAUSE_KINDS.index(one.kind) for one in here), default=len(CAUSE_KINDS))


def place(finding: Finding) -> tuple[int, int]:
    """Return when it is met: at which stage, and as what sort of cause."""
    return STAGES.index(finding.stage), CAUSE_KINDS.index(finding.kind)


def _is_later(finding: Finding, present: tuple[int, int]) -> bool:
    return finding.status in (CONFIRMED, SUSPECTED) and place(finding) > present


def _past(
    knowledge: Knowledge, seen: Sequence[Symptom], findings: Iterable[Finding], present: int
) -> list[Finding]:
    """Return what tasks that fail at `present`, before they start, have got past: the next one will
    meet it all the same. Nothing where what they fail by is not proven: it may be this."""
    told = [one for one in findings if _is_told(knowledge, seen, one)]
    fails = STAGES.index(seen[0].stage) if seen else _START
    if fails >= _START or seen[0].vague or CONFIRMED not in (one.status for one in told):
        return []
    return [
        one
        for one in findings
        if one.status in (CONFIRMED, SUSPECTED) and one not in told
        if one.stage in _BEFORE_START and STAGES.index(one.stage) < present
    ]


def _others(
    observed: Sequence[Observed], findings: Sequence[Finding], present: int
) -> list[Finding]:
    """Return what is wrong at the stage `present` with another thing (repository, secret, ...)
    than the one that the first symptom names, where that one is found as well."""
    named = observed[0].fields if observed else {}
    here = [one for one in findings if one.status == CONFIRMED and place(one)[0] == present]
    fitting = [_fits(named, one) for one in here]
    return [
        one for one, fits in zip(here, fitting, strict=True) if fits is False and True in fitting
    ]


def _fits(named: Mapping[str, Any], finding: Finding) -> bool | None:
    """Whether the finding is about what is `named`; None where nothing tells."""
    common = [key for key in _THINGS if named.get(key) and finding.fields.get(key)]
    return all(_same(named[key], finding.fields[key]) for key in common) if common else None


def _same(one: Any, other: Any) -> bool:
    """Whether two texts name the same thing, one of them perhaps by its ARN or cut short."""
    shorter, longer = sorted((str(one), str(other)), key=len)
    return shorter in longer


def _is_told(knowledge: Knowledge, seen: Iterable[Symptom], finding: Finding) -> bool:
    """Whether a symptom that was seen may come from what is found."""
    own = [one for one in seen if finding.cause in (told.cause for told in one.causes)]
    if "." not in knowledge.cause(finding.cause).stage:
        return bool(own)
    return any(STAGES.index(one.stage) <= place(finding)[0] for one in own)
