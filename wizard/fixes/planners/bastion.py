"""Fixes on this machine: docker logs in to ECR as the user that pushes."""

import shlex
from typing import Any

from wizard.aws.machine import me
from wizard.core.facts import Bastion
from wizard.core.plan import Change, Plan
from wizard.fixes.planners.common import fact, plan_of
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say

_LOGIN = "local:docker-login"
SUFFIXES = {
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
}
"""DNS suffixes of partitions other than `amazonaws.com`.
https://docs.aws.amazon.com/general/latest/gr/rande.html
"""


@fix("bastion.login-as-pusher", permissions=("ecr:GetAuthorizationToken",))
def login_as_pusher(request: FixRequest) -> Plan:
    """Log docker in as the user that pushes: logins are kept in each user's own home.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html
    """
    return _login(request, default="root")


@fix("bastion.login", permissions=("ecr:GetAuthorizationToken",))
def login(request: FixRequest) -> Plan:
    """Log docker in to the registry; the token lasts 12 hours.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
    """
    return _login(request, default=me())


def _login(request: FixRequest, default: str) -> Plan:
    if not request.findings:
        return plan_of(request, [])
    bastion = fact(request, "bastion", Bastion)
    user = _field(request, "push_user") or (bastion.push_user if bastion else None) or default
    registry = _registry(request, bastion)
    region = registry.split(".")[3] if registry.count(".") > 4 else request.target.region
    prefix = _prefix(user)
    docker = [*prefix, "docker", "login", "--username", "AWS", "--password-stdin", registry]
    token = ["aws", "ecr", "get-login-password", "--region", str(region)]
    parameters: dict[str, Any] = {
        "command": f"{shlex.join(token)} | {shlex.join(docker)}",
        "registry": registry,
        "region": region,
        "user": user,
    }
    logout = shlex.join([*prefix, "docker", "logout", registry])
    change = Change(
        operation=_LOGIN,
        parameters=parameters,
        before=None,
        after={"registry": registry, "user": user},
        undo="local:docker-logout",
        undo_parameters=parameters | {"command": logout},
        effect=request.effect(registry=registry, principal=user),
        cost=request.cost(registry=registry),
    )
    return plan_of(request, [change])


def _field(request: FixRequest, name: str) -> str | None:
    found = (one.fields[name] for one in request.findings if name in one.fields)
    return next((one for one in found if isinstance(one, str)), None)


def _registry(request: FixRequest, bastion: Bastion | None) -> str:
    target = request.target
    named = _field(request, "registry") or target.registry or (bastion.registry if bastion else "")
    if named:
        return named.removeprefix("https://").partition("/")[0]
    if not target.account or not target.region:
        raise Refused(say("registry-unknown"))
    suffix = SUFFIXES.get(target.partition or "aws", "amazonaws.com")
    return f"{target.account}.dkr.ecr.{target.region}.{suffix}"


def _prefix(user: str) -> list[str]:
    if user == me():
        return []
    return ["sudo"] if user == "root" else ["sudo", "-H", "-u", user]
