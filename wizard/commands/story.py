"""The chapters of the demo: the article's errors in the order in which a beginner meets them."""

from collections.abc import Callable, Mapping
from typing import Any

from wizard.capture.command import capture
from wizard.commands.demo import Chapter

_MOST_WAITING_S = 600


def chapters(story: Any, base: Mapping[str, str]) -> list[Chapter]:
    """Return the chapters on the built world `story`; commands run as the bastion's role.

    `base` is the machine's own environment, to which the embedded AWS is added.
    """
    bastion = story.lab.env(story.bastion, base=dict(base))
    bare = story.lab.env(story.bastion, base=dict(base), without=("session-manager-plugin",))

    def run(command: str, where: Mapping[str, str] = bastion) -> Callable[[], str]:
        return lambda: capture(command, where).text

    def shell(service: str = "", where: Mapping[str, str] = bastion) -> Callable[[], str]:
        def execute() -> str:
            names = (service,) if service else ()
            command = story.execute(story.task(*names))
            return capture(command, where).text

        return execute

    push = story.push_commands
    return [
        *_push(run(" && ".join(push)), run(push[-1]), bastion),
        *_exec(run(story.enable_exec), shell(), shell(where=bare), bare),
        *_private(story, shell(story_private(story))),
    ]


def story_private(story: Any) -> str:
    """Return the name of the service in the private subnets."""
    from wizard.lab.story import PRIVATE_SERVICE

    return PRIVATE_SERVICE


_TITLES = {
    "login": {
        "en": "Push: no basic auth credentials, although Login Succeeded",
        "ja": "プッシュ: Login Succeeded なのに no basic auth credentials",
    },
    "push": {
        "en": "Push: the bastion's role may not push",
        "ja": "プッシュ: 踏み台のロールに権限がない",
    },
    "enable": {
        "en": "ECS Exec: not authorized to perform ecs:UpdateService",
        "ja": "ECS Exec: ecs:UpdateService が許可されていない",
    },
    "older": {
        "en": "ECS Exec: switched on, but the task is older than the switch",
        "ja": "ECS Exec: 有効にしたがタスクがそれより古い",
    },
    "plugin": {
        "en": "ECS Exec: the Session Manager plugin is missing",
        "ja": "ECS Exec: Session Manager プラグインがない",
    },
    "ecr": {
        "en": "Private subnet: no way to ECR; the next errors are mended with it",
        "ja": "プライベートサブネット: ECR に届かない（次のエラーも一緒に直す）",
    },
    "logs": {
        "en": "Private subnet: no way to CloudWatch Logs",
        "ja": "プライベートサブネット: CloudWatch Logs に届かない",
    },
    "shell": {
        "en": "Private subnet: ECS Exec says that the task was not found",
        "ja": "プライベートサブネット: ECS Exec でタスクが見つからない",
    },
}
_DENIED = ("iam.access-denied", "caller.permission-missing", "role.attach-least-policy")
_CLOSED = ("network.endpoint-missing", "endpoint.create")


def _push(
    first: Callable[[], str], again: Callable[[], str], bastion: Mapping[str, str]
) -> list[Chapter]:
    login = ("ecr.no-basic-auth", "bastion.docker-user-mismatch", "bastion.login-as-pusher")
    return [
        # The login is made with the rights of whoever runs the wizard: here the bastion's role.
        Chapter(_TITLES["login"], *login, first, again, env=bastion),
        Chapter(_TITLES["push"], *_DENIED, again, again),
    ]


def _exec(
    enable: Callable[[], str],
    shell: Callable[[], str],
    bare_shell: Callable[[], str],
    bare: Mapping[str, str],
) -> list[Chapter]:
    older = ("exec.not-enabled", "exec.task-predates-enable", "service.force-deployment")
    plugin = ("exec.plugin-missing", "bastion.plugin-missing", "bastion.install-plugin")
    return [
        Chapter(_TITLES["enable"], *_DENIED, enable, enable),
        Chapter(_TITLES["older"], *older, shell, shell),
        Chapter(_TITLES["plugin"], *plugin, bare_shell, shell, manual=True, env=bare),
    ]


def _private(story: Any, shell: Callable[[], str]) -> list[Chapter]:
    service = story_private(story)

    def fresh_failure() -> str:
        # Stopped tasks are forgotten after an hour, and the story may have taken one by now.
        _deploy(story)
        return ""

    def without_logs() -> str:
        _delete_endpoint(story, "logs")
        return ""

    def shell_without_ssmmessages() -> str:
        _delete_endpoint(story, "ssmmessages")
        return shell()

    ecr, logs = "pull.registry-auth-unreachable", "logs.unreachable"
    return [
        Chapter(_TITLES["ecr"], ecr, *_CLOSED, fresh_failure, live=service),
        Chapter(_TITLES["logs"], logs, *_CLOSED, without_logs, live=service),
        Chapter(
            _TITLES["shell"], "exec.task-not-found", *_CLOSED, shell_without_ssmmessages, shell
        ),
    ]


def _delete_endpoint(story: Any, name: str) -> None:
    """Delete the private service's endpoint for `name`, deploy anew, and let time pass."""
    ec2 = story.lab.client("ec2")
    found = [
        one["VpcEndpointId"]
        for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]
        if one["ServiceName"].endswith(f".{name}")
    ]
    ec2.delete_vpc_endpoints(VpcEndpointIds=found)
    _deploy(story)


def _deploy(story: Any) -> None:
    from wizard.lab.story import CLUSTER

    ecs = story.lab.client("ecs")
    ecs.update_service(cluster=CLUSTER, service=story_private(story), forceNewDeployment=True)
    story.lab.settle(_MOST_WAITING_S)
