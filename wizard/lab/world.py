"""A compact builder of worlds: right by default, each piece breakable.

Everything is made through the AWS API by plain boto3, as root, so what stands afterwards is
what a user could have made, and is mended in the same way.
"""

from __future__ import annotations

from typing import Any, Self

from wizard.lab.building.balancing import Balancing
from wizard.lab.building.base import ALL_ENDPOINTS, EXEC_ACTIONS, Json, allow, trust
from wizard.lab.building.identity import Identity
from wizard.lab.building.images import Images
from wizard.lab.building.network import Network
from wizard.lab.lab import Lab

__all__ = ["ALL_ENDPOINTS", "EXEC_ACTIONS", "World", "allow", "healthy", "trust"]


class World(Network, Identity, Images, Balancing):
    """What has been built so far. Each method adds something and gives the world back."""

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
