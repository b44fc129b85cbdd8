"""The private ways: through an interface endpoint, and through a gateway endpoint.

Sources: https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html (its security
groups must admit the port), https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
(endpoint policies), https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
(security groups name the prefix list, ACLs cannot).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network

from wizard.network.endpoints import NOT_AVAILABLE, endpoint_id, is_interface
from wizard.network.facts import (
    find,
    must_find,
    networks,
    prefix_list_networks,
    vpc_networks,
)
from wizard.network.groups import admits
from wizard.network.routes import list_route
from wizard.network.scene import Part, Scene, blocked, join, unread
from wizard.network.stretches import acls_between, groups_part, near_acl
from wizard.network.targets import PUBLIC_SPACE, Target, host
from wizard.network.types import Evidence, Item, Obstacle, Unread
from wizard.policy.evaluation import policy_allows
from wizard.policy.types import ContextValue, Decision, Request

GROUP_CLOSED = "network.endpoint-group-closed"
POLICY_DENIES = "network.endpoint-policy-denies"

DEFAULT_ACTIONS = {
    "ecr.api": ("ecr:GetAuthorizationToken",),
    "ecr.dkr": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "s3": ("s3:GetObject",),
    "logs": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "secretsmanager": ("secretsmanager:GetSecretValue",),
    "ssm": ("ssm:GetParameters",),
    "kms": ("kms:Decrypt",),
    "ssmmessages": (
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ),
}
"""What a task asks of a service where the need does not say it."""

_NO_RESOURCE = ("ecr:getauthorizationtoken", "ssmmessages:", "logs:describeloggroups")


def _addresses(scene: Scene, endpoint: Item, subnet: Item) -> Target:
    """The endpoint in one of its subnets: its interface's address if that was read."""
    groups = group_ids(endpoint)
    exact: list[IPv4Network] = []
    for interface_id in endpoint.get("NetworkInterfaceIds") or ():
        interfaces = scene.view.network_interfaces
        found = find(interfaces, "NetworkInterfaceId", str(interface_id))
        if found is None or isinstance(found, Unread):
            continue
        if found.get("SubnetId") == subnet.get("SubnetId") and found.get("PrivateIpAddress"):
            exact += host(str(found["PrivateIpAddress"]))
    if exact:
        return Target(tuple(exact), exact=True, groups=groups)
    return Target(networks([subnet.get("CidrBlock", "")]), groups=groups)


def group_ids(endpoint: Item) -> tuple[str, ...]:
    """The security groups of an interface endpoint."""
    return tuple(str(g.get("GroupId", "")) for g in endpoint.get("Groups") or ())


def _subnets(scene: Scene, endpoint: Item) -> Iterator[Item | Unread]:
    for subnet_id in endpoint.get("SubnetIds") or ():
        call = "ec2:DescribeSubnets"
        yield must_find(scene.view.subnets, "SubnetId", str(subnet_id), call)


def _admission(scene: Scene, endpoint: Item) -> Part:
    """Whether the endpoint's security groups let the task in."""
    groups, port = group_ids(endpoint), scene.need.port
    answer = admits(scene.view, groups, "ingress", scene.task(), port)
    if answer.ok is True:
        facts = {"groups": groups, "direction": "ingress", "port": port, "allowed": True}
        return Part(evidence=(Evidence("ec2:DescribeSecurityGroups", facts),))
    if answer.ok is None:
        doubt = Unread("ec2:DescribeSecurityGroups", "address-not-known")
        return Part(None, unread=answer.unread or (doubt,))
    task_groups = scene.interface.security_groups
    fields: dict[str, object] = {
        "endpoint": endpoint_id(endpoint),
        "task_group": task_groups[0] if task_groups else "",
        "task_groups": task_groups,
        "groups": groups,
        "service": scene.need.service,
        "port": port,
        "cidr": str(scene.subnet.get("CidrBlock", "")),
    }
    return blocked(GROUP_CLOSED, fields, Evidence("ec2:DescribeSecurityGroups", fields))


def _paths(scene: Scene, endpoint: Item) -> Iterator[Part]:
    """Groups and ACLs towards each subnet in which the endpoint has an address."""
    targets: list[Target] = []
    for subnet in _subnets(scene, endpoint):
        if isinstance(subnet, Unread):
            yield unread(subnet)
            continue
        target = _addresses(scene, endpoint, subnet)
        targets.append(target)
        yield acls_between(scene, subnet, target)
    everywhere = tuple(n for target in targets for n in target.networks)
    everywhere = everywhere or vpc_networks(scene.view, scene.subnet)
    exact = bool(targets) and all(target.exact for target in targets)
    # The endpoint's name gives all of its addresses, so the task must be let out to each.
    yield groups_part(scene, Target(everywhere, exact, group_ids(endpoint)))


def _questions(scene: Scene) -> Iterator[tuple[str, str]]:
    """(action, resource) that the endpoint's policy will be asked."""
    need, partition = scene.need, scene.view.partition
    resources = need.resources
    if need.bucket and not resources:
        resources = (f"arn:{partition}:s3:::{need.bucket}/object",)
    for action in need.actions or DEFAULT_ACTIONS.get(need.service, ()):
        if action.lower().startswith(_NO_RESOURCE):
            yield action, "*"
            continue
        for resource in resources or ("",):
            yield action, resource


