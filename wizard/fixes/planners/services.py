"""Fixes of a service: ECS Exec on, a new deployment, a public address."""

from collections.abc import Mapping
from typing import Any

from wizard.core.plan import Change, Plan
from wizard.fixes.operations import service_of
from wizard.fixes.planners.common import (
    ROLLING,
    controller_of,
    force,
    known,
    plan_of,
    role_fact,
)
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say

_UPDATE = "ecs:UpdateService"


@fix("service.enable-exec", permissions=(_UPDATE,))
def enable_exec(request: FixRequest) -> Plan:
    """Switch ECS Exec on and start new tasks: running ones never get it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-enabling
    """
    name, service = _service(request)
    role = role_fact(request, "task_role")
    if role is not None and not role.named:
        raise Refused(say("no-task-role"))
    if service.get("enableExecuteCommand"):
        return plan_of(request, [force(request, name)] if _needs_new_tasks(request) else [])
    parameters = {
        "cluster": request.target.cluster or "default",
        "service": name,
        "enableExecuteCommand": True,
        "forceNewDeployment": True,
    }
    change = Change(
        operation=_UPDATE,
        parameters=parameters,
        before={"enableExecuteCommand": False},
        after={"enableExecuteCommand": True},
        undo=_UPDATE,
        undo_parameters=parameters | {"enableExecuteCommand": False},
        effect=request.effect(service=name),
        cost=request.cost(service=name),
    )
    return plan_of(request, [change])


@fix("service.force-deployment", permissions=(_UPDATE,))
def force_deployment(request: FixRequest) -> Plan:
    """Start a new deployment with the settings as they are."""
    name, _ = _service(request)
    return plan_of(request, [force(request, name)] if request.findings else [])


@fix("service.assign-public-ip", permissions=(_UPDATE,))
def assign_public_ip(request: FixRequest) -> Plan:
    """Give the tasks public addresses; a change of the network starts a new deployment by itself.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    name, service = _service(request)
    network = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if not network:
        raise Refused(say("no-network"))
    if network.get("assignPublicIp") == "ENABLED":
        return plan_of(request, [])
    parameters = {"cluster": request.target.cluster or "default", "service": name}

    def address(state: str) -> dict[str, Any]:
        mended = dict(network) | {"assignPublicIp": state}
        return {"networkConfiguration": {"awsvpcConfiguration": mended}}

    change = Change(
        operation=_UPDATE,
        parameters=parameters | address("ENABLED"),
        before={"assignPublicIp": "DISABLED"},
        after={"assignPublicIp": "ENABLED"},
        undo=_UPDATE,
        undo_parameters=parameters | address("DISABLED"),
        effect=request.effect(service=name),
        cost=request.cost(service=name),
    )
    return plan_of(request, [change])


def _service(request: FixRequest) -> tuple[str, Mapping[str, Any]]:
    """Return the service as it is now; refuse without one, or where another controller deploys."""
    name = request.target.service
    if not name:
        raise Refused(say("no-service"))
    found = known(service_of(request.look, request.target.cluster or "default", name))
    if found is None or found.get("status") != "ACTIVE":
        raise Refused(say("no-service"))
    controller = controller_of(found)
    if controller != ROLLING:
        raise Refused(say("controller", controller=controller))
    return name, found


def _needs_new_tasks(request: FixRequest) -> bool:
    task = request.facts.get("task")
    return getattr(task, "predates_exec", False) is True
