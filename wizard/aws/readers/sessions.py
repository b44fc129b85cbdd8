"""What the cluster and Session Manager ask of ECS Exec sessions: key, log group, bucket, user."""

import json
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.arns import part
from wizard.aws.calls import together
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Cluster, Role
from wizard.core.unread import Maybe, Unread

KEY, GROUPS, BUCKET = "kms:DescribeKey", "logs:DescribeLogGroups", "s3:HeadBucket"
DOCUMENT = "ssm:GetDocument"
_NOBODY = "exec.run-as-user-missing"
"""The symptom by which the agent in the container says that the image lacks the user."""
_PREFERENCES = "SSM-SessionManagerRunShell"


@reader("exec-settings", calls=(KEY, GROUPS, BUCKET, DOCUMENT))
async def exec_settings(reading: Reading) -> dict[str, Maybe[str | None]]:
    """The trouble with what the sessions need (`problem`), and the user they run as (`user`)."""
    cluster = await reading.part("cluster-answer")
    if isinstance(cluster, Unread):
        return {"problem": cluster, "user": cluster}
    if not isinstance(cluster, dict) or "exec" not in await reading.part("goals"):
        return {"problem": None, "user": None}
    settings = settings_of(cluster)
    *problems, user = await together(
        _key(reading, settings.get("kmsKeyId")), *_logging(reading, settings), _user(reading)
    )
    said = [one for one in problems if isinstance(one, str)]
    unread = [one for one in problems if isinstance(one, Unread)]
    problem: Maybe[str | None] = said[0] if said else unread[0] if unread else None
    if problem is None and (settings.get("kmsKeyId") or settings.get("logConfiguration")):
        problem = await _denied(reading)
    return {"problem": problem, "user": user}


def settings_of(cluster: Answer) -> Answer:
    """Return the cluster's executeCommandConfiguration, empty without one."""
    return cluster.get("configuration", {}).get("executeCommandConfiguration") or {}


@reader("session-key", calls=(KEY,))
async def session_key(reading: Reading) -> Maybe[str | None]:
    """The ARN of the key that encrypts sessions; the settings may name it by id or alias
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html)."""
    cluster = await reading.part("cluster-answer")
    named = settings_of(cluster).get("kmsKeyId") if isinstance(cluster, dict) else None
    if not named or "exec" not in await reading.part("goals"):
        return None
    answer = await reading.call(KEY, KeyId=named)
    if not isinstance(answer, Refused):
        return str(answer.get("KeyMetadata", {}).get("Arn") or named)
    if str(part(named, "resource") or "").startswith("key/"):
        return str(named)
    if answer.absent or "alias/" in named:
        return answer.unread
    place = await reading.part("place")
    return f"arn:{place.partition}:kms:{place.region}:{place.account}:key/{named}"


def _logging(reading: Reading, settings: Answer) -> list[Awaitable[Maybe[str | None]]]:
    logs = settings.get("logConfiguration") or {}
    if settings.get("logging") != "OVERRIDE":
        return []
    encrypted = bool(logs.get("cloudWatchEncryptionEnabled"))
    return [
        _group(reading, logs.get("cloudWatchLogGroupName"), encrypted),
        _bucket(reading, logs.get("s3BucketName")),
    ]


async def _denied(reading: Reading) -> Maybe[str | None]:
    """Whether the task role may not use the key, the log group or the bucket."""
    role = await reading.part("task_role")
    if not isinstance(role, Role):
        return role if isinstance(role, Unread) else None
    if role.lacking_elsewhere:
        values: dict[str, Any] = {"who": role.name, "actions": role.lacking_elsewhere}
        call = "iam:SimulatePrincipalPolicy"
        reading.note("cluster.exec_problem", call, "actions-missing", **values)
        return "denied"
    return role.open_elsewhere


async def _key(reading: Reading, key: str | None) -> Maybe[str | None]:
    if not key:
        return None
    answer = await reading.call(KEY, KeyId=key)
    if isinstance(answer, Refused):
        gone = answer.absent or _told_missing(reading)
        problem: Maybe[str | None] = "key-missing" if gone else answer.unread
    else:
        enabled = answer.get("KeyMetadata", {}).get("KeyState", "Enabled") == "Enabled"
        problem = None if enabled else "key-missing"
    return _told(reading, KEY, key, problem)


def _told_missing(reading: Reading) -> bool:
    """Whether KMS has answered the session itself that there is no such key."""
    return any(
        one.symptom == "exec.encryption-failed" and "NotFoundException" in one.text
        for one in reading.observed
    )


async def _group(reading: Reading, name: str | None, encrypted: bool) -> Maybe[str | None]:
    """The log group must be there, and encrypted if the settings say that it is
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandLogConfiguration.html)."""
    if not name:
        return None
    answer = await reading.call(GROUPS, logGroupNamePrefix=name)
    if isinstance(answer, Refused):
        return answer.unread
    found = [one for one in answer.get("logGroups", ()) if one.get("logGroupName") == name]
    if not found:
        return _told(reading, GROUPS, name, "log-group-missing")
    if encrypted and not found[0].get("kmsKeyId"):
        return _told(reading, GROUPS, name, "log-group-unencrypted")
    return None


async def _bucket(reading: Reading, name: str | None) -> Maybe[str | None]:
    if not name:
        return None
    answer = await reading.call(BUCKET, Bucket=name)
    if not isinstance(answer, Refused):
        return None
    gone = answer.absent or answer.code == "404"
    return _told(reading, BUCKET, name, "bucket-missing" if gone else answer.unread)


def _told(reading: Reading, call: str, thing: str, problem: Maybe[str | None]) -> Maybe[str | None]:
    if isinstance(problem, str):
        reading.note("cluster.exec_problem", call, "session-setting", thing=thing, problem=problem)
    return problem


async def _user(reading: Reading) -> Maybe[str | None]:
    """The user of Run As, if Session Manager's preferences were ever changed
    (https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html)."""
    if reading.target.goal != "exec" and "exec" not in reading.given["observed-goals"]:
        return None
    answer = await reading.call(DOCUMENT, Name=_PREFERENCES)
    if isinstance(answer, Refused):
        gone = answer.absent or answer.code == "InvalidDocument"
        return None if gone else answer.unread
    try:
        inputs = json.loads(answer.get("Content") or "{}").get("inputs") or {}
    except (ValueError, AttributeError):
        return Unread(DOCUMENT, "unexpected-answer")
    user = inputs.get("runAsDefaultUser") if inputs.get("runAsEnabled") else None
    if user:
        reading.note("cluster.run_as_user", DOCUMENT, "run-as", user=user)
    return user or None


async def with_settings(reading: Reading, cluster: Cluster) -> Cluster:
    """Return `cluster` with what its sessions ask for."""
    found = await reading.part("exec-settings")
    if isinstance(found, Unread):
        found = {"problem": found, "user": found}
    user = found["user"]
    missing: Maybe[bool] = any(one.symptom == _NOBODY for one in reading.observed)
    if user is not None and not missing:
        missing = user if isinstance(user, Unread) else Unread("local:Image", "no-way")
    return replace(cluster, exec_problem=found["problem"], run_as_user=user, run_as_missing=missing)
