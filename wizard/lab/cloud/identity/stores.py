"""The resources of calls to services that keep things: objects, secrets, keys, queues, files.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from moto.efs.models import efs_backends

from wizard.lab.cloud.identity.owners import key_arn, key_in_ciphertext, secret_arn
from wizard.lab.cloud.identity.scope import Found, Need, Scope, last


def of_s3(s: Scope) -> Found:
    """The bucket, or the object in it."""
    bucket = s.get("Bucket")
    base = f"arn:{s.call.partition}:s3:::{bucket}"
    if not bucket:
        return []
    return [f"{base}/{s.get('Key')}"] if s.get("Key") else [base]


def of_secrets(s: Scope) -> Found:
    """The secret, which a refusal names as the call did."""
    given = s.get("SecretId")
    return [Need("", secret_arn(s.call, s.account, given), shown=given)] if given else []


def of_ssm(s: Scope) -> Found:
    """The parameters."""
    names = s.p.get("Names") or ([s.get("Name")] if s.get("Name") else [])
    if "Parameter" in s.op or s.op.endswith("Parameters"):
        return [
            n if n.startswith("arn:") else s.arn("ssm", f"parameter/{n.lstrip('/')}") for n in names
        ]
    return []


def of_kms(s: Scope) -> Found:
    """The key, by its own id even when an alias or only a ciphertext names it."""
    given = s.get("KeyId") or s.get("TargetKeyId")
    if not given and s.op == "Decrypt":
        given = key_in_ciphertext(s.p.get("CiphertextBlob"))
    found: Found = [key_arn(s.call, s.account, given)] if given else []
    alias = s.get("AliasName")
    return [s.arn("kms", alias), *found] if alias and s.op != "ListAliases" else found


def of_sts(s: Scope) -> Found:
    """The role."""
    return [s.get("RoleArn")] if s.get("RoleArn") else []


def of_sqs(s: Scope) -> Found:
    """The queue, in the account that its URL names."""
    url = s.get("QueueUrl")
    name = last(url) or s.get("QueueName")
    if not name:
        return []
    account = url.rstrip("/").split("/")[-2:][0] if url else ""
    owner = account if account.isdigit() else s.get("QueueOwnerAWSAccountId") or s.account
    return [f"arn:{s.call.partition}:sqs:{s.call.region}:{owner}:{name}"]


def of_efs(s: Scope) -> Found:
    """The file system, also where only its mount target is named."""
    given = s.get("FileSystemId") or s.get("ResourceId")
    if s.get("MountTargetId"):
        targets = efs_backends[s.account][s.call.region].mount_targets_by_id
        target = targets.get(s.get("MountTargetId"))
        given = str(target.file_system_id) if target else given
    if given.startswith("arn:"):
        return [given]
    kind = "access-point" if given.startswith("fsap-") else "file-system"
    if point := s.get("AccessPointId"):
        kind, given = "access-point", point
    if not given and not s.op.startswith("Describe"):
        return []
    return [s.arn("elasticfilesystem", f"{kind}/{given or '*'}")]


def of_route53(s: Scope) -> Found:
    """The hosted zone."""
    zone = last(s.get("HostedZoneId") or s.get("Id"))
    return [f"arn:{s.call.partition}:route53:::hostedzone/{zone}"] if zone else []
