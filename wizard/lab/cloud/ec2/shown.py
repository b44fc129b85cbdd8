"""DescribeVpcEndpoints and DescribeVpcEndpointServices, answered by the front itself.

moto needs an optional package for the second, and much time for the first.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.vpcs import VPCEndPoint

from wizard.lab.cloud.context import Context, handles
from wizard.lab.cloud.ec2 import xml
from wizard.lab.cloud.ec2.endpoints import GATEWAYS, KNOWN
from wizard.lab.cloud.ec2.filters import check, matches
from wizard.lab.cloud.ec2.names import private_name
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.launch.hosts import endpoint_service
from wizard.lab.cloud.wire import Answer

Record = dict[str, Any]
# In moto's list, but no endpoint service: ECR has two others.
_NONE = {"ecr"}
_FILTERS = ("ip-address-type", "service-name", "vpc-id", "vpc-endpoint-id", "vpc-endpoint-state",
            "vpc-endpoint-type")  # fmt: skip
_SERVICE_FILTERS = ("owner", "service-name", "service-region", "service-type",
                    "supported-ip-address-types")  # fmt: skip


@handles("ec2", "DescribeVpcEndpoints")
def describe_endpoints(context: Context) -> Answer:
    """The endpoints of the account, by id or by filter."""
    ec2: EC2Backend = ec2_backends[context.account][context.region]
    wanted = context.params.get("VpcEndpointIds") or []
    missing = [name for name in wanted if name not in ec2.vpc_end_points]
    if missing:
        text = f"The Vpc Endpoint Id '{missing[0]}' does not exist"
        raise AwsError("InvalidVpcEndpointId.NotFound", text)
    filters = context.params.get("Filters") or []
    check(filters, _FILTERS)
    shown = [_endpoint(ec2, e) for e in ec2.vpc_end_points.values() if not wanted or e.id in wanted]
    found = [e for e in shown if matches(filters, _filterable(e), e["Tags"])]
    return xml.answer(context.call, {"VpcEndpoints": found})


def _endpoint(ec2: EC2Backend, endpoint: VPCEndPoint) -> Record:
    groups = [ec2.get_security_group_from_id(g) for g in endpoint.security_group_ids]
    names = [
        {"DnsName": d["dns_name"], "HostedZoneId": d["hosted_zone_id"]}
        for d in endpoint.dns_entries or []
    ]
    return {
        "VpcEndpointId": endpoint.id,
        "VpcEndpointType": endpoint.vpc_endpoint_type or "Gateway",
        "VpcId": endpoint.vpc_id,
        "ServiceName": endpoint.service_name,
        "State": endpoint.state,
        "PolicyDocument": endpoint.policy_document,
        "RouteTableIds": endpoint.route_table_ids or [],
        "SubnetIds": endpoint.subnet_ids or [],
        "Groups": [{"GroupId": g.id, "GroupName": g.name} for g in groups if g is not None],
        "IpAddressType": "ipv4",
        "PrivateDnsEnabled": bool(endpoint.private_dns_enabled),
        "RequesterManaged": False,
        "NetworkInterfaceIds": endpoint.network_interface_ids,
        "DnsEntries": names,
        "CreationTimestamp": endpoint.creation_timestamp,
        "Tags": [{"Key": t["key"], "Value": t["value"]} for t in endpoint.get_tags()],
        "OwnerId": ec2.account_id,
    }


def _filterable(shown: Record) -> dict[str, list[str]]:
    return {
        "ip-address-type": [shown["IpAddressType"]],
        "service-name": [shown["ServiceName"]],
        "vpc-id": [shown["VpcId"]],
        "vpc-endpoint-id": [shown["VpcEndpointId"]],
        "vpc-endpoint-state": [shown["State"]],
        "vpc-endpoint-type": [shown["VpcEndpointType"]],
    }


@handles("ec2", "DescribeVpcEndpointServices")
def describe_services(context: Context) -> Answer:
    """The services to which the region offers endpoints, by name or by filter."""
    offered = list(_offered(context))
    known = {s["ServiceName"] for s in offered}
    wanted = context.params.get("ServiceNames") or []
    for name in wanted:
        if name not in known:
            text = f"The Vpc Endpoint Service '{name}' does not exist"
            raise AwsError("InvalidServiceName", text, 400)
    filters = context.params.get("Filters") or []
    check(filters, _SERVICE_FILTERS)
    found = [
        s
        for s in offered
        if (not wanted or s["ServiceName"] in wanted) and matches(filters, _by(s), s["Tags"])
    ]
    names = list(dict.fromkeys(s["ServiceName"] for s in found))
    return xml.answer(context.call, {"ServiceNames": names, "ServiceDetails": found})


def _by(service: Record) -> dict[str, list[str]]:
    return {
        "owner": [service["Owner"]],
        "service-name": [service["ServiceName"]],
        "service-region": [service["ServiceRegion"]],
        "service-type": [kind["ServiceType"] for kind in service["ServiceType"]],
        "supported-ip-address-types": service["SupportedIpAddressTypes"],
    }


def _offered(context: Context) -> Iterator[Record]:
    zones = sorted(str(z.name) for z in RegionsAndZonesBackend.zones.get(context.region, []))
    for short in sorted(KNOWN - _NONE):
        name = endpoint_service(context.region, short)
        if short in GATEWAYS:
            yield _service(context, name, "Gateway", zones)
        if short != "dynamodb":
            yield _service(context, name, "Interface", zones)


def _service(context: Context, name: str, kind: str, zones: list[str]) -> Record:
    domain = private_name(context, name)
    domain = f"*.{domain}" if domain.startswith("dkr.") else domain
    made: Record = {
        "ServiceName": name,
        "ServiceId": f"vpce-svc-{zlib.crc32(f'{name}/{kind}'.encode()):08x}{len(name):09x}",
        "ServiceType": [{"ServiceType": kind}],
        "ServiceRegion": context.region,
        "AvailabilityZones": zones,
        "Owner": "amazon",
        "BaseEndpointDnsNames": [domain.removeprefix("*.").replace("amazonaws", "vpce.amazonaws")],
        "VpcEndpointPolicySupported": True,
        "AcceptanceRequired": False,
        "ManagesVpcEndpoints": False,
        "Tags": [],
        "SupportedIpAddressTypes": ["ipv4"],
    }
    if kind == "Interface":
        made |= {
            "PrivateDnsName": domain,
            "PrivateDnsNames": [{"PrivateDnsName": domain}],
            "PrivateDnsNameVerificationState": "verified",
        }
    else:
        made["BaseEndpointDnsNames"] = [domain]
    return made
