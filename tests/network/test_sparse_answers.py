"""Answers that leave something out: nothing is called proven for want of a field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    ECR_API,
    ENDPOINT_GROUP,
    IGW,
    LOGS,
    S3,
    TASK,
    TASK_GROUP,
    TASK_SUBNET,
    acl,
    ask,
    changed,
    isolated,
    kinds,
    open_acl,
    others,
    public,
    route,
    rule,
    with_endpoints,
    with_item,
    with_nat,
)
from wizard.network import Interface, NetworkView

OPEN_IP = replace(TASK, public_ip=True)


def lacking(view: NetworkView, part: str, *keys: str) -> NetworkView:
    """The view with these keys taken out of every item of a part."""

    def change(items: list[Any]) -> None:
        for item in items:
            for key in keys:
                item.pop(key, None)

    return changed(view, part, change)


@pytest.mark.parametrize("need", [ECR_API, LOGS, S3], ids=lambda need: need.service)
def test_an_endpoint_without_its_type_is_known_by_what_it_has(need: Any) -> None:
    assert ask(lacking(with_endpoints(), "endpoints", "VpcEndpointType"), need).state == "open"


def test_an_endpoint_without_a_policy_state_or_interfaces_is_in_order() -> None:
    keys = ("PolicyDocument", "State", "NetworkInterfaceIds", "DnsEntries", "RouteTableIds")
    assert ask(lacking(with_endpoints(), "endpoints", *keys)).state == "open"


@pytest.mark.parametrize("state", ["available", "Available"])
def test_the_state_of_an_endpoint_is_written_both_ways(state: str) -> None:
    assert (
        ask(with_item(with_endpoints(), "endpoints", "vpce-ecr.api", State=state)).state == "open"
    )


@pytest.mark.parametrize("key", ["PrivateDnsEnabled", "Groups"])
def test_what_an_endpoint_does_not_tell_is_not_known(key: str) -> None:
    reach = ask(lacking(with_endpoints(), "endpoints", key))
    assert (reach.state, reach.obstacles) == ("unknown", ())


def test_an_endpoint_in_no_subnet_is_suspected() -> None:
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", SubnetIds=[])
    reach = ask(view)
    assert (reach.state, kinds(reach)) == ("unknown", [])
    assert others(reach) == ["endpoint-not-available"]


@pytest.mark.parametrize("key", ["IpPermissions", "IpPermissionsEgress"])
def test_a_group_that_does_not_tell_its_rules_is_not_a_closed_one(key: str) -> None:
    reach = ask(lacking(with_endpoints(), "security_groups", key))
    assert (reach.state, reach.obstacles) == ("unknown", ())


def test_a_rule_that_does_not_tell_its_other_end_is_not_a_closed_one() -> None:
    bare = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": []}
    view = with_item(with_nat(), "security_groups", TASK_GROUP, IpPermissionsEgress=[bare])
    reach = ask(view, LOGS)
    assert reach.state == "unknown"
    assert reach.unread[0].why == "no-end-told"


def test_an_acl_that_does_not_tell_its_entries_is_not_a_closed_one() -> None:
    reach = ask(lacking(with_nat(), "network_acls", "Entries"))
    assert (reach.state, reach.obstacles) == ("unknown", ())


def test_an_acl_without_entries_lets_nothing_through() -> None:
    closed = acl("acl-task", [], (TASK_SUBNET,)) | {"Entries": []}
    assert kinds(ask(replace(with_nat(), network_acls=[open_acl(), closed]))) == ["acl-blocks"]


def test_the_default_acl_is_not_taken_where_another_does_not_tell_its_subnets() -> None:
    own = acl("acl-own", [], ())
    own.pop("Associations")
    view = replace(with_nat(), network_acls=[open_acl(), own])
    assert ask(view).state == "unknown"
    assert ask(lacking(with_nat(), "network_acls", "Associations")).state == "open"


@pytest.mark.parametrize("key", ["Associations", "Routes"])
def test_a_route_table_that_does_not_tell_is_not_known(key: str) -> None:
    reach = ask(lacking(with_nat(), "route_tables", key))
    assert (reach.state, reach.obstacles) == ("unknown", ())


def test_an_internet_gateway_that_does_not_tell_its_vpc_is_believed() -> None:
    bare = {key: value for key, value in IGW.items() if key != "Attachments"}
    assert ask(replace(public(), internet_gateways=[bare]), interface=OPEN_IP).state == "open"


@pytest.mark.parametrize("key", ["State", "ConnectivityType"])
def test_a_nat_gateway_is_believed_without_its_state(key: str) -> None:
    assert ask(lacking(with_nat(), "nat_gateways", key)).state == "open"


def test_rules_for_ipv6_alone_let_no_ipv4_out_or_in() -> None:
    sixth = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    out = with_item(with_nat(), "security_groups", TASK_GROUP, IpPermissionsEgress=[sixth])
    assert kinds(ask(out)) == ["task-group-egress-closed"]
    inward = with_item(with_endpoints(), "security_groups", ENDPOINT_GROUP, IpPermissions=[sixth])
    assert kinds(ask(inward)) == ["endpoint-group-closed"]


def test_entries_for_ipv6_alone_let_no_ipv4_through() -> None:
    entries = [
        {"RuleNumber": 100, "RuleAction": "allow", "Egress": e, "Ipv6CidrBlock": "::/0"}
        | {"Protocol": "-1"}
        for e in (True, False)
    ]
    closed = acl("acl-task", entries, (TASK_SUBNET,))
    assert kinds(ask(replace(with_nat(), network_acls=[open_acl(), closed]))) == ["acl-blocks"]


SIXTH = {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"}
BLOCK = [{"Ipv6CidrBlock": "2001:db8::/64", "Ipv6CidrBlockState": {"State": "associated"}}]


def dual_stack() -> NetworkView:
    """No IPv4 way out; the subnet has IPv6 addresses and an egress-only gateway."""
    view = changed(isolated(), "route_tables", lambda tables: tables[0]["Routes"].append(SIXTH))
    return with_item(view, "subnets", TASK_SUBNET, Ipv6CidrBlockAssociationSet=BLOCK)


def test_a_route_for_ipv6_is_no_way_for_names_with_ipv4_addresses_alone() -> None:
    reach = ask(dual_stack(), replace(ECR_API, service="ecr.dkr", ipv4_only=True))
    assert kinds(reach) == ["endpoint-missing"]


def test_a_route_for_ipv6_may_serve_the_rest_of_a_dual_stack_task() -> None:
    reach = ask(dual_stack())
    assert (reach.state, reach.way) == ("unverified", "egress-only-gateway")


def test_a_route_for_ipv6_serves_no_subnet_without_such_addresses() -> None:
    view = changed(isolated(), "route_tables", lambda tables: tables[0]["Routes"].append(SIXTH))
    assert kinds(ask(view)) == ["endpoint-missing"]


def test_nothing_is_proven_of_a_task_in_an_ipv6_only_subnet() -> None:
    view = with_item(dual_stack(), "subnets", TASK_SUBNET, Ipv6Native=True, CidrBlock="")
    assert ask(view).state == "unverified"
    bare = with_item(isolated(), "subnets", TASK_SUBNET, Ipv6Native=True, CidrBlock="")
    reach = ask(bare)
    assert (reach.state, kinds(reach), others(reach)) == ("unknown", [], ["no-internet-route"])


def test_a_default_route_by_a_list_of_ones_own_is_a_way() -> None:
    def change(tables: list[Any]) -> None:
        listed = route("pl-all", TransitGatewayId="tgw-1")
        tables[0]["Routes"].append(listed)

    view = changed(isolated(), "route_tables", change)
    waiting = ask(view)
    assert [one.why for one in waiting.unread] == ["not-asked"]
    everywhere = {"PrefixListId": "pl-all", "Entries": [{"Cidr": "0.0.0.0/0"}]}
    read = changed(view, "prefix_lists", lambda lists: lists.append(everywhere))
    assert ask(read).state == "unverified"
    offices = everywhere | {"Entries": [{"Cidr": "10.200.0.0/16"}]}
    private = changed(view, "prefix_lists", lambda lists: lists.append(offices))
    assert kinds(ask(private)) == ["endpoint-missing"]


def test_a_list_of_ones_own_in_a_group_is_asked_for() -> None:
    own = [rule(443, prefix_list="pl-own")]
    view = with_item(with_endpoints(), "security_groups", ENDPOINT_GROUP, IpPermissions=own)
    assert [(one.call, one.why) for one in ask(view).unread] == [
        ("ec2:GetManagedPrefixListEntries", "not-asked")
    ]


def test_addresses_of_an_endpoint_are_asked_for_where_they_would_tell() -> None:
    exact = [rule(443, cidr="10.0.1.9/32")]
    ids = ["eni-1"]
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", NetworkInterfaceIds=ids)
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=exact)
    unasked = replace(view, network_interfaces=NetworkView("eu-west-1").network_interfaces)
    assert ask(unasked).unread[0].call == "ec2:DescribeNetworkInterfaces"


def test_an_interface_in_a_hidden_subnet_is_unknown() -> None:
    assert ask(with_nat(), interface=Interface("subnet-hidden")).state == "unknown"
