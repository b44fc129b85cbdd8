"""What happens in an ECS Exec session between ExecuteCommand and the first prompt.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging
https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html
The texts are those of amazon-ssm-agent and of the Session Manager plugin.
"""

from __future__ import annotations

import json

from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.ssm.models import ssm_backends

from wizard.lab.cloud.ecs.store import Store, last
from wizard.lab.cloud.identity.guard import decide
from wizard.lab.cloud.identity.principals import Principal
from wizard.lab.cloud.identity.resources import Need
from wizard.lab.cloud.identity.words import sentence
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.state import Cloud, Record

_HANDSHAKE = "Encountered error while initiating handshake. "
_CLIENT = (
    "KMSEncryption failed on client with status 2 error: Failed to process action KMSEncryption:"
    " Error calling KMS GenerateDataKey API: "
)
_AGENT = "Fetching data key failed: Unable to retrieve data key, Error when decrypting data key "
_UNENCRYPTED = (
    "We couldn't start the session because encryption is not set up on the selected {}. Either"
    " encrypt the {} or choose an option to enable logging without encryption."
)
_PREFERENCES = "SSM-SessionManagerRunShell"


def refusal(cloud: Cloud, store: Store, session: Record, labels: dict[str, str]) -> str:
    """What the session says instead of a prompt; empty when it opens."""
    task = store.tasks.get(last(str(session["task"])))
    if task is None:
        return "Cannot perform start session: EOF"
    attempt = Attempt(cloud, store, task, cloud.clock.now())
    cluster = store.clusters[last(str(task["clusterArn"]))]
    given = (cluster.get("configuration") or {}).get("executeCommandConfiguration") or {}
    return (
        _logging(attempt, given)
        or _encryption(attempt, given, session["_caller"])
        or _run_as(attempt, labels)
    )


def _encryption(attempt: Attempt, given: Record, caller: Principal) -> str:
    """The client makes a data key, the agent opens it; both need the key and the right."""
    key = str(given.get("kmsKeyId") or "")
    if not key:
        return ""
    backend = kms_backends[attempt.store.account][attempt.region]
    name = key.rsplit("/", 1)[-1] if not key.startswith("alias/") else key
    found = backend.get_key_id_from_alias(key) if key.startswith("alias/") else name
    arn = attempt.arn("kms", f"key/{found or name}")
    if found not in backend.keys:
        text = f"NotFoundException: Key '{arn}' does not exist"
        if key.startswith("alias/"):
            text = f"NotFoundException: Alias {attempt.arn('kms', key)} is not found."
        return _HANDSHAKE + _CLIENT + text
    made = decide(attempt.cloud, caller, Need("kms:GenerateDataKey", arn), attempt.region)
    if not made.allowed:
        text = sentence(caller.arn, "kms:GenerateDataKey", arn, made)
        return _HANDSHAKE + _CLIENT + f"AccessDeniedException: {text}"
    if not backend.keys[str(found)].enabled:
        return _HANDSHAKE + _CLIENT + f"DisabledException: {arn} is disabled."
    who = attempt.role("taskRoleArn")
    opened = None if who is None else attempt.may(who, "kms:Decrypt", arn)
    if who is None or opened is None or opened.allowed:
        return ""
    text = sentence(who.arn, "kms:Decrypt", arn, opened)
    return _HANDSHAKE + _AGENT + f"AccessDeniedException: {text}"


def _logging(attempt: Attempt, given: Record) -> str:
    if given.get("logging") != "OVERRIDE":
        return ""
    wanted = given.get("logConfiguration") or {}
    group = str(wanted.get("cloudWatchLogGroupName") or "")
    if group and wanted.get("cloudWatchEncryptionEnabled"):
        known = logs_backends[attempt.store.account][attempt.region].groups.get(group)
        if known is None or not known.kms_key_id:
            thing = "CloudWatch Logs log group"
            return _UNENCRYPTED.format(thing, "log group")
    name = str(wanted.get("s3BucketName") or "")
    if not name:
        return ""
    who = attempt.role("taskRoleArn")
    arn = f"arn:{attempt.partition}:s3:::{name}"
    action = "s3:GetEncryptionConfiguration"
    decision = None if who is None else attempt.may(who, action, arn)
    if who is not None and decision is not None and not decision.allowed:
        text = f'User: {who.arn} is not authorized to perform: {action} on resource: "{arn}"'
        return (
            "Couldn't start the session because we are unable to validate encryption on Amazon S3"
            f" bucket. Error: AccessDenied: {text}"
        )
    bucket = s3_backends[attempt.store.account][attempt.partition].buckets.get(name)
    if wanted.get("s3EncryptionEnabled") and (bucket is None or not bucket.encryption):
        return _UNENCRYPTED.format("Amazon S3 bucket", "bucket")
    return ""


def _run_as(attempt: Attempt, labels: dict[str, str]) -> str:
    """Session Manager's own preferences hold for ECS Exec too."""
    documents = ssm_backends[attempt.store.account][attempt.region]._documents
    found = documents.get(_PREFERENCES)
    if found is None:
        return ""
    inputs = json.loads(found.find().content).get("inputs") or {}
    if str(inputs.get("runAsEnabled")).lower() != "true":
        return ""
    user = str(inputs.get("runAsDefaultUser") or "")
    if not user:
        return "Unable to start command: please set the RunAs default user"
    if user in labels.get("lab.users", "root").split(","):
        return ""
    return f"Unable to start command: failed to start pty since RunAs user {user} does not exist"
