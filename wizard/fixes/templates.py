"""Changes as resources of CloudFormation and Terraform, where the template can own them.

A change of something that exists already (a service's deployment, a VPC's attribute, an existing
policy) has no sound form: a template would take the whole thing over.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.core.plan import Change, Later, Plan


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template: its type, its name there, its properties."""

    kind: str
    name: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """The id of another resource of the same template."""

    kind: str
    name: str


_Made = list[tuple[str, dict[str, Any]]]
_Maker = Callable[[Mapping[str, Any]], _Made]


def resources(plan: Plan, form: str) -> tuple[list[Resource], list[int]]:
    """Return the resources for `plan` in `form`, and the numbers of the changes that have none."""
    makers = _CLOUDFORMATION if form == "cloudformation" else _TERRAFORM
    found: list[Resource] = []
    left = []
    names: dict[int, Resource] = {}
    for number, change in enumerate(plan.changes):
        made = _make(change, makers)
        for index, (kind, properties) in enumerate(made):
            name = f"Step{number + 1}" + (f"Part{index + 1}" if len(made) > 1 else "")
            found.append(Resource(kind, name, _referenced(properties, names)))
            names[number] = found[-1]
        if not made:
            left.append(number)
    return found, left


def _make(change: Change, makers: Mapping[str, _Maker]) -> _Made:
    maker = makers.get(change.operation)
    return maker(change.parameters) if maker and change.before is None else []


def _referenced(value: Any, names: Mapping[int, Resource]) -> Any:
    if isinstance(value, Later):
        return Reference(names[value.change].kind, names[value.change].name)
    if isinstance(value, Mapping):
        return {key: _referenced(one, names) for key, one in value.items()}
    return [_referenced(one, names) for one in value] if isinstance(value, list) else value


def _renamed(kind: str, **names: str) -> _Maker:
    """Return a maker that takes parameters over under other names."""

    def make(given: Mapping[str, Any]) -> _Made:
        return [(kind, {new: given[old] for new, old in names.items() if old in given})]

    return make


def _policy(kind: str, holder: str, **names: str) -> _Maker:
    def make(given: Mapping[str, Any]) -> _Made:
        base = {new: given[old] for new, old in names.items()}
        return [(kind, base | {holder: json.loads(given["PolicyDocument"])})]

    return make


def _rules(kind: str, base: Mapping[str, str], peers: Mapping[str, str]) -> _Maker:
    """Return a maker of one resource for each rule and peer."""

    def make(given: Mapping[str, Any]) -> _Made:
        made: _Made = []
        for one in given["IpPermissions"]:
            common = {base["group"]: given["GroupId"], base["protocol"]: one["IpProtocol"]}
            common |= {base["from"]: one["FromPort"], base["to"]: one["ToPort"]}
            for list_name, field in _PEERS.items():
                for peer in one.get(list_name, ()):
                    made.append((kind, common | {peers[field]: peer[field]}))
        return made

    return make


_PEERS = {"UserIdGroupPairs": "GroupId", "IpRanges": "CidrIp", "PrefixListIds": "PrefixListId"}
_CFN_RULE = {"group": "GroupId", "protocol": "IpProtocol", "from": "FromPort", "to": "ToPort"}
_TF_RULE = {
    "group": "security_group_id",
    "protocol": "ip_protocol",
    "from": "from_port",
    "to": "to_port",
}
_TF_PEERS = {
    "GroupId": "referenced_security_group_id",
    "CidrIp": "cidr_ipv4",
    "PrefixListId": "prefix_list_id",
}


