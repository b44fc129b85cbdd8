"""Every call's way past IAM: who calls, may they, and if not, in which words are they refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from moto.ecr.models import ecr_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity import words
from wizard.lab.cloud.identity.evaluate import (
    IDENTITY,
    RESOURCE,
    TRUST,
    Decision,
    Named,
    Policies,
    Request,
    evaluate,
)
from wizard.lab.cloud.identity.principals import (
    Principal,
    boundary,
    iam,
    identity_policies,
    parsed,
    resolve,
    session_policy,
)
from wizard.lab.cloud.identity.resources import Need, needs
from wizard.lab.cloud.state import DEFAULT_ACCOUNT, Cloud
from wizard.lab.cloud.wire import Call

# Needs no permission at all (https://docs.aws.amazon.com/STS/latest/APIReference/
# API_GetCallerIdentity.html).
_FREE = {("sts", "GetCallerIdentity")}
# Codes for a key that nobody has and for a session that is over, where they are not the usual
# (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and each service's
# "Common errors").
_QUERY = {"iam", "sts", "elbv2", "elb", "cloudwatch"}


def authenticate(cloud: Cloud, call: Call) -> Principal:
    """The caller of *call*. Raises AwsError in the service's own words when there is none."""
    try:
        found = resolve(cloud, call.access_key, call.token, call.partition)
    except AwsError:
        raise _expired(call.service) from None
    if found is None:
        raise _unknown(call.service)
    return found


def _unknown(service: str) -> AwsError:
    if service == "ec2":
        text = "AWS was not able to validate the provided access credentials"
        return AwsError("AuthFailure", text, 401)
    if service == "s3":
        text = "The AWS Access Key Id you provided does not exist in our records."
        return AwsError("InvalidAccessKeyId", text, 403)
    text = "The security token included in the request is invalid."
    code = "InvalidClientTokenId" if service in _QUERY else "UnrecognizedClientException"
    return AwsError(code, text, 403 if service in _QUERY else 400)


def _expired(service: str) -> AwsError:
    if service == "ec2":
        return AwsError("RequestExpired", "Request has expired.", 400)
    if service == "s3":
        return AwsError("ExpiredToken", "The provided token has expired.", 400)
    text = "The security token included in the request is expired"
    code = "ExpiredToken" if service in _QUERY else "ExpiredTokenException"
    return AwsError(code, text, 403 if service in _QUERY else 400)


def authorize(cloud: Cloud, call: Call, caller: Principal) -> None:
    """Raises the service's refusal unless *caller* may make *call*."""
    if (call.service, call.operation) in _FREE:
        return
    if call.service == "sts" and call.operation.startswith("AssumeRole"):
        _authorize_assume(cloud, call, caller)
        return
    for need in needs(call, caller.account):
        require(cloud, caller, need, call.service, call.region)


def require(cloud: Cloud, caller: Principal, need: Need, service: str, region: str) -> None:
    """Raises *service*'s refusal unless *caller* may do *need*."""
    decision = decide(cloud, caller, need, region)
    if not decision.allowed:
        raise words.denied(service, caller.arn, need.action, need.resource, decision)


def decide(
    cloud: Cloud, caller: Principal, need: Need, region: str, endpoint: Named | None = None
) -> Decision:
    """What all policies together say to *need*; ``endpoint`` is a VPC endpoint's policy."""
    scps = [Named(s["name"], s["document"]) for s in cloud.settings.scps]
    owner = _owner(need.resource, caller.account)
    request = Request(
        action=need.action,
        resource=need.resource,
        principal=caller.arn,
        context=context_of(cloud, caller, region) | need.context,
        aliases=caller.aliases,
        account_names=caller.account_names,
        account=caller.account,
        resource_account=owner,
        needs_resource_policy=need.resource.split(":")[2:3] == ["kms"],
    )
    policies = Policies(
        identity=[_EVERYTHING] if caller.is_root else identity_policies(caller),
        boundary=boundary(caller),
        session=session_policy(caller),
        resource=None if _is_key_only(need) else resource_policy(need.resource),
        scps=scps,
        endpoint=endpoint,
    )
    return evaluate(request, policies)


