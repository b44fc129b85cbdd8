"""The way out by the route table: gateways, NAT, and everything that cannot be seen through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    ECR_API,
    HUB,
    IGW,
    NAT,
    PUBLIC_SUBNET,
    TASK,
    TASK_GROUP,
    ask,
    changed,
    isolated,
    items_of,
    kinds,
    others,
    public,
    put,
    route,
    table,
    with_item,
    with_nat,
)
from wizard.network import Interface, NetworkView, Unread

OPEN_IP = replace(TASK, public_ip=True)


def private_routes(view: NetworkView, *routes: dict[str, Any]) -> NetworkView:
    """The NAT world with other routes in the task's table."""

    def change(tables: list[Any]) -> None:
        tables[1]["Routes"] = [tables[1]["Routes"][0], *routes]

    return changed(view, "route_tables", change)


def test_a_nat_gateway_leads_out() -> None:
    reach = ask(with_nat())
    assert (reach.state, reach.way) == ("open", "nat-gateway")


def test_a_public_subnet_leads_out_for_a_task_with_a_public_address() -> None:
    reach = ask(public(), interface=OPEN_IP)
    assert (reach.state, reach.way) == ("open", "internet-gateway")


def test_a_public_subnet_without_a_public_address_is_named_so() -> None:
    reach = ask(public())
    assert kinds(reach) == ["public-ip-missing"]
    assert reach.obstacles[0].fields["subnet"] == TASK.subnet_id
    assert others(reach) == ["endpoint-missing", "no-internet-route"]


def test_an_address_setting_that_was_not_read_leaves_it_unknown() -> None:
    interface = replace(TASK, public_ip=Unread("ecs:DescribeServices", "AccessDenied"))
    assert ask(public(), interface=interface).state == "unknown"


@pytest.mark.parametrize(
    ("target", "way"),
    [
        ({"TransitGatewayId": "tgw-1"}, "transit-gateway"),
        ({"InstanceId": "i-1", "NetworkInterfaceId": "eni-1"}, "nat-instance"),
        ({"NetworkInterfaceId": "eni-1"}, "network-interface"),
        ({"VpcPeeringConnectionId": "pcx-1"}, "peering"),
        ({"GatewayId": "vgw-1"}, "vpn-gateway"),
        ({"GatewayId": "vpce-1"}, "gateway-load-balancer"),
        ({"LocalGatewayId": "lgw-1"}, "local-gateway"),
        ({"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"}, "core-network"),
        ({"CarrierGatewayId": "cagw-1"}, "carrier-gateway"),
        ({"OdbNetworkArn": "arn:aws:odb::1:x"}, "other"),
    ],
)
def test_a_route_to_something_that_cannot_be_seen_through_is_unverified_and_not_nothing(
    target: dict[str, str], way: str
) -> None:
    reach = ask(private_routes(with_nat(), route("0.0.0.0/0", **target)))
    assert (reach.state, reach.way, reach.obstacles) == ("unverified", way, ())


def test_routes_to_halves_of_the_internet_are_unverified() -> None:
    halves = (
        route("0.0.0.0/1", TransitGatewayId="tgw-1"),
        route("128.0.0.0/1", TransitGatewayId="tgw-1"),
    )
    assert ask(private_routes(with_nat(), *halves)).state == "unverified"


@pytest.mark.parametrize(("cidr", "state"), [("0.0.0.0/1", "unknown"), ("203.0.113.0/24", "open")])
def test_a_broken_route_to_much_of_the_internet_is_suspected_beside_a_default_route(
    cidr: str, state: str
) -> None:
    default = route("0.0.0.0/0", NatGatewayId="nat-1")
    broken = route(cidr, state="blackhole", TransitGatewayId="tgw-1")
    reach = ask(private_routes(with_nat(), default, broken))
    assert reach.state == state
    assert others(reach) == (["route-blackhole"] if state == "unknown" else [])


def test_beside_a_route_for_half_of_the_internet_the_default_route_is_unverified() -> None:
    default = route("0.0.0.0/0", NatGatewayId="nat-1")
    reach = ask(private_routes(with_nat(), default, route("0.0.0.0/1", TransitGatewayId="tgw-1")))
    assert (reach.state, reach.way) == ("unverified", "nat-gateway")


def test_a_route_to_a_private_range_is_no_way_to_the_internet() -> None:
    reach = ask(private_routes(with_nat(), route("192.168.0.0/16", TransitGatewayId="tgw-1")), HUB)
    assert kinds(reach) == ["no-internet-route"]


def test_a_blackhole_is_named_with_its_route_table() -> None:
    hole = route("0.0.0.0/0", state="blackhole", NatGatewayId="nat-1")
    reach = ask(private_routes(with_nat(), hole))
    assert kinds(reach) == ["route-blackhole"]
    assert reach.obstacles[0].fields["route_table"] == "rtb-private"
    assert reach.obstacles[0].evidence[0].call == "ec2:DescribeRouteTables"
    assert others(reach) == ["endpoint-missing"]


