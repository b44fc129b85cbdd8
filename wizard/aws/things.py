"""The policies that hang on things: buckets, secrets, keys, repositories.

Within one account such a policy may allow what no policy of the role allows, and may deny what
they allow; across accounts both sides must allow, and the other account's side can only be read
there (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
"""

from dataclasses import replace
from typing import Any

from wizard.aws.answers import Refused
from wizard.aws.arns import part
from wizard.aws.reading import Reading
from wizard.aws.source import REGION
from wizard.policy.evaluation import evaluate
from wizard.policy.types import Decision, Document, Policies, Request
from wizard.policy.types import Unread as Unseen

BUCKET, SECRET = "s3:GetBucketPolicy", "secretsmanager:GetResourcePolicy"
KEY, REPOSITORY = "kms:GetKeyPolicy", "ecr:GetRepositoryPolicy"
THING_CALLS = (BUCKET, SECRET, KEY, REPOSITORY)
_OPERATIONS = {"s3": BUCKET, "secretsmanager": SECRET, "kms": KEY, "ecr": REPOSITORY}
_TEXTS = ("Policy", "ResourcePolicy", "policyText")
_NOT_THERE = ("NoSuchBucketPolicy", "RepositoryPolicyNotFoundException")
_UNKNOWN_CALLS = ("UnknownOperationException", "InvalidAction", "NotImplemented", "501")
"""An endpoint that does not know the call holds no such policies; AWS itself knows them all."""
_ALL: Document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_NONE: Document = {"Statement": []}


def has_policy(resource: str, *, eager: bool) -> bool:
    """Whether a policy of its own may decide about `resource`, an ARN.

    `eager`: also where the principal's own policies allow. A repository's denial is a cause of its
    own (`ecr.repository-policy-denies`), so it is asked for only where they do not.
    """
    service = part(resource, "service")
    return service in _OPERATIONS and not (eager and service == "ecr")


async def thing_policy(reading: Reading, resource: str) -> Document | None:
    """Return the policy of the bucket, secret, key or repository; None where it has none."""
    operation = _OPERATIONS[str(part(resource, "service"))]
    answer = await reading.call(
        operation, **_named(operation, resource), **_where(reading, resource)
    )
    if isinstance(answer, Refused):
        gone = answer.code in (*_NOT_THERE, *_UNKNOWN_CALLS) or answer.absent
        return None if gone else Unseen(answer.call, answer.code)
    found: Document | None = next((answer[key] for key in _TEXTS if answer.get(key)), None)
    return found


def _named(operation: str, resource: str) -> dict[str, str]:
    path = part(resource, "resource") or ""
    if operation == BUCKET:
        return {"Bucket": path.partition("/")[0]}
    if operation == SECRET:
        return {"SecretId": resource}
    if operation == KEY:
        return {"KeyId": resource, "PolicyName": "default"}
    account = part(resource, "account") or ""
    found = {"repositoryName": path.removeprefix("repository/")}
    return found | ({"registryId": account} if account else {})


def _where(reading: Reading, resource: str) -> dict[str, str]:
    region = part(resource, "region")
    return {REGION: region} if region and region != reading.calls.source.region else {}


def with_thing(
    own: Decision, document: Document | None, request: Request, account: str
) -> Decision:
    """Return what `own` (the word of the principal's side) and the thing's policy say together.

    `account` is the account that is looked at. A bucket's ARN names none: only its owner's
    account can read its policy (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html).
    """
    if own.effect == "explicit-deny" or own.by in ("scp", "rcp", "session", "endpoint"):
        return own
    owner = part(request.resource, "account")
    service = part(request.resource, "service")
    foreign = owner not in (None, part(request.principal, "account"))
    if document is None:
        if not foreign or service == "kms":
            return own
        document = _NONE
    identity: Any = (_ALL,)
    if own.effect == "unknown":
        identity = Unseen("", own.why)
    elif own.by == "identity" and not own.allowed:
        identity = ()
    limit = _NONE if own.by == "boundary" and own.denied else None
    asked = replace(request, resource_account=owner or account)
    found = evaluate(asked, Policies(identity, (document,), limit))
    return own if found.effect == "unknown" and own.effect == "unknown" else found
