"""What is read of a VPC only where it decides: asked for then, and never otherwise."""

from dataclasses import replace
from typing import Any

import pytest

import wizard.aws.readers  # noqa: F401
from tests.aws.scripted import Reply, Scripted
from tests.network.worlds import (
    ECR_API,
    ENDPOINT_GROUP,
    REGION,
    TASK,
    TASK_GROUP,
    VPC,
    changed,
    isolated,
    put,
    route,
    rule,
    with_endpoints,
    with_item,
    with_nat,
)
from wizard.aws.answers import Refused
from wizard.aws.calls import Calls
from wizard.aws.reading import Reading
from wizard.core.facts import Obstacle, Target
from wizard.core.unread import Unread
from wizard.network import NetworkView
from wizard.network import Unread as Unseen

ZONES = "route53:ListHostedZonesByVPC"
RULES = "route53resolver:ListResolverRules"
BOUND = "route53resolver:ListResolverRuleAssociations"
PROFILES = "route53profiles:ListProfileAssociations"
LATER = ("private_zones", "resolver_rules", "profiles", "instances", "network_interfaces")
NAME = f"api.ecr.{REGION}.amazonaws.com."
NO_ZONES: Reply = {"HostedZoneSummaries": []}


def unasked(view: NetworkView) -> NetworkView:
    """The view as the first calls give it."""
    fresh = NetworkView(REGION)
    return put(view, **{part: getattr(fresh, part) for part in LATER})


async def read(view: NetworkView, replies: dict[str, Reply]) -> tuple[Any, Scripted, str]:
    """The obstacles on the way to ECR, what was asked, and the English evidence."""
    source = Scripted(replies, REGION)
    known = {"network-view": unasked(view), "task-interfaces": [TASK], "needs": [ECR_API]}
    given = known | {"balancer-obstacles": []}
    reading = Reading(Calls(source, 20), Target(), (), given)
    found = await reading.part("obstacles")
    assert reading.faults == []
    return (
        found,
        source,
        "\n".join(f"{n.evidence.call}: {n.evidence.says['en']}" for n in reading.notes),
    )


def causes(found: tuple[Obstacle, ...], status: str = "confirmed") -> list[str]:
    return [str(one.cause).removeprefix("network.") for one in found if one.status == status]


def private_dns_off() -> NetworkView:
    return with_item(with_endpoints(), "endpoints", "vpce-ecr.api", PrivateDnsEnabled=False)


def beside_a_hub() -> NetworkView:
    hub = route("10.100.0.0/16", TransitGatewayId="tgw-1")
    return changed(isolated(), "route_tables", lambda tables: tables[0]["Routes"].append(hub))


async def test_where_nothing_hangs_on_it_nothing_more_is_asked() -> None:
    for view in (with_endpoints(), with_nat(), isolated()):
        _, source, _ = await read(view, {})
        assert source.operations() == []


async def test_the_zones_are_asked_for_once_and_prove_that_none_stands_in() -> None:
    found, source, _ = await read(private_dns_off(), {ZONES: NO_ZONES})
    assert causes(found) == ["endpoint-private-dns-off"]
    assert source.asked == [(ZONES, {"VPCId": VPC, "VPCRegion": REGION})]


async def test_zones_that_may_not_be_read_leave_it_suspected_and_are_named() -> None:
    found, _, _ = await read(private_dns_off(), {})
    denied = Unread(ZONES, "AccessDeniedException")
    assert {(one.cause, one.status) for one in found} >= {
        ("network.endpoint-private-dns-off", denied)
    }
    assert causes(found) == []


@pytest.mark.parametrize(
    "refused",
    [
        Refused(ZONES, "InvalidAction"),
        Refused(ZONES, "UnknownOperationException"),
        Refused(ZONES, "404"),
        Refused(ZONES, "unavailable", "<!doctype html><title>500 Internal Server Error</title>"),
    ],
)
async def test_where_there_is_no_such_operation_nobody_has_made_a_zone(refused: Refused) -> None:
    found, _, _ = await read(private_dns_off(), {ZONES: refused})
    assert causes(found) == ["endpoint-private-dns-off"]


async def test_a_service_that_is_down_is_not_one_without_zones() -> None:
    found, _, _ = await read(private_dns_off(), {ZONES: Refused(ZONES, "unavailable", "oops")})
    assert causes(found) == []


async def test_a_zone_that_stands_in_leaves_everything_open_and_is_told() -> None:
    zone = {"HostedZoneId": "Z1", "Name": NAME, "Owner": {"OwningAccount": "999999999999"}}
    found, _, said = await read(private_dns_off(), {ZONES: {"HostedZoneSummaries": [zone]}})
    assert found == Unread(ZONES, "no-way")
    assert f"{ZONES}: {NAME} of {VPC} may answer the name instead" in said
    assert "cannot be seen from here" in said


