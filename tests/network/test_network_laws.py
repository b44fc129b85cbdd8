"""Laws that hold in every network, tried on many."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.network.worlds import (
    ECR_API,
    ENDPOINT_GROUP,
    HUB,
    LOGS,
    S3,
    TASK,
    TASK_GROUP,
    acl,
    acl_entry,
    ask,
    changed,
    isolated,
    items_of,
    public,
    put,
    route,
    rule,
    with_endpoints,
    with_item,
    with_nat,
)
from wizard.network import Need, NetworkView, Reach, Unread
from wizard.network.acls import passes
from wizard.network.routes import lookup
from wizard.network.targets import Target

PARTS = (
    "vpc",
    "dns_support",
    "dns_hostnames",
    "subnets",
    "route_tables",
    "security_groups",
    "network_acls",
    "endpoints",
    "nat_gateways",
    "internet_gateways",
    "prefix_lists",
    "network_interfaces",
)
WORLDS = {
    "isolated": isolated(),
    "endpoints": with_endpoints(),
    "nat": with_nat(),
    "public": public(),
}

worlds = st.sampled_from(sorted(WORLDS)).map(WORLDS.__getitem__)
needed = st.sampled_from([ECR_API, LOGS, S3, HUB])
interfaces = st.sampled_from([TASK, replace(TASK, public_ip=True)])
addresses = st.integers(0, 2**32 - 1).map(IPv4Address)
prefixes = st.builds(
    lambda address, length: str(ip_network((int(address), length), strict=False)),
    addresses,
    st.integers(0, 32),
)
rules = st.lists(
    st.builds(
        lambda port, cidr, group: rule(port, cidr=cidr, group=group),
        st.sampled_from([None, 443, 80, 2049]),
        st.sampled_from(["", "0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "52.0.0.0/8"]),
        st.sampled_from(["", TASK_GROUP, ENDPOINT_GROUP]),
    ),
    max_size=4,
)
entries = st.lists(
    st.builds(
        lambda number, action, egress, cidr, ports: acl_entry(
            number, action, egress=egress, cidr=cidr, ports=ports
        ),
        st.integers(1, 300),
        st.sampled_from(["allow", "deny"]),
        st.booleans(),
        st.sampled_from(["0.0.0.0/0", "10.0.0.0/16", "10.0.2.0/24", "128.0.0.0/1"]),
        st.sampled_from([None, (443, 443), (1024, 65535), (32768, 60999)]),
    ),
    max_size=6,
    unique_by=lambda entry: (entry["RuleNumber"], entry["Egress"]),
)

OPENNESS = {"blocked": 0, "unknown": 1, "unverified": 2, "open": 3}


def with_rules(view: NetworkView, out: list[Any], admitted: list[Any]) -> NetworkView:
    """The view with these rules in the task's and the endpoints' group."""
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=out)
    return with_item(view, "security_groups", ENDPOINT_GROUP, IpPermissions=admitted)


def well_formed(reach: Reach) -> None:
    """What every answer keeps to."""
    assert (reach.state == "blocked") == bool(reach.obstacles)
    assert [o.first for o in reach.obstacles] == [i == 0 for i in range(len(reach.obstacles))]
    assert all(o.evidence for o in reach.obstacles)
    assert reach.unread if reach.state == "unknown" else not reach.unread or reach.may_be
    assert reach.evidence or reach.state not in ("open", "unverified")
    confirmed = [(o.kind, o.fields) for o in reach.obstacles]
    assert all((o.kind, o.fields) not in confirmed for o in reach.remedies)


@settings(max_examples=200, deadline=None)
@given(worlds, needed, interfaces, rules, rules, entries)
def test_every_answer_is_well_formed(
    view: NetworkView,
    need: Need,
    interface: Any,
    out: list[Any],
    admitted: list[Any],
    lines: list[Any],
) -> None:
    view = with_rules(view, out, admitted)
    view = replace(view, network_acls=[acl("acl-1", lines, default=True)])
    well_formed(ask(view, need, interface))


@settings(max_examples=150, deadline=None)
@given(worlds, needed, interfaces, st.sets(st.sampled_from(PARTS)), rules)
def test_reading_less_never_turns_one_certain_answer_into_the_other(
    view: NetworkView, need: Need, interface: Any, hidden: set[str], out: list[Any]
) -> None:
    view = with_rules(view, out, [rule(443, cidr="10.0.0.0/16")])
    whole = ask(view, need, interface)
    blind = ask(
        put(view, **{part: Unread(f"ec2:{part}", "denied") for part in hidden}), need, interface
    )
    well_formed(blind)
    assert blind.state in {whole.state, "unknown"}


@settings(max_examples=100, deadline=None)
@given(worlds, needed, interfaces, st.data())
def test_removing_a_route_never_opens_a_way(
    view: NetworkView, need: Need, interface: Any, data: st.DataObject
) -> None:
    tables = items_of(view.route_tables)
    which = data.draw(st.integers(0, len(tables) - 1))
    routes = tables[which]["Routes"]
    gone = data.draw(st.integers(0, len(routes) - 1))
    before = ask(view, need, interface)
    less = changed(view, "route_tables", lambda t: t[which]["Routes"].pop(gone))
    assert OPENNESS[ask(less, need, interface).state] <= OPENNESS[before.state]


@settings(max_examples=100, deadline=None)
@given(worlds, needed, interfaces, rules, rules, rules)
def test_adding_a_rule_to_a_group_never_closes_a_way(
    view: NetworkView,
    need: Need,
    interface: Any,
    out: list[Any],
    admitted: list[Any],
    more: list[Any],
) -> None:
    before = ask(with_rules(view, out, admitted), need, interface)
    after = ask(with_rules(view, out + more, admitted + more), need, interface)
    assert OPENNESS[after.state] >= OPENNESS[before.state]


@settings(max_examples=100, deadline=None)
@given(worlds, needed, interfaces, st.randoms(use_true_random=False), rules, entries)
def test_the_order_in_which_things_were_listed_is_irrelevant(
    view: NetworkView, need: Need, interface: Any, random: Any, out: list[Any], lines: list[Any]
) -> None:
    view = with_rules(view, out, [rule(443, cidr="10.0.0.0/16")])
    view = replace(view, network_acls=[acl("acl-1", lines, default=True)])

    def mixed(items: Any) -> Any:
        copied = list(items)
        random.shuffle(copied)
        return copied

    other = with_rules(view, mixed(out), [rule(443, cidr="10.0.0.0/16")])
    for part in ("subnets", "route_tables", "security_groups", "endpoints"):
        other = put(other, **{part: mixed(getattr(other, part))})
    other = changed(other, "network_acls", lambda acls: random.shuffle(acls[0]["Entries"]))
    one, two = ask(view, need, interface), ask(other, need, interface)
    assert (one.state, one.way) == (two.state, two.way)
    assert [o.kind for o in one.obstacles] == [o.kind for o in two.obstacles]


@settings(max_examples=200, deadline=None)
@given(st.lists(prefixes, max_size=8, unique=True), addresses)
def test_the_longest_prefix_wins(cidrs: list[str], address: IPv4Address) -> None:
    found = lookup(with_nat(), [route(c, GatewayId="igw-1") for c in cidrs], str(address))
    fitting = [ip_network(c) for c in cidrs if ip_address(str(address)) in ip_network(c)]
    if not fitting:
        assert found is None
    else:
        assert found is not None
        assert found["DestinationCidrBlock"] == str(max(fitting, key=lambda n: n.prefixlen))


def first_match(lines: list[Any], address: IPv4Address, port: int) -> bool:
    """The plain reading of an ACL for one address and one port, egress."""
    for line in sorted(lines, key=lambda entry: int(entry["RuleNumber"])):
        low, high = (line.get("PortRange") or {"From": 0, "To": 65535}).values()
        if line["Egress"] and low <= port <= high and address in ip_network(line["CidrBlock"]):
            return bool(line["RuleAction"] == "allow")
    return False


@settings(max_examples=200, deadline=None)
@given(entries, addresses, st.sampled_from([80, 443, 1024, 40000, 65535]))
def test_an_acl_decides_as_its_first_fitting_rule(
    lines: list[Any], address: IPv4Address, port: int
) -> None:
    target = Target((IPv4Network(address),), exact=True)
    answer = passes(acl("acl-1", lines), target, (port, port), egress=True)
    assert answer.ok is first_match(lines, address, port)
