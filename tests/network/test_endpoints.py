"""Interface and gateway endpoints: whether they serve this task, and what keeps them from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    ECR_API,
    ENDPOINT_GROUP,
    IGW,
    LIST,
    LOGS,
    NAT,
    OTHER_SUBNET,
    REGION,
    S3,
    TASK,
    TASK_GROUP,
    TASK_SUBNET,
    acl,
    acl_entry,
    ask,
    changed,
    interface_endpoint,
    isolated,
    kinds,
    open_acl,
    others,
    put,
    rule,
    subnet,
    with_endpoints,
    with_item,
    with_nat,
)
from wizard.network import NetworkView, Unread

ALLOW_ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def admitting(*rules: dict[str, Any]) -> NetworkView:
    """The endpoints' world with these rules in the endpoints' group."""
    return with_item(with_endpoints(), "security_groups", ENDPOINT_GROUP, IpPermissions=list(rules))


def with_endpoint_and_nat(**fields: Any) -> NetworkView:
    """A NAT and an endpoint of ecr.api beside it."""
    return replace(with_nat(), endpoints=[interface_endpoint("ecr.api", **fields)])


@pytest.mark.parametrize("need", [ECR_API, LOGS, S3], ids=lambda need: need.service)
def test_endpoints_in_order_are_open(need: Any) -> None:
    reach = ask(with_endpoints(), need)
    way = "gateway-endpoint" if need.service == "s3" else "interface-endpoint"
    assert (reach.state, reach.way, reach.obstacles) == ("open", way, ())


@pytest.mark.parametrize("prefix", ["com.amazonaws", "cn.com.amazonaws", "eu.amazonaws"])
def test_a_service_name_is_known_by_its_end_in_every_partition(prefix: str) -> None:
    name = f"{prefix}.{REGION}.ecr.api"
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", ServiceName=name)
    assert ask(view).state == "open"


def test_an_endpoint_of_another_service_does_not_serve() -> None:
    name = f"com.amazonaws.{REGION}.ecr.api-fips"
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", ServiceName=name)
    assert kinds(ask(view)) == ["endpoint-missing"]


def test_an_endpoint_of_another_vpc_does_not_serve() -> None:
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", VpcId="vpc-2")
    assert kinds(ask(view)) == ["endpoint-missing"]


@pytest.mark.parametrize(
    "admission",
    [
        rule(443, cidr="10.0.0.0/16"),
        rule(443, cidr="10.0.1.0/24"),
        rule(443, group=TASK_GROUP),
        rule(cidr="0.0.0.0/0"),
        rule(443, prefix_list="pl-own"),
    ],
)
def test_a_group_of_an_endpoint_admits_by_range_group_or_list(admission: dict[str, Any]) -> None:
    own = {"PrefixListId": "pl-own", "PrefixListName": "own", "Entries": [{"Cidr": "10.0.0.0/8"}]}
    view = changed(admitting(admission), "prefix_lists", lambda lists: lists.append(own))
    assert ask(view).state == "open"


@pytest.mark.parametrize(
    "admission",
    [
        rule(80, cidr="10.0.0.0/16"),
        rule(443, cidr="10.0.2.0/24"),
        rule(443, group=ENDPOINT_GROUP),
        rule(443, cidr="10.0.0.0/16", protocol="udp"),
    ],
)
def test_a_group_that_does_not_admit_443_from_the_task_is_named_even_where_there_is_a_nat(
    admission: dict[str, Any],
) -> None:
    view = admitting(admission)
    beside = replace(
        view, route_tables=with_nat().route_tables, nat_gateways=[NAT], internet_gateways=[IGW]
    )
    for world in (view, beside):
        reach = ask(world)
        assert kinds(reach) == ["endpoint-group-closed"]
        fields = reach.obstacles[0].fields
        assert (fields["endpoint"], fields["task_group"]) == ("vpce-ecr.api", TASK_GROUP)


def test_an_endpoint_that_uses_the_tasks_own_group_needs_a_rule_for_itself() -> None:
    own = [{"GroupId": TASK_GROUP}]
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", Groups=own)
    assert kinds(ask(view)) == ["endpoint-group-closed"]
    itself = [rule(group=TASK_GROUP)]
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissions=itself)
    assert ask(view).state == "open"


def test_a_range_that_holds_part_of_the_subnet_is_unknown_until_the_address_is_known() -> None:
    view = admitting(rule(443, cidr="10.0.1.0/25"))
    assert ask(view).state == "unknown"
    assert ask(view, interface=replace(TASK, address="10.0.1.7")).state == "open"
    assert kinds(ask(view, interface=replace(TASK, address="10.0.1.200"))) == [
        "endpoint-group-closed"
    ]


@pytest.mark.parametrize(
    ("egress", "state"),
    [
        (rule(443, cidr="10.0.0.0/16"), "open"),
        (rule(443, group=ENDPOINT_GROUP), "open"),
        (rule(443, cidr="10.0.9.0/24"), "blocked"),
        (rule(443, prefix_list=LIST), "blocked"),
        (rule(443, cidr="10.0.1.0/24"), "unknown"),
    ],
)
def test_the_tasks_group_must_let_it_out_to_the_endpoint(
    egress: dict[str, Any], state: str
) -> None:
    view = with_item(with_endpoints(), "security_groups", TASK_GROUP, IpPermissionsEgress=[egress])
    reach = ask(view)
    assert reach.state == state
    assert kinds(reach) == (["task-group-egress-closed"] if state == "blocked" else [])


def test_the_address_of_the_endpoints_interface_is_used_where_it_was_read() -> None:
    enis = [
        {
            "NetworkInterfaceId": f"eni-{place}",
            "SubnetId": place,
            "PrivateIpAddress": address,
        }
        for place, address in ((TASK_SUBNET, "10.0.1.9"), (OTHER_SUBNET, "10.0.2.9"))
    ]
    ids = [e["NetworkInterfaceId"] for e in enis]
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", NetworkInterfaceIds=ids)
    exact = [rule(443, cidr="10.0.1.9/32"), rule(443, cidr="10.0.2.9/32")]
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=exact)
    assert ask(replace(view, network_interfaces=enis)).state == "open"
    assert ask(view).state == "unknown"


@pytest.mark.parametrize(
    "state", ["pending", "pendingAcceptance", "rejected", "failed", "deleting", "Expired"]
)
def test_an_endpoint_that_is_not_available_is_named(state: str) -> None:
    reach = ask(with_item(with_endpoints(), "endpoints", "vpce-ecr.api", State=state))
    assert kinds(reach) == ["endpoint-not-available"]
    assert reach.obstacles[0].fields["state"] == state.lower()


def test_a_deleted_endpoint_is_a_missing_one() -> None:
    reach = ask(with_item(with_endpoints(), "endpoints", "vpce-ecr.api", State="deleted"))
    assert kinds(reach) == ["endpoint-missing"]


def test_private_dns_that_is_off_is_named_where_there_is_no_other_way() -> None:
    reach = ask(with_item(with_endpoints(), "endpoints", "vpce-ecr.api", PrivateDnsEnabled=False))
    assert kinds(reach) == ["endpoint-private-dns-off"]
    assert others(reach) == ["no-internet-route"]


@pytest.mark.parametrize("fault", [{"PrivateDnsEnabled": False}, {"State": "failed"}])
def test_an_endpoint_that_has_not_taken_the_name_over_leaves_the_nat_to_serve(
    fault: dict[str, Any],
) -> None:
    reach = ask(with_endpoint_and_nat(**fault))
    assert (reach.state, reach.way) == ("open", "nat-gateway")


@pytest.mark.parametrize("attribute", ["dns_support", "dns_hostnames"])
def test_the_vpcs_dns_attributes_must_be_on_for_private_dns(attribute: str) -> None:
    reach = ask(put(with_endpoints(), **{attribute: False}))
    assert kinds(reach) == ["vpc-dns-off"]
    assert reach.obstacles[0].fields["vpc"] == "vpc-1"


@pytest.mark.parametrize(
    ("view", "fault"),
    [
        (put(admitting(), dns_hostnames=False), "vpc-dns-off"),
        (with_item(admitting(), "endpoints", "vpce-ecr.api", PrivateDnsEnabled=False),
         "endpoint-private-dns-off"),
    ],
)  # fmt: skip
def test_what_else_is_wrong_with_an_endpoint_that_does_not_serve_is_named_too(
    view: NetworkView, fault: str
) -> None:
    assert kinds(ask(view)) == [fault, "endpoint-group-closed"]


def test_dns_hostnames_that_are_off_do_not_hurt_where_a_nat_serves() -> None:
    view = with_endpoint_and_nat()
    assert ask(replace(view, dns_hostnames=False)).way == "nat-gateway"


def test_dns_attributes_that_were_not_read_do_not_make_it_green_nor_hide_what_is_proven() -> None:
    denied = Unread("ec2:DescribeVpcAttribute", "AccessDenied")
    view = replace(with_endpoints(), dns_support=denied, dns_hostnames=denied)
    reach = ask(view)
    assert (reach.state, reach.unread) == ("unknown", (denied,))
    shut = with_item(view, "security_groups", ENDPOINT_GROUP, IpPermissions=[])
    assert kinds(ask(shut)) == ["endpoint-group-closed"]


def test_an_acl_between_the_two_subnets_is_named() -> None:
    entries = [acl_entry(100, "allow", egress=True), acl_entry(100, "allow", egress=False)]
    entries[1]["CidrBlock"] = "10.0.9.0/24"
    closed = acl("acl-b", entries, (OTHER_SUBNET,))
    reach = ask(replace(with_endpoints(), network_acls=[open_acl(), closed]))
    assert kinds(reach) == ["acl-blocks"]
    assert (reach.obstacles[0].fields["acl"], reach.obstacles[0].fields["subnet"]) == (
        "acl-b",
        OTHER_SUBNET,
    )


def test_no_acl_is_asked_within_one_subnet() -> None:
    shut = acl("acl-task", [], (TASK_SUBNET,))
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", SubnetIds=[TASK_SUBNET])
    assert ask(replace(view, network_acls=[open_acl(), shut])).state == "open"


def test_an_endpoint_in_another_zone_serves() -> None:
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", SubnetIds=[OTHER_SUBNET])
    assert ask(view).state == "open"


def test_a_missing_subnet_of_an_endpoint_is_unknown_and_not_closed() -> None:
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", SubnetIds=["subnet-hidden"])
    assert ask(view).state == "unknown"


def test_endpoints_of_a_shared_vpc_may_be_hidden() -> None:
    view = replace(isolated(), subnets=[subnet(TASK_SUBNET, "10.0.1.0/24") | {"OwnerId": "9" * 12}])
    reach = ask(view)
    assert (reach.state, reach.unread[0].why) == ("unknown", "shared-vpc")
    assert others(reach) == ["endpoint-missing", "no-internet-route"]
