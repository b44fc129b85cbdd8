"""Whose a resource is, by which ARN IAM knows it, and which policy hangs on it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.ecr.models import ecr_backends
from moto.kms.models import Key, kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends

from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.evaluate import Named
from wizard.lab.cloud.identity.principals import parsed
from wizard.lab.cloud.wire import Call

_KEY_ID = 36


@dataclass(frozen=True)
class Arn:
    """The parts of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    rest: str

    @classmethod
    def of(cls, text: str) -> Arn | None:
        """The parts of *text*; None when it is no ARN."""
        parts = text.split(":", 5)
        return cls(*parts[1:]) if len(parts) == 6 and parts[0] == "arn" else None


def owner_of(resource: str, default: str) -> str:
    """The account that owns a resource; a bucket's ARN does not say it."""
    arn = Arn.of(resource)
    if arn is None:
        return default
    if arn.service == "s3":
        return bucket_owner(arn.rest.split("/", 1)[0], default)
    known = arn.account.isdigit() and len(arn.account) == 12
    return arn.account if known else default


def bucket_owner(bucket: str, default: str) -> str:
    """The account in which a bucket was made; *default* when there is no such bucket."""
    found: tuple[str, str] | None = s3_backends.bucket_accounts.get(bucket)
    return found[1] if found else default


def home(call: Call, caller: str) -> str:
    """The account in whose state a call is to be answered: usually the caller's own.

    A call on another account's repository, secret, key, bucket or queue names it by ARN,
    ``registryId``, bucket or URL.
    """
    p = call.params
    if call.service == "ecr":
        return str(p.get("registryId") or caller)
    if call.service == "s3":
        return bucket_owner(str(p.get("Bucket") or ""), caller)
    if call.service == "sqs" and p.get("QueueUrl"):
        account = str(p["QueueUrl"]).rstrip("/").split("/")[-2:][0]
        return account if account.isdigit() and len(account) == 12 else caller
    named = {"secretsmanager": "SecretId", "kms": "KeyId"}.get(call.service)
    return owner_of(str(p.get(named) or ""), caller) if named else caller


def secret_arn(call: Call, account: str, given: str) -> str:
    """The ARN of the secret that a name, an ARN or a part of one means.

    For a secret that does not exist, what AWS asks IAM about: the name with six question marks.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
    """
    arn = Arn.of(given)
    owner, region = (arn.account, arn.region) if arn else (account, call.region)
    found: Any = secretsmanager_backends[owner][region].secrets.get(given)
    if found is not None:
        return str(found.arn)
    base = f"arn:{call.partition}:secretsmanager:{region}:{owner}:secret:"
    return given if arn else f"{base}{given}-??????"


def key_arn(call: Call, account: str, given: str) -> str:
    """The ARN of the key that an id, an ARN or an alias means, whether it exists or not."""
    arn = Arn.of(given)
    owner, region = (arn.account, arn.region) if arn else (account, call.region)
    rest = arn.rest if arn else given if given.startswith("alias/") else f"key/{given}"
    if rest.startswith("alias/"):
        found = kms_backends[owner][region].get_key_id_from_alias(rest)
        rest = f"key/{found}" if found else rest
    return f"arn:{call.partition}:kms:{region}:{owner}:{rest}"


def key_of(arn: Arn) -> Key | None:
    """The key behind an ARN; None when there is none."""
    found: Key | None = kms_backends[arn.account][arn.region].keys.get(arn.rest.partition("/")[2])
    return found


def key_in_ciphertext(blob: Any) -> str:
    """The id of the key under which something was encrypted; empty when it cannot be told."""
    try:
        data = blob if isinstance(blob, bytes) else base64.b64decode(str(blob))
        return data[:_KEY_ID].decode("ascii")
    except ValueError:
        return ""


def key_must_exist(call: Call, caller: str, account: str) -> None:
    """KMS has to find a key before it can read its policy, so who may what comes second.

    In one's own account a missing key or alias is not found, whoever asks; of another account's
    keys nobody learns whether they exist. AWS documents the texts, not the order; unsure.
    https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
    """
    given = str(call.params.get("KeyId") or "")
    arn = Arn.of(key_arn(call, account, given)) if given else None
    if arn is None or (arn.rest.startswith("key/") and key_of(arn) is not None):
        return
    text = f"arn:{arn.partition}:kms:{arn.region}:{arn.account}:{arn.rest}"
    if arn.account != account:
        raise unknown_key(caller, f"kms:{call.operation}")
    if arn.rest.startswith("alias/"):
        raise AwsError("NotFoundException", f"Alias {text} is not found.")
    raise AwsError("NotFoundException", f"Key '{text}' does not exist")


def unknown_key(caller: str, action: str) -> AwsError:
    """KMS's refusal that leaves open whether another account's key exists.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
    """
    return AwsError(
        "AccessDeniedException",
        f"User: {caller} is not authorized to perform: {action} on this resource because the"
        " resource does not exist in this Region, no resource-based policies allow access, or a"
        " resource-based policy explicitly denies access",
        400,
    )


def resource_policy(resource: str, default: str) -> Named | None:
    """The policy that hangs on a repository, bucket, key, secret or queue, if there is one."""
    arn = Arn.of(resource)
    reader = _READERS.get(arn.service) if arn else None
    if arn is None or reader is None:
        return None
    found = reader(arn, owner_of(resource, default))
    return Named(resource, found) if found else None


def _repository_policy(arn: Arn, owner: str) -> dict[str, Any] | None:
    name = arn.rest.removeprefix("repository/")
    found = ecr_backends[owner][arn.region].repositories.get(name)
    return parsed(found.policy) if found and found.policy else None


def _bucket_policy(arn: Arn, owner: str) -> dict[str, Any] | None:
    bucket = s3_backends[owner][arn.partition].buckets.get(arn.rest.split("/", 1)[0])
    text: Any = bucket.policy if bucket else None
    if not text:
        return None
    return parsed(text.decode() if isinstance(text, bytes) else str(text))


def _key_policy(arn: Arn, owner: str) -> dict[str, Any] | None:
    """A key's policy, and its grants, which let their grantees in as statements would.

    https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    key = key_of(arn) if arn.rest.startswith("key/") else None
    if key is None:
        return None
    document = parsed(key.policy)
    if not key.grants:
        return document
    granted = [
        {
            "Effect": "Allow",
            "Principal": {"AWS": grant.grantee_principal},
            "Action": [f"kms:{operation}" for operation in grant.operations],
            "Resource": "*",
        }
        for grant in key.grants.values()
    ]
    own = document.get("Statement", [])
    return document | {"Statement": [*(own if isinstance(own, list) else [own]), *granted]}


def _secret_policy(arn: Arn, owner: str) -> dict[str, Any] | None:
    found: Any = secretsmanager_backends[owner][arn.region].secrets.get(
        f"arn:{arn.partition}:secretsmanager:{arn.region}:{owner}:{arn.rest}"
    )
    text = getattr(found, "policy", None)
    return parsed(text) if text else None


def _queue_policy(arn: Arn, owner: str) -> dict[str, Any] | None:
    queue = sqs_backends[owner][arn.region].queues.get(arn.rest)
    text = queue.policy if queue else None
    return parsed(text) if text else None


_READERS: dict[str, Callable[[Arn, str], dict[str, Any] | None]] = {
    "ecr": _repository_policy,
    "s3": _bucket_policy,
    "kms": _key_policy,
    "secretsmanager": _secret_policy,
    "sqs": _queue_policy,
}
