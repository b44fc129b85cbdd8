"""Which actions on which resources a call needs, as the Service Authorization Reference says.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Calls that are not listed are authorized on ``*``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wizard.lab.cloud.identity import stores
from wizard.lab.cloud.identity.scope import Found, Need, Scope, last
from wizard.lab.cloud.wire import Call

__all__ = ["Need", "needs"]

# Where IAM's prefix is not botocore's name of the service.
_PREFIX = {
    "elbv2": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "efs": "elasticfilesystem",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
    "cloudwatch": "cloudwatch",
}
# Where the action is not called as the operation.
_RENAMED = {
    ("s3", "HeadObject"): "GetObject",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "ListObjectsV2"): "ListBucket",
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("elbv2", "DescribeLoadBalancerAttributes"): "DescribeLoadBalancerAttributes",
}


def needs(call: Call, account: str) -> list[Need]:
    """All authorizations that *call* needs, in the order in which AWS would refuse them."""
    prefix = _PREFIX.get(call.service, call.service)
    action = f"{prefix}:{_RENAMED.get((call.service, call.operation), call.operation)}"
    finder = _FINDERS.get(call.service)
    found = finder(Scope(call, account)) if finder else []
    return [_need(action, f) for f in found] or [Need(action, "*")]


def _need(action: str, found: Any) -> Need:
    """A need from what a finder gave; one that is a need already only lacks its action."""
    if isinstance(found, Need):
        return replace(found, action=action)
    return Need(action, found) if isinstance(found, str) else Need(action, *found)


def _ecs_cluster(s: Scope) -> str:
    given = s.get("cluster")
    return given if given.startswith("arn:") else s.arn("ecs", f"cluster/{given or 'default'}")


def _under_cluster(s: Scope, kind: str, given: str) -> str:
    if given.startswith("arn:"):
        return given
    return s.arn("ecs", f"{kind}/{last(_ecs_cluster(s))}/{given}")


def _task_definition(s: Scope, given: str) -> str:
    return given if given.startswith("arn:") else s.arn("ecs", f"task-definition/{given}")


def _ecs(s: Scope) -> Found:
    context: dict[str, str | list[str]] = {"ecs:cluster": _ecs_cluster(s)}
    p, op = s.p, s.op
    if op in ("CreateService", "UpdateService", "DeleteService"):
        name = s.get("service") or s.get("serviceName")
        if "enableExecuteCommand" in p:
            context["ecs:enable-execute-command"] = str(bool(p["enableExecuteCommand"])).lower()
        return [(_under_cluster(s, "service", name), context)]
    if op == "DescribeServices":
        return [(_under_cluster(s, "service", n), context) for n in p.get("services") or []]
    if op in ("DescribeTasks", "StopTask", "GetTaskProtection", "UpdateTaskProtection"):
        tasks = p.get("tasks") or [s.get("task")]
        return [(_under_cluster(s, "task", t), context) for t in tasks]
    if op == "ExecuteCommand":
        context["ecs:container-name"] = s.get("container")
        task = _under_cluster(s, "task", s.get("task"))
        return [(_ecs_cluster(s), context), (task, context)]
    if op == "RunTask":
        return [(_task_definition(s, s.get("taskDefinition")), context)]
    return _ecs_others(s, context)


def _ecs_others(s: Scope, context: dict[str, str | list[str]]) -> Found:
    found: dict[str, Callable[[], Found]] = {
        "DescribeClusters": lambda: [
            c if c.startswith("arn:") else s.arn("ecs", f"cluster/{c}")
            for c in s.p.get("clusters") or ["default"]
        ],
        "CreateCluster": lambda: [s.arn("ecs", f"cluster/{s.get('clusterName') or 'default'}")],
        "RegisterTaskDefinition": lambda: [s.arn("ecs", f"task-definition/{s.get('family')}:*")],
        "ListServiceDeployments": lambda: [
            (_under_cluster(s, "service", s.get("service")), context)
        ],
    }
    for op in ("UpdateCluster", "DeleteCluster", "UpdateClusterSettings"):
        found[op] = lambda: [_ecs_cluster(s)]
    for op in ("TagResource", "UntagResource", "ListTagsForResource"):
        found[op] = lambda: [s.get("resourceArn")]
    # ListTasks, ListServices and DescribeTaskDefinition have no resource of their own.
    return found[s.op]() if s.op in found else []


def _ecr(s: Scope) -> Found:
    registry = s.get("registryId") or s.account
    c = s.call
    if name := s.get("repositoryName"):
        return [f"arn:{c.partition}:ecr:{c.region}:{registry}:repository/{name}"]
    names = s.p.get("repositoryNames") or []
    if names:
        return [f"arn:{c.partition}:ecr:{c.region}:{registry}:repository/{n}" for n in names]
    if s.op == "DescribeRepositories":
        return [f"arn:{c.partition}:ecr:{c.region}:{registry}:repository/*"]
    return [s.get("resourceArn")] if s.get("resourceArn") else []


def _iam(s: Scope) -> Found:
    base = f"arn:{s.call.partition}:iam::{s.account}:"
    context: dict[str, str | list[str]] = {}
    for key, kind in (("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")):
        if name := s.get(key):
            if arn := s.get("PolicyArn"):
                context["iam:PolicyARN"] = arn
            return [(f"{base}{kind}/{name}", context)]
    if s.op == "CreateServiceLinkedRole":
        service = s.get("AWSServiceName")
        context["iam:AWSServiceName"] = service
        return [(f"{base}role/aws-service-role/{service}/*", context)]
    arn = s.get("PolicySourceArn") if s.op == "SimulatePrincipalPolicy" else s.get("PolicyArn")
    if arn:
        return [arn]
    for key, kind in (("PolicyName", "policy"), ("InstanceProfileName", "instance-profile")):
        if name := s.get(key):
            return [f"{base}{kind}/{name}"]
    return []


# EC2: the parameters that name a resource, and its kind in the ARN.
_EC2_KINDS = {
    "VpcEndpointId": "vpc-endpoint",
    "VpcEndpointIds": "vpc-endpoint",
    "VpcId": "vpc",
    "SubnetId": "subnet",
    "SubnetIds": "subnet",
    "AddSubnetIds": "subnet",
    "GroupId": "security-group",
    "SecurityGroupIds": "security-group",
    "AddSecurityGroupIds": "security-group",
    "RouteTableId": "route-table",
    "RouteTableIds": "route-table",
    "AddRouteTableIds": "route-table",
    "NatGatewayId": "natgateway",
    "InternetGatewayId": "internet-gateway",
    "NetworkAclId": "network-acl",
    "InstanceId": "instance",
    "NetworkInterfaceId": "network-interface",
}
_EC2_MADE = {
    "CreateVpcEndpoint": "vpc-endpoint/*",
    "CreateSecurityGroup": "security-group/*",
    "CreateNatGateway": "natgateway/*",
    "CreateSubnet": "subnet/*",
    "CreateVpc": "vpc/*",
    "CreateRouteTable": "route-table/*",
    "AllocateAddress": "elastic-ip/*",
}


def _ec2(s: Scope) -> Found:
    if s.op.startswith(("Describe", "Get")):
        return []
    found: Found = []
    if s.op in _EC2_MADE:
        found.append(s.arn("ec2", _EC2_MADE[s.op]))
    for key, kind in _EC2_KINDS.items():
        value = s.p.get(key)
        values = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        found += [s.arn("ec2", f"{kind}/{v}") for v in values]
    return found


def _logs(s: Scope) -> Found:
    group = s.get("logGroupName") or s.get("logGroupIdentifier")
    if group.startswith("arn:"):
        return [group]
    stream = s.get("logStreamName")
    if not group:
        return [s.arn("logs", "log-group::log-stream:")] if s.op == "DescribeLogGroups" else []
    tail = f":log-stream:{stream}" if stream or s.op != "PutRetentionPolicy" else ""
    return [s.arn("logs", f"log-group:{group}{tail}")]


def _elbv2(s: Scope) -> Found:
    if s.op.startswith("Describe"):
        return []
    keys = ("LoadBalancerArn", "TargetGroupArn", "ListenerArn", "RuleArn")
    return [s.get(k) for k in keys if s.get(k)]


_FINDERS: dict[str, Callable[[Scope], Found]] = {
    "ecs": _ecs,
    "ecr": _ecr,
    "iam": _iam,
    "ec2": _ec2,
    "logs": _logs,
    "s3": stores.of_s3,
    "secretsmanager": stores.of_secrets,
    "ssm": stores.of_ssm,
    "kms": stores.of_kms,
    "sts": stores.of_sts,
    "efs": stores.of_efs,
    "route53": stores.of_route53,
    "elbv2": _elbv2,
    "sqs": stores.of_sqs,
}
