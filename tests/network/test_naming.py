"""One broken way, several names: what was evidently meant decides which is confirmed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.network.worlds import (
    ECR_API,
    ENDPOINT_GROUP,
    LIST,
    LOGS,
    OTHER_SUBNET,
    PUBLIC_TABLE,
    S3,
    TASK,
    TASK_GROUP,
    TASK_SUBNET,
    acl,
    ask,
    changed,
    gateway_endpoint,
    interface_endpoint,
    isolated,
    kinds,
    open_acl,
    others,
    public,
    route,
    rule,
    table,
    with_endpoints,
    with_item,
    with_nat,
)
from wizard.network import NetworkView, examine_subnet


def nat_for_others(*routes: dict[str, Any]) -> NetworkView:
    """The other private subnet goes out by NAT; the task's own table has these routes."""
    tables = [
        table("rtb-main", [], main=True),
        table("rtb-own", list(routes), (TASK_SUBNET,)),
        table("rtb-nat", [route("0.0.0.0/0", NatGatewayId="nat-1")], (OTHER_SUBNET,)),
        PUBLIC_TABLE,
    ]
    return replace(with_nat(), route_tables=tables)


def without(view: NetworkView, *services: str) -> NetworkView:
    """The view without the endpoints of these services."""
    gone = {f"vpce-{service}" for service in services}

    def change(endpoints: list[Any]) -> None:
        endpoints[:] = [e for e in endpoints if e["VpcEndpointId"] not in gone]

    return changed(view, "endpoints", change)


def test_no_way_out_at_all_is_a_missing_endpoint() -> None:
    reach = ask(isolated())
    assert (kinds(reach), others(reach)) == (["endpoint-missing"], ["no-internet-route"])
    fields = reach.obstacles[0].fields
    assert (fields["service"], fields["vpc"], fields["type"]) == ("ecr.api", "vpc-1", "Interface")
    assert ask(isolated(), S3).obstacles[0].fields["type"] == "Gateway"


def test_a_vpc_that_works_with_endpoints_lacks_an_endpoint() -> None:
    reach = ask(without(with_endpoints(), "logs"), LOGS)
    assert (kinds(reach), others(reach)) == (["endpoint-missing"], ["no-internet-route"])


def test_one_finding_for_each_service_that_lacks_its_endpoint() -> None:
    view = without(with_endpoints(), "ecr.api", "logs")
    missing = [ask(view, need) for need in (ECR_API, LOGS, S3)]
    assert [kinds(reach) for reach in missing] == [["endpoint-missing"], ["endpoint-missing"], []]


def test_no_default_route_where_other_subnets_go_out_by_nat_is_a_missing_route() -> None:
    reach = ask(nat_for_others())
    assert (kinds(reach), others(reach)) == (["no-internet-route"], ["endpoint-missing"])
    assert reach.obstacles[0].fields["subnet"] == TASK_SUBNET


def test_a_free_gateway_endpoint_does_not_make_it_a_vpc_of_endpoints() -> None:
    view = replace(nat_for_others(), endpoints=[gateway_endpoint(["rtb-nat"])])
    assert kinds(ask(view)) == ["no-internet-route"]
    reach = ask(view, S3)
    assert (kinds(reach), others(reach)) == (["no-internet-route"], ["gateway-not-associated"])


def test_endpoints_for_pulling_images_show_what_was_meant_even_where_others_have_a_nat() -> None:
    endpoints = [interface_endpoint("ecr.api"), interface_endpoint("ecr.dkr")]
    view = replace(nat_for_others(), endpoints=endpoints)
    assert kinds(ask(view, LOGS)) == ["endpoint-missing"]


def test_a_task_with_a_public_address_and_no_route_lacks_the_route() -> None:
    reach = ask(isolated(), interface=replace(TASK, public_ip=True))
    assert kinds(reach) == ["no-internet-route"]


