"""What the front adds to moto's IAM and STS."""

from __future__ import annotations

from typing import Any

from wizard.lab.cloud.context import Context, Result, before, handles
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity import words
from wizard.lab.cloud.identity.managed import load_arn
from wizard.lab.cloud.identity.principals import iam


@handles("sts", "GetCallerIdentity")
def get_caller_identity(context: Context) -> Result:
    """Who the caller is, by the lab's own resolution."""
    caller = context.caller
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}


@handles("sts", "DecodeAuthorizationMessage")
def decode_authorization_message(context: Context) -> Result:
    """The document behind EC2's encoded authorization failure message."""
    return {"DecodedMessage": words.decode(str(context.params.get("EncodedMessage", "")))}


@before(
    "iam",
    "AttachRolePolicy",
    "AttachUserPolicy",
    "AttachGroupPolicy",
    "GetPolicy",
    "GetPolicyVersion",
    "ListPolicyVersions",
    "ListEntitiesForPolicy",
    "PutRolePermissionsBoundary",
    "PutUserPermissionsBoundary",
    "CreateRole",
)
def bring_managed_policy(context: Context) -> None:
    """Lets an AWS managed policy exist as soon as somebody names it."""
    p: dict[str, Any] = context.params
    for key in ("PolicyArn", "PermissionsBoundary"):
        if p.get(key):
            load_arn(context.account, str(p[key]))


@before("iam", "GetRole", "UpdateAssumeRolePolicy", "PutRolePolicy", "ListRolePolicies",
        "ListAttachedRolePolicies", "DeleteRole", "UpdateRole", "AttachRolePolicy",
        "DetachRolePolicy", "GetRolePolicy", "DeleteRolePolicy")  # fmt: skip
def role_must_exist(context: Context) -> None:
    """AWS's text for a role that does not exist (moto words it differently)."""
    name = str(context.params.get("RoleName", ""))
    roles = iam(context.account, context.call.partition).roles.values()
    if not any(r.name == name for r in roles):
        raise AwsError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)


@before("iam", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
        "UpdateAssumeRolePolicy", "DeleteRole", "UpdateRole")  # fmt: skip
def role_must_be_editable(context: Context) -> None:
    """Roles of IAM Identity Center and service-linked roles cannot be changed by IAM's callers.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
    """
    name = str(context.params.get("RoleName", ""))
    if name.startswith("AWSReservedSSO_") or name.startswith("AWSServiceRoleFor"):
        raise AwsError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{name}' - this role is only"
            " modifiable by AWS",
            400,
        )
