"""A plan drawn to be confirmed, and what came of it."""

import difflib
import json
from typing import Any

from wizard.core import steps
from wizard.core.plan import Change, Plan
from wizard.faces.view import Scribe, View

_AROUND = 6


def _fix_title(to: Scribe, plan: Plan) -> str:
    known = plan.fix in to.knowledge.data["fixes"]
    title = to.word(to.knowledge.fix(plan.fix).title, plan.target) if known else plan.fix
    return to.say("undo-title", entry=plan.undoes, title=title) if plan.undoes else title


def confirm(step: steps.Confirm, to: Scribe) -> View:
    """Draw every change of the plan: the difference, the equal command, effect, cost, undo."""
    plan = step.plan
    to.add("text", to.say("plan-text", count=len(plan.changes)))
    for note in plan.notes:
        to.add("note", to.word(note))
    for number, change in enumerate(plan.changes, 1):
        _change(number, change, to)
    to.rows(to.say("needs-permissions"), [(one, "") for one in plan.permissions])
    to.choose("yes", "apply-this")
    to.choose("no", "do-not-apply")
    return to.view(_fix_title(to, plan), danger=True)


def _change(number: int, change: Change, to: Scribe) -> None:
    to.add("head", f"{number}. {change.operation}")
    to.add("diff", "\n".join(difference(change.before, change.after)))
    to.add("command", change.command)
    rows = [
        (to.say("effect"), to.word(change.effect)),
        (to.say("cost"), to.word(change.cost)),
        (to.say("undo"), change.undo or to.say("undo-none")),
    ]
    to.rows("", [row for row in rows if row[1]])


def difference(before: Any, after: Any) -> list[str]:
    """Return `before` and `after` as lines of a difference: `- `, `+ ` or two spaces in front.

    Of what stays only the surroundings of a change are shown, `...` for the rest.
    """
    old, new = _lines(before), _lines(after)
    lines: list[str] = []
    for line in list(difflib.unified_diff(old, new, lineterm="", n=_AROUND))[2:]:
        if line.startswith("@@"):
            lines += ["  ..."] if lines else []
        else:
            lines.append(f"{line[0]} {line[1:]}".rstrip())
    return lines


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return value.splitlines()
    return json.dumps(value, indent=2, ensure_ascii=False, default=str).splitlines()


def manual(step: steps.Manual, to: Scribe) -> View:
    """Draw a fix that the user makes by hand, or the news that nothing is left to mend."""
    cause = to.knowledge.data["causes"].get(step.cause)
    to.add("text", to.say("manual-text"))
    fixes = to.knowledge.data["fixes"]
    if step.plan.fix in fixes:
        to.add("text", to.word(to.knowledge.fix(step.plan.fix).effect, step.fields))
    for note in step.plan.notes:
        to.add("command", to.word(note, step.fields))
    if cause:
        to.add("note", to.word(cause.get("by_hand", {}), step.fields))
    to.choose("done", "done-look-again")
    to.choose("home", "home")
    return to.view(_fix_title(to, step.plan))


def result(step: steps.Result, to: Scribe) -> View:
    """Draw what came of the plan, and the next error if one is waiting."""
    kind = "good" if step.verified == "passed" else "bad" if step.verified == "failed" else "note"
    outcome = "taken-back" if step.plan.undoes else f"verified-{step.verified}"
    to.add(kind, to.say(outcome if step.applied else "not-applied"))
    to.add("quote", to.word(step.says))
    if step.entry:
        to.add("note", to.say("entry-undo" if step.plan.undoes else "entry", entry=step.entry))
    waiting = [to.word(to.knowledge.cause(one.cause).title, one.fields) for one in step.waiting]
    to.rows(to.say("still-wrong"), [("→", title) for title in dict.fromkeys(waiting)])
    if step.all_mended:
        to.add("good", to.say("all-mended"))
    if waiting or step.verified != "passed":
        to.choose("next", "go-on-next" if waiting else "look-again")
    to.choose("home", "home")
    if step.entry and not step.plan.undoes:
        to.choose("undo", "take-it-back")
    to.choose("quit", "quit")
    return to.view(_fix_title(to, step.plan))
