"""What every part of a world builder knows: the lab, and the names of what was made."""

from __future__ import annotations

import copy
import json
import shutil
from typing import Any, Self

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


class Base:
    """The names of what has been made so far, and clients to make more."""

    def __init__(self, lab: Lab, cluster: str = "prod") -> None:
        self.lab = lab
        self._clients: dict[str, Any] = {}
        self._kept: dict[str, Json] = {}
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
        self.balancer_group = ""
        self.load_balancer = ""
        self.target_group = ""
        self.image = ""
        self.logs = ""
        self.definition = ""
        # What a world's builder has to remember for its mending: ids by name.
        self.notes: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A root client of *service*, the same one each time."""
        if service not in self._clients:
            self._clients[service] = self.lab.client(service)
        return self._clients[service]

    def elsewhere(self, service: str, account: str | None, region: str | None) -> Any:
        """A root client in another account or region; the world's own if both are None."""
        if account is None and region is None:
            return self.client(service)
        return self.lab.client(service, f"root/{account or self.lab.account}", region=region)

    def keep(self) -> str:
        """Keeps the lab's state and what this builder knows of it, for :meth:`back`."""
        kept = self.lab.snapshot()
        self._kept[kept] = copy.deepcopy(
            {k: v for k, v in vars(self).items() if k not in ("lab", "_clients", "_kept")}
        )
        copied = self.lab.bastion.with_name(f"bastion-{kept}")
        if self.lab.bastion.exists():
            shutil.copytree(self.lab.bastion, copied, dirs_exist_ok=True)
        return kept

    def back(self, kept: str) -> None:
        """Goes back to what :meth:`keep` kept, any number of times."""
        self.lab.restore(kept)
        shutil.rmtree(self.lab.bastion, ignore_errors=True)
        copied = self.lab.bastion.with_name(f"bastion-{kept}")
        if copied.exists():
            shutil.copytree(copied, self.lab.bastion)
        vars(self).update(copy.deepcopy(self._kept[kept]))

    def settle(self, seconds: float = 300.0) -> Self:
        """Lets AWS's own time pass: see :meth:`Lab.settle`."""
        self.lab.settle(seconds)
        return self
