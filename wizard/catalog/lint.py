"""What the schema cannot see: names that lead nowhere, examples that lie, patterns too weak."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from wizard.catalog.load import GUIDE, Folder
from wizard.catalog.regex import complaint
from wizard.catalog.scenario import check_scenarios
from wizard.catalog.schema import FIELDS
from wizard.catalog.shape import suggestion
from wizard.catalog.source import Problem, Source
from wizard.core.condition import OPERATORS
from wizard.core.facts import SEVERAL, STAGES, VOCABULARY, field_names
from wizard.core.knowledge import Cause, Knowledge
from wizard.core.lookup import look_up
from wizard.core.squash import squash
from wizard.core.words import placeholders

SHORTEST_PHRASE = 7
"""Letters and digits that a phrase must have; a shorter one turns up by chance."""

Path = tuple[Any, ...]


def check(folder: Folder, knowledge: Knowledge) -> list[Problem]:
    """Return every problem of `folder`, in the order of files and lines.

    `knowledge` is what the folder's files are used with: itself, and the built-in one below it.
    """
    problems = list(folder.problems)
    for key, source in folder.sources.get("symptoms", {}).items():
        problems += _symptom(key, source, knowledge)
    for key, source in folder.sources.get("causes", {}).items():
        problems += _cause(knowledge.cause(key), source, knowledge)
    for key, source in folder.sources.get("notices", {}).items():
        problems += _cause(knowledge.notice(key), source, knowledge)
    for kind in ("fixes", GUIDE):
        for source in folder.sources.get(kind, {}).values():
            problems += _words(source, source.data, ())
    for source in folder.sources.get(GUIDE, {}).values():
        problems += _guide(source, knowledge)
    return sorted(set(problems), key=lambda one: (one.file, one.line, one.column))


def _words(source: Source, value: Any, path: Path) -> Iterator[Problem]:
    """Check every pair of words under `value`: same placeholders, really translated."""
    if isinstance(value, dict) and set(value) == {"en", "ja"}:
        english, japanese = value["en"], value["ja"]
        for one, other, name in ((english, japanese, "ja"), (japanese, english, "en")):
            for missing in sorted(placeholders(one) - placeholders(other)):
                yield source.problem((*path, name), f"the placeholder {{{missing}}} is missing")
        if english == japanese and len(english) > 40:
            yield source.problem((*path, "ja"), "is the same text as en")
        return
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, one in steps:
        if isinstance(one, dict | list) and step not in ("scenarios", "examples", "match"):
            yield from _words(source, one, (*path, step))


def _symptom(key: str, source: Source, knowledge: Knowledge) -> Iterator[Problem]:
    data = source.data
    yield from _words(source, data, ())
    yield from _patterns(source, data)
    yield from _fields(source, data, ())
    symptoms = knowledge.data["symptoms"]
    for name in ("yields_to", "follows"):
        for index, glob in enumerate(data.get(name, ())):
            if not any(fnmatchcase(one, glob) for one in symptoms):
                says = f"unknown symptom '{glob}'{suggestion(glob, set(symptoms))}"
                yield source.problem((name, index), says)
    for index, candidate in enumerate(data["causes"]):
        yield from _known(
            source, ("causes", index, "cause"), candidate["cause"], "causes", knowledge
        )
    yield from _examples(key, source, knowledge)


def _fields(source: Source, value: Any, path: Path) -> Iterator[Problem]:
    """Refuse a word in braces that is no field: it would be shown as `<word>`, a command broken."""
    if isinstance(value, str):
        for unknown in sorted(placeholders(value) - set(FIELDS)):
            says = f"{{{unknown}}} is not a field{suggestion(unknown, set(FIELDS))}"
            yield source.problem(path, says)
        return
    if path and path[-1] in ("match", "extract", "examples"):
        return
    if isinstance(value, dict | list):
        for step, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _fields(source, one, (*path, step))


def _patterns(source: Source, data: dict[str, Any]) -> Iterator[Problem]:
    for index, alternative in enumerate(data["match"]):
        for name in ("phrase", "near", "any", "without"):
            value = alternative.get(name, ())
            for phrase in (value,) if isinstance(value, str) else value:
                least = SHORTEST_PHRASE if name == "phrase" else 3
                if len(squash(phrase)) < least:
                    says = f"'{phrase}' has fewer than {least} letters and digits"
                    yield source.problem(("match", index, name), says)
        yield from _vacuous(source, index, alternative)
        if said := complaint(alternative.get("regex", "")):
            yield source.problem(("match", index, "regex"), said)
    for index, pattern in enumerate(data.get("extract", ())):
        if said := complaint(pattern):
            yield source.problem(("extract", index), said)


def _vacuous(source: Source, index: int, alternative: dict[str, Any]) -> Iterator[Problem]:
    """Refuse a companion that the phrase itself fulfils: it would always or never hold."""
    for name in ("any", "without"):
        for number, companion in enumerate(alternative.get(name, ())):
            if squash(companion) in squash(alternative["phrase"]):
                says = f"'{companion}' stands in the phrase itself"
                yield source.problem(("match", index, name, number), says)


def _examples(key: str, source: Source, knowledge: Knowledge) -> Iterator[Problem]:
    for index, example in enumerate(source.data["examples"]["match"]):
        path = ("examples", "match", index)
        found = look_up(knowledge, example["text"])
        first = found.matches[0].symptom.id if found.matches else None
        if first is None:
            yield source.problem((*path, "text"), "matches nothing")
            continue
        if first != key:
            yield source.problem((*path, "text"), f"is claimed by '{first}'")
            continue
        for name, wanted in example.get("fields", {}).items():
            got = found.matches[0].fields.get(name)
            if str(got) != str(wanted):
                says = f"{name} is read as {got!r}, not {wanted!r}"
                yield source.problem((*path, "fields", name), says)
    for index, example in enumerate(source.data["examples"]["reject"]):
        path = ("examples", "reject", index)
        ids = [match.symptom.id for match in look_up(knowledge, example["text"]).matches]
        if key in ids[:1]:
            yield source.problem((*path, "text"), "matches, but must not")
        wanted = example.get("is")
        if wanted and wanted not in knowledge.data["symptoms"]:
            yield from _known(source, (*path, "is"), wanted, "symptoms", knowledge)
        elif wanted and wanted not in ids[:1]:
            says = f"is not recognised as '{wanted}' but as {ids[0] if ids else 'nothing'}"
            yield source.problem((*path, "text"), says)


def _known(
    source: Source, path: Path, key: str, kind: str, knowledge: Knowledge
) -> Iterator[Problem]:
    known = knowledge.data[kind]
    if key not in known:
        name = {"causes": "cause", "fixes": "fix", "symptoms": "symptom"}[kind]
        yield source.problem(path, f"unknown {name} '{key}'{suggestion(key, set(known))}")


def _cause(cause: Cause, source: Source, knowledge: Knowledge) -> Iterator[Problem]:
    data = source.data
    yield from _words(source, data, ())
    each = data.get("each")
    problems = list(_cause_paths(source, data, each))
    if "." not in cause.stage and cause.stage not in STAGES:
        says = f"unknown stage '{cause.stage}'{suggestion(cause.stage, set(STAGES))}"
        problems.append(source.problem(("stage",), says))
    for index, offer in enumerate(data.get("fixes", ())):
        problems += _known(source, ("fixes", index, "fix"), offer["fix"], "fixes", knowledge)
    for name in ("title", "explanation", "by_hand"):
        for language, text in data.get(name, {}).items():
            for unknown in sorted(placeholders(text) - set(data["fields"])):
                says = f"the placeholder {{{unknown}}} is not one of this cause's fields"
                problems.append(source.problem((name, language), says))
    yield from problems
    if not problems:
        yield from check_scenarios(cause, source)


def _cause_paths(source: Source, data: dict[str, Any], each: str | None) -> Iterator[Problem]:
    for name in ("when", "suspect"):
        yield from _condition(source, (name,), data.get(name, {}), each)
    for index, offer in enumerate(data.get("fixes", ())):
        yield from _condition(source, ("fixes", index, "when"), offer.get("when", {}), each)
    for field, path in data["fields"].items():
        yield from _path(source, ("fields", field), path, each)
    if "." in data.get("stage", ""):
        yield from _path(source, ("stage",), data["stage"], each)


def _condition(source: Source, path: Path, value: Any, each: str | None) -> Iterator[Problem]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _condition(source, (*path, index), one, each)
        return
    if not isinstance(value, dict):
        yield source.problem(path, "should be a mapping of fact to value")
        return
    for name, wanted in value.items():
        yield from _path(source, (*path, name), name, each, key=True)
        for operator in wanted if isinstance(wanted, dict) else ():
            if operator not in OPERATORS:
                says = f"unknown operator '{operator}'{suggestion(operator, set(OPERATORS))}"
                yield source.problem((*path, name, operator), says, key=True)


def _path(
    source: Source, path: Path, name: str, each: str | None, *, key: bool = False
) -> Iterator[Problem]:
    fact, _, field = name.partition(".")
    real = each if fact == "each" and each else fact
    known = _all_paths(each)
    if real not in VOCABULARY and not (fact == "each" and each in SEVERAL):
        more = "" if real not in SEVERAL else f"; '{real}' holds several: go through it with each"
        says = f"unknown fact '{name}'{more or suggestion(name, known)}"
        yield source.problem(path, says, key=key)
    elif field and field not in field_names(real or ""):
        yield source.problem(path, f"unknown fact '{name}'{suggestion(name, known)}", key=key)


def _all_paths(each: str | None) -> set[str]:
    facts: Iterable[tuple[str, str]] = [(name, name) for name in VOCABULARY]
    if each:
        facts = [*facts, ("each", each)]
    return {f"{label}.{field}" for label, name in facts for field in field_names(name)}


def _guide(source: Source, knowledge: Knowledge) -> Iterator[Problem]:
    for goal, part in enumerate(source.data["goals"]):
        for index, see in enumerate(part["see"]):
            path = ("goals", goal, "see", index, "symptom")
            yield from _known(source, path, see["symptom"], "symptoms", knowledge)
