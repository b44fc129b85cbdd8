"""The part of a world builder that makes networks."""

from __future__ import annotations

from typing import Any, Self

from wizard.lab.building.base import Base, Json


class Network(Base):
    """VPC, subnets, ways out, VPC endpoints."""

    def network(
        self,
        *,
        public: bool = False,
        endpoints: tuple[str, ...] | list[str] = (),
        nat: bool = False,
        dns: bool = True,
        zones: int = 2,
        prefix: int = 24,
    ) -> Self:
        """A VPC with subnets for the tasks.

        ``public``: the subnets route to an internet gateway and tasks get public addresses.
        ``nat``: private subnets whose default route is a NAT gateway.
        ``endpoints``: short names (``ecr.api``, ``s3``, …) of the endpoints to make.
        """
        ec2 = self.client("ec2")
        self.public = public
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            ec2.modify_vpc_attribute(VpcId=self.vpc, **{attribute: {"Value": dns}})
        self.route_table = self._table()
        self.subnets = self._subnets("10.0.1", zones, prefix, self.route_table)
        self.task_group = self._group("tasks")
        if public or nat:
            self._way_out(public)
        if endpoints:
            self.open_endpoint_group()
        for name in endpoints:
            self.endpoint(name)
        return self

    def _table(self) -> str:
        made = self.client("ec2").create_route_table(VpcId=self.vpc)
        return str(made["RouteTable"]["RouteTableId"])

    def _subnets(self, base: str, count: int, prefix: int, table: str) -> list[str]:
        ec2 = self.client("ec2")
        head, third = base.rsplit(".", 1)
        # New accounts have no zone b in Tokyo, nor has moto.
        zones = "acd" if self.lab.region == "ap-northeast-1" else "abc"
        made = []
        for index in range(count):
            subnet = ec2.create_subnet(
                VpcId=self.vpc,
                CidrBlock=f"{head}.{int(third) + index}.0/{prefix}",
                AvailabilityZone=f"{self.lab.region}{zones[index]}",
            )["Subnet"]["SubnetId"]
            ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
            made.append(str(subnet))
        return made

    def _group(self, name: str) -> str:
        made = self.client("ec2").create_security_group(
            GroupName=name, Description=name, VpcId=self.vpc
        )
        return str(made["GroupId"])

    def closed_group(self, name: str) -> str:
        """A security group that admits nothing; gives its id."""
        return self._group(name)

    def _way_out(self, public: bool) -> None:
        ec2 = self.client("ec2")
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        out = {"DestinationCidrBlock": "0.0.0.0/0"}
        if public:
            ec2.create_route(RouteTableId=self.route_table, GatewayId=gateway, **out)
            return
        table = self._table()
        ec2.create_route(RouteTableId=table, GatewayId=gateway, **out)
        self.public_subnets = self._subnets("10.0.101", 1, 24, table)
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = ec2.create_nat_gateway(SubnetId=self.public_subnets[0], AllocationId=address)
        self.nat = made["NatGateway"]["NatGatewayId"]
        ec2.create_route(RouteTableId=self.route_table, NatGatewayId=self.nat, **out)

    def sixth_way_out(self) -> Self:
        """The subnets' default route for IPv6, to an egress-only internet gateway."""
        ec2 = self.client("ec2")
        made = ec2.create_egress_only_internet_gateway(VpcId=self.vpc)
        ec2.create_route(
            RouteTableId=self.route_table,
            DestinationIpv6CidrBlock="::/0",
            EgressOnlyInternetGatewayId=made["EgressOnlyInternetGateway"][
                "EgressOnlyInternetGatewayId"
            ],
        )
        return self

    def add_private_subnets(self, zones: int = 2) -> Self:
        """Private subnets with a route table of their own; they are the world's from now on."""
        self.route_table = self._table()
        self.subnets = self._subnets("10.0.11", zones, 24, self.route_table)
        return self

    def open_endpoint_group(self, cidr: str = "10.0.0.0/16") -> Self:
        """A security group for endpoints that admits 443 from the VPC."""
        if not self.endpoint_group:
            self.endpoint_group = self._group("endpoints")
            self.client("ec2").authorize_security_group_ingress(
                GroupId=self.endpoint_group,
                IpPermissions=[
                    {
                        "IpProtocol": "tcp",
                        "FromPort": 443,
                        "ToPort": 443,
                        "IpRanges": [{"CidrIp": cidr}],
                    }
                ],
            )
        return self

    def endpoint(self, name: str, *, wait: bool = True, **changes: Any) -> Self:
        """The VPC endpoint of a service: a gateway for s3 and dynamodb, else an interface.

        ``changes`` replaces parameters of CreateVpcEndpoint (``PolicyDocument=…``).
        """
        given: Json = {"VpcId": self.vpc, "ServiceName": self.service_name(name)}
        if name in ("s3", "dynamodb"):
            given |= {"VpcEndpointType": "Gateway", "RouteTableIds": [self.route_table]}
        else:
            self.open_endpoint_group()
            given |= {
                "VpcEndpointType": "Interface",
                "SubnetIds": self.subnets,
                "SecurityGroupIds": [self.endpoint_group],
                "PrivateDnsEnabled": True,
            }
        made = self.client("ec2").create_vpc_endpoint(**(given | changes))
        self.endpoints[name] = made["VpcEndpoint"]["VpcEndpointId"]
        if wait:
            self.lab.settle(60)
        return self

    def service_name(self, name: str) -> str:
        """An endpoint service's full name."""
        prefix = "cn.com" if self.partition == "aws-cn" and name != "s3" else "com"
        return f"{prefix}.amazonaws.{self.lab.region}.{name}"
