"""What the log drivers of a task must reach: awslogs, splunk and FireLens, those of Fargate.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html,
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from wizard.network.types import Need
from wizard.policy.references import Place

_FIRELENS_SERVICES = {
    "cloudwatch": "logs",
    "cloudwatch_logs": "logs",
    "firehose": "kinesis-firehose",
    "kinesis_firehose": "kinesis-firehose",
    "kinesis": "kinesis-streams",
    "kinesis_streams": "kinesis-streams",
    "s3": "s3",
}
"""Fluent Bit's output plugins for AWS, and the ends of their endpoints' names."""

_WRITE = ("logs:CreateLogStream", "logs:PutLogEvents")


def log_group_arn(place: Place, region: str, group: str) -> str:
    """The ARN of a stream in a log group, which actions on its streams are asked about."""
    owner = f"arn:{place.partition}:logs:{region}:{place.account}"
    return f"{owner}:log-group:{group}:log-stream:stream"


def _awslogs(options: Mapping[str, Any], place: Place) -> Iterator[Need]:
    region = str(options.get("awslogs-region") or place.region)
    actions: tuple[str, ...] = _WRITE
    if str(options.get("awslogs-create-group", "")).lower() == "true":
        actions = ("logs:CreateLogGroup", *_WRITE)
    arn = log_group_arn(place, region, str(options.get("awslogs-group", "")))
    yield Need("logs", region=region, actions=actions, resources=(arn,))


def _address(text: str, port: int) -> Need | None:
    """A host and port from an address, or from a bare host name."""
    parts = urlsplit(text if "//" in text else f"//{text}")
    try:
        given = parts.port
    except ValueError:
        given = None
    return Need(host=parts.hostname, port=given or port) if parts.hostname else None


def _splunk(options: Mapping[str, Any]) -> Iterator[Need]:
    need = _address(str(options.get("splunk-url", "")), 443)
    if need:
        yield need


def _firelens(options: Mapping[str, Any], place: Place, role: str) -> Iterator[Need]:
    """FireLens's router sends with the task role; what its own files say is not seen here."""
    folded = {str(key).lower(): str(value) for key, value in options.items()}
    service = _FIRELENS_SERVICES.get(folded.get("name", "").lower())
    if service:
        region = folded.get("region") or place.region
        bucket = folded.get("bucket", "") if service == "s3" else ""
        actions = ("s3:PutObject",) if service == "s3" else ()
        yield Need(service, region=region, bucket=bucket, actions=actions, principal=role)
        return
    port = folded.get("port", "")
    need = _address(folded.get("host", ""), int(port) if port.isdigit() else 443)
    if need:
        yield need


def logger_needs(
    definition: Mapping[str, Any], place: Place, task_role: str = ""
) -> Iterator[Need]:
    """One need for each container's log driver, of the stage `logger`."""
    for container in definition.get("containerDefinitions") or ():
        log = container.get("logConfiguration") or {}
        driver, options = log.get("logDriver", ""), log.get("options") or {}
        found: Iterator[Need] = iter(())
        if driver == "awslogs":
            found = _awslogs(options, place)
        elif driver == "splunk":
            found = _splunk(options)
        elif driver == "awsfirelens":
            found = _firelens(options, place, task_role)
        for need in found:
            yield replace(need, stage="logger", source=f"logger:{container.get('name', '')}")
