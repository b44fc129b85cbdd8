"""The context of a request: its condition keys, and what follows from the principal.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from wizard.policy.types import ContextValue, Request

_ARN = re.compile(r"^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$", re.DOTALL)
_SERVICE = re.compile(r"^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com)$")

PrincipalKind = Literal["user", "role", "session", "federated", "root", "service", "unknown"]
NOT_KNOWN = object()
"""Returned for a condition key whose value nobody has said."""


def arn_account(arn: str) -> str:
    """The account in an ARN, or an empty text where it names none."""
    found = _ARN.match(arn)
    return found.group(4) if found else ""


def principal_kind(principal: str) -> PrincipalKind:
    """What kind of principal this is, by the form of its name."""
    if _SERVICE.match(principal):
        return "service"
    found = _ARN.match(principal)
    if not found:
        return "unknown"
    service, rest = found.group(2), found.group(5)
    head = rest.split("/", 1)[0]
    kinds: dict[tuple[str, str], PrincipalKind] = {
        ("iam", "user"): "user",
        ("iam", "role"): "role",
        ("iam", "root"): "root",
        ("sts", "assumed-role"): "session",
        ("sts", "federated-user"): "federated",
    }
    return kinds.get((service, head), "unknown")


def role_key(arn: str) -> tuple[str, str] | None:
    """(account, role name) of a role or role session, else None.

    Role names are unique in an account whatever their path, and a session's ARN has no path:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    found = _ARN.match(arn)
    if not found:
        return None
    service, account, rest = found.group(2), found.group(4), found.group(5)
    pieces = rest.split("/")
    if service == "iam" and pieces[0] == "role":
        return account, pieces[-1]
    if service == "sts" and pieces[0] == "assumed-role" and len(pieces) > 1:
        return account, pieces[1]
    return None


def _principal_arn(principal: str) -> str | None:
    """aws:PrincipalArn: for a session it is the role's ARN."""
    kind = principal_kind(principal)
    if kind in ("user", "role", "root", "federated"):
        return principal
    key = role_key(principal)
    if key and kind == "session":
        return principal.split(":sts:", 1)[0] + f":iam::{key[0]}:role/{key[1]}"
    return None


def _derived(request: Request) -> dict[str, ContextValue]:
    known: dict[str, ContextValue] = {
        # Every AWS SDK, the CLI and the agents of Fargate speak TLS.
        "aws:securetransport": "true",
    }
    kind = principal_kind(request.principal)
    account = arn_account(request.principal)
    if kind == "service":
        known["aws:principalisawsservice"] = "true"
        known["aws:principalservicename"] = request.principal
        known |= {"aws:principalarn": None, "aws:principalaccount": None, "aws:username": None}
    elif kind != "unknown":
        known["aws:principalisawsservice"] = "false"
        known["aws:principalaccount"] = account
        known["aws:principalarn"] = _principal_arn(request.principal)
        user = request.principal.rsplit("/", 1)[-1] if kind == "user" else None
        known["aws:username"] = user
    resource_account = request.resource_account or arn_account(request.resource)
    if resource_account:
        known["aws:resourceaccount"] = resource_account
    found = _ARN.match(request.resource)
    if found and found.group(3) and "*" not in found.group(3):
        known["aws:requestedregion"] = found.group(3)
    return known


class Context:
    """Looks condition keys up, and remembers those that were asked for in vain."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._values = _derived(request)
        self._values |= {key.lower(): value for key, value in request.context.items()}
        self.missing: list[str] = []

    def get(self, key: str) -> Sequence[str] | object | None:
        """The values of a key, None when AWS does not send it, NOT_KNOWN when nobody has said."""
        if key.lower() not in self._values:
            return NOT_KNOWN
        value = self._values[key.lower()]
        if value is None:
            return None
        return (value,) if isinstance(value, str) else tuple(value)

    def note_missing(self, key: str) -> None:
        """Keeps a key for the answer's `missing_context`."""
        if key not in self.missing:
            self.missing.append(key)
