"""NAT instances and other interfaces that forward: dead where that is proven, else unverified."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import HUB, TASK, ask, changed, kinds, others, route, with_item, with_nat
from wizard.network import NetworkView, Unread

BY_INSTANCE = {"InstanceId": "i-1", "NetworkInterfaceId": "eni-1"}
BY_INTERFACE = {"NetworkInterfaceId": "eni-1"}


def through(target: dict[str, str], **parts: Any) -> NetworkView:
    def change(tables: list[Any]) -> None:
        tables[1]["Routes"] = [tables[1]["Routes"][0], route("0.0.0.0/0", **target)]

    return replace(changed(with_nat(), "route_tables", change), **parts)


def instance(state: str = "running", check: bool = False) -> dict[str, Any]:
    card = {"NetworkInterfaceId": "eni-1", "SourceDestCheck": check}
    return {"InstanceId": "i-1", "State": {"Name": state}, "NetworkInterfaces": [card]}


def card(status: str = "in-use", check: bool = False, **more: Any) -> dict[str, Any]:
    made = {"NetworkInterfaceId": "eni-1", "Status": status, "SourceDestCheck": check}
    return made | {"Attachment": {"InstanceId": "i-1"}} | more


def test_a_running_nat_instance_without_the_check_is_unverified() -> None:
    reach = ask(through(BY_INSTANCE, instances=[instance()]))
    assert (reach.state, reach.way) == ("unverified", "nat-instance")


@pytest.mark.parametrize("state", ["stopped", "stopping", "shutting-down", "terminated"])
def test_a_nat_instance_that_does_not_run_is_a_dead_end(state: str) -> None:
    reach = ask(through(BY_INSTANCE, instances=[instance(state)]))
    assert (kinds(reach), others(reach)) == (["route-blackhole"], ["endpoint-missing"])
    assert reach.obstacles[0].fields["state"] == state
    assert "ec2:DescribeInstances" in {e.call for e in reach.obstacles[0].evidence}


def test_the_source_destination_check_makes_the_route_suspected() -> None:
    for view in (
        through(BY_INSTANCE, instances=[instance(check=True)]),
        through(BY_INTERFACE, network_interfaces=[card(check=True)]),
    ):
        reach = ask(view, HUB)
        assert (reach.state, kinds(reach), others(reach)) == ("unverified", [], ["route-blackhole"])
        assert "sourceDestCheck" in str(reach.remedies[0].fields["state"])


def test_an_interface_that_nobody_holds_is_believed_as_the_route_is_active() -> None:
    lone = card("available", check=True)
    lone.pop("Attachment")
    reach = ask(through(BY_INTERFACE, network_interfaces=[lone]), HUB)
    assert (reach.state, reach.remedies) == ("unverified", ())


def test_an_interface_of_a_service_may_keep_the_check() -> None:
    managed = card(check=True, RequesterManaged=True)
    assert ask(through(BY_INTERFACE, network_interfaces=[managed])).remedies == ()


@pytest.mark.parametrize(
    ("target", "part", "call"),
    [
        (BY_INSTANCE, "instances", "ec2:DescribeInstances"),
        (BY_INTERFACE, "network_interfaces", "ec2:DescribeNetworkInterfaces"),
    ],
)
def test_what_stands_behind_the_route_is_asked_for_and_believed_where_it_may_not_be_read(
    target: dict[str, str], part: str, call: str
) -> None:
    waiting = ask(through(target, **{part: Unread(call, "not-asked")}))
    assert (waiting.state, waiting.unread) == ("unknown", (Unread(call, "not-asked"),))
    assert ask(through(target, **{part: Unread(call, "AccessDenied")})).state == "unverified"
    assert ask(through(target, **{part: []})).state == "unverified"


def test_what_the_owner_of_a_shared_vpc_runs_is_not_asked_for() -> None:
    view = through(BY_INSTANCE, instances=Unread("ec2:DescribeInstances", "not-asked"))
    shared = with_item(view, "subnets", TASK.subnet_id, OwnerId="999999999999")
    assert ask(shared, HUB).state == "unverified"
