"""Who signed a call: resolved from the access key against moto's IAM and STS."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.evaluate import Named
from wizard.lab.cloud.state import Cloud

# The access key of an account's root is this plus its twelve digits.
ROOT_PREFIX = "AKIAROOT"
ROOT_SECRET = "root" * 10


@dataclass(frozen=True)
class Principal:
    """A caller. ``entity`` is moto's own user or role; root has none."""

    account: str
    partition: str
    arn: str
    user_id: str
    kind: str
    entity: User | Role | None = None
    session_policy: str | None = None

    @property
    def is_root(self) -> bool:
        return self.kind == "root"

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names by which a Principal element may mean this caller itself."""
        return (self.arn,) if self.entity is None else (self.arn, self.entity.arn)

    @property
    def account_names(self) -> tuple[str, ...]:
        """The names by which a Principal element may mean the caller's whole account."""
        return (f"arn:{self.partition}:iam::{self.account}:root", self.account)


def iam(account: str, partition: str) -> IAMBackend:
    """moto's IAM of one account."""
    backend: IAMBackend = iam_backends[account][partition]
    return backend


def root(account: str, partition: str) -> Principal:
    """The root of *account*, who may do everything but what an SCP forbids."""
    return Principal(account, partition, f"arn:{partition}:iam::{account}:root", account, "root")


def resolve(cloud: Cloud, access_key: str, token: str | None, partition: str) -> Principal | None:
    """The caller behind *access_key*; None when nobody has it.

    Raises AwsError ``ExpiredToken`` when the session is over.
    """
    if access_key.startswith(ROOT_PREFIX) and access_key[8:].isdigit():
        return root(access_key[8:], partition)
    found = _session(access_key, partition) or _user(access_key, partition)
    if isinstance(found, AssumedRole):
        if token != found.session_token:
            return None
        if access_key in cloud.memory.expired.keys or found.expiration <= _now():
            raise AwsError("ExpiredToken", "expired")
        return of_session(found)
    if found is None:
        return None
    if access_key in cloud.memory.expired.keys:
        raise AwsError("ExpiredToken", "expired")
    return of_user(found)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _session(access_key: str, partition: str) -> AssumedRole | None:
    for account in list(sts_backends):
        for session in sts_backends[account][partition].assumed_roles:
            if session.access_key_id == access_key:
                found: AssumedRole = session
                return found
    return None


def secret_of(access_key: str, partition: str) -> str | None:
    """The secret that belongs to an access key, for checking signatures."""
    if access_key.startswith(ROOT_PREFIX):
        return ROOT_SECRET
    session = _session(access_key, partition)
    if session is not None:
        return session.secret_access_key
    for account in list(iam_backends):
        key = iam(account, partition).access_keys.get(access_key)
        if key is not None:
            return key.secret_access_key
    return None


def _user(access_key: str, partition: str) -> User | None:
    for account in list(iam_backends):
        for user in iam(account, partition).users.values():
            keys = [k for k in user.access_keys if k.access_key_id == access_key]
            if keys and keys[0].status == "Active":
                return user
    return None


def of_user(user: User) -> Principal:
    """The principal of an IAM user."""
    partition = user.arn.split(":")[1]
    return Principal(user.account_id, partition, user.arn, user.id, "user", user)


def of_session(session: AssumedRole) -> Principal:
    """The principal of an assumed role's session."""
    account = session.account_id
    try:
        entity: Role | None = iam(account, session.partition).get_role_by_arn(session.role_arn)
    except Exception:  # moto lets one assume a role that does not exist
        entity = None
    return Principal(
        account, session.partition, session.arn, session.user_id, "role", entity, session.policy
    )


def of_role(role: Role, session_name: str) -> Principal:
    """A session of *role* as a service makes it for itself (no access key is made)."""
    arn = f"arn:{role.partition}:sts::{role.account_id}:assumed-role/{role.name}/{session_name}"
    return Principal(
        role.account_id, role.partition, arn, f"{role.id}:{session_name}", "role", role
    )


def identity_policies(principal: Principal) -> list[Named]:
    """The caller's own policies: inline, managed, and those of a user's groups."""
    entity = principal.entity
    return [] if entity is None else policies_of(entity)


def policies_of(entity: User | Role | Group) -> list[Named]:
    """The policies that hang on a user, role or group; a user's groups add theirs."""
    found = [_inline(entity, n, d) for n, d in entity.policies.items()]
    found += [_named(policy) for policy in entity.managed_policies.values()]
    if isinstance(entity, User):
        for group in iam(entity.account_id, entity.arn.split(":")[1]).groups.values():
            if entity in group.users:
                found += policies_of(group)
    return found


def _inline(entity: User | Role | Group, name: str, document: Any) -> Named:
    """An inline policy, under the name by which the policy simulator tells it."""
    kind = {User: "user", Role: "role"}.get(type(entity), "group")
    text = document if isinstance(document, str) else json.dumps(document)
    return Named(f"{kind}_{entity.name}_{name}", parsed(text), text=text)


def _named(policy: ManagedPolicy) -> Named:
    version = next(v for v in policy.versions if v.version_id == policy.default_version_id)
    document: Any = version.document
    text = document if isinstance(document, str) else json.dumps(document)
    return Named(policy.name, parsed(text), policy.arn, text)


def boundary(principal: Principal) -> Named | None:
    """The permissions boundary of the caller, if any."""
    return boundary_of(principal.entity)


def boundary_of(entity: User | Role | None) -> Named | None:
    """The permissions boundary of a user or role, if any."""
    arn = getattr(entity, "permissions_boundary_arn", None)
    if entity is None or arn is None:
        return None
    policy = iam(entity.account_id, entity.arn.split(":")[1]).managed_policies.get(arn)
    return Named(arn, {}, arn) if policy is None else _named(policy)


def session_policy(principal: Principal) -> Named | None:
    """The session policy given to AssumeRole, if any."""
    text = principal.session_policy
    return Named("session", parsed(text)) if text else None


@functools.lru_cache(maxsize=2000)
def parsed(text: str) -> dict[str, Any]:
    """A policy document from its text. The result is shared: do not change it."""
    found: dict[str, Any] = json.loads(text)
    return found
