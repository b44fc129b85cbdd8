"""The task's security groups and the network ACLs on the public way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    LIST,
    PUBLIC_SUBNET,
    TASK,
    TASK_GROUP,
    acl,
    acl_entry,
    ask,
    changed,
    group,
    kinds,
    open_acl,
    rule,
    with_item,
    with_nat,
)


@pytest.mark.parametrize(
    "egress",
    [
        [],
        [rule(80, cidr="0.0.0.0/0")],
        [rule(443, cidr="10.0.0.0/8")],
        [rule(443, cidr="0.0.0.0/0", protocol="udp")],
        [rule(443, group="sg-other")],
        [rule(443, prefix_list=LIST)],
    ],
)
def test_a_task_group_that_lets_443_out_nowhere_useful_is_named(
    egress: list[dict[str, Any]],
) -> None:
    view = with_item(with_nat(), "security_groups", TASK_GROUP, IpPermissionsEgress=egress)
    reach = ask(view)
    assert kinds(reach) == ["task-group-egress-closed"]
    assert reach.obstacles[0].fields["group"] == TASK_GROUP
    assert reach.obstacles[0].first


def test_one_open_group_of_several_is_enough() -> None:
    view = with_item(with_nat(), "security_groups", TASK_GROUP, IpPermissionsEgress=[])
    view = changed(view, "security_groups", lambda groups: groups.append(group("sg-more")))
    assert (
        ask(view, interface=replace(TASK, security_groups=(TASK_GROUP, "sg-more"))).state == "open"
    )


def test_two_rules_may_cover_the_internet_between_them() -> None:
    halves = [rule(443, cidr="0.0.0.0/1"), rule(443, cidr="128.0.0.0/1")]
    view = with_item(with_nat(), "security_groups", TASK_GROUP, IpPermissionsEgress=halves)
    assert ask(view).state == "open"


def test_a_rule_for_part_of_the_internet_leaves_it_unknown() -> None:
    some = [rule(443, cidr="52.0.0.0/8")]
    view = with_item(with_nat(), "security_groups", TASK_GROUP, IpPermissionsEgress=some)
    assert ask(view).state == "unknown"


def test_a_task_without_groups_gets_the_default_group_of_the_vpc() -> None:
    closed = group("sg-default", egress=[], name="default")
    view = changed(with_nat(), "security_groups", lambda groups: groups.append(closed))
    reach = ask(view, interface=replace(TASK, security_groups=()))
    assert reach.obstacles[0].fields["group"] == "sg-default"


ACLS = {
    "no way out": [acl_entry(100, "allow", egress=False)],
    "no way back": [
        acl_entry(100, "allow", egress=True),
        acl_entry(100, "allow", egress=False, ports=(443, 443)),
    ],
    "a deny before the allow": [
        acl_entry(90, "deny", egress=True, ports=(443, 443)),
        acl_entry(100, "allow", egress=True),
        acl_entry(100, "allow", egress=False),
    ],
    "only udp comes back": [
        acl_entry(100, "allow", egress=True),
        acl_entry(100, "allow", egress=False, ports=(1024, 65535), protocol="17"),
    ],
}


@pytest.mark.parametrize("entries", ACLS.values(), ids=ACLS.keys())
def test_an_acl_that_drops_the_way_out_or_back_is_named(entries: list[dict[str, Any]]) -> None:
    closed = acl("acl-task", entries, (TASK.subnet_id,))
    reach = ask(replace(with_nat(), network_acls=[open_acl(), closed]))
    assert kinds(reach) == ["acl-blocks"]
    assert reach.obstacles[0].fields["acl"] == "acl-task"


OPEN_ACLS = {
    "a later deny": [
        acl_entry(100, "allow", egress=True),
        acl_entry(110, "deny", egress=True, ports=(443, 443)),
        acl_entry(100, "allow", egress=False),
    ],
    "only what is needed": [
        acl_entry(100, "allow", egress=True, ports=(443, 443)),
        acl_entry(100, "allow", egress=False, ports=(1024, 65535)),
    ],
    "the ports of Linux": [
        acl_entry(100, "allow", egress=True, ports=(443, 443)),
        acl_entry(100, "allow", egress=False, ports=(32768, 61000)),
    ],
    "two halves": [
        acl_entry(100, "allow", egress=True),
        acl_entry(100, "allow", egress=False, ports=(1024, 40000)),
        acl_entry(110, "allow", egress=False, ports=(40001, 65535)),
    ],
    "a few banned addresses": [
        acl_entry(10, "deny", egress=True, cidr="203.0.113.0/24"),
        acl_entry(10, "deny", egress=False, cidr="203.0.113.0/24"),
        acl_entry(100, "allow", egress=True),
        acl_entry(100, "allow", egress=False),
    ],
}


@pytest.mark.parametrize("entries", OPEN_ACLS.values(), ids=OPEN_ACLS.keys())
def test_an_acl_that_lets_it_through_is_no_obstacle(entries: list[dict[str, Any]]) -> None:
    narrow = acl("acl-task", entries, (TASK.subnet_id,))
    assert ask(replace(with_nat(), network_acls=[open_acl(), narrow])).state == "open"


def test_the_acl_of_the_nat_gateways_subnet_counts_too() -> None:
    # It must let the task's requests in, not only the answers from the internet.
    entries = [
        acl_entry(100, "allow", egress=True),
        acl_entry(100, "allow", egress=False, ports=(1024, 65535)),
    ]
    closed = acl("acl-nat", entries, (PUBLIC_SUBNET,))
    reach = ask(replace(with_nat(), network_acls=[open_acl(), closed]))
    assert reach.obstacles[0].fields["acl"] == "acl-nat"
