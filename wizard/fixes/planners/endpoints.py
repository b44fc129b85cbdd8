"""Fix of missing VPC endpoints: all of them in one plan, with the group that lets the task in."""

from collections.abc import Mapping
from typing import Any

from wizard.core.plan import Change, Later, Plan
from wizard.fixes.ec2_states import endpoints_of
from wizard.fixes.operations import OPERATIONS
from wizard.fixes.planners.admission import DESCRIPTION, RULE, admit, peers_of
from wizard.fixes.planners.common import OWN, deployment, known, plan_of
from wizard.fixes.planners.network import dns_changes
from wizard.fixes.planners.place import Place, obstacles, one_per_zone, place_of, route_tables
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused, Words
from wizard.fixes.words import say

GROUP = "fargate-wizard-endpoints"
_CREATE = "ec2:CreateVpcEndpoint"
_GROUP = "ec2:CreateSecurityGroup"
GATEWAYS = ("s3", "dynamodb")
"""https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"""


@fix(
    "endpoint.create",
    permissions=(
        _CREATE,
        _GROUP,
        RULE,
        "ec2:ModifyVpcAttribute",
        "route53:AssociateVPCWithHostedZone",
        "ecs:UpdateService",
    ),
)
def create_endpoints(request: FixRequest) -> Plan:
    """Create every endpoint that the task needs and lacks.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
    """
    place = place_of(request)
    missing = [
        (service, name)
        for service in _services(request)
        if not _there(request, place, name := _service_name(request, service), service)
    ]
    interfaces = [one for one in missing if one[0] not in GATEWAYS]
    changes: list[Change] = []
    notes: list[Words] = []
    if interfaces:
        changes += dns_changes(request, place.vpc)
        peers, notes = peers_of(request, place)
        group = _group(request, place.vpc, peers, changes)
        changes += [_interface(request, place, *one, group) for one in interfaces]
    gateways = [one for one in missing if one[0] in GATEWAYS]
    changes += [_gateway(request, place, name) for _, name in gateways]
    more, said = deployment(request) if changes else ([], [])
    return plan_of(request, changes + more, notes + said)


def _services(request: FixRequest) -> list[str]:
    named = [one.service for one in obstacles(request) if one.service]
    named = named or [
        str(one.fields["service"]) for one in request.findings if "service" in one.fields
    ]
    return list(dict.fromkeys(named))


def _service_name(request: FixRequest, service: str) -> str:
    return str(_offer(request, service)["ServiceName"])


def _offer(request: FixRequest, service: str) -> dict[str, Any]:
    """Return the endpoint service's entry of DescribeVpcEndpointServices: its name and its zones.

    In China some services stand under `cn.com.amazonaws`, so AWS is asked for the name. Where it
    may not be asked or knows none of them, the usual name is taken and the zones are not known:
    then it is for CreateVpcEndpoint to refuse it.
    https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
    """
    prefixes = ["com.amazonaws"]
    if request.target.partition == "aws-cn":
        prefixes.insert(service in GATEWAYS, "cn.com.amazonaws")
    names = [f"{prefix}.{request.target.region}.{service}" for prefix in prefixes]
    for name in names:
        answer = request.look("ec2:DescribeVpcEndpointServices", ServiceNames=[name])
        details = answer.get("ServiceDetails", ()) if isinstance(answer, Mapping) else ()
        offers = [one for one in details if _is_of_kind(one, name, service)]
        if offers:
            return dict(offers[0])
    return {"ServiceName": names[0]}


def _is_of_kind(offer: Mapping[str, Any], name: str, service: str) -> bool:
    """S3 has a gateway and an interface under one name."""
    kinds = [kind["ServiceType"] for kind in offer.get("ServiceType", ())]
    return offer["ServiceName"] == name and _kind(service) in kinds


def _kind(service: str) -> str:
    return "Gateway" if service in GATEWAYS else "Interface"


def _there(request: FixRequest, place: Place, name: str, service: str) -> bool:
    """Tell whether an endpoint of this kind is there by now (others find what is wrong with it)."""
    found = known(endpoints_of(request.look, place.vpc, name)) or []
    return any(one["VpcEndpointType"] == _kind(service) for one in found)


def _group(
    request: FixRequest, vpc: str, peers: tuple[str, ...], changes: list[Change]
) -> str | Later:
    """Return the group for the endpoints, after adding to `changes` what it lacks."""
    wanted = {"GroupName": GROUP, "Description": DESCRIPTION, "VpcId": vpc}
    found = OPERATIONS[_GROUP].found
    had = known(found(request.look, wanted)) if found else None
    group: str | Later
    if had:
        group = had["GroupId"]
    else:
        group = Later(len(changes), "GroupId")
        changes.append(
            Change(
                operation=_GROUP,
                parameters=wanted,
                before=None,
                after={"GroupName": GROUP, "VpcId": vpc},
                undo="ec2:DeleteSecurityGroup",
                undo_parameters={"GroupId": Later(OWN, "GroupId")},
                effect=say("make-group"),
                cost=say("free"),
            )
        )
    rule = admit(request, group, peers, new=not had)
    changes += [rule] if rule else []
    return group


def _interface(
    request: FixRequest, place: Place, service: str, name: str, group: str | Later
) -> Change:
    zones = _offer(request, service).get("AvailabilityZones") or []
    subnets = one_per_zone(request, place, list(zones))
    if not subnets:
        raise Refused(say("no-endpoint-service", service=service, region=request.target.region))
    shown = {
        "VpcId": place.vpc,
        "ServiceName": name,
        "VpcEndpointType": "Interface",
        "SubnetIds": subnets,
        "SecurityGroupIds": [group],
        "PrivateDnsEnabled": True,
    }
    return _endpoint(request, shown, service, request.cost(service=service, count=len(subnets)))


def _gateway(request: FixRequest, place: Place, name: str) -> Change:
    service = name.rpartition(".")[2]
    shown = {
        "VpcId": place.vpc,
        "ServiceName": name,
        "VpcEndpointType": "Gateway",
        "RouteTableIds": route_tables(request, place),
    }
    return _endpoint(request, shown, service, request.cost("endpoint.associate-route-table"))


def _endpoint(
    request: FixRequest, shown: dict[str, Any], service: str, cost: dict[str, str]
) -> Change:
    return Change(
        operation=_CREATE,
        parameters=shown,
        before=None,
        after=shown,
        undo="ec2:DeleteVpcEndpoints",
        undo_parameters={"VpcEndpointIds": [Later(OWN, "VpcEndpoint.VpcEndpointId")]},
        effect=request.effect(service=service, vpc=shown["VpcId"]),
        cost=cost,
        wait="endpoint-available",
    )
