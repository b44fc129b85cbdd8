"""The scenarios of a cause: given these facts, this verdict and these fixes."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

from wizard.catalog.shape import suggestion
from wizard.catalog.source import Problem, Source
from wizard.core.diagnosis import judge
from wizard.core.facts import SEVERAL, VOCABULARY, Facts
from wizard.core.findings import Finding
from wizard.core.knowledge import Cause
from wizard.core.unread import Unread


class ScenarioError(ValueError):
    """Facts that do not exist; `path` leads to the place within the scenario's facts."""

    def __init__(self, path: tuple[Any, ...], says: str) -> None:
        super().__init__(says)
        self.path = path


def facts_of(given: dict[str, Any]) -> Facts:
    """Return the facts written in a scenario. A required field that is not given is unread.

    Raises ScenarioError for a fact or field that does not exist.
    """
    facts: Facts = {}
    for name, value in given.items():
        if name in SEVERAL and isinstance(value, list):
            facts[name] = tuple(
                _fact(SEVERAL[name], name, (name, index), one) for index, one in enumerate(value)
            )
        elif name in VOCABULARY or name in SEVERAL:
            facts[name] = _fact(VOCABULARY.get(name, dict), name, (name,), value)
        else:
            known = {*VOCABULARY, *SEVERAL}
            raise ScenarioError((name,), f"unknown fact '{name}'{suggestion(name, known)}")
    return facts


def _fact(kind: type, name: str, path: tuple[Any, ...], value: Any) -> Any:
    if not isinstance(value, dict):
        raise ScenarioError(path, f"the fact '{name}' should be a mapping")
    if set(value) == {"unreadable"} or set(value) == {"unread"}:
        return Unread(str(next(iter(value.values()))), "AccessDenied")
    if kind is dict:
        raise ScenarioError(path, f"the fact '{name}' holds several: write a list")
    known = {field.name: field for field in fields(kind)}
    for key in value:
        if key not in known:
            raise ScenarioError((*path, key), f"unknown field '{key}'{suggestion(key, set(known))}")
    missing = {
        key: Unread(f"{name}.{key}", "not-given")
        for key, field in known.items()
        if field.default is MISSING and key not in value
    }
    return kind(**missing, **{key: _value(one) for key, one in value.items()})


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return Unread(str(next(iter(value.values()), "")), "AccessDenied")
    return tuple(value) if isinstance(value, list) else value


def check_scenarios(cause: Cause, source: Source) -> Iterator[Problem]:
    """Yield every scenario of `cause` (or of a notice) whose verdict is not the expected one."""
    for index, scenario in enumerate(source.data["scenarios"]):
        path = ("scenarios", index)
        try:
            findings = judge(cause, facts_of(scenario["facts"]))
        except ScenarioError as error:
            yield source.problem((*path, "facts", *error.path), str(error), key=True)
            continue
        for says in _differences(findings, scenario["expect"]):
            yield source.problem((*path, "expect"), says)


def _differences(findings: list[Finding], expect: dict[str, Any]) -> Iterator[str]:
    order = ("confirmed", "suspected", "unknown", "ruled-out")
    best = min(findings, key=lambda one: order.index(one.status))
    if best.status != expect["status"]:
        yield f"the verdict is {best.status}, not {expect['status']}"
        return
    offered = [offer.fix for offer in best.fixes if offer.applicable]
    if "fixes" in expect and offered != expect["fixes"]:
        yield f"the fixes offered are {offered}, not {expect['fixes']}"
    for name, wanted in expect.get("fields", {}).items():
        if best.fields.get(name) != _value(wanted):
            yield f"{name} is {best.fields.get(name)!r}, not {wanted!r}"
