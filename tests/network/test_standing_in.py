"""Names that something else than an endpoint of the VPC may answer: never called proven."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    ECR_API,
    HUB,
    LOGS,
    REGION,
    S3,
    TASK_GROUP,
    TASK_SUBNET,
    ask,
    changed,
    interface_endpoint,
    isolated,
    kinds,
    others,
    public,
    put,
    route,
    rule,
    with_endpoints,
    with_item,
    with_nat,
)
from wizard.network import Need, NetworkView, Unread

DENIED = Unread("route53:ListHostedZonesByVPC", "AccessDenied")
NOT_ASKED = Unread("route53:ListHostedZonesByVPC", "not-asked")
HUB_ROUTE = route("10.100.0.0/16", TransitGatewayId="tgw-1")


def zone(name: str, **owner: str) -> dict[str, Any]:
    """An entry of ListHostedZonesByVPC."""
    return {
        "HostedZoneId": "Z1",
        "Name": name,
        "Owner": owner or {"OwningAccount": "999999999999"},
    }


def central(*zones: dict[str, Any]) -> NetworkView:
    """No endpoint here; a transit gateway leads to the VPC that may hold them all."""
    view = changed(isolated(), "route_tables", lambda tables: tables[0]["Routes"].append(HUB_ROUTE))
    return replace(view, private_zones=list(zones))


def private_dns_off(view: NetworkView) -> NetworkView:
    return with_item(view, "endpoints", "vpce-ecr.api", PrivateDnsEnabled=False)


@pytest.mark.parametrize(
    ("need", "name"),
    [
        (ECR_API, f"api.ecr.{REGION}.amazonaws.com."),
        (ECR_API, f"{REGION}.amazonaws.com"),
        (ECR_API, f"api.ecr.{REGION}.amazonaws.com.cn."),
        (Need("ecr.dkr"), f"dkr.ecr.{REGION}.amazonaws.com."),
        (Need("ecr.dkr"), f"111122223333.dkr.ecr.{REGION}.amazonaws.com."),
        (S3, f"s3.{REGION}.amazonaws.com."),
        (LOGS, f"logs.{REGION}.amazonaws.com."),
    ],
)
def test_a_private_zone_of_the_services_name_stands_in_for_a_central_endpoint(
    need: Need, name: str
) -> None:
    reach = ask(central(zone(name)), need)
    assert (reach.state, reach.way, reach.obstacles) == ("unverified", "private-zone", ())
    assert reach.evidence[0].call == "route53:ListHostedZonesByVPC"
    assert reach.evidence[0].facts["zone"] == name


@pytest.mark.parametrize(
    "other",
    [
        zone("corp.example.com."),
        zone("api.ecr.us-east-1.amazonaws.com."),
        zone(f"logs.{REGION}.amazonaws.com."),
        zone(f"api.ecr.{REGION}.amazonaws.com.", OwningService="vpce.amazonaws.com"),
    ],
)
def test_a_zone_of_another_name_stands_in_for_nothing(other: dict[str, Any]) -> None:
    assert kinds(ask(central(other))) == ["endpoint-missing"]


def test_without_a_route_to_another_network_no_zone_is_asked_for() -> None:
    view = replace(isolated(), private_zones=NOT_ASKED, resolver_rules=NOT_ASKED)
    assert kinds(ask(view)) == ["endpoint-missing"]


def test_a_dead_route_to_another_network_helps_nobody() -> None:
    dead = route("10.100.0.0/16", state="blackhole", TransitGatewayId="tgw-1")
    view = changed(isolated(), "route_tables", lambda tables: tables[0]["Routes"].append(dead))
    assert kinds(ask(replace(view, private_zones=DENIED))) == ["endpoint-missing"]


@pytest.mark.parametrize("why", [DENIED, NOT_ASKED])
def test_zones_that_were_not_read_leave_a_missing_endpoint_suspected(why: Unread) -> None:
    reach = ask(replace(central(), private_zones=why))
    assert (reach.state, reach.unread) == ("unknown", (why,))
    assert others(reach) == ["endpoint-missing", "no-internet-route"]


def test_private_dns_that_is_off_is_suspected_until_the_zones_are_read() -> None:
    view = private_dns_off(with_endpoints())
    assert kinds(ask(view)) == ["endpoint-private-dns-off"]
    reach = ask(replace(view, private_zones=DENIED))
    assert (reach.state, reach.unread, kinds(reach)) == ("unknown", (DENIED,), [])
    assert others(reach) == ["endpoint-private-dns-off", "no-internet-route"]


def test_a_zone_of_ones_own_leads_to_an_endpoint_whose_private_dns_is_off() -> None:
    view = private_dns_off(with_endpoints())
    reach = ask(replace(view, private_zones=[zone(f"api.ecr.{REGION}.amazonaws.com.")]))
    assert (reach.state, reach.way) == ("unverified", "private-zone")


def test_no_zone_helps_an_endpoint_that_has_failed() -> None:
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", State="failed")
    assert kinds(ask(replace(view, private_zones=DENIED))) == ["endpoint-not-available"]


def test_no_private_zone_is_answered_where_the_vpcs_dns_is_off() -> None:
    view = replace(private_dns_off(with_endpoints()), dns_hostnames=False, private_zones=DENIED)
    assert "vpc-dns-off" in kinds(ask(view))


def test_a_forwarding_rule_or_a_profile_stands_in_as_a_zone_does() -> None:
    rule = {"Id": "rslvr-rr-1", "DomainName": f"{REGION}.amazonaws.com.", "RuleType": "FORWARD"}
    assert ask(replace(central(), resolver_rules=[rule])).state == "unverified"
    assert ask(replace(central(), profiles=[{"ProfileId": "rp-1"}])).state == "unverified"
    inner = rule | {"DomainName": "."} | {"RuleType": "RECURSIVE"}
    assert kinds(ask(replace(central(), resolver_rules=[inner]))) == ["endpoint-missing"]


def test_own_name_servers_may_lead_to_a_central_endpoint() -> None:
    own = {
        "DhcpConfigurations": [
            {"Key": "domain-name-servers", "Values": [{"Value": "10.100.0.53"}]},
        ]
    }
    reach = ask(replace(central(), dhcp_options=own))
    assert (reach.state, reach.way) == ("unverified", "private-zone")


def test_a_group_that_lets_nothing_out_is_proven_whoever_answers_the_name() -> None:
    view = central(zone(f"api.ecr.{REGION}.amazonaws.com."))
    shut = with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=[])
    assert kinds(ask(shut)) == ["task-group-egress-closed"]


def test_a_group_that_lets_out_to_the_central_endpoints_alone_is_not_a_closed_one() -> None:
    alone = [rule(443, cidr="10.100.8.0/24")]
    view = with_item(
        central(zone(f"api.ecr.{REGION}.amazonaws.com.")),
        "security_groups",
        TASK_GROUP,
        IpPermissionsEgress=alone,
    )
    assert ask(view).state == "unverified"
    unread = put(view, route_tables=Unread("ec2:DescribeRouteTables", "AccessDenied"))
    assert (ask(unread).state, ask(unread).obstacles) == ("unknown", ())


def test_a_zone_that_was_read_makes_an_open_way_unverified() -> None:
    named = replace(with_nat(), private_zones=[zone(f"api.ecr.{REGION}.amazonaws.com.")])
    assert (ask(with_nat()).state, ask(named).state) == ("open", "unverified")


def test_a_well_known_registry_is_on_the_internet_and_another_may_be_inside() -> None:
    unasked = replace(isolated(), private_zones=NOT_ASKED)
    assert kinds(ask(unasked, HUB)) == ["no-internet-route"]
    own = Need(host="registry.corp.example.com")
    assert (ask(unasked, own).state, others(ask(unasked, own))) == (
        "unknown",
        ["no-internet-route"],
    )
    assert kinds(ask(isolated(), own)) == ["no-internet-route"]
    inside = replace(isolated(), private_zones=[zone("corp.example.com.")])
    assert ask(inside, own).state == "unverified"


@pytest.mark.parametrize("address", ["10.0.2.7", "10.100.3.4"])
def test_a_registry_given_by_a_private_address_needs_no_way_to_the_internet(address: str) -> None:
    assert ask(central(), Need(host=address, port=5000)).state == "unverified"


def test_a_registry_of_the_vpc_is_not_reached_past_a_closed_group() -> None:
    view = with_item(isolated(), "security_groups", TASK_GROUP, IpPermissionsEgress=[])
    assert kinds(ask(view, Need(host="10.0.2.7", port=5000))) == ["task-group-egress-closed"]


def test_a_public_subnet_without_address_is_proven_even_where_nothing_else_is_read() -> None:
    view = put(public(), private_zones=NOT_ASKED, profiles=NOT_ASKED)
    assert kinds(ask(view)) == ["public-ip-missing"]


def test_an_interface_endpoint_beside_the_isolated_task_is_asked_for_by_name_only() -> None:
    extra = interface_endpoint("ecr.api", PrivateDnsEnabled=False, SubnetIds=[TASK_SUBNET])
    reach = ask(replace(isolated(), endpoints=[extra], private_zones=NOT_ASKED))
    assert reach.unread == (NOT_ASKED,)
