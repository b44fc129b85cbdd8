"""The awslogs driver: its log group is looked for and a stream made before the container starts.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

from __future__ import annotations

from moto.logs.models import logs_backends

from wizard.lab.cloud.launch import words
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.network import Way
from wizard.lab.cloud.state import Record


def check_logger(attempt: Attempt) -> str | None:
    """Makes each container's log stream, as the execution role, over the task's interface."""
    for container in attempt.containers:
        logging = container.get("logConfiguration") or {}
        if logging.get("logDriver") == "awslogs":
            reason = _check(attempt, container, logging.get("options") or {})
            if reason is not None:
                return reason
    return None


def stream_name(options: Record, container: str, task_id: str) -> str:
    """``prefix/container/task``."""
    prefix = options.get("awslogs-stream-prefix")
    return f"{prefix}/{container}/{task_id}" if prefix else task_id


def _check(attempt: Attempt, container: Record, options: Record) -> str | None:
    region = str(options.get("awslogs-region") or attempt.region)
    if region not in logs_backends[attempt.store.account]:
        return words.logger_no_endpoint()
    way = attempt.way("logs", region)
    if not way.open:
        return words.logger_unreachable(attempt.style)
    group = str(options.get("awslogs-group"))
    stream = stream_name(options, str(container["name"]), attempt.id)
    backend = logs_backends[attempt.store.account][region]
    if group not in backend.groups and options.get("awslogs-create-group") == "true":
        base = attempt.arn("logs", f"log-group:{group}:log-stream:", region)
        reason = _allowed(attempt, way, "CreateLogGroup", base)
        if reason is not None:
            return reason
        backend.create_log_group(group, {})
    target = attempt.arn("logs", f"log-group:{group}:log-stream:{stream}", region)
    reason = _allowed(attempt, way, "CreateLogStream", target)
    if reason is not None:
        return reason
    if group not in backend.groups:
        return words.logger_refused(
            attempt.style,
            "CreateLogStream",
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        )
    if stream not in backend.groups[group].streams:
        backend.create_log_stream(group, stream)
    return None


def _allowed(attempt: Attempt, way: Way, operation: str, resource: str) -> str | None:
    who = attempt.role("executionRoleArn")
    if who is None:
        return None
    decision = attempt.may(who, f"logs:{operation}", resource, way)
    if decision.allowed:
        return None
    text = attempt.denial(who, f"logs:{operation}", resource, decision)
    return words.logger_refused(attempt.style, operation, "AccessDeniedException", text)


def write(attempt: Attempt, container: str, line: str) -> None:
    """Puts a line of a container's output where the awslogs driver would."""
    found = next((c for c in attempt.containers if c["name"] == container), None)
    logging = (found or {}).get("logConfiguration") or {}
    options = logging.get("options") or {}
    region = str(options.get("awslogs-region") or attempt.region)
    backend = logs_backends[attempt.store.account][region]
    group = backend.groups.get(str(options.get("awslogs-group")))
    stream = stream_name(options, container, attempt.id)
    if logging.get("logDriver") == "awslogs" and group and stream in group.streams:
        event = {"timestamp": int(attempt.when * 1000), "message": line}
        backend.put_log_events(str(options["awslogs-group"]), stream, [event])
