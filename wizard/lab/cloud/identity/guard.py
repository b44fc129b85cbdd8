"""Every call's way past IAM: who calls, may they, and if not, in which words are they refused."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

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
from wizard.lab.cloud.identity.owners import (
    key_must_exist,
    owner_of,
    resource_policy,
    unknown_key,
)
from wizard.lab.cloud.identity.principals import (
    Principal,
    boundary,
    iam,
    identity_policies,
    parsed,
    session_policy,
)
from wizard.lab.cloud.identity.resources import Need, needs
from wizard.lab.cloud.state import Cloud
from wizard.lab.cloud.wire import Call

# Needs no permission at all (https://docs.aws.amazon.com/STS/latest/APIReference/
# API_GetCallerIdentity.html).
_FREE = {("sts", "GetCallerIdentity")}
# The organization's management account, where service control policies live.
_ORGANIZATION = "999999999999"


def authorize(cloud: Cloud, call: Call, caller: Principal) -> None:
    """Raises the service's refusal unless *caller* may make *call*."""
    if (call.service, call.operation) in _FREE:
        return
    if call.service == "sts" and call.operation.startswith("AssumeRole"):
        _authorize_assume(cloud, call, caller)
        return
    if call.service == "kms":
        key_must_exist(call, caller.arn, caller.account)
    for need in needs(call, caller.account):
        require(cloud, caller, need, call.service, call.region)


def require(cloud: Cloud, caller: Principal, need: Need, service: str, region: str) -> None:
    """Raises *service*'s refusal unless *caller* may do *need*."""
    decision = decide(cloud, caller, need, region)
    if decision.allowed:
        return
    foreign = owner_of(need.resource, caller.account) != caller.account
    if service == "kms" and foreign and decision.kind == RESOURCE:
        raise unknown_key(caller.arn, need.action)
    raise words.denied(service, caller.arn, need.action, need.shown or need.resource, decision)


def decide(
    cloud: Cloud, caller: Principal, need: Need, region: str, endpoint: Named | None = None
) -> Decision:
    """What all policies together say to *need*; ``endpoint`` is a VPC endpoint's policy."""
    # IAM's own calls are always about the caller's account.
    iam_call = need.action.startswith("iam:")
    owner = caller.account if iam_call else owner_of(need.resource, caller.account)
    request = Request(
        action=need.action,
        resource=need.resource,
        principal=caller.arn,
        context=context_of(cloud, caller, region) | need.context,
        aliases=caller.aliases,
        account_names=caller.account_names,
        account=caller.account,
        resource_account=owner,
        needs_resource_policy=_is_key(need.resource),
    )
    policies = Policies(
        identity=[_EVERYTHING] if caller.is_root else identity_policies(caller),
        boundary=boundary(caller),
        session=session_policy(caller),
        resource=resource_policy(need.resource, caller.account),
        scps=service_control_policies(cloud, caller.partition),
        endpoint=endpoint,
    )
    decision = evaluate(request, policies)
    return replace(decision, shows_policy=cloud.settings.wording >= words.NAMES_POLICIES)


def service_control_policies(cloud: Cloud, partition: str) -> list[Named]:
    """The account's service control policies; each has an ARN of the organization's own account.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    return [
        Named(s["name"], s["document"], str(s.get("arn") or _scp_arn(partition, s["name"])))
        for s in cloud.settings.scps
    ]


def _scp_arn(partition: str, name: str) -> str:
    base = f"arn:{partition}:organizations::{_ORGANIZATION}:policy/o-lab0example"
    return f"{base}/service_control_policy/p-{zlib.crc32(name.encode()):08x}"


def _is_key(resource: str) -> bool:
    parts = resource.split(":", 5)
    return parts[2:3] == ["kms"] and parts[-1].startswith("key/")


_EVERYTHING = Named("root", {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


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
