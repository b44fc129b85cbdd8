"""Sessions that can only do what they were opened for.

The guard is a `before-call` handler put on the session before any client exists, so that every
client inherits it. It runs before the request is signed and sent.
"""

import os
from collections.abc import Iterable
from functools import cache
from typing import Any

import botocore.session
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ProfileNotFound
from botocore.loaders import Loader, create_loader

from wizard import __version__
from wizard.aws.errors import AwsUnavailableError, ForbiddenCallError

CLIENTS = {
    "elasticloadbalancing": "elbv2",
    "elasticfilesystem": "efs",
    "servicequotas": "service-quotas",
    "application-autoscaling": "application-autoscaling",
}
"""Where boto3's name of a service differs from IAM's prefix."""

PREFIXES = {client: prefix for prefix, client in CLIENTS.items()}

CREDENTIAL_CALLS = frozenset(
    {
        "sts:AssumeRole",
        "sts:AssumeRoleWithWebIdentity",
        "sso:GetRoleCredentials",
        "sso-oidc:CreateToken",
        "signin:CreateOAuth2Token",
    }
)
"""What the credential chain itself calls to get credentials; these change nothing."""

CONNECT_TIMEOUT_S = 3
READ_TIMEOUT_S = 10
CONNECTIONS = 32

_EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
_INVALID = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "AuthFailure",
    "InvalidSignatureException",
    "IncompleteSignature",
    "SignatureDoesNotMatch",
    "MissingAuthenticationToken",
)


def permission_prefix(client: str) -> str:
    """Return IAM's prefix of boto3's service `client` (`elbv2` is `elasticloadbalancing`)."""
    return PREFIXES.get(client, client)


def config(attempts: int, extra: str = "") -> Config:
    """Return the limits of every client: 3 s to connect, 10 s to read, `attempts` in all."""
    return Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        user_agent_extra=f"fargate-wizard/{__version__}{extra}",
    )


@cache
def _loader(data_path: str | None) -> Loader:
    """The models of AWS's services, parsed once for all sessions: parsing them is what makes a
    client slow to build, and nothing of a session is kept in them."""
    return create_loader(data_path)


def _share_models(core: botocore.session.Session) -> None:
    try:
        loader = _loader(core.get_config_variable("data_path"))
    except ProfileNotFound:
        return  # the session itself says so in a moment
    # Each boto3 session adds its own folder once more.
    loader.search_paths[:] = list(dict.fromkeys(loader.search_paths))
    core.register_component("data_loader", loader)


def _open(profile: str | None, region: str | None, allowed: frozenset[str]) -> Session:
    core = botocore.session.Session(profile=profile)
    _share_models(core)

    def guard(**event: Any) -> None:
        model = event["model"]
        operation = f"{permission_prefix(model.service_model.service_name)}:{model.name}"
        if operation not in allowed and operation not in CREDENTIAL_CALLS:
            raise ForbiddenCallError(f"{operation} is not on this session's list")

    core.register("before-call", guard)
    try:
        # Where the environment names region and keys, nothing else would look for the profile.
        core.get_scoped_config()
        # botocore reads AWS_DEFAULT_REGION; every other SDK and the AWS CLI read AWS_REGION first.
        # https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
        chosen = region or os.environ.get("AWS_REGION") or None
        session = Session(botocore_session=core, region_name=chosen)
    except ProfileNotFound:
        raise AwsUnavailableError(
            "no-profile",
            f"there is no profile {profile or core.profile!r} in the AWS configuration",
        ) from None
    if not session.region_name:
        raise AwsUnavailableError("no-region", "no AWS region: pass --region or set AWS_REGION")
    return session


def read_session(
    profile: str | None = None, region: str | None = None, *, operations: Iterable[str]
) -> Session:
    """Return a session that refuses everything but `operations` (`ecs:DescribeTasks`, …).

    Raises AwsUnavailableError without a region, profile or credentials.
    """
    session = _open(profile, region, frozenset(operations))
    require_credentials(session)
    return session


def write_session(
    operations: Iterable[str], profile: str | None = None, region: str | None = None
) -> Session:
    """Return a session limited to the `operations` of one plan (IAM's spelling).

    Raises AwsUnavailableError without a region, profile or credentials.
    """
    session = _open(profile, region, frozenset(operations))
    require_credentials(session)
    return session


def require_credentials(session: Session) -> None:
    """Raise AwsUnavailableError unless the session has credentials that can be used now."""
    try:
        found = session.get_credentials()
        if found is not None:
            found.get_frozen_credentials()
    except BotoCoreError as error:
        name = type(error).__name__
        kind = "credentials-expired" if "SSO" in name or "Token" in name else "no-credentials"
        raise AwsUnavailableError(kind, f"no usable AWS credentials: {_line(error)}") from None
    if found is None:
        raise AwsUnavailableError(
            "no-credentials",
            "no AWS credentials found: no instance profile, no profile, no variables",
        )


def credential_problem(code: str) -> str | None:
    """Return the kind of trouble with the credentials that error code `code` tells of, or None."""
    if code in _EXPIRED:
        return "credentials-expired"
    if code in ("RequestTimeTooSkewed", "RequestInTheFuture"):
        return "clock-skew"
    return "credentials-invalid" if code in _INVALID else None


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
