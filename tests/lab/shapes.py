"""Checks answers against botocore's models: types, required members, enumerations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator


def problems(model: OperationModel, parsed: Mapping[str, Any]) -> list[str]:
    """What is wrong with an answer; empty when it has the shape of the operation's output."""
    answer = {k: v for k, v in parsed.items() if k != "ResponseMetadata"}
    shape = model.output_shape
    if shape is None:
        return [f"{model.name}: members without an output shape"] if answer else []
    report = ParamValidator().validate(answer, shape)
    found = [report.generate_report()] if report.has_errors() else []
    return found + list(_enumerations(shape, answer, model.name))


def _enumerations(shape: Shape, value: Any, path: str) -> list[str]:
    found: list[str] = []
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, member in value.items():
            if name in shape.members:
                found += _enumerations(shape.members[name], member, f"{path}.{name}")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for member in value:
            found += _enumerations(shape.member, member, f"{path}[]")
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        for member in value.values():
            found += _enumerations(shape.value, member, f"{path}{{}}")
    allowed = getattr(shape, "enum", None)
    # EC2's model says "Available" where its API says "available".
    if allowed and str(value).lower() not in {str(a).lower() for a in allowed}:
        found.append(f"{path}: {value!r} is none of {allowed}")
    return found


class Watch:
    """Follows a client and keeps what is wrong with its answers."""

    def __init__(self, client: Any) -> None:
        self.problems: list[str] = []
        self.seen: set[str] = set()
        client.meta.events.register("after-call", self._check)

    def _check(self, **given: Any) -> None:
        if given["http_response"].status_code < 300:
            model: OperationModel = given["model"]
            self.seen.add(model.name)
            self.problems += problems(model, given["parsed"])
