"""Fixes that only a person can make: plans without changes, whose notes are what to run by hand.

The words around the commands are the fix's effect in `knowledge/fixes`.
"""

import os
import platform
import shlex

from wizard.core.facts import Bastion, Service, Task
from wizard.core.plan import Plan
from wizard.fixes.planners.common import fact, plan_of
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest

_ARM = ("aarch64", "arm64")


def _manual(request: FixRequest, *commands: str) -> Plan:
    notes = [{"en": command, "ja": command} for command in commands]
    return plan_of(request, [], notes if request.findings else [])


@fix("task.rerun-with-exec", manual=True)
def rerun_with_exec(request: FixRequest) -> Plan:
    """Run the standalone task again with ECS Exec on: a running task cannot get it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    service = fact(request, "service", Service)
    task = fact(request, "task", Task)
    named = service.task_definition if isinstance(service, Service) else None
    cluster = shlex.quote(request.target.cluster or "default")
    platform_version = task.platform_version if isinstance(task, Task) else None
    return _manual(
        request,
        f"aws ecs run-task --cluster {cluster} --launch-type FARGATE"
        f" --platform-version {platform_version or 'LATEST'}"
        f" --task-definition {named or '…'} --network-configuration …"
        " --enable-execute-command",
    )


@fix("bastion.install-plugin", manual=True)
def install_plugin(request: FixRequest) -> Plan:
    """https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"""
    bits = "arm64" if platform.machine() in _ARM else "64bit"
    base = "https://s3.amazonaws.com/session-manager-downloads/plugin/latest"
    name = "session-manager-plugin"
    return _manual(
        request,
        f"# Amazon Linux 2023, RHEL\nsudo dnf install -y {base}/linux_{bits}/{name}.rpm",
        f"# Amazon Linux 2\nsudo yum install -y {base}/linux_{bits}/{name}.rpm",
        f"# Debian, Ubuntu\ncurl -fO {base}/ubuntu_{bits}/{name}.deb && sudo dpkg -i {name}.deb",
        f"{name} --version",
    )


@fix("bastion.start-docker", manual=True)
def start_docker(request: FixRequest) -> Plan:
    """https://docs.docker.com/engine/daemon/start/"""
    return _manual(request, "sudo systemctl enable --now docker", "sudo docker info")


@fix("bastion.join-docker-group", manual=True)
def join_docker_group(request: FixRequest) -> Plan:
    """https://docs.docker.com/engine/install/linux-postinstall/"""
    user = shlex.quote(os.environ.get("USER") or "ec2-user")
    return _manual(request, f"sudo usermod -aG docker {user}")


@fix("bastion.update-cli", manual=True)
def update_cli(request: FixRequest) -> Plan:
    """https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"""
    machine = "aarch64" if platform.machine() in _ARM else "x86_64"
    archive = f"https://awscli.amazonaws.com/awscli-exe-linux-{machine}.zip"
    bastion = fact(request, "bastion", Bastion)
    version = bastion.cli_version if isinstance(bastion, Bastion) else None
    first = [f"# aws-cli {version}"] if isinstance(version, str) else []
    return _manual(
        request,
        *first,
        f"curl -f {archive} -o awscliv2.zip && unzip -q awscliv2.zip",
        "sudo ./aws/install --update",
        "aws --version",
    )
