"""A diagnosis as JSON (the contract's shape), as text for a terminal, and as Markdown."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from wizard.core.answer import Diagnosis, Verdict
from wizard.core.facts import Target
from wizard.core.findings import CONFIRMED, RULED_OUT, SUSPECTED, UNKNOWN, Finding
from wizard.core.redact import redact
from wizard.core.words import fill
from wizard.faces.report.diagnosis_words import WORDS
from wizard.faces.report.joined import joined
from wizard.world import World

PROBLEM, BLIND, WELL, EMPTY = "problem", "blind", "well", "empty"

STATE_CALLS = frozenset(
    {
        "ecs:ListClusters",
        "ecs:ListServices",
        "ecs:DescribeServices",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
    }
)
"""Calls without whose answers nothing can be said of a target."""

_MARK = {CONFIRMED: "✗", SUSPECTED: "?", UNKNOWN: "·", RULED_OUT: "✓"}


def as_json(found: Diagnosis, world: World) -> dict[str, Any]:
    """Return the JSON answer of the contract for one diagnosis."""
    return {
        "target": {key: value for key, value in asdict(found.target).items() if value is not None},
        "symptoms": [
            {
                "symptom": one.symptom,
                "source": one.source,
                "text": one.text,
                "fields": one.fields,
            }
            for one in found.symptoms
        ],
        "findings": [_finding(one, world) for one in found.verdicts],
        "notices": [_notice(one, world) for one in found.notices],
        "unread": [
            {"call": one.call, "why": one.why, "needed_for": list(one.needed_for)}
            for one in found.unread
        ],
        "checked": list(found.checked),
        "unchecked": list(found.unchecked),
        "calls": found.calls,
        "round_trips": found.round_trips,
        "elapsed_s": found.elapsed_s,
    }


def _finding(verdict: Verdict, world: World) -> dict[str, Any]:
    finding = verdict.finding
    cause = world.knowledge.cause(finding.cause)
    return {
        "cause": finding.cause,
        "status": finding.status,
        "predicted": finding.predicted,
        "stage": finding.stage,
        "fields": finding.fields,
        "title": fill(world.word(cause.title), finding.fields),
        "explanation": fill(world.word(cause.explanation), finding.fields).strip(),
        "by_hand": fill(world.word(cause.by_hand), finding.fields).strip(),
        "evidence": [{"call": one.call, "says": world.word(one.says)} for one in verdict.evidence],
        "fixes": [
            {
                "id": one.fix,
                "title": _fix_title(one.fix, finding, world),
                "applicable": one.applicable,
                "why_not": world.word(one.why_not) if one.why_not else None,
            }
            for one in finding.fixes
        ],
        "references": list(cause.references),
    }


def _notice(verdict: Verdict, world: World) -> dict[str, Any]:
    finding = verdict.finding
    notice = world.knowledge.notice(finding.cause)
    return {
        "notice": finding.cause,
        "fields": finding.fields,
        "title": fill(world.word(notice.title), finding.fields),
        "explanation": fill(world.word(notice.explanation), finding.fields).strip(),
        "evidence": [{"call": one.call, "says": world.word(one.says)} for one in verdict.evidence],
        "references": list(notice.references),
    }


def _fix_title(fix: str, finding: Finding, world: World) -> str:
    if fix not in world.knowledge.data["fixes"]:
        return fix
    return fill(world.word(world.knowledge.fix(fix).title), finding.fields)


def as_text(one: Diagnosis, world: World) -> str:
    """Return the diagnosis of one target for a terminal."""
    return "\n".join(_text(one, world))


def state(one: Diagnosis) -> str:
    """Return problem, blind (what is wrong could not even be looked at), empty or well."""
    if one.problem:
        return PROBLEM
    if any(missing.call in STATE_CALLS for missing in one.unread):
        return BLIND
    target = one.target
    named = target.service or target.task or target.repository or target.goal == "push"
    return WELL if named else EMPTY


def _text(one: Diagnosis, world: World) -> Iterator[str]:
    yield f"{_name(one.target)}: {_summary(one, world)}"
    for symptom in one.symptoms:
        yield f"  {say('seen', world)} [{symptom.symptom}] ({symptom.source})"
        yield f"    {symptom.text}"
    for verdict in _telling(one):
        yield ""
        yield from verdict_lines(verdict, world)
    yield ""
    yield from _rest(one, world)


def _telling(one: Diagnosis) -> list[Verdict]:
    """The verdicts of which more is known than that they may be."""
    told = [each for each in one.verdicts if each.finding.status in (CONFIRMED, SUSPECTED)]
    return joined(each for each in told if not _is_bare(each))


def _is_bare(verdict: Verdict) -> bool:
    """Whether a suspicion rests on nothing but that too little could be read."""
    finding = verdict.finding
    return finding.status == SUSPECTED and not finding.fields and not verdict.evidence


def verdict_lines(verdict: Verdict, world: World) -> Iterator[str]:
    """Yield the lines of one verdict: what, where, what it rests on, what mends it."""
    finding = verdict.finding
    cause = world.knowledge.cause(finding.cause)
    title = fill(world.word(cause.title), finding.fields)
    later = say("aside", world, text=say("predicted", world)) if finding.predicted else ""
    yield f"  {_MARK[finding.status]} {title}  [{finding.cause}] {_status(finding, world)}{later}"
    for name, value in finding.fields.items():
        yield f"      {name}: {_value(value)}"
    for one in verdict.evidence:
        yield f"      {one.call}: {world.word(one.says)}"
    for offer in finding.fixes:
        state = "→" if offer.applicable else "–"
        why = f": {world.word(offer.why_not)}" if offer.why_not else ""
        yield f"      {state} {_fix_title(offer.fix, finding, world)}  [{offer.fix}]{why}"
    if not any(offer.applicable for offer in finding.fixes) and cause.by_hand:
        yield f"      {say('by-hand', world)} {fill(world.word(cause.by_hand), finding.fields)}"


def _rest(one: Diagnosis, world: World) -> Iterator[str]:
    bare = dict.fromkeys(each.finding.cause for each in one.verdicts if _is_bare(each))
    if bare:
        titles = (f"{world.word(world.knowledge.cause(one).title)} [{one}]" for one in bare)
        yield f"  {say('possible', world)} {'; '.join(titles)}"
    for notice in (_notice(verdict, world) for verdict in one.notices):
        title, text = notice["title"], notice["explanation"]
        yield f"  {say('notice', world)} {title}  [{notice['notice']}]"
        yield f"    {text}"
    ruled_out = [finding.cause for finding in one.refuted]
    if ruled_out:
        yield f"  {say('ruled-out', world)} {', '.join(ruled_out)}"
    yield f"  {say('checked', world, count=len(one.checked))}"
    if one.unchecked:
        yield f"  {say('unchecked', world)} {', '.join(one.unchecked)}"
    for missing in one.unread:
        needed = f" ({', '.join(missing.needed_for)})" if missing.needed_for else ""
        yield f"  {say('unread', world)} {missing.call}: {missing.why}{needed}"
    yield "  " + say(
        "cost", world, calls=one.calls, trips=one.round_trips, seconds=f"{one.elapsed_s:.1f}"
    )


def _summary(one: Diagnosis, world: World) -> str:
    if state(one) == BLIND:
        return say("blind", world)
    if not one.problem:
        return say("well" if not one.unchecked else "well-as-far", world)
    proven = sum(finding.status == CONFIRMED for finding in one.findings)
    suspected = sum(finding.status == SUSPECTED for finding in one.findings)
    return say("trouble", world, confirmed=proven, suspected=suspected)


def _name(target: Target) -> str:
    parts = [target.cluster, target.service or target.task or target.repository]
    name = "/".join(one for one in parts if one) or target.registry or target.account or "AWS"
    return f"{name} ({target.region})" if target.region else name


def _status(finding: Finding, world: World) -> str:
    return say(f"status-{finding.status}", world)


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def say(key: str, world: World, **values: Any) -> str:
    """Return the word called `key` in the user's language, filled in with `values`."""
    return fill(world.word(WORDS[key]), {name: str(value) for name, value in values.items()})