@pytest.mark.parametrize("state", ["deleted", "deleting", "failed"])
def test_a_route_to_a_nat_gateway_that_is_gone_is_a_blackhole_whatever_the_route_says(
    state: str,
) -> None:
    view = with_item(with_nat(), "nat_gateways", "nat-1", State=state)
    assert kinds(ask(view)) == ["route-blackhole"]


def test_a_nat_gateway_that_is_not_listed_any_more_is_a_blackhole() -> None:
    assert kinds(ask(replace(with_nat(), nat_gateways=[]))) == ["route-blackhole"]


def test_a_nat_gateway_that_the_owner_of_a_shared_vpc_hides_is_unverified() -> None:
    view = with_item(with_nat(), "subnets", TASK.subnet_id, OwnerId="999999999999")
    reach = ask(replace(view, nat_gateways=[]), HUB)
    assert (reach.state, reach.obstacles) == ("unverified", ())


def test_a_pending_nat_gateway_is_unknown() -> None:
    assert ask(with_item(with_nat(), "nat_gateways", "nat-1", State="pending")).state == "unknown"


def test_a_nat_gateway_without_a_way_on_is_a_missing_route_of_its_own_subnet() -> None:
    view = replace(
        with_nat(),
        route_tables=[
            *items_of(with_nat().route_tables)[:2],
            table("rtb-public", [], (PUBLIC_SUBNET,)),
        ],
    )
    reach = ask(view)
    assert kinds(reach) == ["no-internet-route"]
    assert reach.obstacles[0].fields["subnet"] == PUBLIC_SUBNET


def test_a_private_nat_gateway_does_not_lead_to_an_internet_gateway() -> None:
    view = with_item(with_nat(), "nat_gateways", "nat-1", ConnectivityType="private")
    assert kinds(ask(view)) == ["no-internet-route"]


def test_a_regional_nat_gateway_has_no_subnet_and_leads_out() -> None:
    regional = {k: v for k, v in NAT.items() if k != "SubnetId"}
    assert ask(replace(with_nat(), nat_gateways=[regional])).state == "open"


def test_a_detached_internet_gateway_is_a_blackhole() -> None:
    view = replace(public(), internet_gateways=[IGW | {"Attachments": []}])
    assert kinds(ask(view, interface=OPEN_IP)) == ["route-blackhole"]


def test_an_unread_internet_gateway_is_believed_as_the_route_is_active() -> None:
    view = replace(public(), internet_gateways=Unread("ec2:DescribeInternetGateways", "denied"))
    assert ask(view, interface=OPEN_IP).state == "open"


def test_a_subnet_without_an_association_uses_the_main_table() -> None:
    reach = ask(with_nat(), HUB, Interface(PUBLIC_SUBNET, (TASK_GROUP,), public_ip=True))
    assert reach.state == "open"
    unbound = changed(with_nat(), "route_tables", lambda t: t[1]["Associations"].clear())
    assert kinds(ask(unbound, HUB)) == ["no-internet-route"]


def test_without_dns_support_no_name_is_found_even_with_a_nat() -> None:
    reach = ask(replace(with_nat(), dns_support=False))
    assert kinds(reach) == ["vpc-dns-off"]
    assert reach.obstacles[0].fields == {"vpc": "vpc-1", "attribute": "enableDnsSupport"}


def test_a_vpc_with_resolvers_of_its_own_is_unverified() -> None:
    resolvers = [{"Key": "domain-name-servers", "Values": [{"Value": "10.0.0.53"}]}]
    view = replace(with_nat(), dns_support=False, dhcp_options={"DhcpConfigurations": resolvers})
    assert ask(view).state == "unverified"


@pytest.mark.parametrize(
    "part",
    ["subnets", "route_tables", "security_groups", "network_acls", "nat_gateways", "endpoints"],
)
def test_what_was_not_read_makes_the_answer_unknown_and_says_which_call(part: str) -> None:
    view = put(with_nat(), **{part: Unread(f"ec2:{part}", "AccessDenied")})
    reach = ask(view)
    assert (reach.state, reach.obstacles) == ("unknown", ())
    assert Unread(f"ec2:{part}", "AccessDenied") in reach.unread


def test_a_host_on_the_internet_is_never_served_by_an_endpoint() -> None:
    reach = ask(isolated(), HUB)
    assert (kinds(reach), others(reach)) == (["no-internet-route"], [])


def test_a_service_of_another_region_is_a_host_on_the_internet() -> None:
    reach = ask(isolated(), replace(ECR_API, region="us-east-1"))
    assert (kinds(reach), others(reach)) == (["no-internet-route"], [])


def test_an_interface_with_ipv6_and_an_ipv6_route_is_unverified() -> None:
    sixth = {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"}
    reach = ask(private_routes(with_nat(), sixth), interface=replace(TASK, ipv6=True))
    assert (reach.state, reach.way) == ("unverified", "egress-only-gateway")
