"""The way from a load balancer to the task: groups of both ends, ACLs of both subnets."""

import pytest

from tests.aws.balancing import (
    FROM_BALANCER,
    Json,
    acls,
    admitting,
    balancer,
    container,
    read,
    states,
    target_group,
)
from tests.network.worlds import PUBLIC_SUBNET, TASK_GROUP, TASK_SUBNET, acl, acl_entry, put, rule
from wizard.core.unread import Unread
from wizard.network import Unread as Unseen

NOT_THE_TYPE = ("closed", "acl", "health")
"""What may be wrong with a group of the right type and port whose ways could not be judged."""


@pytest.mark.parametrize(
    ("out", "fits"),
    [
        ([rule(80, group=TASK_GROUP)], True),
        ([rule(80, cidr="10.0.1.0/24")], True),
        ([], False),
        ([rule(443, cidr="0.0.0.0/0")], False),
        ([rule(80, cidr="192.168.0.0/16")], False),
        ([rule(80, group="sg-other")], False),
    ],
)
async def test_the_balancers_own_group_must_let_the_port_out(out: list[Json], fits: bool) -> None:
    found, said = await read(
        states("unhealthy:Target.Timeout"), view=admitting(*FROM_BALANCER, out=out)
    )
    told = "ec2:DescribeSecurityGroups: no group of the load balancer (sg-lb) lets port 80 out"
    assert (told in said) is not fits
    assert (found.problem, found.says) == (
        ("health", "Target.Timeout") if fits else ("closed", "sg-lb")
    )


async def test_the_balancers_group_must_let_the_health_checks_port_out_too() -> None:
    asks = target_group(HealthCheckPort="9000")
    admitted = [rule(80, group="sg-lb"), rule(9000, group="sg-lb")]
    found, said = await read(
        states("unhealthy:Target.Timeout"),
        groups=asks,
        view=admitting(*admitted, out=[rule(80, cidr="0.0.0.0/0")]),
    )
    assert (found.problem, found.says) == ("closed", "sg-lb")
    assert "lets port 9000 out" in said
    assert "lets port 80 out" not in said


async def test_groups_that_are_shut_at_both_ends_are_both_named() -> None:
    found, _ = await read(states("unhealthy:Target.Timeout"), view=admitting(out=[]))
    assert (found.problem, found.says) == ("closed", f"sg-lb, {TASK_GROUP}")


async def test_a_group_of_the_balancer_that_was_not_shown_leaves_it_open() -> None:
    unseen = balancer("eu-west-1a", SecurityGroups=["sg-hidden"])
    view = admitting(rule(80, cidr="10.0.0.0/16"))
    found, _ = await read(states("unhealthy:Target.Timeout"), lb=unseen, view=view)
    assert found.problem == Unread("ec2:DescribeSecurityGroups", "not-found", among=NOT_THE_TYPE)
    found, _ = await read(states("unhealthy:Target.ResponseCodeMismatch"), lb=unseen, view=view)
    assert found.problem == "health"


OPEN = [acl_entry(100, "allow", egress=False), acl_entry(100, "allow", egress=True)]
INSIDE = "10.0.0.0/16"


def _deny(egress: bool, *ports: int) -> Json:
    return acl_entry(90, "deny", egress=egress, cidr=INSIDE, ports=(ports[0], ports[-1]))


