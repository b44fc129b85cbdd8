"""What the tests of evaluation share: principals, documents, one decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.policy import Decision, Policies, Request, evaluate

ACCOUNT = "111122223333"
OTHER = "999988887777"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/exec"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/exec/task"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
FOREIGN = f"arn:aws:secretsmanager:eu-west-1:{OTHER}:secret:db-AbCdEf"
READ = "secretsmanager:GetSecretValue"


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    """A statement; without parts it is about everything."""
    made: dict[str, Any] = {"Effect": effect}
    if "NotAction" not in parts:
        made["Action"] = "*"
    if "NotResource" not in parts:
        made["Resource"] = "*"
    return made | parts


def doc(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    """A document."""
    return {"Version": version, "Statement": list(statements)}


ALLOW = doc(statement())
DENY = doc(statement("Deny"))
NOTHING = doc(statement(Action="ec2:*"))


def decide(
    *identity: dict[str, Any],
    principal: str = ROLE,
    action: str = READ,
    resource: str = SECRET,
    context: Mapping[str, Any] | None = None,
    **others: Any,
) -> Decision:
    """The decision about one request."""
    request = Request(principal, action, resource, context or {})
    return evaluate(request, Policies(identity=identity, **others))


ALLOW = doc(statement())
DENY = doc(statement("Deny"))
NOTHING = doc(statement(Action="ec2:*"))
