"""Clusters, capacity providers and account settings."""

from __future__ import annotations

from typing import Any

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.ecs.store import (
    Store,
    cluster_name,
    cluster_of,
    find_cluster,
    last,
    page,
    store_of,
)
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.state import Record

_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
_SETTINGS = {
    "serviceLongArnFormat": "enabled",
    "taskLongArnFormat": "enabled",
    "containerInstanceLongArnFormat": "enabled",
    "awsvpcTrunking": "disabled",
    "containerInsights": "disabled",
    "fargateFIPSMode": "disabled",
    "tagResourceAuthorization": "off",
    "fargateTaskRetirementWaitPeriod": "7",
    "guardDutyActivate": "off",
    "defaultLogDriverMode": "non-blocking",
}


@handles("ecs", "CreateCluster")
def create_cluster(context: Context) -> Result:
    """CreateCluster; an existing one of that name is answered as it is."""
    p, store = context.params, store_of(context)
    name = str(p.get("clusterName") or "default")
    if name not in store.clusters or store.clusters[name]["status"] == "INACTIVE":
        store.clusters[name] = {
            "clusterArn": store.arn(f"cluster/{name}"),
            "clusterName": name,
            "status": "ACTIVE",
            "configuration": p.get("configuration"),
            "settings": p.get("settings") or [{"name": "containerInsights", "value": "disabled"}],
            "capacityProviders": p.get("capacityProviders") or [],
            "defaultCapacityProviderStrategy": p.get("defaultCapacityProviderStrategy") or [],
            "serviceConnectDefaults": p.get("serviceConnectDefaults"),
            "tags": p.get("tags") or [],
        }
    return {"cluster": _shown(store, store.clusters[name], {"CONFIGURATIONS", "SETTINGS", "TAGS"})}


def _shown(store: Store, cluster: Record, include: set[str]) -> Record:
    name = cluster["clusterName"]
    tasks = [t for t in store.tasks.values() if cluster_name(t) == name]
    alive = [s for s in store.services.values() if cluster_name(s) == name]
    shown = {
        k: v
        for k, v in cluster.items()
        if k not in {"configuration", "settings", "tags"} and v is not None
    }
    shown |= {
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": sum(t["lastStatus"] == "RUNNING" for t in tasks),
        "pendingTasksCount": sum(
            t["lastStatus"] in ("PROVISIONING", "PENDING", "ACTIVATING") for t in tasks
        ),
        "activeServicesCount": sum(s["status"] == "ACTIVE" for s in alive),
        "statistics": [],
        "tags": cluster["tags"] if "TAGS" in include else [],
        "settings": cluster["settings"] if "SETTINGS" in include else [],
    }
    if "CONFIGURATIONS" in include and cluster.get("configuration"):
        shown["configuration"] = cluster["configuration"]
    return shown


@handles("ecs", "DescribeClusters")
def describe_clusters(context: Context) -> Result:
    """DescribeClusters; clusters that do not exist are failures, not an error."""
    p, store = context.params, store_of(context)
    include = set(p.get("include") or [])
    found, failures = [], []
    for given in p.get("clusters") or ["default"]:
        cluster = find_cluster(store, given)
        if cluster is None:
            failures.append({"arn": store.arn(f"cluster/{last(given)}"), "reason": "MISSING"})
        else:
            found.append(_shown(store, cluster, include))
    return {"clusters": found, "failures": failures}


@handles("ecs", "ListClusters")
def list_clusters(context: Context) -> Result:
    """ListClusters."""
    active = [c for c in store_of(context).clusters.values() if c["status"] == "ACTIVE"]
    return page(context, [c["clusterArn"] for c in active], "clusterArns")


@handles("ecs", "UpdateCluster", "UpdateClusterSettings")
def update_cluster(context: Context) -> Result:
    """UpdateCluster: settings and configuration (of ECS Exec)."""
    cluster = cluster_of(context)
    for key in ("settings", "configuration", "serviceConnectDefaults"):
        if context.params.get(key) is not None:
            cluster[key] = context.params[key]
    return {"cluster": _shown(store_of(context), cluster, {"CONFIGURATIONS", "SETTINGS"})}


@handles("ecs", "DeleteCluster")
def delete_cluster(context: Context) -> Result:
    """DeleteCluster, refused while something still runs in it."""
    cluster, store = cluster_of(context), store_of(context)
    shown = _shown(store, cluster, set())
    if shown["activeServicesCount"]:
        raise AwsError(
            "ClusterContainsServicesException",
            "The Cluster cannot be deleted while Services are active.",
        )
    if shown["runningTasksCount"] or shown["pendingTasksCount"]:
        raise AwsError(
            "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."
        )
    cluster["status"] = "INACTIVE"
    return {"cluster": _shown(store, cluster, set())}


@handles("ecs", "PutClusterCapacityProviders")
def put_capacity_providers(context: Context) -> Result:
    """PutClusterCapacityProviders."""
    cluster, p = cluster_of(context), context.params
    cluster["capacityProviders"] = p.get("capacityProviders") or []
    cluster["defaultCapacityProviderStrategy"] = p.get("defaultCapacityProviderStrategy") or []
    return {"cluster": _shown(store_of(context), cluster, set())}


@handles("ecs", "DescribeCapacityProviders")
def describe_capacity_providers(context: Context) -> Result:
    """The two capacity providers that every account has."""
    wanted = context.params.get("capacityProviders") or list(_PROVIDERS)
    store = store_of(context)
    known = [last(str(n)) for n in wanted if last(str(n)) in _PROVIDERS]
    return {
        "capacityProviders": [
            {
                "capacityProviderArn": store.arn(f"capacity-provider/{n}"),
                "name": n,
                "status": "ACTIVE",
                "tags": [],
            }
            for n in known
        ],
        "failures": [
            {"arn": store.arn(f"capacity-provider/{last(str(n))}"), "reason": "MISSING"}
            for n in wanted
            if last(str(n)) not in _PROVIDERS
        ],
    }


@handles("ecs", "ListAccountSettings")
def list_account_settings(context: Context) -> Result:
    """ListAccountSettings, the defaults included."""
    store, p = store_of(context), context.params
    kept = _SETTINGS | store.account_settings
    return {
        "settings": [
            {"name": n, "value": v, "principalArn": context.caller.arn, "type": "user"}
            for n, v in kept.items()
            if p.get("name") in (None, n)
        ]
    }


@handles("ecs", "PutAccountSetting", "PutAccountSettingDefault")
def put_account_setting(context: Context) -> Result:
    """PutAccountSetting; the lab keeps them but only shows them again."""
    p: dict[str, Any] = context.params
    name, value = str(p["name"]), str(p["value"])
    store_of(context).account_settings[name] = value
    return {"setting": {"name": name, "value": value, "principalArn": context.caller.arn}}


@handles("ecs", "ListContainerInstances")
def list_container_instances(context: Context) -> Result:
    """There are none: everything runs on Fargate."""
    cluster_of(context)
    return {"containerInstanceArns": []}


@handles("ecs", "DescribeContainerInstances")
def describe_container_instances(context: Context) -> Result:
    """There are none: each one asked for is missing."""
    cluster_of(context)
    given = context.params.get("containerInstances") or []
    return {"containerInstances": [], "failures": [{"arn": g, "reason": "MISSING"} for g in given]}