@pytest.mark.parametrize(
    ("subnet", "entry", "side", "told"),
    [
        (PUBLIC_SUBNET, _deny(True, 80), "out", "drops the load balancer's way to port 80"),
        (PUBLIC_SUBNET, _deny(False, 1024, 65535), "out", "drops the answers"),
        (TASK_SUBNET, _deny(False, 80), "in", "drops the load balancer's way to port 80"),
        (TASK_SUBNET, _deny(True, 1024, 65535), "in", "drops the answers"),
    ],
)
async def test_an_acl_of_either_end_that_drops_either_way_is_named_with_its_rule(
    subnet: str, entry: Json, side: str, told: str
) -> None:
    shut = acl("acl-shut", [entry, *OPEN], (subnet,))
    others = tuple({TASK_SUBNET, PUBLIC_SUBNET} - {subnet})
    view = put(admitting(*FROM_BALANCER), network_acls=[shut, acl("acl-open", OPEN, others)])
    (one,), said = await acls(view, lb=balancer("eu-west-1a"))
    assert (one.cause, one.status, one.stage) == ("network.acl-blocks", "confirmed", "health")
    assert (one.acl, one.subnet, one.says, one.port) == ("acl-shut", subnet, side, 80)
    assert f"ec2:DescribeNetworkAcls: acl-shut of {subnet} (rule 90) {told}" in said
    found, _ = await read(states("unhealthy:Target.Timeout"), view=view, lb=balancer("eu-west-1a"))
    assert (found.problem, found.says) == ("acl", "acl-shut")


async def test_an_acl_without_a_rule_for_the_port_drops_it_by_its_last_rule() -> None:
    some = [
        acl_entry(100, "allow", egress=True),
        acl_entry(100, "allow", egress=False, ports=(443, 443)),
    ]
    shut = acl("acl-shut", some, (TASK_SUBNET,))
    view = put(
        admitting(*FROM_BALANCER), network_acls=[shut, acl("acl-open", OPEN, (PUBLIC_SUBNET,))]
    )
    (one,), said = await acls(view, lb=balancer("eu-west-1a"))
    assert one.status == "confirmed"
    assert "(rule *)" in said


async def test_acls_are_not_asked_within_one_subnet() -> None:
    shut = acl("acl-shut", [], (TASK_SUBNET,), default=True)
    zone = {"ZoneName": "eu-west-1a", "SubnetId": TASK_SUBNET}
    near = {"AvailabilityZones": [zone], "SecurityGroups": ["sg-lb"]}
    found, _ = await acls(put(admitting(*FROM_BALANCER), network_acls=[shut]), lb=near)
    assert found == ()


async def test_an_acl_in_one_of_the_balancers_subnets_is_suspected_only() -> None:
    shut = acl("acl-shut", [_deny(True, 80), *OPEN], ("subnet-b",))
    rest = acl("acl-open", OPEN, (TASK_SUBNET, PUBLIC_SUBNET))
    view = put(admitting(*FROM_BALANCER), network_acls=[shut, rest])
    (one,), _ = await acls(view)
    assert (one.status, one.acl) == ("suspected", "acl-shut")
    found, _ = await read(states("unhealthy:Target.Timeout"), view=view)
    assert isinstance(found.problem, Unread)


async def test_acls_that_may_not_be_read_are_neither_open_nor_shut() -> None:
    denied = Unseen("ec2:DescribeNetworkAcls", "AccessDenied")
    view = put(admitting(*FROM_BALANCER), network_acls=denied)
    (one,), _ = await acls(view, lb=balancer("eu-west-1a"))
    assert one.cause == "network.acl-blocks"
    assert one.status == Unread("ec2:DescribeNetworkAcls", "AccessDenied")
    found, _ = await read(states("unhealthy:Target.Timeout"), view=view)
    problem = Unread("ec2:DescribeNetworkAcls", "AccessDenied", among=NOT_THE_TYPE)
    assert found.problem == problem


NETWORK = balancer("eu-west-1a", Type="network", SecurityGroups=[])
TCP = target_group(Protocol="TCP", HealthCheckPort="9000")
BY_ADDRESS = rule(9000, cidr="10.0.9.0/24")


@pytest.mark.parametrize("clients", ["203.0.113.0/24", "10.0.9.0/24"])
async def test_traffic_that_a_network_balancer_relays_may_come_from_its_clients(
    clients: str,
) -> None:
    view = admitting(BY_ADDRESS, rule(80, cidr=clients))
    found, _ = await read(
        states("unhealthy:Target.FailedHealthChecks"), groups=TCP, lb=NETWORK, view=view
    )
    # Port 9000 is declared by nobody, so that may be what is wrong, too.
    among = (*NOT_THE_TYPE, "port", "undeclared")
    assert found.problem == Unread("ec2:DescribeSecurityGroups", "address-not-known", among=among)


