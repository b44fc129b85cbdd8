"""Every call that a fix may make: how the world looks where it acts, before it and after it.

`seen` gives the state that a call changes, in the one form in which plans show it as `before` and
`after`. The same function serves planning, the check that the world has not moved, the question
whether a call in doubt went through, and undo, so the four cannot disagree.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.core.facts import Unread
from wizard.fixes.request import Look

Parameters = Mapping[str, Any]
Seen = Callable[[Look, Parameters], Any]
GONE = ("deleted", "deleting", "failed", "rejected", "expired")
"""States of an endpoint that carries no traffic and never will again.
https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html (endpoint states)
"""


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


def _field(answer: Any, *path: str) -> Any:
    for step in path:
        if answer is None or isinstance(answer, Unread):
            return answer
        answer = answer.get(step)
    return answer


def document(value: Any) -> Any:
    """Return a policy document as a mapping, from the mapping or the text that an answer holds."""
    return json.loads(value) if isinstance(value, str) else value


def _role_policy(look: Look, wanted: Parameters) -> Any:
    answer = look("iam:GetRolePolicy", RoleName=wanted["RoleName"], PolicyName=wanted["PolicyName"])
    return document(_field(answer, "PolicyDocument"))


def _user_policy(look: Look, wanted: Parameters) -> Any:
    answer = look("iam:GetUserPolicy", UserName=wanted["UserName"], PolicyName=wanted["PolicyName"])
    return document(_field(answer, "PolicyDocument"))


def _attached(look: Look, wanted: Parameters) -> Any:
    answer = look("iam:ListAttachedRolePolicies", RoleName=wanted["RoleName"])
    attached = _field(answer, "AttachedPolicies")
    if attached is None or isinstance(attached, Unread):
        return attached
    arn = wanted["PolicyArn"]
    return arn if any(one["PolicyArn"] == arn for one in attached) else None


def _trust(look: Look, wanted: Parameters) -> Any:
    answer = look("iam:GetRole", RoleName=wanted["RoleName"])
    return document(_field(answer, "Role", "AssumeRolePolicyDocument"))


def filters(**values: str | list[str]) -> list[dict[str, Any]]:
    """Return EC2 filters: `filters(vpc_id="vpc-1")` for the filter `vpc-id`."""
    return [
        {"Name": name.replace("_", "-"), "Values": [value] if isinstance(value, str) else value}
        for name, value in values.items()
    ]


def endpoint_state(endpoint: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan shows of an endpoint, as DescribeVpcEndpoints answers it."""
    kept = {name: endpoint[name] for name in ("VpcId", "ServiceName", "VpcEndpointType")}
    if endpoint["VpcEndpointType"] == "Gateway":
        return kept | {"RouteTableIds": sorted(endpoint.get("RouteTableIds") or ())}
    groups = [one["GroupId"] for one in endpoint.get("Groups") or ()]
    return kept | {
        "SubnetIds": sorted(endpoint.get("SubnetIds") or ()),
        "SecurityGroupIds": sorted(groups),
        "PrivateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled")),
    }


def _living(answer: Any) -> Any:
    endpoints = _field(answer, "VpcEndpoints")
    if endpoints is None or isinstance(endpoints, Unread):
        return endpoints
    return [one for one in endpoints if str(one.get("State", "")).lower() not in GONE]


def endpoints_of(look: Look, vpc: str, service_name: str) -> Any:
    """Return the endpoints in `vpc` to `service_name` that are not gone; or `Unread`."""
    wanted = filters(vpc_id=vpc, service_name=service_name)
    return _living(look("ec2:DescribeVpcEndpoints", Filters=wanted))


def endpoint_by_id(look: Look, endpoint: str) -> Any:
    """Return the endpoint with this id, None where it is gone; or `Unread`."""
    found = _living(look("ec2:DescribeVpcEndpoints", VpcEndpointIds=[endpoint]))
    return found[0] if isinstance(found, list) and found else found or None