def _same_names(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_ENDPOINT = (
    "VpcId",
    "ServiceName",
    "VpcEndpointType",
    "SubnetIds",
    "SecurityGroupIds",
    "RouteTableIds",
    "PrivateDnsEnabled",
)

_CLOUDFORMATION: dict[str, _Maker] = {
    "iam:PutRolePolicy": _policy(
        "AWS::IAM::RolePolicy", "PolicyDocument", **_same_names("RoleName", "PolicyName")
    ),
    "iam:PutUserPolicy": _policy(
        "AWS::IAM::UserPolicy", "PolicyDocument", **_same_names("UserName", "PolicyName")
    ),
    "ec2:CreateVpcEndpoint": _renamed("AWS::EC2::VPCEndpoint", **_same_names(*_ENDPOINT)),
    "ec2:CreateSecurityGroup": _renamed(
        "AWS::EC2::SecurityGroup",
        GroupName="GroupName",
        GroupDescription="Description",
        VpcId="VpcId",
    ),
    "ec2:AuthorizeSecurityGroupIngress": _rules(
        "AWS::EC2::SecurityGroupIngress",
        _CFN_RULE,
        {
            "GroupId": "SourceSecurityGroupId",
            "CidrIp": "CidrIp",
            "PrefixListId": "SourcePrefixListId",
        },
    ),
    "ec2:AuthorizeSecurityGroupEgress": _rules(
        "AWS::EC2::SecurityGroupEgress",
        _CFN_RULE,
        {
            "GroupId": "DestinationSecurityGroupId",
            "CidrIp": "CidrIp",
            "PrefixListId": "DestinationPrefixListId",
        },
    ),
    "logs:CreateLogGroup": _renamed("AWS::Logs::LogGroup", LogGroupName="logGroupName"),
    "ecr:CreateRepository": _renamed("AWS::ECR::Repository", RepositoryName="repositoryName"),
}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


def _tables(given: Mapping[str, Any]) -> _Made:
    kind = "aws_vpc_endpoint_route_table_association"
    return [
        (kind, {"route_table_id": table, "vpc_endpoint_id": given["VpcEndpointId"]})
        for table in given.get("AddRouteTableIds", ())
    ]


_TERRAFORM: dict[str, _Maker] = {
    "iam:PutRolePolicy": _policy(
        "aws_iam_role_policy", "policy", name="PolicyName", role="RoleName"
    ),
    "iam:PutUserPolicy": _policy(
        "aws_iam_user_policy", "policy", name="PolicyName", user="UserName"
    ),
    "iam:AttachRolePolicy": _renamed(
        "aws_iam_role_policy_attachment", role="RoleName", policy_arn="PolicyArn"
    ),
    "ec2:CreateVpcEndpoint": _renamed(
        "aws_vpc_endpoint", **{_snake(name): name for name in _ENDPOINT}
    ),
    "ec2:ModifyVpcEndpoint": _tables,
    "ec2:CreateSecurityGroup": _renamed(
        "aws_security_group", name="GroupName", description="Description", vpc_id="VpcId"
    ),
    "ec2:AuthorizeSecurityGroupIngress": _rules(
        "aws_vpc_security_group_ingress_rule", _TF_RULE, _TF_PEERS
    ),
    "ec2:AuthorizeSecurityGroupEgress": _rules(
        "aws_vpc_security_group_egress_rule", _TF_RULE, _TF_PEERS
    ),
    "logs:CreateLogGroup": _renamed("aws_cloudwatch_log_group", name="logGroupName"),
    "ecr:CreateRepository": _renamed("aws_ecr_repository", name="repositoryName"),
}


def render(found: list[Resource], form: str) -> str:
    """Return the template of `found` as text; empty where there is no resource."""
    if not found:
        return ""
    return _cloudformation(found) if form == "cloudformation" else _terraform(found)


def _cloudformation(found: list[Resource]) -> str:
    import yaml

    listed = {
        one.name: {"Type": one.kind, "Properties": _cfn_value(one.properties)} for one in found
    }
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": listed}
    return str(yaml.safe_dump(template, sort_keys=False, allow_unicode=True, width=100))


def _cfn_value(value: Any) -> Any:
    if isinstance(value, Reference):
        field = "GroupId" if value.kind == "AWS::EC2::SecurityGroup" else "Id"
        return {"Fn::GetAtt": [value.name, field]}
    if isinstance(value, Mapping):
        return {key: _cfn_value(one) for key, one in value.items()}
    return [_cfn_value(one) for one in value] if isinstance(value, list) else value


def _terraform(found: list[Resource]) -> str:
    blocks = []
    for one in found:
        width = max(map(len, one.properties))
        lines = [f"  {key:<{width}} = {_hcl(value)}" for key, value in one.properties.items()]
        head = f'resource "{one.kind}" "fargate_wizard_{one.name.lower()}" {{'
        blocks.append("\n".join([head, *lines, "}"]))
    return "\n\n".join(blocks) + "\n"


def _hcl(value: Any) -> str:
    if isinstance(value, Reference):
        return f"{value.kind}.fargate_wizard_{value.name.lower()}.id"
    if isinstance(value, Mapping):
        text = json.dumps(value, indent=2, ensure_ascii=False)
        indented = "\n".join(f"    {line}" for line in _escaped(text).splitlines())
        return f"<<-JSON\n{indented}\n  JSON"
    if isinstance(value, list):
        return f"[{', '.join(_hcl(one) for one in value)}]"
    return _escaped(json.dumps(value, ensure_ascii=False))


def _escaped(text: str) -> str:
    """Terraform would take `${` (an IAM policy variable) and `%{` for its own templates."""
    return text.replace("${", "$${").replace("%{", "%%{")
