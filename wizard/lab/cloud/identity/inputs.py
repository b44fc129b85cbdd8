"""What the policy simulator is asked, and how it refuses what it cannot use.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
Its error codes are documented; the sentences are those of public reports.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from moto.iam.models import Group, Role, User

from wizard.lab.cloud.context import Context
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.evaluate import Named
from wizard.lab.cloud.identity.owners import Arn
from wizard.lab.cloud.identity.principals import iam, parsed

Entity = User | Role | Group
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_MOST = 1000
_USUAL = 100


def invalid(text: str) -> AwsError:
    """``InvalidInput``, the simulator's refusal of an argument."""
    return AwsError("InvalidInput", text, 400)


def entity(context: Context, arn: str) -> Entity:
    """The user, role or group of the caller's own account that an ARN names.

    A role's session is none: the simulator wants the role itself.
    """
    parts = Arn.of(arn)
    kind, _, path = parts.rest.partition("/") if parts else ("", "", "")
    if parts is None or parts.service != "iam" or kind not in ("user", "role", "group") or not path:
        raise invalid(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    if parts.account != context.account:
        raise invalid(
            f"Invalid Policy Source Arn: caller's account {context.account} does not have access"
            f" to policies in account {parts.account}"
        )
    backend = iam(context.account, parts.partition)
    known: dict[str, list[Any]] = {
        "user": list(backend.users.values()),
        "role": list(backend.roles.values()),
        "group": list(backend.groups.values()),
    }
    name = path.rsplit("/", 1)[-1]
    found: Entity | None = next((e for e in known[kind] if e.name == name), None)
    if found is None:
        raise AwsError("NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404)
    return found


def actions(context: Context) -> list[str]:
    """The actions to be simulated, each of the form ``service:Action``."""
    names = [str(name) for name in context.params.get("ActionNames") or []]
    for name in names:
        if _ACTION.fullmatch(name) is None:
            raise invalid(f"Invalid Action: {name}")
    return names


def resources(context: Context) -> list[str]:
    """The resources; ``*`` when none is given, which must stand alone."""
    names = [str(name) for name in context.params.get("ResourceArns") or ["*"]]
    for name in names:
        if Arn.of(name) is None and names != ["*"]:
            raise invalid(f"ResourceNames are not in a valid ARN format: {name}.")
    return names


def documents(context: Context, parameter: str) -> list[Named]:
    """Policies given as text, named by their place in the list."""
    texts = [str(text) for text in context.params.get(parameter) or []]
    return [Named(f"{parameter}.{i}", document(t), text=t) for i, t in enumerate(texts, 1)]


def document(text: str) -> dict[str, Any]:
    """A policy document from its text."""
    try:
        found: Any = parsed(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or "Statement" not in found:
        raise invalid("Syntax errors in policy.")
    return found


def keys(context: Context) -> dict[str, str | list[str]]:
    """The values of condition keys that the call supplies."""
    return {
        str(entry["ContextKeyName"]): [str(v) for v in entry.get("ContextKeyValues") or []]
        for entry in context.params.get("ContextEntries") or []
        if entry.get("ContextKeyName")
    }


def page(context: Context, results: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of the results: ``MaxItems`` of them (100 if not said) from ``Marker`` on."""
    p = context.params
    size = min(int(p.get("MaxItems") or _USUAL), _MOST)
    start = _unmark(str(p["Marker"])) if p.get("Marker") else 0
    shown = results[start : start + size]
    answer: dict[str, Any] = {"EvaluationResults": shown, "IsTruncated": False}
    if start + size < len(results):
        marker = base64.b64encode(f"simulation/{start + size}".encode()).decode()
        answer |= {"IsTruncated": True, "Marker": marker}
    return answer


def _unmark(marker: str) -> int:
    try:
        kind, _, start = base64.b64decode(marker, validate=True).decode().partition("/")
        if kind == "simulation":
            return int(start)
    except (binascii.Error, ValueError):
        pass
    raise AwsError("ValidationError", "Invalid Marker.", 400)