def _ask(scene: Scene, endpoint: Item, action: str, resource: str) -> Decision:
    context: dict[str, ContextValue] = {
        "aws:SourceVpc": scene.vpc_id,
        "aws:SourceVpce": endpoint_id(endpoint),
        # Not sent for calls that come through an endpoint.
        "aws:SourceIp": None,
        "aws:SourceArn": None,
        "aws:SourceAccount": None,
        "aws:RequestedRegion": scene.region,
    }
    if scene.interface.address:
        context["aws:VpcSourceIp"] = scene.interface.address
    request = Request(scene.need.principal, action, resource, context)
    return policy_allows(endpoint["PolicyDocument"], request)


def policy_part(scene: Scene, endpoint: Item) -> Part:
    """Whether the endpoint's policy lets all of the need's actions through.

    An endpoint without a policy in its description has the default one, which allows everything.
    """
    if not endpoint.get("PolicyDocument"):
        return Part()
    answers = [(a, r, _ask(scene, endpoint, a, r)) for a, r in _questions(scene)]
    denied = [(a, r) for a, r, answer in answers if answer.denied]
    doubtful = [answer for _, _, answer in answers if answer.effect == "unknown"]
    if not denied and not doubtful:
        actions = tuple(dict.fromkeys(action for action, _, _ in answers))
        facts = {"endpoint": endpoint_id(endpoint), "actions": actions, "allowed": True}
        return Part(evidence=(Evidence("ec2:DescribeVpcEndpoints", facts),))
    shut = denied or [(a, r) for a, r, answer in answers if answer.effect == "unknown"]
    fields: dict[str, object] = {
        "endpoint": endpoint_id(endpoint),
        "service": scene.need.service,
        "actions": tuple(dict.fromkeys(action for action, _ in shut)),
        "resources": tuple(dict.fromkeys(resource for _, resource in shut if resource)),
        "bucket": scene.need.bucket,
    }
    evidence = Evidence("ec2:DescribeVpcEndpoints", fields)
    if denied:
        return blocked(POLICY_DENIES, fields, evidence)
    keys = ",".join(dict.fromkeys(k for answer in doubtful for k in answer.missing_context))
    doubt = Unread("ec2:DescribeVpcEndpoints", f"policy-condition:{keys or 'not-evaluable'}")
    return Part(None, suspects=(Obstacle(POLICY_DENIES, fields, (evidence,)),), unread=(doubt,))


def through_interface(scene: Scene, endpoint: Item) -> Part:
    """All that lies between the task and an interface endpoint that has taken the name over."""
    *acls, groups = _paths(scene, endpoint)
    facts = {
        "endpoint": endpoint_id(endpoint),
        "service": scene.need.service,
        "subnets": tuple(endpoint.get("SubnetIds") or ()),
        "private_dns": True,
    }
    seen = Evidence("ec2:DescribeVpcEndpoints", facts)
    there = Part(evidence=(seen,)) if _has_addresses(endpoint) else _nowhere(scene, endpoint)
    admitted, policy = _admission(scene, endpoint), policy_part(scene, endpoint)
    return _with_addresses(scene, endpoint, join((there, groups, *acls, admitted, policy)))


def beyond(scene: Scene, endpoint: Item) -> tuple[Obstacle, ...]:
    """What would stand in the way once the faults of an endpoint that does not serve are mended."""
    if not is_interface(endpoint):
        return policy_part(scene, endpoint).obstacles
    admitted, policy = _admission(scene, endpoint), policy_part(scene, endpoint)
    return join((*_paths(scene, endpoint), admitted, policy)).obstacles


def _has_addresses(endpoint: Item) -> bool:
    told = endpoint.get("SubnetIds")
    return told is None or bool(told) or bool(endpoint.get("NetworkInterfaceIds"))


def _nowhere(scene: Scene, endpoint: Item) -> Part:
    """An endpoint in no subnet has no address that its name could lead to."""
    fields: dict[str, object] = {
        "endpoint": endpoint_id(endpoint),
        "service": scene.need.service,
        "state": "no-subnets",
    }
    call = "ec2:DescribeVpcEndpoints"
    suspect = Obstacle(NOT_AVAILABLE, fields, (Evidence(call, fields),))
    return Part(None, suspects=(suspect,), unread=(Unread(call, "no-subnets"),))


def _with_addresses(scene: Scene, endpoint: Item, part: Part) -> Part:
    """Where too little is known, the addresses of the endpoint's interfaces may tell more."""
    cards = scene.view.network_interfaces
    waiting = isinstance(cards, Unread) and cards.why == "not-asked"
    if part.ok is None and waiting and endpoint.get("NetworkInterfaceIds"):
        return replace(part, unread=(cards, *part.unread)) if isinstance(cards, Unread) else part
    return part


def _list_target(scene: Scene, endpoint: Item) -> Target:
    """The addresses behind a gateway endpoint: its prefix list."""
    route = list_route(scene.routes, endpoint_id(endpoint))
    list_id = str(route.get("DestinationPrefixListId", "")) if route else ""
    ranges = prefix_list_networks(scene.view, list_id)
    known = () if isinstance(ranges, Unread) else ranges
    # An unread list has public addresses, whichever they are.
    return Target(known or PUBLIC_SPACE, prefix_list=list_id, service=scene.need.service)


def through_gateway(scene: Scene, endpoint: Item) -> Part:
    """All that lies between the task and a gateway endpoint in its route table."""
    target = _list_target(scene, endpoint)
    facts = {
        "endpoint": endpoint_id(endpoint),
        "service": scene.need.service,
        "route_table": scene.table_id,
        "prefix_list": target.prefix_list,
    }
    there = Part(evidence=(Evidence("ec2:DescribeVpcEndpoints", facts),))
    groups, acl = groups_part(scene, target), near_acl(scene, target)
    return join((there, groups, acl, policy_part(scene, endpoint)))
