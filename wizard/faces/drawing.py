"""Each kind of step drawn as a view. The table at the end is what the parity test reads."""

from typing import Any

from wizard.core import steps
from wizard.core.clean import one_line
from wizard.faces.drawing_fix import confirm, manual, result
from wizard.faces.drawing_verdict import clear, found
from wizard.faces.times import short_time
from wizard.faces.view import Drawer, Scribe, View

_TAIL = 2_000
_EXCERPT = 320
_COMMAND = 64


def _home(step: steps.Home, to: Scribe) -> View:
    for one in step.unfinished:
        fix = _title(to, "fixes", one.fix)
        if one.undoes:
            fix = to.say("undo-title", entry=one.undoes, title=fix)
        to.add("bad", to.say("unfinished", fix=fix, entry=one.entry))
        to.choose(f"finish:{one.entry}", "finish-it")
        if not one.undoes:
            to.choose(f"undo:{one.entry}", "take-it-back")
    to.add("text", to.say("home-text"))
    if step.resumable:
        to.option("resume", to.say("go-on"), step.resumable)
    for goal in step.goals:
        to.option(f"goal:{goal}", to.say(f"goal-{goal}"))
    for number, command in enumerate(step.tries):
        to.option(f"try:{number}", to.say("try-command", command=one_line(command, _COMMAND)))
    to.choose("live", "look-live")
    to.choose("quit", "quit")
    return to.view(
        to.say("home-title"), entry="paste", entry_label=to.say("paste-here"), multiline=True
    )


def _ran(step: steps.Ran, to: Scribe) -> View:
    to.add("command", step.command)
    to.add("quote", step.output[-_TAIL:])
    to.choose("home", "home")
    return to.view(to.say("ran"))


def _live(step: steps.Live, to: Scribe) -> View:
    to.add("text" if step.failures else "good", to.say("live" if step.failures else "live-none"))
    for number, failure in enumerate(step.failures):
        seen = failure.observed
        where = " / ".join(filter(None, (failure.target.cluster, failure.target.service)))
        title = _title(to, "symptoms", seen.symptom, seen.fields)
        at = short_time(failure.at, to.lang) if failure.at else ""
        to.option(f"failure:{number}", f"{where}: {title}", at)
    to.choose("again", "look-again")
    to.choose("home", "home")
    return to.view(to.say("live-title"))


def _title(to: Scribe, kind: str, key: str, fields: dict[str, Any] | None = None) -> str:
    entries = to.knowledge.data[kind]
    return to.word(entries[key]["title"], fields) if key in entries else key


def _unknown(step: steps.Unknown, to: Scribe) -> View:
    to.add("text", to.say("not-recognised"))
    to.rows(to.say("read-anyway"), [(name, str(value)) for name, value in step.read.items()])
    to.add("note", to.say("unknown-add"))
    to.add("text", to.say("what-goal"))
    for goal in step.goals:
        to.option(f"goal:{goal}", to.say(f"goal-{goal}"))
    to.choose("home", "home")
    return to.view(to.say("unknown-title"))


def _see(step: steps.See, to: Scribe) -> View:
    part = next(one for one in to.knowledge.guide["goals"] if one["goal"] == step.goal)
    to.add("text", to.word(part["ask"]))
    for see in part["see"]:
        if see["symptom"] in to.knowledge.data["symptoms"]:
            to.option(f"symptom:{see['symptom']}", to.word(see["title"]))
    to.choose("none", "none-of-these")
    to.choose("home", "home")
    return to.view(to.say(f"goal-{step.goal}"))


def _explain(step: steps.Explain, to: Scribe) -> View:
    symptom = to.knowledge.symptom(step.symptom)
    to.add("quote", one_line(step.excerpt, _EXCERPT))
    to.add("text", to.word(symptom.explanation, step.fields))
    causes = [one.cause for one in symptom.causes if one.cause in to.knowledge.data["causes"]]
    titles = [_title(to, "causes", cause, step.fields) for cause in causes]
    to.rows(to.say("possible-causes"), [(str(n), title) for n, title in enumerate(titles, 1)])
    if symptom.by_hand:
        to.add("head", to.say("by-hand"))
        to.add("note", to.word(symptom.by_hand, step.fields))
    to.links(symptom.references)
    to.choose("read", "read-account")
    if causes:
        to.choose("ask", "ask-me")
    for other in step.others:
        label = to.say("other-error", title=to.word(other.symptom.title, other.fields))
        to.option(f"symptom:{other.symptom.id}", label)
    to.choose("home", "home")
    return to.view(to.word(symptom.title, step.fields))