async def test_beside_a_route_to_another_network_rules_and_profiles_are_asked_for_too() -> None:
    nothing: dict[str, Reply] = {
        ZONES: NO_ZONES,
        RULES: {"ResolverRules": []},
        BOUND: {"ResolverRuleAssociations": []},
        PROFILES: {"ProfileAssociations": []},
    }
    found, source, _ = await read(beside_a_hub(), nothing)
    assert causes(found) == ["endpoint-missing"]
    assert sorted(source.operations()) == sorted(nothing)
    forward = {"Id": "rr-1", "DomainName": "amazonaws.com.", "RuleType": "FORWARD"}
    rules: dict[str, Reply] = {RULES: {"ResolverRules": [forward]}}
    found, _, _ = await read(beside_a_hub(), nothing | rules)
    assert causes(found) == ["endpoint-missing"]
    bound: dict[str, Reply] = {BOUND: {"ResolverRuleAssociations": [{"ResolverRuleId": "rr-1"}]}}
    found, _, _ = await read(beside_a_hub(), nothing | rules | bound)
    assert found == Unread(RULES, "no-way")


def by_instance() -> NetworkView:
    def change(tables: list[Any]) -> None:
        target = {"InstanceId": "i-1", "NetworkInterfaceId": "eni-1"}
        tables[1]["Routes"] = [tables[1]["Routes"][0], route("0.0.0.0/0", **target)]

    return changed(with_nat(), "route_tables", change)


async def test_a_stopped_nat_instance_is_named_with_the_call_that_says_so() -> None:
    stopped = {"InstanceId": "i-1", "State": {"Name": "stopped"}}
    answer: Reply = {"Reservations": [{"Instances": [stopped]}]}
    found, source, said = await read(by_instance(), {"ec2:DescribeInstances": answer})
    assert causes(found) == ["route-blackhole"]
    assert "ec2:DescribeInstances: i-1 is: stopped" in said
    assert source.asked[0][1] == {"Filters": [{"Name": "instance-id", "Values": ["i-1"]}]}


async def test_a_nat_instance_that_may_not_be_read_leaves_everything_open() -> None:
    found, _, _ = await read(by_instance(), {})
    assert found == Unread("ec2:DescribeRouteTables", "no-way")


async def test_entries_of_a_list_that_a_group_names_are_read() -> None:
    own = [rule(443, prefix_list="pl-own")]
    view = with_item(with_endpoints(), "security_groups", ENDPOINT_GROUP, IpPermissions=own)
    call = "ec2:GetManagedPrefixListEntries"
    found, source, _ = await read(view, {call: {"Entries": [{"Cidr": "10.0.0.0/8"}]}})
    assert found == ()
    assert source.asked == [(call, {"PrefixListId": "pl-own"})]
    found, _, _ = await read(view, {call: {"Entries": [{"Cidr": "10.200.0.0/16"}]}})
    assert causes(found) == ["endpoint-group-closed"]
    found, _, _ = await read(view, {})
    assert found == Unread(call, "AccessDeniedException")


async def test_addresses_of_an_endpoint_are_read_where_they_tell_a_group_from_a_closed_one() -> (
    None
):
    ids = ["eni-a", "eni-b"]
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", NetworkInterfaceIds=ids)
    exact = [rule(443, cidr="10.0.1.9/32"), rule(443, cidr="10.0.2.9/32")]
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=exact)
    cards = [
        {"NetworkInterfaceId": "eni-a", "SubnetId": "subnet-a", "PrivateIpAddress": "10.0.1.9"},
        {"NetworkInterfaceId": "eni-b", "SubnetId": "subnet-b", "PrivateIpAddress": "10.0.2.9"},
    ]
    call = "ec2:DescribeNetworkInterfaces"
    found, source, _ = await read(view, {call: {"NetworkInterfaces": cards}})
    assert found == ()
    assert source.operations() == [call]


async def test_what_hangs_on_two_things_is_asked_for_step_by_step() -> None:
    view = replace(by_instance(), endpoints=private_dns_off().endpoints)
    stopped = {"InstanceId": "i-1", "State": {"Name": "stopped"}}
    replies: dict[str, Reply] = {
        "ec2:DescribeInstances": {"Reservations": [{"Instances": [stopped]}]},
        ZONES: NO_ZONES,
    }
    found, source, _ = await read(view, replies)
    assert causes(found) == ["endpoint-private-dns-off"]
    assert source.operations() == ["ec2:DescribeInstances", ZONES]


HIDDEN = Unseen("ec2:DescribeSecurityGroups", "AccessDenied")


EGRESS, GROUP = "task-group-egress-closed", "endpoint-group-closed"


@pytest.mark.parametrize(
    ("view", "proven", "among"),
    [
        (isolated(), "endpoint-missing", {EGRESS}),
        (private_dns_off(), "endpoint-private-dns-off", {EGRESS, GROUP}),
    ],
)
async def test_groups_that_may_not_be_read_may_stand_in_a_way_that_is_blocked_as_well(
    view: NetworkView, proven: str, among: set[str]
) -> None:
    found, _, _ = await read(put(view, security_groups=HIDDEN), {ZONES: NO_ZONES})
    assert causes(found) == [proven]
    (open_,) = [one for one in found if isinstance(one.cause, Unread)]
    assert {one.call for one in open_.cause.every} == {"ec2:DescribeSecurityGroups"}
    assert {name.removeprefix("network.") for name in open_.cause.among} == among


async def test_a_blocked_way_whose_rest_was_read_leaves_nothing_open() -> None:
    found, _, _ = await read(isolated(), {})
    assert not [one for one in found if isinstance(one.cause, Unread)]
