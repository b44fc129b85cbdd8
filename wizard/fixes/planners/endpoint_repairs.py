"""Fixes of endpoints that are there and do not serve: group, private DNS, route table, policy."""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from wizard.core.facts import Obstacle
from wizard.core.plan import Change, Plan
from wizard.fixes.ec2_states import endpoint_by_id
from wizard.fixes.planners.admission import admit
from wizard.fixes.planners.common import arn, deployment, known, now, plan_of
from wizard.fixes.planners.network import dns_changes
from wizard.fixes.planners.place import obstacles, place_of, route_tables
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say
from wizard.policy.least import ECR_TOKEN, SSM_MESSAGES, pull_actions

_MODIFY = "ec2:ModifyVpcEndpoint"


@fix(
    "endpoint.open-group",
    permissions=("ec2:AuthorizeSecurityGroupIngress", "ecs:UpdateService"),
)
def open_group(request: FixRequest) -> Plan:
    """Let the endpoints' security groups admit HTTPS from the task's groups.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    for one in obstacles(request):
        endpoint = _endpoint(request, one)
        groups = [group["GroupId"] for group in endpoint.get("Groups", ())]
        group = one.group if one.group in groups or not groups else groups[0]
        tasks = (one.task_group,) if one.task_group else place_of(request).groups
        if group:
            wanted[group] |= dict.fromkeys(tasks)
    rules = [admit(request, group, tuple(tasks)) for group, tasks in wanted.items()]
    return _with_deployment(request, [rule for rule in rules if rule])


@fix(
    "endpoint.enable-private-dns",
    permissions=(
        _MODIFY,
        "ec2:ModifyVpcAttribute",
        "route53:AssociateVPCWithHostedZone",
        "ecs:UpdateService",
    ),
)
def enable_private_dns(request: FixRequest) -> Plan:
    """Switch private DNS on, so that AWS's own host names lead to the endpoint.

    https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
    """
    changes: list[Change] = []
    for one in obstacles(request):
        endpoint = _endpoint(request, one)
        if endpoint.get("PrivateDnsEnabled"):
            continue
        if not changes:
            changes += dns_changes(request, endpoint["VpcId"])
        on = {"VpcEndpointId": endpoint["VpcEndpointId"], "PrivateDnsEnabled": True}
        changes.append(_modify(request, on, on | {"PrivateDnsEnabled": False}, after=True))
    return _with_deployment(request, changes)


@fix("endpoint.associate-route-table", permissions=(_MODIFY, "ecs:UpdateService"))
def associate_route_table(request: FixRequest) -> Plan:
    """Put the gateway endpoint into the route tables of the task's subnets.

    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-routing
    """
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    for one in obstacles(request):
        tables = [one.route_table] if one.route_table else route_tables(request, place_of(request))
        have = _endpoint(request, one).get("RouteTableIds", ())
        wanted[str(one.endpoint)] |= dict.fromkeys(t for t in tables if t not in have)
    changes = []
    for endpoint, missing in wanted.items():
        added = sorted(missing)
        add = {"VpcEndpointId": endpoint, "AddRouteTableIds": added}
        remove = {"VpcEndpointId": endpoint, "RemoveRouteTableIds": added}
        if added:
            changes.append(_modify(request, add, remove, after=added))
    return _with_deployment(request, changes)


@fix("endpoint.fix-policy", permissions=(_MODIFY, "ecs:UpdateService"))
def fix_policy(request: FixRequest) -> Plan:
    """Let the endpoint's policy allow what the task does through it.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html (S3's bucket of image
    layers), https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    changes = []
    for one in {str(item.endpoint): item for item in obstacles(request)}.values():
        endpoint = _endpoint(request, one)
        identity = endpoint["VpcEndpointId"]
        parameters = {"VpcEndpointId": identity, "PolicyDocument": ""}
        before = (now(request, _MODIFY, parameters) or {}).get("PolicyDocument") or {}
        parts = before.get("Statement", [])
        have = parts if isinstance(parts, list) else [parts]
        if any(part.get("Effect") == "Deny" for part in have):
            raise Refused(say("endpoint-policy-deny", endpoint=identity))
        added = _allow(request, one, endpoint)
        missing = [part for part in added if part not in have]
        if not missing:
            continue
        after = {"Version": "2012-10-17"} | before | {"Statement": [*have, *missing]}
        changes.append(
            Change(
                operation=_MODIFY,
                parameters=parameters | {"PolicyDocument": _text(after)},
                before={"PolicyDocument": before},
                after={"PolicyDocument": after},
                undo=_MODIFY,
                undo_parameters=parameters | {"PolicyDocument": _text(before)},
                effect=request.effect(endpoint=identity, service=one.service),
                cost=request.cost(endpoint=identity),
            )
        )
    return _with_deployment(request, changes)


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def _allow(request: FixRequest, one: Obstacle, endpoint: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the statements that a task's use of the endpoint's service needs."""
    service = one.service or str(endpoint["ServiceName"]).partition(f"{request.target.region}.")[2]
    if service == "s3":
        partition = request.target.partition or "aws"
        bucket = f"prod-{request.target.region}-starport-layer-bucket"
        return [_statement(("s3:GetObject",), f"arn:{partition}:s3:::{bucket}/*")]
    if service in ("ecr.api", "ecr.dkr"):
        actions = [action for action in pull_actions() if action != ECR_TOKEN]
        return [
            _statement((ECR_TOKEN,), "*"),
            _statement(tuple(actions), arn(request, "ecr", "repository/*")),
        ]
    if service not in _ACTIONS:
        raise Refused(
            say("endpoint-policy-unknown", endpoint=endpoint["VpcEndpointId"], service=service)
        )
    return [_statement(_ACTIONS[service], "*")]


def _statement(actions: tuple[str, ...], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": resource}


_ACTIONS = {
    "logs": ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
    "ssmmessages": SSM_MESSAGES,
    "secretsmanager": ("secretsmanager:GetSecretValue",),
    "ssm": ("ssm:GetParameters",),
    "kms": ("kms:Decrypt",),
}


def _endpoint(request: FixRequest, one: Obstacle) -> Mapping[str, Any]:
    found = known(endpoint_by_id(request.look, str(one.endpoint)))
    if not found:
        raise Refused(say("endpoint-gone", endpoint=one.endpoint))
    return dict(found)


def _modify(
    request: FixRequest, parameters: dict[str, Any], back: dict[str, Any], *, after: Any
) -> Change:
    """Return the change of one attribute; for a list `after` is what is added to it."""
    before = now(request, _MODIFY, parameters)
    (name,) = before
    whole = sorted([*before[name], *after]) if isinstance(after, list) else after
    endpoint = parameters["VpcEndpointId"]
    return Change(
        operation=_MODIFY,
        parameters=parameters,
        before=before,
        after={name: whole},
        undo=_MODIFY,
        undo_parameters=back,
        effect=request.effect(endpoint=endpoint, route_table=after),
        cost=request.cost(endpoint=endpoint),
        wait="endpoint-available",
    )


def _with_deployment(request: FixRequest, changes: list[Change]) -> Plan:
    more, notes = deployment(request) if changes else ([], [])
    return plan_of(request, changes + more, notes)
