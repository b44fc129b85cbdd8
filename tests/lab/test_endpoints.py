"""VPC endpoints are made, refused, changed and forgotten as by EC2."""

from __future__ import annotations

from typing import Any

from wizard.lab import Lab
from wizard.lab.world import World

from .helpers import refused
from .shapes import Watch


def _endpoint(world: World, name: str) -> dict[str, Any]:
    found = world.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[world.endpoints[name]])
    first: dict[str, Any] = found["VpcEndpoints"][0]
    return first


def test_an_interface_endpoint_is_pending_before_it_is_available(lab: Lab) -> None:
    lab.clock(speed=1)
    world = World(lab).network().endpoint("logs", wait=False)
    assert _endpoint(world, "logs")["State"] == "pending"
    lab.settle(60)
    shown = _endpoint(world, "logs")
    assert shown["State"] == "available"
    assert shown["PrivateDnsEnabled"] is True
    assert [g["GroupId"] for g in shown["Groups"]] == [world.endpoint_group]
    names = [d["DnsName"] for d in shown["DnsEntries"]]
    assert "logs.ap-northeast-1.amazonaws.com" in names


def test_its_interfaces_lie_in_its_subnets_with_its_groups(lab: Lab) -> None:
    world = World(lab).network(endpoints=["logs"])
    ids = _endpoint(world, "logs")["NetworkInterfaceIds"]
    enis = lab.client("ec2").describe_network_interfaces(NetworkInterfaceIds=ids)
    shown = enis["NetworkInterfaces"]
    assert {e["SubnetId"] for e in shown} == set(world.subnets)
    assert {e["InterfaceType"] for e in shown} == {"vpc_endpoint"}
    assert {g["GroupId"] for e in shown for g in e["Groups"]} == {world.endpoint_group}
    assert all(e["PrivateIpAddress"].startswith("10.0.") for e in shown)


def test_a_second_endpoint_with_the_same_private_name_conflicts(lab: Lab) -> None:
    world = World(lab).network(endpoints=["ecr.api"])
    code, text = refused(lambda: world.endpoint("ecr.api"))
    assert code == "InvalidParameter"
    assert text == (
        "private-dns-enabled cannot be set because there is already a conflicting DNS domain for"
        f" api.ecr.ap-northeast-1.amazonaws.com in the VPC {world.vpc}"
    )
    world.endpoint("ecr.api", PrivateDnsEnabled=False)
    second = world.endpoints["ecr.api"]
    code, _ = refused(
        lambda: lab.client("ec2").modify_vpc_endpoint(VpcEndpointId=second, PrivateDnsEnabled=True)
    )
    assert code == "InvalidParameter"


def test_private_dns_needs_both_attributes_of_the_vpc(lab: Lab) -> None:
    world = World(lab).network(dns=False)
    code, text = refused(lambda: world.endpoint("logs"))
    assert code == "InvalidParameter"
    assert text == (
        "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes"
        f" set to true for {world.vpc}"
    )


def test_one_subnet_for_each_zone(lab: Lab) -> None:
    world = World(lab).network()
    ec2 = lab.client("ec2")
    zone = ec2.describe_subnets(SubnetIds=world.subnets[:1])["Subnets"][0]["AvailabilityZone"]
    twin = ec2.create_subnet(VpcId=world.vpc, CidrBlock="10.0.77.0/24", AvailabilityZone=zone)
    both = [world.subnets[0], twin["Subnet"]["SubnetId"]]
    code, text = refused(lambda: world.endpoint("logs", SubnetIds=both))
    assert code == "DuplicateSubnetsInSameZone"
    assert text.startswith("Found another VPC endpoint subnet in the availability zone of subnet-")


def test_a_gateway_endpoint_puts_its_route_and_takes_it_away(lab: Lab) -> None:
    world = World(lab).network(endpoints=["s3"])
    ec2 = lab.client("ec2")

    def routes() -> list[str]:
        table = ec2.describe_route_tables(RouteTableIds=[world.route_table])["RouteTables"][0]
        return [r["GatewayId"] for r in table["Routes"] if "DestinationPrefixListId" in r]

    gateway = world.endpoints["s3"]
    assert routes() == [gateway]
    code, _ = refused(lambda: world.endpoint("s3"))
    assert code == "RouteAlreadyExists"
    ec2.modify_vpc_endpoint(VpcEndpointId=gateway, RemoveRouteTableIds=[world.route_table])
    assert routes() == []
    ec2.modify_vpc_endpoint(VpcEndpointId=gateway, AddRouteTableIds=[world.route_table])
    assert routes() == [gateway]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[gateway])
    assert routes() == []
    lab.settle(60)
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_an_unknown_service_and_an_unknown_vpc_are_refused(lab: Lab) -> None:
    world = World(lab).network()
    name = "com.amazonaws.ap-northeast-1.ecr.app"
    assert refused(lambda: world.endpoint("ecr.app")) == (
        "InvalidServiceName",
        f"The Vpc Endpoint Service '{name}' does not exist",
    )
    assert refused(lambda: world.endpoint("logs", VpcId="vpc-dead"))[0] == "InvalidVpcId.NotFound"