async def test_a_port_that_nobody_is_admitted_to_is_shut_to_relayed_traffic_as_well() -> None:
    sick = states("unhealthy:Target.FailedHealthChecks")
    found, said = await read(sick, groups=TCP, lb=NETWORK, view=admitting(BY_ADDRESS))
    assert found.problem == "closed"
    assert "admits port 80" in said
    open_ = admitting(BY_ADDRESS, rule(80, cidr="0.0.0.0/0"))
    both = [container("app", 80), container("envoy", 9000)]
    found, _ = await read(sick, groups=TCP, lb=NETWORK, view=open_, containers=both)
    assert found.problem == "health"


async def test_datagrams_need_a_rule_of_their_own_and_their_check_one_by_tcp() -> None:
    udp = target_group(Protocol="UDP")
    sick = states("unhealthy:Target.FailedHealthChecks")
    view = admitting(rule(80, cidr="10.0.9.0/24"))
    found, _ = await read(sick, groups=udp, lb=NETWORK, view=view)
    assert found.problem == "closed"
    view = admitting(rule(80, cidr="0.0.0.0/0", protocol="udp"))
    found, _ = await read(sick, groups=udp, lb=NETWORK, view=view)
    assert found.problem == "closed"


async def test_targets_with_ipv6_addresses_are_not_judged_by_rules_for_ipv4() -> None:
    sixth = target_group(IpAddressType="ipv6")
    found, _ = await read(states("unhealthy:Target.Timeout"), groups=sixth, view=admitting())
    assert isinstance(found.problem, Unread)


async def test_a_port_that_nobody_declares_and_no_group_admits_is_the_groups_matter() -> None:
    asks = target_group(HealthCheckPort="9000")
    found, said = await read(states("unhealthy:Target.Timeout"), groups=asks)
    assert (found.problem, found.says) == ("closed", TASK_GROUP)
    assert "admits port 9000" in said


@pytest.mark.parametrize("health", [states(), states("initial")])
async def test_a_port_that_nobody_declares_proves_nothing_before_it_was_asked(
    health: Json,
) -> None:
    view = admitting(rule(80, group="sg-lb"), rule(9000, group="sg-lb"))
    found, _ = await read(health, groups=target_group(HealthCheckPort="9000"), view=view)
    assert (found.problem, found.says) == ("undeclared", "9000, not 80")


NEAR, FAR = "10.0.9.0/24", "10.0.2.0/24"
"""The balancer's subnets in the task's zone and in the other one."""


@pytest.mark.parametrize(
    ("admits", "reason", "expected"),
    [
        (FAR, "Target.Timeout", "closed"),
        # It has answered, so that is not what is wrong.
        (FAR, "Target.ResponseCodeMismatch", "health"),
        # Without cross-zone load balancing the other zone's node does not ask this task.
        (NEAR, "Target.Timeout", None),
    ],
)
async def test_a_group_that_shuts_out_the_balancers_node_in_the_tasks_zone_is_closed(
    admits: str, reason: str, expected: str | None
) -> None:
    view = admitting(rule(80, cidr=admits))
    lb = balancer("eu-west-1a", "eu-west-1b", SecurityGroups=["sg-lb"])
    found, said = await read(states(f"unhealthy:{reason}"), lb=lb, view=view)
    unknown = Unread("ec2:DescribeSecurityGroups", "address-not-known", among=NOT_THE_TYPE)
    assert found.problem == (expected or unknown)
    partly = f"the groups of the task ({TASK_GROUP}) admit port 80 from some of the load balancer's"
    assert (partly in said) is (admits == FAR)
