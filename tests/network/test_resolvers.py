"""DNS servers of the user's own: port 53 must be open to them, and what they answer is unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    HUB,
    TASK_GROUP,
    TASK_SUBNET,
    acl,
    acl_entry,
    ask,
    kinds,
    open_acl,
    rule,
    with_endpoints,
    with_item,
    with_nat,
)
from wizard.network import NetworkView, Unread

HTTPS = rule(443, cidr="0.0.0.0/0")


def served_by(view: NetworkView, *servers: str) -> NetworkView:
    """The view with these DNS servers in the VPC's DHCP options."""
    values = [{"Value": server} for server in servers]
    options = {"DhcpConfigurations": [{"Key": "domain-name-servers", "Values": values}]}
    return replace(view, dhcp_options=options)


def letting_out(view: NetworkView, *rules: dict[str, Any]) -> NetworkView:
    return with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=list(rules))


@pytest.mark.parametrize("server", ["AmazonProvidedDNS", "10.0.0.2", "169.254.169.253"])
def test_amazons_resolver_needs_no_rule(server: str) -> None:
    view = letting_out(served_by(with_nat(), server), HTTPS)
    assert ask(view).state == "open"


def test_own_servers_that_may_be_asked_make_the_way_unverified() -> None:
    for view in (with_nat(), with_endpoints()):
        assert ask(served_by(view, "10.9.0.53")).state == "unverified"


@pytest.mark.parametrize(
    "dns",
    [
        rule(53, cidr="10.9.0.0/16", protocol="udp"),
        rule(53, cidr="0.0.0.0/0", protocol="17"),
        rule(cidr="10.9.0.0/16"),
    ],
)
def test_a_rule_for_port_53_lets_the_task_ask(dns: dict[str, Any]) -> None:
    view = letting_out(served_by(with_nat(), "10.9.0.53"), HTTPS, dns)
    assert ask(view).state == "unverified"


@pytest.mark.parametrize(
    "dns",
    [
        rule(443, cidr="10.9.0.0/16"),
        rule(53, cidr="10.8.0.0/16", protocol="udp"),
        rule(53, cidr="10.9.0.0/16", protocol="tcp"),
    ],
)
def test_own_servers_that_may_not_be_asked_are_in_the_way(dns: dict[str, Any]) -> None:
    view = letting_out(served_by(with_nat(), "10.9.0.53", "10.9.1.53"), HTTPS, dns)
    for need in (HUB,):
        reach = ask(view, need)
        assert kinds(reach) == ["task-group-egress-closed"]
        assert reach.obstacles[0].fields["port"] == 53
        assert reach.obstacles[0].evidence[0].call == "ec2:DescribeSecurityGroups"


def test_one_server_that_may_be_asked_is_enough() -> None:
    dns = rule(53, cidr="10.9.1.0/24", protocol="udp")
    view = letting_out(served_by(with_nat(), "10.9.0.53", "10.9.1.53"), HTTPS, dns)
    assert ask(view).state == "unverified"


def test_an_acl_may_keep_the_task_from_asking() -> None:
    https = [
        acl_entry(100, "allow", egress=True, ports=(443, 443)),
        acl_entry(100, "allow", egress=False, ports=(1024, 65535)),
    ]
    closed = acl("acl-task", https, (TASK_SUBNET,))
    view = replace(served_by(with_nat(), "10.9.0.53"), network_acls=[open_acl(), closed])
    reach = ask(view)
    assert kinds(reach) == ["acl-blocks"]
    assert reach.obstacles[0].fields["port"] == 53
    answers = acl_entry(110, "allow", egress=False, ports=(1024, 65535), protocol="17")
    out = acl_entry(110, "allow", egress=True, ports=(53, 53), protocol="17")
    opened = acl("acl-task", [*https, answers, out], (TASK_SUBNET,))
    assert ask(replace(view, network_acls=[open_acl(), opened])).state == "unverified"


def test_options_that_were_not_read_make_nothing_green_and_hide_nothing_proven() -> None:
    denied = Unread("ec2:DescribeDhcpOptions", "AccessDenied")
    view = replace(with_nat(), dhcp_options=denied)
    assert ask(view).unread == (denied,)
    shut = letting_out(view)
    assert kinds(ask(shut)) == ["task-group-egress-closed"]
