"""What a text says about the target, and what a diagnosis cannot do without."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from wizard.core.facts import Target
from wizard.core.knowledge import Symptom

_EXEC_ACTIONS = ("ecs:UpdateService", "ecs:ExecuteCommand", "ssm:StartSession")
_EXEC_OPERATIONS = ("UpdateService", "ExecuteCommand")


def aimed(target: Target, found: Mapping[str, Any] | None) -> Target:
    """Return `target` with its empty fields taken from `found`, masked values left out."""
    if not found:
        return target
    taken = {
        one.name: found[one.name]
        for one in fields(Target)
        if one.name != "goal"
        and getattr(target, one.name) is None
        and isinstance(found.get(one.name), str)
        and not set(found[one.name]) & set("*<>＊")
        and "XXX" not in found[one.name].upper()
    }
    return replace(target, **taken)


def goal_of(symptom: Symptom, found: Mapping[str, Any], asked: str | None) -> str:
    """Return the goal that an error of this kind stands in the way of.

    A denied call belongs to what its action is for; otherwise the user's word, then the symptom's.
    """
    action = str(found.get("action", ""))
    if symptom.stage == "api" or symptom.id.startswith("iam."):
        if action.startswith("ecr:"):
            return "push"
        if action in _EXEC_ACTIONS or found.get("operation") in _EXEC_OPERATIONS:
            return "exec"
        return asked or symptom.goal
    return symptom.goal


def missing(target: Target, refused: tuple[str, ...]) -> str | None:
    """Return the field that must still be asked for before a diagnosis, None when none is.

    A push needs nothing that cannot be read. The others need a cluster; then a service or a task,
    unless the user would not name one.
    """
    if target.goal == "push":
        return None
    if target.cluster is None:
        return None if "cluster" in refused else "cluster"
    if target.service is None and target.task is None and "service" not in refused:
        return "service"
    if target.goal != "start" and target.service is None and target.task is None:
        return None if "task" in refused else "task"
    return None
