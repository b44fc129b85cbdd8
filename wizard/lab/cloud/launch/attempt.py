"""One attempt to start a task: what its steps need to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends

from wizard.lab.cloud.ecs.store import Store, find_definition, last
from wizard.lab.cloud.identity.evaluate import Decision, Named
from wizard.lab.cloud.identity.guard import decide
from wizard.lab.cloud.identity.principals import Principal, iam, of_role, parsed
from wizard.lab.cloud.identity.resources import Need
from wizard.lab.cloud.identity.words import sentence
from wizard.lab.cloud.launch import network
from wizard.lab.cloud.launch.network import Way
from wizard.lab.cloud.state import Cloud, Record
from wizard.lab.cloud.wire import partition_of


@dataclass
class Attempt:
    """A task on its way up."""

    cloud: Cloud
    store: Store
    task: Record
    when: float

    @property
    def region(self) -> str:
        return self.store.region

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    @property
    def style(self) -> str:
        return self.cloud.settings.wording

    @property
    def id(self) -> str:
        return last(str(self.task["taskArn"]))

    @property
    def ec2(self) -> EC2Backend:
        backend: EC2Backend = ec2_backends[self.store.account][self.region]
        return backend

    @property
    def definition(self) -> Record:
        found = find_definition(self.store, str(self.task["taskDefinitionArn"]))
        return found or {"containerDefinitions": []}

    @property
    def containers(self) -> list[Record]:
        found: list[Record] = self.definition["containerDefinitions"]
        return found

    @property
    def modern(self) -> bool:
        """Platform 1.4.0 or later (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/
        platform-linux-fargate.html)."""
        return str(self.task.get("platformVersion")) not in ("1.0.0", "1.1.0", "1.2.0", "1.3.0")

    @property
    def place(self) -> network.Place | None:
        eni = self.task.get("_eni")
        return network.place(self.cloud, self.store.account, self.region, eni) if eni else None

    def role(self, key: str) -> Principal | None:
        """A session of the task's ``executionRoleArn`` or ``taskRoleArn``; None if it is none."""
        overrides: dict[str, Any] = self.task.get("overrides") or {}
        arn = str(overrides.get(key) or self.definition.get(key) or "")
        parts = arn.split(":", 5)
        if len(parts) != 6:
            return None
        roles = iam(parts[4], parts[1]).roles.values()
        found = next((r for r in roles if r.arn == arn), None)
        return None if found is None else of_role(found, self.id)

    def way(self, service: str, region: str | None = None) -> Way:
        """The task's way to a service; closed when its interface has gone."""
        spot = self.place
        if spot is None:
            return Way(False, "0.0.0.0", fault="timeout")
        return network.way_to(spot, service, region)

    def may(self, who: Principal, action: str, resource: str, way: Way | None = None) -> Decision:
        """What all policies say, that of the VPC endpoint on the way included."""
        endpoint = None
        context: dict[str, str | list[str]] = {}
        if way is not None and way.endpoint is not None:
            endpoint = Named(way.endpoint.id, parsed(way.endpoint.policy_document))
            context = {"aws:SourceVpce": way.endpoint.id, "aws:SourceVpc": way.endpoint.vpc_id}
        need = Need(action, resource, context)
        return decide(self.cloud, who, need, self.region, endpoint)

    def denial(self, who: Principal, action: str, resource: str, decision: Decision) -> str:
        """The API's sentence for a refusal."""
        return sentence(who.arn, action, resource, decision)

    def arn(self, service: str, rest: str, region: str | None = None, account: str = "") -> str:
        """An ARN in the task's account and region, or in others."""
        where = region or self.region
        owner = account or self.store.account
        return f"arn:{partition_of(where)}:{service}:{where}:{owner}:{rest}"