_EVERYTHING = Named("root", {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def _is_key_only(need: Need) -> bool:
    return need.action in ("ecr:GetAuthorizationToken",)


def _owner(resource: str, default: str) -> str:
    parts = resource.split(":", 5)
    owner = parts[4] if len(parts) == 6 else ""
    return owner if owner and owner != "aws" and "*" not in owner else default


def context_of(cloud: Cloud, caller: Principal, region: str) -> dict[str, str | list[str]]:
    """The global condition keys of a request (https://docs.aws.amazon.com/IAM/latest/UserGuide/
    reference_policies_condition-keys.html)."""
    now = stamp(cloud.clock.now()).strftime("%Y-%m-%dT%H:%M:%SZ")
    context: dict[str, str | list[str]] = {
        "aws:PrincipalArn": caller.entity.arn if caller.entity is not None else caller.arn,
        "aws:PrincipalAccount": caller.account,
        "aws:PrincipalType": {"root": "Account", "user": "User"}.get(caller.kind, "AssumedRole"),
        "aws:userid": caller.user_id,
        "aws:RequestedRegion": region,
        "aws:SecureTransport": "true",
        "aws:CurrentTime": now,
        "aws:EpochTime": str(int(cloud.clock.now())),
        "aws:SourceIp": "203.0.113.25",
        "aws:ViaAWSService": "false",
    }
    if caller.kind == "user" and caller.entity is not None:
        context["aws:username"] = caller.entity.name
    for tag in _tags(caller):
        context[f"aws:PrincipalTag/{tag['Key']}"] = tag["Value"]
    return context


def _tags(caller: Principal) -> list[dict[str, str]]:
    tags: Any = getattr(caller.entity, "tags", None) or []
    if isinstance(tags, dict):
        return list(tags.values())
    return list(tags)


def resource_policy(arn: str) -> Named | None:
    """The policy that hangs on a repository, bucket, key or secret, if there is one."""
    parts = arn.split(":", 5)
    if len(parts) != 6:
        return None
    text = _policy_text(parts)
    return Named(arn, parsed(text)) if text else None


def _policy_text(parts: list[str]) -> str | None:
    _, _, service, region, account, rest = parts
    account = account or DEFAULT_ACCOUNT
    if service == "ecr" and rest.startswith("repository/"):
        repository = ecr_backends[account][region].repositories.get(rest.split("/", 1)[1])
        return repository.policy if repository else None
    if service == "s3":
        bucket = s3_backends[account][parts[1]].buckets.get(rest.split("/", 1)[0])
        policy = bucket.policy if bucket else None
        return policy.decode() if isinstance(policy, bytes) else policy
    if service == "kms" and rest.startswith("key/"):
        key = kms_backends[account][region].keys.get(rest.split("/", 1)[1])
        return key.policy if key else None
    if service == "secretsmanager" and rest.startswith("secret:"):
        secret = secretsmanager_backends[account][region].secrets.get(":".join(parts))
        return getattr(secret, "policy", None)
    return None


def _authorize_assume(cloud: Cloud, call: Call, caller: Principal) -> None:
    """sts:AssumeRole needs the role's trust, and across accounts the caller's policy too.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
    AWS says only that it is not authorized, without a reason, and so it does for a missing role.
    """
    role_arn = str(call.params.get("RoleArn", ""))
    if caller.is_root:
        raise AwsError("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    error = AwsError(
        "AccessDenied",
        f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
        403,
    )
    if not trusts(cloud, role_arn, caller, call.region).allowed:
        raise error


def trusts(cloud: Cloud, role_arn: str, caller: Principal, region: str) -> Decision:
    """Whether the role lets *caller* in.

    A trust that names the caller is enough; one that names the account, or another account's
    caller, needs the caller's own policy as well.
    """
    document = trust_policy(role_arn)
    if document is None:
        return Decision(False, TRUST)
    request = Request(
        action="sts:AssumeRole",
        resource=role_arn,
        principal=caller.arn,
        context=context_of(cloud, caller, region),
        aliases=caller.aliases,
    )
    named = Named("trust", document)
    if evaluate(request, Policies(resource=named)).allowed:
        if role_arn.split(":")[4] == caller.account:
            return Decision(True, TRUST)
    else:
        wider = replace(request, account_names=caller.account_names)
        said = evaluate(wider, Policies(resource=named, identity=[_EVERYTHING]))
        delegated = any_account_named(document, caller)
        if said.explicit or not delegated:
            return Decision(False, TRUST, said.explicit)
    own = decide(cloud, caller, Need("sts:AssumeRole", role_arn), region)
    # The role has no policy of the resource kind but its trust, which was asked above.
    fine = own.allowed or (own.kind == RESOURCE and not own.explicit)
    return Decision(fine, TRUST if fine else IDENTITY)


def any_account_named(document: dict[str, Any], caller: Principal) -> bool:
    """True when the trust hands the decision to the caller's account as a whole."""
    text = str(document.get("Statement"))
    return any(f"'{name}'" in text for name in caller.account_names)


def trust_policy(role_arn: str) -> dict[str, Any] | None:
    """The trust policy of a role; None when the role does not exist."""
    parts = role_arn.split(":", 5)
    if len(parts) != 6:
        return None
    try:
        role = iam(parts[4], parts[1]).get_role_by_arn(role_arn)
    except Exception:  # moto's NotFoundException for a role that is not there
        return None
    return parsed(role.assume_role_policy_document)


def service_may_assume(role_arn: str, service: str, context: dict[str, str | list[str]]) -> bool:
    """Whether an AWS service (``ecs-tasks.amazonaws.com``) may assume a role."""
    document = trust_policy(role_arn)
    if document is None:
        return False
    request = Request("sts:AssumeRole", role_arn, service, context=context, aliases=(service,))
    return evaluate(request, Policies(resource=Named("trust", document))).allowed
