"""Service deployments and revisions as the API shows them, and a deployment that is called off.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.ecs.scheduler import wake
from wizard.lab.cloud.ecs.store import page, service_in, store_of
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.state import Record

_BRIEF = ("serviceDeploymentArn", "serviceArn", "clusterArn", "startedAt", "createdAt",
          "finishedAt", "status", "statusReason")  # fmt: skip
# API_ListServiceDeployments.html: without maxResults a page holds up to twenty.
_PAGE = 20


@handles("ecs", "ListServiceDeployments")
def list_service_deployments(context: Context) -> Result:
    """ListServiceDeployments, newest first, by status and by the time they were created."""
    p = context.params
    service = service_in(context, str(p["service"]))
    wanted = set(p.get("status") or [])
    span: dict[str, Any] = p.get("createdAt") or {}
    found = [
        {k: r[k] for k in _BRIEF if k in r}
        | {"targetServiceRevisionArn": r["targetServiceRevision"]["arn"]}
        for r in reversed(store_of(context).deployments.values())
        if r["serviceArn"] == service["serviceArn"]
        and (not wanted or r["status"] in wanted)
        and _within(r["createdAt"], span)
    ]
    return page(context, found, "serviceDeployments", _PAGE)


def _within(created: datetime, span: dict[str, Any]) -> bool:
    # What the API shows is cut to milliseconds, and so it is compared.
    created = created.replace(microsecond=created.microsecond // 1000 * 1000)
    before, after = _aware(span.get("before")), _aware(span.get("after"))
    return (before is None or created < before) and (after is None or created > after)


def _aware(given: object) -> datetime | None:
    if given is None:
        return None
    if isinstance(given, int | float):
        return datetime.fromtimestamp(given, UTC)
    moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _by_arn(records: dict[str, Record], given: object) -> tuple[list[Record], list[Record]]:
    """The records with these ARNs, without what is None, and failures for the others."""
    arns = [str(a) for a in given] if isinstance(given, list) else []
    found = [{k: v for k, v in records[a].items() if v is not None} for a in arns if a in records]
    return found, [{"arn": a, "reason": "MISSING"} for a in arns if a not in records]


@handles("ecs", "DescribeServiceDeployments")
def describe_service_deployments(context: Context) -> Result:
    """DescribeServiceDeployments; those that are not there are failures."""
    given = context.params.get("serviceDeploymentArns")
    found, failures = _by_arn(store_of(context).deployments, given)
    return {"serviceDeployments": found, "failures": failures}


@handles("ecs", "DescribeServiceRevisions")
def describe_service_revisions(context: Context) -> Result:
    """DescribeServiceRevisions; those that are not there are failures."""
    given = context.params.get("serviceRevisionArns")
    found, failures = _by_arn(store_of(context).revisions, given)
    return {"serviceRevisions": found, "failures": failures}


@handles("ecs", "StopServiceDeployment")
def stop_service_deployment(context: Context) -> Result:
    """StopServiceDeployment: the service goes back to its last completed revision.

    The page knows one stop type, ROLLBACK, which needs no setting of the service; API and model
    list ABORT too, but say that ROLLBACK is the only valid value. A deployment that has no
    completed one before it just stops. For the words of these refusals no public source was
    found.
    """
    store = store_of(context)
    arn = str(context.params["serviceDeploymentArn"])
    record = store.deployments.get(arn)
    if record is None:
        text = "The specified service deployment was not found."
        raise AwsError("ServiceDeploymentNotFoundException", text)
    if (context.params.get("stopType") or "ROLLBACK") != "ROLLBACK":
        raise AwsError("InvalidParameterException", "The valid values for stopType are ROLLBACK.")
    if record["status"] in ("PENDING", "IN_PROGRESS"):
        record["status"] = "ROLLBACK_REQUESTED"
        service = next(
            s for s in store.services.values() if s["serviceArn"] == record["serviceArn"]
        )
        wake(context.cloud, store, service)
    elif "REQUESTED" not in record["status"] and record["status"] != "ROLLBACK_IN_PROGRESS":
        text = f"The service deployment is in the {record['status']} state and can't be stopped."
        raise AwsError("ConflictException", text)
    return {"serviceDeploymentArn": arn}
