"""Every call that a fix may make: how the world looks where it acts, before it and after it.

`seen` gives the state that a call changes, in the one form in which plans show it as `before` and
`after`. The same function serves planning, the check that the world has not moved, the question
whether a call in doubt went through, and undo, so the four cannot disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.core.unread import Unread
from wizard.fixes.ec2_states import (
    Parameters,
    Seen,
    created_endpoint,
    created_group,
    deleted_endpoint,
    deleted_group,
    document,
    field,
    found_endpoint,
    found_group,
    modified_endpoint,
    route,
    rules_seen,
    vpc_attribute,
)
from wizard.fixes.request import Look


@dataclass(frozen=True, slots=True)
class Operation:
    """What is known of one call.

    `seen(look, parameters)` returns the state it changes: plain JSON, None where there is nothing,
    `Unread` where it could not be read. `found` returns the answer that the call would have given,
    for one that went through unnoticed; only needed where later changes use the answer. `reads`
    are the permissions that `seen` needs.
    """

    seen: Seen
    reads: tuple[str, ...] = ()
    found: Seen | None = None


def same(one: Any, other: Any) -> bool:
    """Return whether two seen states are equal, whatever the order of lists and keys."""
    return bool(_canonical(one) == _canonical(other))


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sorted((str(key), _canonical(one)) for key, one in value.items())
    if isinstance(value, list | tuple):
        return sorted((_canonical(one) for one in value), key=repr)
    return value


def _role_policy(look: Look, wanted: Parameters) -> Any:
    answer = look("iam:GetRolePolicy", RoleName=wanted["RoleName"], PolicyName=wanted["PolicyName"])
    return document(field(answer, "PolicyDocument"))


def _user_policy(look: Look, wanted: Parameters) -> Any:
    answer = look("iam:GetUserPolicy", UserName=wanted["UserName"], PolicyName=wanted["PolicyName"])
    return document(field(answer, "PolicyDocument"))


def _attached(look: Look, wanted: Parameters) -> Any:
    answer = look("iam:ListAttachedRolePolicies", RoleName=wanted["RoleName"])
    attached = field(answer, "AttachedPolicies")
    if attached is None or isinstance(attached, Unread):
        return attached
    arn = wanted["PolicyArn"]
    return arn if any(one["PolicyArn"] == arn for one in attached) else None


def _trust(look: Look, wanted: Parameters) -> Any:
    answer = look("iam:GetRole", RoleName=wanted["RoleName"])
    return document(field(answer, "Role", "AssumeRolePolicyDocument"))


def service_of(look: Look, cluster: str, service: str) -> Any:
    """Return the service as DescribeServices answers it, None where there is none; or `Unread`."""
    answer = look("ecs:DescribeServices", cluster=cluster, services=[service])
    found = field(answer, "services")
    return found[0] if isinstance(found, list) and found else found or None


def _service(look: Look, wanted: Parameters) -> Any:
    shown: dict[str, Any] = {}
    if not wanted.keys() & {"enableExecuteCommand", "networkConfiguration"}:
        return None
    found = service_of(look, wanted["cluster"], wanted["service"])
    if not isinstance(found, Mapping):
        return found
    if "enableExecuteCommand" in wanted:
        shown["enableExecuteCommand"] = bool(found.get("enableExecuteCommand"))
    if "networkConfiguration" in wanted:
        network = found.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        shown["assignPublicIp"] = network.get("assignPublicIp", "DISABLED")
    return shown


def _log_group(look: Look, wanted: Parameters) -> Any:
    name = wanted["logGroupName"]
    found = field(look("logs:DescribeLogGroups", logGroupNamePrefix=name), "logGroups")
    if found is None or isinstance(found, Unread):
        return found
    there = any(one["logGroupName"] == name for one in found)
    return {"logGroupName": name} if there else None


def _repository(look: Look, wanted: Parameters) -> Any:
    name = wanted["repositoryName"]
    found = field(look("ecr:DescribeRepositories", repositoryNames=[name]), "repositories")
    if not found or isinstance(found, Unread):
        return found or None
    return {"repositoryName": name}


def _role(look: Look, wanted: Parameters) -> Any:
    found = field(look("iam:GetRole", RoleName=wanted["RoleName"]), "Role")
    return {"RoleName": found["RoleName"]} if isinstance(found, Mapping) else found


def _repository_policy(look: Look, wanted: Parameters) -> Any:
    answer = look("ecr:GetRepositoryPolicy", repositoryName=wanted["repositoryName"])
    return document(field(answer, "policyText"))


def _nothing(look: Look, wanted: Parameters) -> Any:
    return None


_ROLE_POLICY = Operation(_role_policy, ("iam:GetRolePolicy",))
_USER_POLICY = Operation(_user_policy, ("iam:GetUserPolicy",))
_ATTACHED = Operation(_attached, ("iam:ListAttachedRolePolicies",))
_ENDPOINTS = ("ec2:DescribeVpcEndpoints",)
_GROUPS = ("ec2:DescribeSecurityGroups",)
_INGRESS = Operation(rules_seen("IpPermissions"), _GROUPS)
_EGRESS = Operation(rules_seen("IpPermissionsEgress"), _GROUPS)
_LOG_GROUP = Operation(_log_group, ("logs:DescribeLogGroups",))
_REPOSITORY = Operation(_repository, ("ecr:DescribeRepositories",))
_ROLE = Operation(_role, ("iam:GetRole",))
_PULLING = Operation(_repository_policy, ("ecr:GetRepositoryPolicy",))
_ROUTE = Operation(route, ("ec2:DescribeRouteTables",))
_LOCAL = Operation(_nothing)

OPERATIONS: dict[str, Operation] = {
    "iam:PutRolePolicy": _ROLE_POLICY,
    "iam:DeleteRolePolicy": _ROLE_POLICY,
    "iam:PutUserPolicy": _USER_POLICY,
    "iam:DeleteUserPolicy": _USER_POLICY,
    "iam:AttachRolePolicy": _ATTACHED,
    "iam:DetachRolePolicy": _ATTACHED,
    "iam:UpdateAssumeRolePolicy": Operation(_trust, ("iam:GetRole",)),
    "iam:CreateRole": _ROLE,
    "iam:DeleteRole": _ROLE,
    "ec2:CreateRoute": _ROUTE,
    "ec2:ReplaceRoute": _ROUTE,
    "ec2:DeleteRoute": _ROUTE,
    "ec2:CreateVpcEndpoint": Operation(created_endpoint, _ENDPOINTS, found_endpoint),
    "ec2:DeleteVpcEndpoints": Operation(deleted_endpoint, _ENDPOINTS),
    "ec2:ModifyVpcEndpoint": Operation(modified_endpoint, _ENDPOINTS),
    "ec2:CreateSecurityGroup": Operation(created_group, _GROUPS, found_group),
    "ec2:DeleteSecurityGroup": Operation(deleted_group, _GROUPS),
    "ec2:AuthorizeSecurityGroupIngress": _INGRESS,
    "ec2:RevokeSecurityGroupIngress": _INGRESS,
    "ec2:AuthorizeSecurityGroupEgress": _EGRESS,
    "ec2:RevokeSecurityGroupEgress": _EGRESS,
    "ec2:ModifyVpcAttribute": Operation(vpc_attribute, ("ec2:DescribeVpcAttribute",)),
    "ecs:UpdateService": Operation(_service, ("ecs:DescribeServices",)),
    "logs:CreateLogGroup": _LOG_GROUP,
    "logs:DeleteLogGroup": _LOG_GROUP,
    "ecr:CreateRepository": _REPOSITORY,
    "ecr:DeleteRepository": _REPOSITORY,
    "ecr:SetRepositoryPolicy": _PULLING,
    "ecr:DeleteRepositoryPolicy": _PULLING,
    "local:docker-login": _LOCAL,
    "local:docker-logout": _LOCAL,
}
"""Every operation of every plan and of every undo. Nothing else is ever called."""