def _made_endpoint(look: Look, wanted: Parameters) -> Any:
    found = endpoints_of(look, wanted["VpcId"], wanted["ServiceName"])
    if not isinstance(found, list):
        return found
    kind = wanted.get("VpcEndpointType", "Gateway")
    return next((one for one in found if one["VpcEndpointType"] == kind), None)


def _created_endpoint(look: Look, wanted: Parameters) -> Any:
    found = _made_endpoint(look, wanted)
    return endpoint_state(found) if isinstance(found, Mapping) else found


def _found_endpoint(look: Look, wanted: Parameters) -> Any:
    found = _made_endpoint(look, wanted)
    if not isinstance(found, Mapping):
        return found
    return {"VpcEndpoint": {"VpcEndpointId": found["VpcEndpointId"]}}


def _deleted_endpoint(look: Look, wanted: Parameters) -> Any:
    found = endpoint_by_id(look, wanted["VpcEndpointIds"][0])
    return endpoint_state(found) if isinstance(found, Mapping) else found


def _modified_endpoint(look: Look, wanted: Parameters) -> Any:
    found = endpoint_by_id(look, wanted["VpcEndpointId"])
    if not isinstance(found, Mapping):
        return found
    shown: dict[str, Any] = {}
    if wanted.keys() & {"AddRouteTableIds", "RemoveRouteTableIds"}:
        shown["RouteTableIds"] = sorted(found.get("RouteTableIds") or ())
    if wanted.keys() & {"AddSecurityGroupIds", "RemoveSecurityGroupIds"}:
        shown["SecurityGroupIds"] = sorted(one["GroupId"] for one in found.get("Groups") or ())
    if "PrivateDnsEnabled" in wanted:
        shown["PrivateDnsEnabled"] = bool(found.get("PrivateDnsEnabled"))
    if wanted.keys() & {"PolicyDocument", "ResetPolicy"}:
        shown["PolicyDocument"] = document(found.get("PolicyDocument"))
    return shown


def _created_group(look: Look, wanted: Parameters) -> Any:
    where = filters(vpc_id=wanted["VpcId"], group_name=wanted["GroupName"])
    found = _field(look("ec2:DescribeSecurityGroups", Filters=where), "SecurityGroups")
    return found[0] if isinstance(found, list) and found else found or None


def _group_state(found: Any) -> Any:
    if not isinstance(found, Mapping):
        return found
    return {"GroupName": found["GroupName"], "VpcId": found["VpcId"]}


def _found_group(look: Look, wanted: Parameters) -> Any:
    found = _created_group(look, wanted)
    return {"GroupId": found["GroupId"]} if isinstance(found, Mapping) else found


def group_by_id(look: Look, group: str) -> Any:
    """Return the security group with this id, None where there is none; or `Unread`."""
    found = _field(look("ec2:DescribeSecurityGroups", GroupIds=[group]), "SecurityGroups")
    return found[0] if isinstance(found, list) and found else found or None