def test_a_blackhole_stays_one_whatever_others_have() -> None:
    hole = route("0.0.0.0/0", state="blackhole", NatGatewayId="nat-0")
    reach = ask(nat_for_others(hole))
    assert (kinds(reach), others(reach)) == (["route-blackhole"], ["endpoint-missing"])


def test_a_blackhole_explains_s3_too_where_the_gateway_endpoint_is_elsewhere() -> None:
    hole = route("0.0.0.0/0", state="blackhole", NatGatewayId="nat-0")
    view = replace(nat_for_others(hole), endpoints=[gateway_endpoint(["rtb-nat"])])
    reach = ask(view, S3)
    assert (kinds(reach), others(reach)) == (["route-blackhole"], ["gateway-not-associated"])


def test_a_broken_endpoint_for_the_very_service_is_more_evident_than_a_missing_route() -> None:
    broken = interface_endpoint("ecr.api", PrivateDnsEnabled=False)
    reach = ask(replace(nat_for_others(), endpoints=[broken]))
    assert kinds(reach) == ["endpoint-private-dns-off"]
    assert others(reach) == ["no-internet-route"]


def test_several_faults_of_one_endpoint_are_all_in_the_way() -> None:
    view = with_item(
        with_endpoints(), "endpoints", "vpce-ecr.api", State="failed", PrivateDnsEnabled=False
    )
    assert kinds(ask(view)) == ["endpoint-not-available", "endpoint-private-dns-off"]


def test_a_group_that_lets_nothing_out_is_told_beside_the_missing_way() -> None:
    view = with_item(isolated(), "security_groups", TASK_GROUP, IpPermissionsEgress=[])
    assert kinds(ask(view)) == ["task-group-egress-closed", "endpoint-missing"]


def test_a_group_that_lets_out_to_the_vpc_is_right_for_the_endpoint_to_come() -> None:
    inside = [rule(443, cidr="10.0.0.0/16")]
    view = with_item(isolated(), "security_groups", TASK_GROUP, IpPermissionsEgress=inside)
    assert kinds(ask(view)) == ["endpoint-missing"]
    named = [rule(443, group=ENDPOINT_GROUP)]
    view = with_item(isolated(), "security_groups", TASK_GROUP, IpPermissionsEgress=named)
    assert kinds(ask(view)) == ["endpoint-missing"]


def test_an_acl_that_lets_nothing_out_is_told_beside_the_missing_way() -> None:
    view = replace(isolated(), network_acls=[open_acl(), acl("acl-task", [], (TASK_SUBNET,))])
    assert kinds(ask(view)) == ["acl-blocks", "endpoint-missing"]


def test_a_gateway_route_stays_open_while_the_rest_is_lacking() -> None:
    own = nat_for_others(route(LIST, GatewayId="vpce-s3"))
    view = replace(own, endpoints=[gateway_endpoint(["rtb-own"])])
    assert ask(view, S3).state == "open"


def test_a_public_subnet_that_lacks_the_address_has_three_remedies() -> None:
    reach = ask(public(), LOGS)
    assert [*kinds(reach), *others(reach)] == [
        "public-ip-missing",
        "endpoint-missing",
        "no-internet-route",
    ]


def test_a_subnet_without_free_addresses_is_full() -> None:
    full = with_item(with_nat(), "subnets", TASK_SUBNET, AvailableIpAddressCount=0)
    reach = examine_subnet(full, TASK_SUBNET)
    assert (reach.state, kinds(reach)) == ("blocked", ["subnet-full"])
    assert reach.obstacles[0].fields["subnet"] == TASK_SUBNET


def test_a_subnet_needs_as_many_addresses_as_tasks_are_wanted() -> None:
    few = with_item(with_nat(), "subnets", TASK_SUBNET, AvailableIpAddressCount=2)
    assert examine_subnet(few, TASK_SUBNET, 2).state == "open"
    assert examine_subnet(few, TASK_SUBNET, 3).state == "blocked"
    assert examine_subnet(few, "subnet-hidden").state == "unknown"
