"""A file held against the schema: every error at its line, with the nearest right spelling."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from wizard.catalog.schema import KINDS
from wizard.catalog.source import Problem, Source


def suggestion(word: str, known: list[str] | set[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest of `known`, or an empty string."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def check_shape(source: Source, kind: str) -> list[Problem]:
    """Return what in `source` does not fit the schema of `kind` (a key of `KINDS`)."""
    if source.data is None:
        return list(source.problems) or [source.problem((), "the file is empty")]
    errors = Draft202012Validator(KINDS[kind]).iter_errors(source.data)
    problems = [problem for error in errors for problem in _told(source, error)]
    return [*source.problems, *sorted(problems, key=lambda one: (one.line, one.column))]


def _told(source: Source, error: ValidationError) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    wanted: Any = error.validator_value
    value: Any = error.instance
    if error.validator == "additionalProperties":
        known = set(error.schema["properties"])  # type: ignore[index]
        for key in value:
            if key not in known:
                says = f"unknown key '{key}'{suggestion(key, known)}"
                yield source.problem((*path, key), says, key=True)
    elif error.validator == "required":
        for key in wanted:
            if key not in value:
                yield source.problem(path, f"missing key '{key}'")
    else:
        yield source.problem(path, _says(error.validator, value, wanted) or error.message)


def _says(keyword: Any, value: Any, wanted: Any) -> str | None:
    if keyword == "enum":
        names = list(map(str, wanted))
        return f"{value!r} is not one of {', '.join(names)}{suggestion(str(value), names)}"
    if keyword == "type":
        names = [wanted] if isinstance(wanted, str) else wanted
        return f"should be {' or '.join(_A.get(one, one) for one in names)}, not {_kind(value)}"
    if keyword in ("minLength", "minItems"):
        return "must not be empty"
    if keyword == "pattern":
        return f"{value!r} does not have the form {wanted}"
    return None


_A = {"string": "text", "object": "a mapping", "array": "a list", "integer": "a whole number"}
_KINDS = ((bool, "true or false"), (str, "text"), (dict, "a mapping"), (list, "a list"))


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    return next((name for kind, name in _KINDS if isinstance(value, kind)), f"{value!r}")
