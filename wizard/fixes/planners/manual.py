"""Fixes that only a person can make: plans without changes, with what to do by hand.

The words are the fix's effect in `knowledge/fixes`.
"""

import os

from wizard.core.facts import Bastion, Service, Task
from wizard.core.plan import Plan
from wizard.fixes.planners.common import fact, plan_of
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest


def _manual(request: FixRequest, **values: object) -> Plan:
    return plan_of(request, [], [request.effect(**values)] if request.findings else [])


@fix("task.rerun-with-exec", manual=True)
def rerun_with_exec(request: FixRequest) -> Plan:
    """Run the standalone task again with ECS Exec on: a running task cannot get it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    target = request.target
    service = fact(request, "service", Service)
    task = fact(request, "task", Task)
    definition = service.task_definition if service is not None else None
    return _manual(
        request,
        cluster=target.cluster,
        task=target.task or (task.id if task is not None else None),
        task_definition=definition,
    )


@fix("bastion.install-plugin", manual=True)
def install_plugin(request: FixRequest) -> Plan:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"""
    return _manual(request)


@fix("bastion.start-docker", manual=True)
def start_docker(request: FixRequest) -> Plan:
    """https://docs.docker.com/engine/daemon/start/"""
    return _manual(request)


@fix("bastion.join-docker-group", manual=True)
def join_docker_group(request: FixRequest) -> Plan:
    """https://docs.docker.com/engine/install/linux-postinstall/"""
    return _manual(request, principal=os.environ.get("USER"))


@fix("bastion.update-cli", manual=True)
def update_cli(request: FixRequest) -> Plan:
    """https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"""
    bastion = fact(request, "bastion", Bastion)
    version = bastion.cli_version if bastion is not None else None
    return _manual(request, version=version if isinstance(version, str) else None)
