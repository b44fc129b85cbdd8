"""Evidence in words: what each obstacle of the network rests on."""

from collections.abc import Iterator
from typing import Any

from wizard.aws.reading import Reading
from wizard.network.types import Evidence, Obstacle, Reach

_PHRASE = {
    "network.endpoint-missing": "no-endpoint",
    "network.no-internet-route": "no-default-route",
    "network.route-blackhole": "route",
    "network.public-ip-missing": "no-public-ip",
    "network.endpoint-not-available": "endpoint-state",
    "network.endpoint-private-dns-off": "private-dns-off",
    "network.vpc-dns-off": "vpc-dns-off",
    "network.endpoint-group-closed": "endpoint-group",
    "network.endpoint-policy-denies": "endpoint-policy",
    "network.gateway-not-associated": "not-associated",
    "network.task-group-egress-closed": "egress-closed",
    "network.acl-blocks": "acl",
    "network.subnet-full": "subnet-free",
}
_CALL = {
    "network.endpoint-missing": "ec2:DescribeVpcEndpoints",
    "network.no-internet-route": "ec2:DescribeRouteTables",
    "network.route-blackhole": "ec2:DescribeRouteTables",
    "network.public-ip-missing": "ecs:DescribeServices",
    "network.vpc-dns-off": "ec2:DescribeVpcAttribute",
    "network.endpoint-group-closed": "ec2:DescribeSecurityGroups",
    "network.task-group-egress-closed": "ec2:DescribeSecurityGroups",
    "network.acl-blocks": "ec2:DescribeNetworkAcls",
    "network.subnet-full": "ec2:DescribeSubnets",
}
_OPEN = ("no-endpoint", "endpoint-policy", "endpoint-group")
"""Phrases that say something else where what they rest on could not be read or decided."""
_ABOUT = ("service", "vpc", "subnet", "endpoint", "route_table", "group", "acl")


def note_reach(reading: Reading, reach: Reach) -> None:
    """Keep what `reach` rests on: for each obstacle, and that a way is open."""
    open_calls = {one.call for one in reach.unread}
    for one in (*reach.obstacles, *reach.remedies):
        about = _about(one, reach)
        for call, said, values in _sentences(one, reach):
            doubted = one not in reach.obstacles and call in open_calls and said in _OPEN
            phrase = f"{said}-open" if doubted else said
            reading.note("obstacles", call, phrase, about, **values)
    name = reach.need.service or reach.need.host
    if reach.state in ("open", "unverified") and name:
        values = {"service": name, "way": reach.way}
        private = "endpoint" in reach.way
        call = "ec2:DescribeVpcEndpoints" if private else "ec2:DescribeRouteTables"
        for more in reach.evidence:
            for told in _beside(more):
                reading.note("ways", told[0], told[1], {}, **told[2])
        reading.note("ways", call, f"way-{reach.state}", {}, **values)


def _about(one: Obstacle, reach: Reach) -> dict[str, Any]:
    fields = {"service": reach.need.service or None, **one.fields}
    return {"cause": one.kind, **{key: fields[key] for key in _ABOUT if fields.get(key)}}


def _sentences(one: Obstacle, reach: Reach) -> Iterator[tuple[str, str, dict[str, Any]]]:
    phrase = _PHRASE.get(one.kind)
    if phrase is None:
        return
    values = {"state": "blackhole", **one.fields}
    call = _CALL.get(one.kind, "ec2:DescribeVpcEndpoints")
    yield call, phrase, values
    for more in (*one.evidence, *reach.evidence):
        yield from _of_table(more, phrase)
        yield from _beside(more)


def _beside(evidence: Evidence) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What else was read on the way: who answers the names, what stands behind a route."""
    facts = dict(evidence.facts)
    if "zone" in facts:
        yield evidence.call, "stands-in", facts
    elif "servers" in facts:
        yield evidence.call, "own-resolvers", {"servers": ", ".join(facts["servers"])}
    elif evidence.call == "ec2:DescribeNatGateways" and facts.get("state") != "available":
        yield evidence.call, "target-state", {**facts, "target": facts.get("nat_gateway", "")}
    elif "instance" in facts:
        yield evidence.call, "target-state", {**facts, "target": facts["instance"]}


def _of_table(evidence: Evidence, said: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What the task's route table says beside the obstacle itself."""
    facts = dict(evidence.facts)
    if evidence.call != "ec2:DescribeRouteTables" or "route_table" not in facts:
        return
    if facts.get("target"):
        if said != "route":
            yield evidence.call, "route", facts
    elif said != "no-default-route":
        yield evidence.call, "no-default-route", facts
