"""A compact builder of worlds: right by default, each piece breakable.

Everything is made through the AWS API by plain boto3, as root, so what stands afterwards is
what a user could have made, and is mended in the same way.
"""

from __future__ import annotations

import json
from typing import Any, Self

from wizard.lab import oci
from wizard.lab.lab import Lab

# What a private subnet needs for images from ECR, awslogs and ECS Exec
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html).
ALL_ENDPOINTS = ("ecr.api", "ecr.dkr", "s3", "logs", "ssmmessages")
EXECUTION_POLICY = "service-role/AmazonECSTaskExecutionRolePolicy"
EXEC_ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
Json = dict[str, Any]


def trust(*services: str) -> str:
    """A trust policy for AWS services."""
    return _policy(Effect="Allow", Principal={"Service": list(services)}, Action="sts:AssumeRole")


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(*actions: str, resource: str | list[str] = "*") -> str:
    """A policy document that allows *actions*."""
    return _policy(Effect="Allow", Action=list(actions), Resource=resource)


class World:
    """What has been built so far. Each method adds something and gives the world back."""

    def __init__(self, lab: Lab, cluster: str = "prod") -> None:
        self.lab = lab
        self.cluster = cluster
        self.partition = "aws-cn" if lab.region.startswith("cn-") else "aws"
        if lab.region.startswith("us-gov-"):
            self.partition = "aws-us-gov"
        self.vpc = ""
        self.subnets: list[str] = []
        self.public_subnets: list[str] = []
        self.route_table = ""
        self.public_route_table = ""
        self.task_group = ""
        self.endpoint_group = ""
        self.endpoints: dict[str, str] = {}
        self.nat = ""
        self.public = False
        self.execution_role = ""
        self.task_role = ""
        self.image = ""
        self.logs = ""
        self.definition = ""

    def client(self, service: str) -> Any:
        """A root client of *service*."""
        return self.lab.client(service)

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

    def role(
        self,
        name: str,
        *,
        service: str = "ecs-tasks.amazonaws.com",
        managed: tuple[str, ...] = (),
        inline: str | None = None,
        trust_policy: str | None = None,
    ) -> str:
        """A role; gives its ARN. ``managed`` are names of AWS managed policies."""
        iam = self.client("iam")
        made = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=trust_policy or trust(service)
        )
        for policy in managed:
            arn = f"arn:{self.partition}:iam::aws:policy/{policy}"
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        if inline:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=inline)
        return str(made["Role"]["Arn"])

    def roles(self, *, execution: bool = True, task: bool = True, exec_: bool = True) -> Self:
        """The execution role with AWS's managed policy, and a task role fit for ECS Exec."""
        if execution:
            self.execution_role = self.role("ecsTaskExecutionRole", managed=(EXECUTION_POLICY,))
        if task:
            inline = allow(*EXEC_ACTIONS) if exec_ else None
            self.task_role = self.role("app-task-role", inline=inline)
        return self

    def bastion(self, *, inline: str | None = None, managed: tuple[str, ...] = ()) -> Self:
        """The bastion's role ``ec2-role`` in its instance profile."""
        self.role("ec2-role", service="ec2.amazonaws.com", inline=inline, managed=managed)
        iam = self.client("iam")
        iam.create_instance_profile(InstanceProfileName="ec2-role")
        iam.add_role_to_instance_profile(InstanceProfileName="ec2-role", RoleName="ec2-role")
        return self

    def repository(
        self, name: str = "team/app", tags: tuple[str, ...] | list[str] = ("v1",)
    ) -> Self:
        """An ECR repository with an image for each tag; :attr:`image` is then the first of them."""
        made = self.client("ecr").create_repository(repositoryName=name)
        uri = made["repository"]["repositoryUri"]
        for tag in tags:
            self.push(name, tag)
        self.image = f"{uri}:{tags[0] if tags else 'latest'}"
        return self

    def push(
        self,
        name: str,
        tag: str,
        *,
        architecture: str = "amd64",
        labels: dict[str, str] | None = None,
    ) -> str:
        """Pushes an image through ECR's own calls; gives its digest."""
        ecr = self.client("ecr")
        image = oci.make(f"{name}:{tag}", architecture, labels)
        for digest, blob in image.blobs:
            upload = ecr.initiate_layer_upload(repositoryName=name)["uploadId"]
            ecr.upload_layer_part(
                repositoryName=name,
                uploadId=upload,
                partFirstByte=0,
                partLastByte=len(blob) - 1,
                layerPartBlob=blob,
            )
            ecr.complete_layer_upload(repositoryName=name, uploadId=upload, layerDigests=[digest])
        ecr.put_image(
            repositoryName=name,
            imageManifest=image.manifest.decode(),
            imageManifestMediaType=oci.MANIFEST,
            imageTag=tag,
        )
        return image.digest

    def log_group(self, name: str = "/ecs/web") -> Self:
        """A CloudWatch log group."""
        self.client("logs").create_log_group(logGroupName=name)
        self.logs = name
        return self

    def container(self, name: str = "app", **changes: Any) -> Json:
        """A container definition with awslogs; ``changes`` replaces parts of it."""
        made: Json = {
            "name": name,
            "image": self.image,
            "essential": True,
            "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
        }
        if self.logs:
            made["logConfiguration"] = {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": self.logs,
                    "awslogs-region": self.lab.region,
                    "awslogs-stream-prefix": "ecs",
                },
            }
        return made | changes

    def task_definition(
        self, family: str = "web", containers: list[Json] | None = None, **changes: Any
    ) -> Self:
        """A Fargate task definition; :attr:`definition` is then its ARN."""
        given: Json = {
            "family": family,
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "containerDefinitions": containers or [self.container()],
        }
        if self.execution_role:
            given["executionRoleArn"] = self.execution_role
        if self.task_role:
            given["taskRoleArn"] = self.task_role
        given = {k: v for k, v in (given | changes).items() if v is not None}
        made = self.client("ecs").register_task_definition(**given)
        self.definition = made["taskDefinition"]["taskDefinitionArn"]
        return self

    @property
    def network_configuration(self) -> Json:
        """The awsvpc configuration for the world's tasks."""
        return {
            "awsvpcConfiguration": {
                "subnets": self.subnets,
                "securityGroups": [self.task_group],
                "assignPublicIp": "ENABLED" if self.public else "DISABLED",
            }
        }

    def service(
        self, name: str = "web", *, desired: int = 1, exec_: bool = True, **changes: Any
    ) -> Self:
        """A service of the last task definition (a default one is made if there is none)."""
        ecs = self.client("ecs")
        if not self.definition:
            self.task_definition(name)
        ecs.create_cluster(clusterName=self.cluster)
        given: Json = {
            "cluster": self.cluster,
            "serviceName": name,
            "taskDefinition": self.definition,
            "desiredCount": desired,
            "launchType": "FARGATE",
            "enableExecuteCommand": exec_,
            "networkConfiguration": self.network_configuration,
        }
        ecs.create_service(**{k: v for k, v in (given | changes).items() if v is not None})
        return self

    def settle(self, seconds: float = 300.0) -> Self:
        """Lets AWS's own time pass: see :meth:`Lab.settle`."""
        self.lab.settle(seconds)
        return self

    def describe(self, service: str = "web") -> Json:
        """The service as DescribeServices shows it."""
        found = self.client("ecs").describe_services(cluster=self.cluster, services=[service])
        first: Json = found["services"][0]
        return first

    def tasks(self, service: str = "web", status: str = "RUNNING") -> list[Json]:
        """The service's tasks with that desired status."""
        ecs = self.client("ecs")
        arns = ecs.list_tasks(cluster=self.cluster, serviceName=service, desiredStatus=status)
        if not arns["taskArns"]:
            return []
        found: list[Json] = ecs.describe_tasks(cluster=self.cluster, tasks=arns["taskArns"])[
            "tasks"
        ]
        return found

    def reasons(self, service: str = "web") -> list[str]:
        """Why tasks of the service stopped, newest first."""
        stopped = self.tasks(service, "STOPPED")
        stopped.sort(key=lambda t: t["createdAt"], reverse=True)
        return [str(t.get("stoppedReason", "")) for t in stopped]

    def redeploy(self, service: str = "web") -> Self:
        """Forces a new deployment and lets time pass."""
        self.client("ecs").update_service(
            cluster=self.cluster, service=service, forceNewDeployment=True
        )
        return self.settle()


def healthy(lab: Lab, *, exec_: bool = True) -> World:
    """A private service behind endpoints in which everything is right."""
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    return world.service(exec_=exec_).settle()