def test_a_dry_run_changes_nothing(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    code, text = refused(lambda: ec2.create_vpc(CidrBlock="10.0.0.0/16", DryRun=True))
    assert code == "DryRunOperation"
    assert text == "Request would have succeeded, but DryRun flag is set."
    assert len(ec2.describe_vpcs()["Vpcs"]) == before


def test_the_answers_have_the_shape_of_botocores_model(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    watch = Watch(ec2)
    world = World(lab).network(nat=True, endpoints=["logs", "s3"])
    ec2.describe_vpc_endpoints()
    ec2.describe_network_interfaces()
    ec2.describe_route_tables()
    ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [world.vpc]}])
    ec2.describe_security_groups()
    ec2.describe_network_acls()
    ec2.describe_nat_gateways()
    ec2.describe_vpc_attribute(VpcId=world.vpc, Attribute="enableDnsSupport")
    assert watch.problems == []


def test_the_services_with_endpoints_are_told_by_name_and_by_filter(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    watch = Watch(ec2)
    base = "com.amazonaws.ap-northeast-1"
    got = ec2.describe_vpc_endpoint_services(ServiceNames=[f"{base}.ecr.dkr", f"{base}.s3"])
    assert got["ServiceNames"] == [f"{base}.ecr.dkr", f"{base}.s3"]
    registry, *s3 = got["ServiceDetails"]
    assert registry["PrivateDnsName"] == "*.dkr.ecr.ap-northeast-1.amazonaws.com"
    assert registry["PrivateDnsNames"] == [{"PrivateDnsName": registry["PrivateDnsName"]}]
    assert registry["ServiceType"] == [{"ServiceType": "Interface"}]
    assert registry["Owner"] == "amazon"
    assert registry["VpcEndpointPolicySupported"] is True
    assert registry["AcceptanceRequired"] is False
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert registry["AvailabilityZones"] == sorted(z["ZoneName"] for z in zones)
    assert {s["ServiceType"][0]["ServiceType"] for s in s3} == {"Gateway", "Interface"}

    chosen = [
        {"Name": "service-name", "Values": [f"{base}.s3", f"{base}.logs"]},
        {"Name": "service-type", "Values": ["Interface"]},
    ]
    found = ec2.describe_vpc_endpoint_services(Filters=chosen)["ServiceDetails"]
    assert [s["ServiceName"] for s in found] == [f"{base}.logs", f"{base}.s3"]
    every = ec2.describe_vpc_endpoint_services()["ServiceNames"]
    assert {f"{base}.{s}" for s in ("ecr.api", "ssmmessages", "secretsmanager")} <= set(every)
    assert watch.problems == []


def test_a_service_without_endpoints_and_a_filter_that_there_is_not(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    name = "com.amazonaws.ap-northeast-1.ecr.app"
    assert refused(lambda: ec2.describe_vpc_endpoint_services(ServiceNames=[name])) == (
        "InvalidServiceName",
        f"The Vpc Endpoint Service '{name}' does not exist",
    )
    odd = [{"Name": "colour", "Values": ["red"]}]
    assert refused(lambda: ec2.describe_vpc_endpoints(Filters=odd)) == (
        "InvalidParameterValue",
        "The filter 'colour' is invalid",
    )


def test_endpoints_are_found_by_what_they_are(lab: Lab) -> None:
    world = World(lab).network(endpoints=["logs", "s3"])
    world.endpoint("ssm", TagSpecifications=[
        {"ResourceType": "vpc-endpoint", "Tags": [{"Key": "team", "Value": "a&b <c>"}]}
    ])  # fmt: skip
    ec2 = lab.client("ec2")

    def found(**filters: str) -> list[str]:
        given = [{"Name": k.replace("_", "-"), "Values": [v]} for k, v in filters.items()]
        got = ec2.describe_vpc_endpoints(Filters=given)["VpcEndpoints"]
        return [e["ServiceName"].rsplit(".", 1)[-1] for e in got]

    assert found(vpc_id=world.vpc) == ["logs", "s3", "ssm"]
    assert found(vpc_id="vpc-other") == []
    assert found(vpc_endpoint_type="Gateway") == ["s3"]
    assert found(service_name="*.ss?") == ["ssm"]
    assert found(vpc_endpoint_state="available", vpc_endpoint_type="Interface") == ["logs", "ssm"]
    tagged = ec2.describe_vpc_endpoints(Filters=[{"Name": "tag:team", "Values": ["a&b*"]}])
    assert tagged["VpcEndpoints"][0]["Tags"] == [{"Key": "team", "Value": "a&b <c>"}]
    missing = "vpce-00000000000000000"
    assert refused(lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[missing])) == (
        "InvalidVpcEndpointId.NotFound",
        f"The Vpc Endpoint Id '{missing}' does not exist",
    )


def test_an_endpoint_has_names_of_its_own_for_the_region_and_each_zone(lab: Lab) -> None:
    world = World(lab).network(endpoints=["ecr.api"])
    names = [d["DnsName"] for d in _endpoint(world, "ecr.api")["DnsEntries"]]
    own = [n for n in names if n.startswith(world.endpoints["ecr.api"])]
    assert len(own) == 1 + len(world.subnets)
    assert all(n.endswith(".api.ecr.ap-northeast-1.vpce.amazonaws.com") for n in own)
    assert "api.ecr.ap-northeast-1.amazonaws.com" in names
