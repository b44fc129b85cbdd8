"""What several planners need: reading or refusing, making plans, the deployment at the end."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from wizard.core.facts import Container, Role, Service, Task
from wizard.core.plan import Change, Later, Plan
from wizard.core.unread import Unread
from wizard.fixes.operations import OPERATIONS, service_of
from wizard.fixes.request import FixRequest, Refused, Words
from wizard.fixes.words import say

FORCE = "service.force-deployment"
OWN = -1
"""The change number of a `Later` in `undo_parameters` that means the change's own answer."""

ROLLING = "ECS"
"""The deployment controller that takes a forced deployment; CODE_DEPLOY and EXTERNAL do not.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""


def read(request: FixRequest, operation: str, /, **parameters: Any) -> Any:
    """Return what `operation` answers (None: not there); refuse where it cannot be read."""
    return known(request.look(operation, **parameters))


def known(value: Any) -> Any:
    """Return `value`, or refuse the plan where it is `Unread`."""
    if isinstance(value, Unread):
        raise Refused(say("unread", call=value.call, why=value.why))
    return value


def now(request: FixRequest, operation: str, parameters: Mapping[str, Any]) -> Any:
    """Return the state that `operation` would change, as it is now; refuse where unreadable."""
    return known(OPERATIONS[operation].seen(request.look, parameters))


def plan_of(request: FixRequest, changes: Iterable[Change], notes: Iterable[Words] = ()) -> Plan:
    """Return the plan of `request`, with the permissions that its changes take."""
    made = tuple(_numbered(change, number) for number, change in enumerate(changes))
    return Plan(
        cause=request.cause,
        fix=request.fix,
        changes=made,
        permissions=permissions(made),
        target={key: value for key, value in asdict(request.target).items() if value is not None},
        notes=tuple(notes),
    )


def _numbered(change: Change, number: int) -> Change:
    return replace(change, undo_parameters=_own(change.undo_parameters, number))


def _own(value: Any, number: int) -> Any:
    if isinstance(value, Later):
        return Later(number, value.path) if value.change == OWN else value
    if isinstance(value, dict):
        return {key: _own(one, number) for key, one in value.items()}
    return [_own(one, number) for one in value] if isinstance(value, list) else value


def permissions(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the permissions that applying `changes` takes, each once."""
    found: dict[str, None] = {}
    for change in changes:
        for name in _PERMISSIONS.get(change.operation, (change.operation,)):
            found[name] = None
        if change.operation.startswith("ec2:") and change.parameters.get("PrivateDnsEnabled"):
            found[_ZONE] = None
    return tuple(found)


_ZONE = "route53:AssociateVPCWithHostedZone"
"""Private DNS of an endpoint takes it besides, says
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html"""

_PERMISSIONS = {
    "local:docker-login": ("ecr:GetAuthorizationToken",),
    "local:docker-logout": (),
}


def fact(request: FixRequest, name: str, kind: type[Any]) -> Any:
    """Return the fact called `name` if it was read and is of `kind`, else None."""
    value = request.facts.get(name)
    return value if isinstance(value, kind) else None


def service_fact(request: FixRequest) -> Service | None:
    """Return the target's service where it is there."""
    found = fact(request, "service", Service)
    return found if isinstance(found, Service) and found.exists is True else None


def role_fact(request: FixRequest, name: str) -> Role | None:
    """Return the execution or task role where it was read."""
    found = fact(request, name, Role)
    return found if isinstance(found, Role) else None


def failing(request: FixRequest) -> bool:
    """Tell whether the service's tasks do not come up, so that a new deployment helps at once."""
    service = service_fact(request)
    return service is not None and service.desired > 0 and service.running < service.desired


def agent_down(request: FixRequest) -> bool:
    """Tell whether an ExecuteCommandAgent of the running task is there and does not run.

    It is started with its task, so a mended way or role helps it for sure only in a new task.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    task = fact(request, "task", Task)
    found = request.facts.get("containers")
    containers = found if isinstance(found, tuple) else ()
    return (
        task is not None
        and task.status == "RUNNING"
        and any(
            isinstance(one, Container) and one.agent not in (None, "RUNNING") for one in containers
        )
    )


def deployment(request: FixRequest) -> tuple[list[Change], list[Words]]:
    """Return the forced deployment that makes the service try again at once, and notes on it.

    Nothing where there is no service or its tasks run well.
    """
    service = service_fact(request)
    if service is None or not (failing(request) or agent_down(request)):
        return [], []
    found = service_of(request.look, request.target.cluster or "", service.name)
    controller = controller_of(found) if isinstance(found, Mapping) else service.controller
    if controller != ROLLING:
        return [], [say("deployment-elsewhere", controller=controller)]
    return [force(request, service.name)], [say("deployment-follows")]


def controller_of(service: Mapping[str, Any]) -> str:
    """Return the deployment controller of a service as DescribeServices answers it."""
    return str((service.get("deploymentController") or {}).get("type") or ROLLING)


def force(request: FixRequest, service: str) -> Change:
    """Return the change that starts a new deployment of `service`."""
    return Change(
        operation="ecs:UpdateService",
        parameters={
            "cluster": request.target.cluster or "default",
            "service": service,
            "forceNewDeployment": True,
        },
        effect=request.effect(FORCE, service=service),
        cost=request.cost(FORCE, service=service),
    )


def arn(request: FixRequest, service: str, rest: str, *, regional: bool = True) -> str:
    """Return an ARN in the target's partition, region and account."""
    place = request.target
    partition, account = place.partition or "aws", place.account or "*"
    region = (place.region or "*") if regional else ""
    return f"arn:{partition}:{service}:{region}:{account}:{rest}"
