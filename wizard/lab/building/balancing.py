"""The part of a world builder that makes load balancers."""

from __future__ import annotations

from typing import Any, Self

from wizard.lab.building.base import Base, Json


class Balancing(Base):
    """An Application Load Balancer in front of the world's service."""

    def admit(self, port: int, group: str, source: str, *, cidr: bool = False) -> Self:
        """Lets a port into *group* from another group (or from an address block)."""
        rule: Json = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        if cidr:
            rule["IpRanges"] = [{"CidrIp": source}]
        else:
            rule["UserIdGroupPairs"] = [{"GroupId": source}]
        self.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        return self

    def balancer(
        self,
        *,
        port: int = 80,
        admit: bool = True,
        subnets: list[str] | None = None,
        **group: Any,
    ) -> Self:
        """A load balancer with a listener and a target group for the service.

        ``admit`` opens the tasks' group to it; ``subnets`` are its own where it does not stand
        in those of the tasks; ``group`` replaces parameters of CreateTargetGroup
        (``HealthCheckPath``, ``TargetType``, …).
        """
        elb, ec2 = self.client("elbv2"), self.client("ec2")
        made = ec2.create_security_group(
            GroupName="balancer", Description="balancer", VpcId=self.vpc
        )
        self.balancer_group = str(made["GroupId"])
        self.admit(80, self.balancer_group, "0.0.0.0/0", cidr=True)
        balancer = elb.create_load_balancer(
            Name="front", Subnets=subnets or self.subnets, SecurityGroups=[self.balancer_group],
            Scheme="internal", Type="application",
        )["LoadBalancers"][0]["LoadBalancerArn"]  # fmt: skip
        self.target_group = self.make_target_group("web", port, **group)
        self.load_balancer = str(balancer)
        self.listen(80, self.target_group)
        if admit:
            self.admit(port, self.task_group, self.balancer_group)
        return self

    def listen(self, port: int, group: str) -> Self:
        """A listener of the load balancer that forwards to a target group."""
        self.client("elbv2").create_listener(
            LoadBalancerArn=self.load_balancer,
            Protocol="HTTP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return self

    def make_target_group(self, name: str, port: int = 80, **changes: Any) -> str:
        """A target group for tasks; gives its ARN."""
        given: Json = {"Protocol": "HTTP", "Port": port, "VpcId": self.vpc, "TargetType": "ip"}
        made = self.client("elbv2").create_target_group(Name=name, **(given | changes))
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def behind(self, container: str = "app", port: int = 80) -> list[Json]:
        """The ``loadBalancers`` of a service behind the world's target group."""
        return [
            {
                "targetGroupArn": self.target_group,
                "containerName": container,
                "containerPort": port,
            }
        ]
