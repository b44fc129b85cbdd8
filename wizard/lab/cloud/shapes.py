"""Holds an answer against botocore's model of the operation, before it is written on the wire.

moto's serializers write what they find and drop what they do not know, so a member with a typing
mistake in its name would just not be there, and a wrong type would be found out by some client.
Each shape is turned once into a function that walks a value and says what is wrong with it, so
that a check costs a small part of the serializing that follows it.

Members whose name begins with an underscore are the lab's own notes and are never written; a
member that is None is not there, for the serializers as for this check.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

# Gives what is wrong with a value, the path below it in front; None when nothing is.
Checker = Callable[[Any], str | None]

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime, int, float),
    "blob": (bytes, bytearray, str),
}
_BOOLEAN = "boolean"
# Of this service's model the enumerations differ in case from what the service says ("Available"
# for "available" at https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html).
_LOOSE_CASE = {"ec2"}
# Words that AWS itself says and its model does not list: the simulator's answers, as public
# reports and the AWS CLI's own examples show them, name an "IAM Policy".
_ALSO: dict[tuple[str, str], set[str]] = {("iam", "PolicySourceType"): {"IAM Policy"}}
_made: dict[tuple[str, str], Checker] = {}


def problem(model: OperationModel, result: Any) -> str | None:
    """The first thing in *result* that is not as the operation's output says, or None.

    Args:
        model: botocore's model of the operation.
        result: what a handler gives: a structure of the output's members.

    Returns:
        A sentence with the path: ``CreateCluster.cluster.status: 3 is no string``.
    """
    shape = model.output_shape
    if shape is None:
        left = [k for k in result or {} if not k.startswith("_")]
        return f"{model.name}.{left[0]}: the operation answers nothing" if left else None
    service = str(model.service_model.service_name)
    wrong = _checker(service, shape)(result)
    return None if wrong is None else f"{model.name}{wrong}"


def _checker(service: str, shape: Shape) -> Checker:
    key = service, str(shape.name)
    found = _made.get(key)
    if found is None:
        # A shape may hold itself: until it is made, whoever meets it asks again by name.
        _made[key] = lambda value: _checker(service, shape)(value)
        found = _made[key] = _make(service, shape)
    return found


def _make(service: str, shape: Shape) -> Checker:
    if isinstance(shape, StructureShape):
        return _structure(service, shape)
    if isinstance(shape, ListShape):
        return _list(_checker(service, shape.member))
    if isinstance(shape, MapShape):
        return _map(_checker(service, shape.value))
    return _scalar(service, shape)


def _structure(service: str, shape: StructureShape) -> Checker:
    members = {str(name): _checker(service, member) for name, member in shape.members.items()}
    required = tuple(str(name) for name in shape.required_members)

    def check(value: Any) -> str | None:
        if not isinstance(value, dict):
            return f": {value!r} is no structure"
        for name in required:
            if value.get(name) is None:
                return f": the required member {name} is missing"
        for name, member in value.items():
            if member is None or name[:1] == "_":
                continue
            known = members.get(name)
            if known is None:
                return f".{name}: the model knows no such member"
            wrong = known(member)
            if wrong is not None:
                return f".{name}{wrong}"
        return None

    return check


def _list(member: Checker) -> Checker:
    def check(value: Any) -> str | None:
        if not isinstance(value, list | tuple):
            return f": {value!r} is no list"
        for index, each in enumerate(value):
            wrong = member(each)
            if wrong is not None:
                return f"[{index}]{wrong}"
        return None

    return check


def _map(member: Checker) -> Checker:
    def check(value: Any) -> str | None:
        if not isinstance(value, dict):
            return f": {value!r} is no map"
        for name, each in value.items():
            if not isinstance(name, str):
                return f": the key {name!r} is no string"
            wrong = member(each)
            if wrong is not None:
                return f"[{name}]{wrong}"
        return None

    return check


def _scalar(service: str, shape: Shape) -> Checker:
    name = str(shape.type_name)
    kinds = _SCALARS.get(name)
    if kinds is None:
        return lambda value: None
    wants_boolean = name == _BOOLEAN
    listed = [str(word) for word in getattr(shape, "enum", None) or ()]
    loose = service in _LOOSE_CASE
    allowed = {word.lower() for word in listed} if loose else set(listed)
    if listed:
        allowed |= _ALSO.get((service, str(shape.name)), set())

    def check(value: Any) -> str | None:
        # A boolean is an int to Python, and to nobody else.
        if not isinstance(value, kinds) or isinstance(value, bool) != wants_boolean:
            return f": {value!r} is no {name}"
        if allowed and (str(value).lower() if loose else str(value)) not in allowed:
            return f": {value!r} is none of {', '.join(listed)}"
        return None

    return check
