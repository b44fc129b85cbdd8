"""Where ECS keeps its records: in the shape of the API's own structures, ready to be answered.

Keys that begin with an underscore are the lab's own; the serializers drop them.
"""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from wizard.lab.cloud.context import Context
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.state import Cloud, Record
from wizard.lab.cloud.wire import partition_of

# How long AWS shows a stopped task (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/
# stopped-task-errors.html), in seconds of stamp time.
STOPPED_KEPT_S = 3600.0
_TOKEN = "from:"


@dataclass
class Store:
    """ECS of one account in one region."""

    account: str
    region: str
    clusters: dict[str, Record] = field(default_factory=dict)
    definitions: dict[str, list[Record]] = field(default_factory=dict)
    services: dict[str, Record] = field(default_factory=dict)
    tasks: dict[str, Record] = field(default_factory=dict)
    deployments: dict[str, Record] = field(default_factory=dict)
    revisions: dict[str, Record] = field(default_factory=dict)
    sessions: dict[str, Record] = field(default_factory=dict)
    account_settings: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.account, self.region

    def arn(self, rest: str) -> str:
        """An ECS ARN of this account and region."""
        return f"arn:{partition_of(self.region)}:ecs:{self.region}:{self.account}:{rest}"


def store_at(cloud: Cloud, account: str, region: str) -> Store:
    """The ECS of *account* in *region*."""
    found: Store = cloud.memory.ecs.setdefault((account, region), Store(account, region))
    return found


def store_of(context: Context) -> Store:
    """The ECS that a call is about."""
    return store_at(context.cloud, context.account, context.region)


def new_id() -> str:
    """A task or container id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def new_number() -> str:
    """The number in a deployment id, ``ecs-svc/<19 digits>``."""
    return str(10**18 + secrets.randbelow(8 * 10**18))


def last(arn_or_name: str) -> str:
    """The last part of an ARN's path, or the name itself."""
    return arn_or_name.rsplit("/", 1)[-1]


def find_cluster(store: Store, given: str | None) -> Record | None:
    """A cluster by name, ARN or None for ``default``; None when there is none."""
    return store.clusters.get(last(given or "default"))


def cluster_of(context: Context) -> Record:
    """The cluster that a call names. Raises ClusterNotFoundException.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
    """
    found = find_cluster(store_of(context), context.params.get("cluster"))
    if found is None or found["status"] == "INACTIVE":
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return found


def cluster_name(record: Record) -> str:
    """The cluster's name in the ARN of a service or task."""
    return str(record["clusterArn"]).rsplit("/", 1)[-1]


def service_key(cluster: str, name: str) -> str:
    """The key of a service in the store."""
    return f"{cluster}/{name}"


def service_in(context: Context, given: str) -> Record:
    """An existing service of the call's cluster. Raises as the API does."""
    cluster = cluster_of(context)
    store = store_of(context)
    found = store.services.get(service_key(cluster_name(cluster), last(given)))
    if found is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    if found["status"] != "ACTIVE":
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    return found


def tasks_of(store: Store, service: Record) -> list[Record]:
    """The tasks of a service, stopped ones included, oldest first."""
    arn = service["serviceArn"]
    return [t for t in store.tasks.values() if t.get("_service") == arn]


def find_definition(store: Store, given: str) -> Record | None:
    """A task definition by ARN, ``family:revision`` or ``family`` (its newest active one)."""
    name = given.split("task-definition/")[-1]
    family, _, revision = name.partition(":")
    listed = store.definitions.get(family, [])
    if revision:
        return next((d for d in listed if str(d["revision"]) == revision), None)
    active = [d for d in listed if d["status"] == "ACTIVE"]
    return active[-1] if active else None


def definition_to_run(store: Store, given: str) -> Record:
    """A task definition that can be started. Raises ClientException as the API does."""
    found = find_definition(store, given)
    if found is None:
        raise AwsError("ClientException", "TaskDefinition not found.")
    if found["status"] != "ACTIVE":
        raise AwsError("ClientException", "TaskDefinition is inactive")
    return found


def page(context: Context, items: list[Any], name: str, usual: int = 100) -> Record:
    """One page of a List operation. A token is opaque, as AWS's are.

    Raises InvalidParameterException for a token that no answer gave.
    """
    start = _start(context.params.get("nextToken"), len(items))
    size = int(context.params.get("maxResults") or usual)
    result: Record = {name: items[start : start + size]}
    if start + size < len(items):
        result["nextToken"] = base64.b64encode(f"{_TOKEN}{start + size}".encode()).decode()
    return result


def _start(token: object, most: int) -> int:
    if not token:
        return 0
    try:
        text = base64.b64decode(str(token), validate=True).decode()
        start = int(text.removeprefix(_TOKEN)) if text.startswith(_TOKEN) else -1
    except ValueError:
        start = -1
    if start < 0:
        # No public source for ECS's own words was found.
        raise AwsError("InvalidParameterException", "Invalid token.")
    return min(start, most)


def forget_old(cloud: Cloud, store: Store) -> None:
    """Lets go of tasks that stopped more than an hour ago."""
    limit = cloud.clock.now() - STOPPED_KEPT_S
    for key in [k for k, t in store.tasks.items() if t.get("_stopped_at", limit + 1) < limit]:
        del store.tasks[key]
