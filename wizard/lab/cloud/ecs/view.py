"""A service at one moment, as the scheduler sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wizard.lab.cloud.ecs.news import deployment_changed, service_acted, tell
from wizard.lab.cloud.ecs.store import Store, tasks_of
from wizard.lab.cloud.state import Cloud, Record


@dataclass
class View:
    """A service, its tasks and its deployments at the time ``when``."""

    cloud: Cloud
    store: Store
    service: Record
    when: float

    @property
    def primary(self) -> Record:
        """The deployment that is wanted."""
        first: Record = self.service["deployments"][0]
        return first

    @property
    def alive(self) -> list[Record]:
        """The tasks that are not to stop."""
        return [t for t in tasks_of(self.store, self.service) if t["desiredStatus"] == "RUNNING"]

    def of_primary(self, tasks: list[Record]) -> list[Record]:
        """Those of the deployment that is wanted."""
        return [t for t in tasks if t["startedBy"] == self.primary["id"]]

    def others(self, tasks: list[Record]) -> list[Record]:
        """Those of earlier deployments."""
        return [t for t in tasks if t["startedBy"] != self.primary["id"]]

    @property
    def desired(self) -> int:
        """How many tasks the service wants."""
        return int(self.service["desiredCount"])

    @property
    def ceiling(self) -> int:
        """How many may be alive at once during a deployment."""
        return math.floor(self.desired * self.percent("maximumPercent"))

    def percent(self, name: str) -> float:
        """A percentage of the deployment configuration, as a fraction."""
        return float(self.service["deploymentConfiguration"][name]) / 100

    def tell(self, text: str) -> None:
        """A service event."""
        tell(self.service, self.when, text)

    def acted(self, kind: str, name: str, **more: object) -> None:
        """An "ECS Service Action" to EventBridge."""
        service_acted(self.store, self.service, (kind, name), self.when, **more)

    def deployed(self, kind: str, name: str) -> None:
        """An "ECS Deployment State Change" to EventBridge."""
        deployment_changed(self.store, self.service, (kind, name), self.when)


def ready(task: Record) -> bool:
    """Whether a task counts as healthy: it runs, its health checks have passed, and still do."""
    return task["lastStatus"] == "RUNNING" and not task.get("_awaiting") and not task.get("_ill")
