"""A plan and the journal as JSON of the contract and as text for a terminal."""

import json
from typing import Any

from wizard.core.clean import clean
from wizard.core.knowledge import Knowledge
from wizard.core.plan import UNDOES, Change, Plan, plain
from wizard.fixes.journal import Entry
from wizard.fixes.request import Outcome
from wizard.fixes.words import say

_INDENT = "   "


def plan_json(plan: Plan, lang: str, outcome: Outcome | None = None) -> dict[str, Any]:
    """Return the answer of `fix --json`; without an outcome nothing was written."""
    return {
        "cause": plan.cause,
        "fix": plan.fix,
        "changes": [_change_json(one, lang) for one in plan.changes],
        "permissions": list(plan.permissions),
        "notes": [note[lang] for note in plan.notes],
        "applied": bool(outcome and outcome.applied and plan.changes),
        "verified": outcome.verified if outcome else "skipped",
        "entry": outcome.entry if outcome else None,
    } | ({UNDOES: plan.undoes} if plan.undoes else {})


def _change_json(change: Change, lang: str) -> dict[str, Any]:
    return {
        "operation": change.operation,
        "parameters": plain(change.parameters),
        "command": change.command,
        "before": plain(change.before),
        "after": plain(change.after),
        "undo": change.undo,
        "effect": change.effect.get(lang, ""),
        "cost": change.cost.get(lang, ""),
    }


def entry_json(entry: Entry, lang: str, *, unfinished: bool = False) -> dict[str, Any]:
    """Return one entry of `history --json`."""
    states = {step.number: step for step in entry.steps}
    changes = []
    for number, change in enumerate(entry.plan.changes):
        step = states.get(number)
        changes.append(
            _change_json(change, lang)
            | {"state": step.state if step else "not-begun", "error": step.error if step else None}
        )
    return {
        "entry": entry.id,
        "at": entry.at,
        "cause": entry.plan.cause,
        "fix": entry.plan.fix,
        "state": "unfinished" if unfinished else entry.state,
        "verified": entry.verified,
        "target": entry.plan.target,
        "changes": changes,
        "undoes": entry.undoes,
        "undone_by": entry.undone_by,
    }


def plan_text(plan: Plan, knowledge: Knowledge, lang: str) -> str:
    """Return the plan as a person reads it before saying yes. Safe to write to a terminal."""
    title = knowledge.fix(plan.fix).title[lang] if plan.fix in knowledge.data["fixes"] else plan.fix
    if plan.undoes:
        title = say("undo-title", entry=plan.undoes, title=title)[lang]
    lines = [title, f"{plan.cause} → {plan.fix}", ""]
    if not plan.changes and not plan.notes:
        lines.append(say("nothing-left")[lang])
    for number, change in enumerate(plan.changes, 1):
        lines += _change_lines(number, change, lang)
    lines += [f"! {note[lang]}" for note in plan.notes]
    if plan.permissions:
        lines += ["", f"{say('permissions')[lang]}: {', '.join(plan.permissions)}"]
    return clean("\n".join(lines))


def _change_lines(number: int, change: Change, lang: str) -> list[str]:
    lines = [f"{number}. {change.operation}", f"{_INDENT}{change.effect.get(lang, '')}"]
    lines += _difference(change)
    lines += [
        f"{_INDENT}$ {line}" if index == 0 else f"{_INDENT}{line}"
        for index, line in enumerate(change.command.splitlines())
    ]
    cost = change.cost.get(lang)
    if cost:
        lines.append(f"{_INDENT}{say('cost')[lang]}: {cost}")
    undo = change.undo or say("no-undo")[lang]
    return [*lines, f"{_INDENT}{say('undo')[lang]}: {undo}", ""]


def _difference(change: Change) -> list[str]:
    """Return what goes with `-` and what comes with `+`; lines that stay have neither."""
    import difflib

    before, after = _lines(change.before), _lines(change.after)
    return [f"{_INDENT}{line}" for line in difflib.ndiff(before, after) if not line.startswith("?")]


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    shown = _named(value)
    return json.dumps(shown, indent=2, ensure_ascii=False).splitlines()


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _named(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_named(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def history_text(entries: list[Entry], unfinished: set[str], lang: str) -> str:
    """Return the journal as lines, the newest first."""
    if not entries:
        return say("no-history")[lang]
    lines = []
    for one in entries:
        state = "unfinished" if one.id in unfinished else one.state
        what = f"{one.plan.cause} → {one.plan.fix}"
        if one.undoes:
            what = say("undo-entry", undoes=one.undoes)[lang]
        found = say(f"was-{one.verified}")[lang] if one.verified else ""
        words = [one.id, say(f"state-{state}")[lang], what, found]
        lines.append("  ".join(word for word in words if word))
        for number, change in enumerate(one.plan.changes):
            step = next((step for step in one.steps if step.number == number), None)
            mark = {"done": "✓", "failed": "✗", "intended": "?"}.get(
                step.state if step else "", "·"
            )
            lines.append(f"{_INDENT}{mark} {change.operation}")
    return clean("\n".join(lines))
