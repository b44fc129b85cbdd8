"""The secrets that a task definition hands to its containers.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from moto.kms.models import kms_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from wizard.lab.cloud.identity.principals import Principal
from wizard.lab.cloud.launch import words
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.network import Way
from wizard.lab.cloud.state import Record


@dataclass(frozen=True)
class _Asked:
    """A ``valueFrom``: a secret (with an optional JSON key) or a parameter."""

    kind: str
    name: str
    region: str
    account: str
    json_key: str = ""


def fetch_secrets(attempt: Attempt) -> str | None:
    """Fetches each secret as the execution role; platform 1.4.0 over the task's interface."""
    who = attempt.role("executionRoleArn")
    for container in attempt.containers:
        for secret in container.get("secrets") or []:
            if who is not None:
                reason = _fetch(attempt, who, _asked(attempt, secret))
                if reason is not None:
                    return reason
    return None


def _asked(attempt: Attempt, secret: Record) -> _Asked:
    text = str(secret["valueFrom"])
    parts = text.split(":")
    if len(parts) > 6 and parts[2] == "secretsmanager":
        key = parts[7] if len(parts) > 7 else ""
        return _Asked("asm", ":".join(parts[:7]), parts[3], parts[4], key)
    if len(parts) > 5 and parts[2] == "ssm":
        return _Asked("ssm", parts[5].removeprefix("parameter"), parts[3], parts[4])
    return _Asked("ssm", text, attempt.region, attempt.store.account)


def _fetch(attempt: Attempt, who: Principal, asked: _Asked) -> str | None:
    service = "secretsmanager" if asked.kind == "asm" else "ssm"
    way = attempt.way(service, asked.region) if attempt.modern else Way(True, "")
    if not way.open:
        return words.secret_unreachable(attempt.style, asked.kind, asked.name)
    action = "secretsmanager:GetSecretValue" if asked.kind == "asm" else "ssm:GetParameters"
    resource = asked.name
    if asked.kind == "ssm":
        rest = f"parameter/{asked.name.lstrip('/')}"
        resource = attempt.arn("ssm", rest, asked.region, asked.account)
    decision = attempt.may(who, action, resource, way)
    if not decision.allowed:
        text = attempt.denial(who, action, resource, decision)
        return _refused(attempt, asked, "AccessDeniedException", text)
    return _secret(attempt, who, asked) if asked.kind == "asm" else _parameter(attempt, who, asked)


def _refused(attempt: Attempt, asked: _Asked, code: str, text: str) -> str:
    return words.secret_refused(attempt.style, asked.kind, asked.name, code, text)


def _secret(attempt: Attempt, who: Principal, asked: _Asked) -> str | None:
    backend = secretsmanager_backends[asked.account][asked.region]
    secret: Any = backend.secrets.get(asked.name)
    if secret is None or secret.is_deleted():
        text = "Secrets Manager can't find the specified secret."
        return _refused(attempt, asked, "ResourceNotFoundException", text)
    if secret.kms_key_id and not _may_decrypt(attempt, who, str(secret.kms_key_id), asked):
        text = "Access to KMS is not allowed"
        return _refused(attempt, asked, "AccessDeniedException", text)
    if not asked.json_key:
        return None
    value = secret.versions[secret.default_version_id].get("secret_string") or ""
    try:
        content = json.loads(value)
    except ValueError:
        first = value[:1] or "?"
        text = f"invalid character '{first}' looking for beginning of value"
        return words.secret_content("asm", text)
    if asked.json_key not in content:
        text = f"retrieved secret from Secrets Manager did not contain json key {asked.json_key}"
        return words.secret_content("asm", text)
    return None


def _parameter(attempt: Attempt, who: Principal, asked: _Asked) -> str | None:
    backend = ssm_backends[asked.account][asked.region]
    found: Any = backend.get_parameter(asked.name)
    if found is None:
        return words.secret_content("ssm", f"invalid ssm parameters: {asked.name}")
    key = getattr(found, "keyid", None) if found.parameter_type == "SecureString" else None
    if (
        key
        and not str(key).endswith("alias/aws/ssm")
        and not _may_decrypt(attempt, who, str(key), asked)
    ):
        resource = _key_arn(attempt, str(key), asked)
        text = f"User: {who.arn} is not authorized to perform: kms:Decrypt on resource: {resource}"
        return _refused(attempt, asked, "AccessDeniedException", text)
    return None


def _key_arn(attempt: Attempt, key: str, asked: _Asked) -> str:
    if key.startswith("arn:"):
        return key
    backend = kms_backends[asked.account][asked.region]
    found = backend.get_key_id_from_alias(key) if key.startswith("alias/") else key
    return attempt.arn("kms", f"key/{found or key}", asked.region, asked.account)


def _may_decrypt(attempt: Attempt, who: Principal, key: str, asked: _Asked) -> bool:
    return attempt.may(who, "kms:Decrypt", _key_arn(attempt, key, asked)).allowed