def as_markdown(one: Diagnosis, world: World) -> str:
    """Return a report for a ticket or a colleague; texts were redacted when they were read, and
    are once more."""
    lines = [f"# {say('report-title', world)}", "", *_section(one, world)]
    return redact("\n".join(lines).rstrip() + "\n")


def _section(one: Diagnosis, world: World) -> Iterable[str]:
    yield f"## {cell(_name(one.target))}"
    yield ""
    yield _summary(one, world)
    yield ""
    for symptom in one.symptoms:
        yield f"- **{symptom.symptom}** ({symptom.source}): {_code(symptom.text)}"
    for verdict in _telling(one):
        yield from markdown_verdict(verdict, world)
    yield ""
    for line in _rest(one, world):
        yield f"- {cell(line.strip())}"
    yield ""


def markdown_verdict(verdict: Verdict, world: World) -> Iterator[str]:
    """Yield one verdict as a section of a report."""
    finding = verdict.finding
    cause = world.knowledge.cause(finding.cause)
    later = f", {say('predicted', world)}" if finding.predicted else ""
    yield ""
    yield f"### {cell(fill(world.word(cause.title), finding.fields))}"
    yield ""
    yield f"`{finding.cause}`, {_status(finding, world)}{later}"
    yield ""
    yield cell(fill(world.word(cause.explanation), finding.fields).strip())
    yield ""
    for one in verdict.evidence:
        yield f"- `{one.call}`: {cell(world.word(one.says))}"
    for offer in finding.fixes:
        if offer.applicable:
            yield f"- → {cell(_fix_title(offer.fix, finding, world))} (`{offer.fix}`)"
    for link in cause.references:
        yield f"- <{link}>"


def cell(text: str) -> str:
    """Return foreign `text` so that it breaks neither a table nor a page."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    """Return `text` as inline code, whatever backticks it holds."""
    return f"`` {text.replace('``', '` `')} ``"
