"""The other end of a connection, and whether a set of address ranges contains it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses, ip_network

from wizard.policy.logic import Truth


def without(piece: IPv4Network, taken: IPv4Network) -> list[IPv4Network]:
    """What is left of a range when another is taken out of it."""
    if not piece.overlaps(taken):
        return [piece]
    return list(piece.address_exclude(taken)) if taken.prefixlen > piece.prefixlen else []


def _subtract(pieces: list[IPv4Network], taken: IPv4Network) -> list[IPv4Network]:
    return [left for piece in pieces for left in without(piece, taken)]


def _public_space() -> tuple[IPv4Network, ...]:
    """Every IPv4 address that a public service can have (RFC 6890 without the special ranges)."""
    special = (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
    )
    left = [IPv4Network("0.0.0.0/0")]
    for cidr in special:
        left = _subtract(left, IPv4Network(cidr))
    return tuple(collapse_addresses(left))


PUBLIC_SPACE = _public_space()


@dataclass(frozen=True, slots=True)
class Target:
    """Another end of a connection.

    `networks`: the addresses that it has (`exact`), or among which its addresses are. `groups`:
    its security groups, for rules that name a group. `prefix_list`: the list of its addresses, for
    rules that name a list. `service`: the AWS service behind it.
    """

    networks: tuple[IPv4Network, ...]
    exact: bool = False
    groups: tuple[str, ...] = ()
    prefix_list: str = ""
    service: str = ""


def internet(service: str = "") -> Target:
    """Somewhere on the internet: an AWS service's public address, or another host."""
    return Target(PUBLIC_SPACE, service=service)


def _remaining(targets: Sequence[IPv4Network], cover: Iterable[IPv4Network]) -> list[IPv4Network]:
    left = list(targets)
    for network in cover:
        left = _subtract(left, network)
    return left


def covers(cover: Iterable[IPv4Network], target: Target) -> Truth:
    """Whether the ranges contain the target: all of it, nothing of it, or perhaps (None)."""
    left = _remaining(target.networks, cover)
    if not left:
        return bool(target.networks) or None
    return False if sorted(left) == sorted(target.networks) else None


def host(address: str) -> tuple[IPv4Network, ...]:
    """A single address as a range."""
    network = ip_network(address)
    return (network,) if isinstance(network, IPv4Network) else ()
