"""Three-valued conditions on facts: true, false, or unread with the calls that would tell.

A mapping is AND, a list is OR. A key is the path of a fact's field (`service.exec_enabled`,
`each.status`); its value is what the field must equal, or one operator:
`not`, `in`, `empty`, `contains`, `above`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from wizard.core.facts import Facts
from wizard.core.unread import Partly, Unread

Truth = bool | frozenset[Unread]
"""True, False, or what could not be read (never an empty set)."""

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "not": lambda value, wanted: bool(value != wanted),
    "in": lambda value, wanted: value in wanted,
    "empty": lambda value, wanted: (not value) is wanted,
    "contains": lambda value, wanted: value is not None and wanted in value,
    "above": lambda value, wanted: value is not None and value > wanted,
}


def value_of(path: str, facts: Facts) -> Any:
    """Return the value at `path` (`fact` or `fact.field`), `Unread` where it was not read."""
    name, _, field = path.partition(".")
    fact = facts.get(name, Unread(name, "not-asked"))
    if isinstance(fact, Unread) or not field:
        return fact
    return getattr(fact, field)


def open_part(path: str, facts: Facts) -> Unread | None:
    """Return what kept the value at `path` from being known in full, None where it is."""
    name, _, field = path.partition(".")
    known: Partly = getattr(facts.get(name), "partly", ())
    return next((unread for part, unread in known if part in (field, "*")), None)


def holds(condition: Any, facts: Facts) -> Truth:
    """Return whether `condition` holds for `facts`."""
    if isinstance(condition, list):
        return _any(holds(one, facts) for one in condition)
    return _all(_test(path, wanted, facts) for path, wanted in condition.items())


def _test(path: str, wanted: Any, facts: Facts) -> Truth:
    value = value_of(path, facts)
    if isinstance(value, Unread):
        return value.every if not value.among or wanted in value.among else False
    if isinstance(wanted, dict):
        true = all(OPERATORS[operator](value, operand) for operator, operand in wanted.items())
    else:
        true = bool(value == wanted)
    rest = None if true else open_part(path, facts)
    return rest.every if rest else true


def _all(truths: Iterable[Truth]) -> Truth:
    unread: frozenset[Unread] = frozenset()
    for truth in truths:
        if truth is False:
            return False
        if isinstance(truth, frozenset):
            unread |= truth
    return unread or True


def _any(truths: Iterable[Truth]) -> Truth:
    unread: frozenset[Unread] = frozenset()
    for truth in truths:
        if truth is True:
            return True
        if isinstance(truth, frozenset):
            unread |= truth
    return unread or False


def paths(condition: Any) -> list[str]:
    """Return every path that `condition` names, in order, for the checker and for evidence."""
    if isinstance(condition, list):
        return [path for one in condition for path in paths(one)]
    return list(condition) if isinstance(condition, dict) else []