def rules(permissions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return IP permissions as a flat list: protocol, ports and one peer each."""
    flat = []
    for one in permissions:
        base = {"protocol": one["IpProtocol"], "from": one.get("FromPort"), "to": one.get("ToPort")}
        peers = [pair["GroupId"] for pair in one.get("UserIdGroupPairs") or ()]
        peers += [block["CidrIp"] for block in one.get("IpRanges") or ()]
        peers += [block["CidrIpv6"] for block in one.get("Ipv6Ranges") or ()]
        peers += [item["PrefixListId"] for item in one.get("PrefixListIds") or ()]
        flat += [base | {"peer": peer} for peer in peers]
    return flat


def _rules_seen(side: str) -> Seen:
    def seen(look: Look, wanted: Parameters) -> Any:
        group = group_by_id(look, wanted["GroupId"])
        if not isinstance(group, Mapping):
            return group
        have = rules(group.get(side) or ())
        return [rule for rule in rules(wanted["IpPermissions"]) if rule in have] or None

    return seen


def _vpc_attribute(look: Look, wanted: Parameters) -> Any:
    shown = {}
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        if name in wanted:
            attribute = name[0].lower() + name[1:]
            answer = look("ec2:DescribeVpcAttribute", VpcId=wanted["VpcId"], Attribute=attribute)
            value = _field(answer, name, "Value")
            if isinstance(value, Unread):
                return value
            shown[name] = value
    return shown


def service_of(look: Look, cluster: str, service: str) -> Any:
    """Return the service as DescribeServices answers it, None where there is none; or `Unread`."""
    answer = look("ecs:DescribeServices", cluster=cluster, services=[service])
    found = _field(answer, "services")
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
    found = _field(look("logs:DescribeLogGroups", logGroupNamePrefix=name), "logGroups")
    if found is None or isinstance(found, Unread):
        return found
    there = any(one["logGroupName"] == name for one in found)
    return {"logGroupName": name} if there else None


def _repository(look: Look, wanted: Parameters) -> Any:
    name = wanted["repositoryName"]
    found = _field(look("ecr:DescribeRepositories", repositoryNames=[name]), "repositories")
    if not found or isinstance(found, Unread):
        return found or None
    return {"repositoryName": name}


def _nothing(look: Look, wanted: Parameters) -> Any:
    return None


_ROLE_POLICY = Operation(_role_policy, ("iam:GetRolePolicy",))
_USER_POLICY = Operation(_user_policy, ("iam:GetUserPolicy",))
_ATTACHED = Operation(_attached, ("iam:ListAttachedRolePolicies",))
_ENDPOINTS = ("ec2:DescribeVpcEndpoints",)
_GROUPS = ("ec2:DescribeSecurityGroups",)
_INGRESS = Operation(_rules_seen("IpPermissions"), _GROUPS)
_EGRESS = Operation(_rules_seen("IpPermissionsEgress"), _GROUPS)
_LOG_GROUP = Operation(_log_group, ("logs:DescribeLogGroups",))
_REPOSITORY = Operation(_repository, ("ecr:DescribeRepositories",))
_LOCAL = Operation(_nothing)

OPERATIONS: dict[str, Operation] = {
    "iam:PutRolePolicy": _ROLE_POLICY,
    "iam:DeleteRolePolicy": _ROLE_POLICY,
    "iam:PutUserPolicy": _USER_POLICY,
    "iam:DeleteUserPolicy": _USER_POLICY,
    "iam:AttachRolePolicy": _ATTACHED,
    "iam:DetachRolePolicy": _ATTACHED,
    "iam:UpdateAssumeRolePolicy": Operation(_trust, ("iam:GetRole",)),
    "ec2:CreateVpcEndpoint": Operation(_created_endpoint, _ENDPOINTS, _found_endpoint),
    "ec2:DeleteVpcEndpoints": Operation(_deleted_endpoint, _ENDPOINTS),
    "ec2:ModifyVpcEndpoint": Operation(_modified_endpoint, _ENDPOINTS),
    "ec2:CreateSecurityGroup": Operation(
        lambda look, wanted: _group_state(_created_group(look, wanted)), _GROUPS, _found_group
    ),
    "ec2:DeleteSecurityGroup": Operation(
        lambda look, wanted: _group_state(group_by_id(look, wanted["GroupId"])), _GROUPS
    ),
    "ec2:AuthorizeSecurityGroupIngress": _INGRESS,
    "ec2:RevokeSecurityGroupIngress": _INGRESS,
    "ec2:AuthorizeSecurityGroupEgress": _EGRESS,
    "ec2:RevokeSecurityGroupEgress": _EGRESS,
    "ec2:ModifyVpcAttribute": Operation(_vpc_attribute, ("ec2:DescribeVpcAttribute",)),
    "ecs:UpdateService": Operation(_service, ("ecs:DescribeServices",)),
    "logs:CreateLogGroup": _LOG_GROUP,
    "logs:DeleteLogGroup": _LOG_GROUP,
    "ecr:CreateRepository": _REPOSITORY,
    "ecr:DeleteRepository": _REPOSITORY,
    "local:docker-login": _LOCAL,
    "local:docker-logout": _LOCAL,
}
"""Every operation of every plan and of every undo. Nothing else is ever called."""
