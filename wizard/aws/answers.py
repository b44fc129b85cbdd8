"""What a call gave: plain JSON data made safe to show and keep, or a refusal.

Times become ISO texts, bytes go, texts are cleaned and redacted, and values that may be secrets
(environment variables, log driver tokens, secret values, signed addresses) are dropped here, before
anything else sees them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wizard.core.clean import clean
from wizard.core.redact import MASK, redact
from wizard.core.unread import Unread

Answer = dict[str, Any]

_ABSENT = ("notfound", "nosuch", "notexist", "doesnotexist", "unknownresource")
_ABSENT_CODES = ("invaliddocument",)
_SHORTEST_SECRET = 14


@dataclass(frozen=True, slots=True)
class Refused:
    """AWS or the network gave no answer: AWS's error code, `timeout`, `unreachable`, …."""

    call: str
    code: str
    message: str = ""

    @property
    def absent(self) -> bool:
        """Whether AWS itself said that the thing is not there."""
        code = self.code.lower().replace(".", "").replace("_", "")
        if code == "404":
            # S3 answers a HEAD without a code of its own; elsewhere it may be any server's.
            return self.call.startswith("s3:")
        return code in _ABSENT_CODES or any(word in code for word in _ABSENT)

    @property
    def unread(self) -> Unread:
        """The same as a value of a fact."""
        return Unread(self.call, self.code)


Outcome = Answer | Refused

_THROTTLES = ("throttl", "toomanyrequests", "requestlimitexceeded", "slowdown", "priorrequest")


def is_throttle(code: str) -> bool:
    """Whether error code `code` says that calls came too fast."""
    return any(word in code.lower() for word in _THROTTLES)


def safe(value: Any) -> Any:
    """Return `value` as plain JSON data with every text cleaned and redacted."""
    if isinstance(value, str):
        return _safe_text(value)
    if isinstance(value, Mapping):
        return {str(key): safe(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [safe(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float):
        return value
    return None


def _safe_text(text: str) -> str:
    if not text.isprintable():
        text = clean(text)
    return redact(text) if len(text) >= _SHORTEST_SECRET else text


def masked(operation: str, answer: Answer) -> Answer:
    """Return `answer` of `operation` without what may be a secret (see the module)."""
    veil = _VEILS.get(operation)
    return veil(answer) if veil else answer


def _veil_definition(answer: Answer) -> Answer:
    for container in answer.get("taskDefinition", {}).get("containerDefinitions", ()):
        _veil_environment(container)
        options = container.get("logConfiguration", {}).get("options", {})
        for name in options:
            if any(word in name.lower() for word in ("token", "password", "secret", "apikey")):
                options[name] = MASK
    return answer


def _veil_tasks(answer: Answer) -> Answer:
    for task in answer.get("tasks", ()):
        for override in task.get("overrides", {}).get("containerOverrides", ()):
            _veil_environment(override)
    return answer


def _veil_environment(container: dict[str, Any]) -> None:
    for pair in container.get("environment", ()):
        pair["value"] = MASK


def _veil_secret(answer: Answer) -> Answer:
    """Keep of a secret only whether it is JSON, and the names of its keys."""
    try:
        content = json.loads(answer.get("SecretString") or "")
    except ValueError:
        content = None
    keys = sorted(content) if isinstance(content, dict) else None
    return {"ARN": answer.get("ARN"), "keys": keys}


def _veil_log(answer: Answer) -> Answer:
    """Keep of a log only the lines that say that the program is none for this processor."""
    said = "exec format error"
    lines = [one for one in answer.get("events", ()) if said in str(one.get("message", ""))]
    return {"events": [{"message": said} for _ in lines]}


def _veil_layer(answer: Answer) -> Answer:
    """Follow the signed address of an image's configuration at once, and keep the platform."""
    from wizard.aws.blobs import read_platform

    return read_platform(str(answer.get("downloadUrl") or ""))


def _veil_token(answer: Answer) -> Answer:
    return {"authorized": bool(answer.get("authorizationData"))}


_VEILS: dict[str, Callable[[Answer], Answer]] = {
    "ecs:DescribeTaskDefinition": _veil_definition,
    "ecs:DescribeTasks": _veil_tasks,
    "secretsmanager:GetSecretValue": _veil_secret,
    "ecr:GetAuthorizationToken": _veil_token,
    "ecr:GetDownloadUrlForLayer": _veil_layer,
    "logs:GetLogEvents": _veil_log,
}
