"""Security group rules and network ACL entries, one at a time.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.network_acls import NetworkAcl
from moto.ec2.models.security_groups import SecurityGroupRule


def rule_admits(
    rule: SecurityGroupRule, address: str, port: int, prefix_list: str | None, groups: set[str]
) -> bool:
    """Whether a rule is about TCP to or from *address* (or one of *groups*) at *port*."""
    if rule.ip_protocol not in ("-1", "tcp"):
        return False
    if rule.ip_protocol == "tcp":
        low, high = int(rule.from_port or 0), int(rule.to_port or 65535)
        if not low <= port <= high:
            return False
    if prefix_list is not None and rule.prefix_list_id == prefix_list:
        return True
    if rule.source_group and rule.source_group.get("GroupId") in groups:
        return True
    cidr = rule.cidr_ipv4
    return bool(cidr) and within(address, str(cidr))


def within(address: str, cidr: str) -> bool:
    """Whether an address lies in a block."""
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)


def acl_of(ec2: EC2Backend, vpc_id: str, subnet_id: str) -> NetworkAcl | None:
    """The network ACL of a subnet."""
    default = None
    for acl in ec2.network_acls.values():
        if acl.vpc_id != vpc_id:
            continue
        if any(a.subnet_id == subnet_id for a in acl.associations):
            return acl
        if acl.default:
            default = acl
    return default


def acl_admits(acl: NetworkAcl | None, egress: bool, address: str, ports: tuple[int, int]) -> bool:
    """The first rule by number that is about the traffic decides; none: it is dropped."""
    if acl is None:
        return True
    rules = [e for e in acl.network_acl_entries if _flag(e.egress) == egress]
    for rule in sorted(rules, key=lambda e: int(e.rule_number)):
        if str(rule.protocol) not in ("-1", "6"):
            continue
        if not rule.cidr_block or not within(address, rule.cidr_block):
            continue
        low, high = _acl_ports(rule)
        if str(rule.protocol) == "-1" or (low <= ports[0] and ports[1] <= high):
            return str(rule.rule_action) == "allow"
        if str(rule.rule_action) == "deny" and low <= ports[1] and ports[0] <= high:
            return False
    return False


def _acl_ports(rule: Any) -> tuple[int, int]:
    low = 0 if rule.port_range_from is None else int(rule.port_range_from)
    high = 65535 if rule.port_range_to is None else int(rule.port_range_to)
    return low, high


def _flag(value: object) -> bool:
    return str(value).lower() == "true"
