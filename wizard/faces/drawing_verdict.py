"""The verdicts drawn: what was found, on what evidence, and what waits behind it."""

from typing import Any

from wizard.core import steps
from wizard.core.answer import Diagnosis, Verdict
from wizard.core.findings import CONFIRMED, SUSPECTED, Finding
from wizard.faces.view import Scribe, View


def cause_title(to: Scribe, finding: Finding) -> str:
    """Return the title of a finding's cause with its fields in it."""
    return to.word(to.knowledge.cause(finding.cause).title, finding.fields)


def found(step: steps.Found, to: Scribe) -> View:
    """Draw a cause found: evidence, explanation, fixes, what waits behind it."""
    finding = step.verdict.finding
    cause = to.knowledge.cause(finding.cause)
    to.add("bad" if finding.status == CONFIRMED else "note", to.say(f"status-{finding.status}"))
    to.add("text", to.word(cause.explanation, finding.fields))
    rows = [(one.call, to.word(one.says)) for one in step.verdict.evidence]
    to.rows(to.say("evidence"), rows)
    if cause.by_hand:
        to.add("head", to.say("mend-by-hand"))
        to.add("note", to.word(cause.by_hand, finding.fields))
    _others(step, to)
    _unread(step.diagnosis, to)
    _notices(step.diagnosis, to)
    to.links(cause.references)
    _fixes(finding, to)
    told = _told(step.diagnosis)
    for number, verdict in enumerate(told):
        # More of the same cause is no other cause: one plan mends it all.
        if verdict.finding.cause != finding.cause:
            label = to.say("other-cause", title=cause_title(to, verdict.finding))
            note = to.say("predicted") if verdict.finding.predicted else ""
            to.option(f"cause:{number}", label, note)
    to.choose("again", "look-again")
    to.choose("ask", "ask-me")
    to.choose("home", "home")
    return to.view(cause_title(to, finding))


def _told(diagnosis: Diagnosis) -> list[Verdict]:
    return [one for one in diagnosis.verdicts if one.finding.status in (CONFIRMED, SUSPECTED)]


def _fixes(finding: Finding, to: Scribe) -> None:
    for offer in finding.fixes:
        title = to.word(to.knowledge.fix(offer.fix).title, finding.fields)
        why = to.word(offer.why_not or {})
        to.option(f"fix:{offer.fix}", title, why, enabled=offer.applicable)


def _others(step: steps.Found, to: Scribe) -> None:
    """Say what waits: more of the same cause (mended together), then the errors to come."""
    same, later = [], []
    for number, verdict in enumerate(_told(step.diagnosis)):
        finding = verdict.finding
        if number == step.number or finding.status != CONFIRMED:
            continue
        if finding.cause == step.verdict.finding.cause:
            same.append(("+", _difference(finding, step.verdict.finding)))
        elif finding.predicted:
            later.append(("→", cause_title(to, finding)))
    to.rows(to.say("mended-together"), same)
    to.rows(to.say("next-errors"), later)


def _difference(finding: Finding, other: Finding) -> str:
    """Return what tells two findings of one cause apart."""
    own = [f"{k}: {v}" for k, v in finding.fields.items() if v != other.fields.get(k)]
    return ", ".join(own) or finding.cause


def _unread(diagnosis: Diagnosis, to: Scribe) -> None:
    to.rows(to.say("not-read"), [(one.call, one.why) for one in diagnosis.unread])


def _notices(diagnosis: Diagnosis, to: Scribe) -> None:
    """Say what is worth knowing although it breaks nothing."""
    rows = [
        (to.word(notice.title, finding.fields), to.word(notice.explanation, finding.fields))
        for finding in (one.finding for one in diagnosis.notices)
        for notice in (to.knowledge.notice(finding.cause),)
    ]
    to.rows(to.say("notices"), rows)


def clear(step: steps.Clear, to: Scribe) -> View:
    """Draw a diagnosis that proved nothing wrong: what it checked, what it could not."""
    diagnosis = step.diagnosis
    to.add("good" if not diagnosis.unchecked else "note", to.say("clear"))
    names = [_named(to, key) for key in diagnosis.checked]
    to.rows(to.say("checked"), names)
    to.rows(to.say("unchecked"), [_named(to, key) for key in diagnosis.unchecked])
    _unread(diagnosis, to)
    _notices(diagnosis, to)
    to.choose("ask", "ask-me")
    to.choose("again", "look-again")
    to.choose("home", "home")
    return to.view(to.say("clear-title"))


def _named(to: Scribe, key: str) -> tuple[str, str]:
    entries: Any = to.knowledge.data["causes"]
    return key, to.word(entries[key]["title"]) if key in entries else key
