"""How AWS words a denial, service by service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import base64
import json
import secrets
import zlib

from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.evaluate import (
    BOUNDARY,
    IDENTITY,
    SCP,
    SESSION,
    TRUST,
    Decision,
)

# Services whose API is of the JSON kind say AccessDeniedException; those of the query kind say
# AccessDenied with HTTP 403 (each service's "Common errors" page).
_PLAIN = {"iam", "sts", "elbv2", "elb", "s3", "cloudwatch", "autoscaling", "cloudformation",
          "route53"}  # fmt: skip
# Since 2026 a refusal by an explicit deny names the policy by its ARN, if it has one:
# https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns
NAMES_POLICIES = "2026"
_NAMED = {IDENTITY, SCP, BOUNDARY, SESSION}


def because(decision: Decision, action: str) -> str:
    """The half sentence that names the kind of policy."""
    article = "the" if decision.kind == TRUST else "an" if decision.kind == IDENTITY else "a"
    if decision.explicit:
        named = f": {decision.policy.arn}" if _tells(decision) and decision.policy else ""
        return f"with an explicit deny in {article} {decision.kind}{named}"
    return f"because no {decision.kind} allows the {action} action"


def _tells(decision: Decision) -> bool:
    named = decision.policy is not None and bool(decision.policy.arn)
    return decision.shows_policy and named and decision.kind in _NAMED


# Services that name even the resource "*".
_SHOW_STAR = ("ecs:", "ecr:")


def sentence(caller: str, action: str, resource: str, decision: Decision) -> str:
    """``User: … is not authorized to perform: …``, the text common to all services."""
    silent = resource == "*" and not action.startswith(_SHOW_STAR)
    on = "" if silent else f" on resource: {resource}"
    return f"User: {caller} is not authorized to perform: {action}{on} {because(decision, action)}"


def denied(service: str, caller: str, action: str, resource: str, decision: Decision) -> AwsError:
    """The refusal that *service* gives for a denied action.

    EC2 alone adds an encoded message that sts:DecodeAuthorizationMessage can read
    (https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html).
    """
    if service == "ec2":
        text = sentence(caller, action, resource, decision)
        blob = encode(caller, action, resource, decision)
        return AwsError(
            "UnauthorizedOperation",
            f"You are not authorized to perform this operation. {text}."
            f" Encoded authorization failure message: {blob}",
            403,
        )
    if service == "efs":
        # EFS says neither which resource nor which policy.
        text = f"User: {caller} is not authorized to perform: {action} on the specified resource"
        return AwsError("AccessDeniedException", text, 403)
    shown = _shown(service, resource)
    text = sentence(caller, action, shown, decision)
    if service in _PLAIN:
        return AwsError("AccessDenied", text, 403)
    return AwsError("AccessDeniedException", text, 400)


def _shown(service: str, resource: str) -> str:
    """IAM names its resources by kind and name; S3 quotes the ARN."""
    if service == "iam" and ":" in resource:
        path = resource.split(":", 5)[5]
        kind, _, name = path.partition("/")
        if kind == "policy":
            return f"policy {resource}"
        if name and "*" not in name:
            return f"{kind} {name.rsplit('/', 1)[-1]}"
    if service == "s3" and resource != "*":
        return f'"{resource}"'
    return resource


def encode(caller: str, action: str, resource: str, decision: Decision) -> str:
    """An opaque blob, URL-safe, that only :func:`decode` can read."""
    data = {
        "allowed": False,
        "explicitDeny": decision.explicit,
        "matchedStatements": {"items": []},
        "failures": {"items": []},
        "context": {
            "principal": {"id": caller.rsplit("/", 1)[-1], "arn": caller},
            "action": action,
            "resource": resource,
            "conditions": {"items": []},
        },
    }
    packed = secrets.token_bytes(8) + zlib.compress(json.dumps(data).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(blob: str) -> str:
    """The JSON document in a blob of :func:`encode`.

    Raises InvalidAuthorizationMessageException for anything else.
    """
    try:
        packed = base64.urlsafe_b64decode(blob + "=" * (-len(blob) % 4))
        return zlib.decompress(packed[8:]).decode()
    except (ValueError, zlib.error) as error:
        raise AwsError(
            "InvalidAuthorizationMessageException", "Invalid authorization message.", 400
        ) from error