def _aim(step: steps.Aim, to: Scribe) -> View:
    if step.trouble:
        to.add("note", to.say("no-list", why=step.trouble))
    to.add("text", to.say(f"which-{step.field}"))
    for choice in step.choices:
        to.option(f"value:{choice.id}", choice.id, choice.note)
    if step.optional:
        to.choose("skip", f"skip-{step.field}")
    to.choose("home", "home")
    return to.view(to.say("target-title"), entry="value", entry_label=to.say(f"type-{step.field}"))


def _question(step: steps.Question, to: Scribe) -> View:
    symptom = to.knowledge.symptom(step.symptom)
    to.add("note", to.say("question-of", number=step.number + 1, of=step.of))
    ask = next((one.ask for one in symptom.causes if one.cause == step.cause), {})
    to.add("text", to.word(ask) or _title(to, "causes", step.cause))
    for key in ("yes", "no", "unsure"):
        to.choose(key, key)
    to.choose("home", "home")
    return to.view(to.word(symptom.title))


def _guess(step: steps.Guess, to: Scribe) -> View:
    if step.cause not in to.knowledge.data["causes"]:
        to.choose("home", "home")
        return to.view(step.cause)
    cause = to.knowledge.cause(step.cause)
    to.add("note", to.say("by-your-answers"))
    to.add("text", to.word(cause.explanation, step.fields))
    to.add("note", to.word(cause.by_hand, step.fields))
    fixes = [(str(n), _title(to, "fixes", one.fix)) for n, one in enumerate(cause.fixes, 1)]
    to.rows(to.say("would-mend"), fixes)
    to.links(cause.references)
    to.choose("read", "read-account")
    to.choose("more", "next-question")
    to.choose("home", "home")
    return to.view(to.word(cause.title, step.fields))


def _noneleft(step: steps.NoneLeft, to: Scribe) -> View:
    to.add("text", to.say("none-left"))
    if step.symptom:
        symptom = to.knowledge.symptom(step.symptom)
        to.add("note", to.word(symptom.by_hand))
        to.links(symptom.references)
    to.choose("read", "read-account")
    to.choose("home", "home")
    return to.view(to.say("none-left-title"))


def _trouble(step: steps.Trouble, to: Scribe) -> View:
    to.add("bad", to.say(_trouble_words(step)))
    to.add("quote", to.word(step.says))
    to.choose("ask", "ask-me")
    to.choose("again", "try-again")
    to.choose("home", "home")
    return to.view(to.say("trouble-title"))


def _trouble_words(step: steps.Trouble) -> str:
    if step.kind == "refused":
        return "trouble-refused"
    # A change that ended in the middle: what went through is known to the journal alone.
    return "trouble-apply" if step.work and step.work.kind == "apply" else "trouble-any"


def _work(step: steps.Work, to: Scribe) -> View:
    to.add("command", step.needs.get("command", ""))
    if step.kind == "apply":
        to.add("note", to.say("applying"))
    return to.view(to.say(f"work-{step.kind}"), busy=True)


def _over(step: steps.Over, to: Scribe) -> View:
    return to.view(to.say("bye"))


DRAWERS: dict[type, Drawer] = {
    steps.Home: _home,
    steps.Live: _live,
    steps.Ran: _ran,
    steps.Unknown: _unknown,
    steps.See: _see,
    steps.Explain: _explain,
    steps.Aim: _aim,
    steps.Found: found,
    steps.Clear: clear,
    steps.Question: _question,
    steps.Guess: _guess,
    steps.NoneLeft: _noneleft,
    steps.Confirm: confirm,
    steps.Manual: manual,
    steps.Result: result,
    steps.Trouble: _trouble,
    steps.Work: _work,
    steps.Over: _over,
}
"""Kind of step to what draws it."""
