"""Worlds in which several things are wrong, each of which shows once the one before is mended."""

from __future__ import annotations

from wizard.lab.building.base import EXECUTION_POLICY
from wizard.lab.world import ALL_ENDPOINTS, EXEC_ACTIONS, World
from wizard.lab.worlds.bases import grant, private, rest
from wizard.lab.worlds.endpoints import missing
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_AUTH = r"unable to pull secrets or registry auth: The task cannot pull registry auth"
_ROLE = "ecsTaskExecutionRole"


def _article(world: World) -> None:
    """Private subnets without NAT and without any endpoint; Exec is on."""
    rest(world.network())
    world.notes["service"] = {"exec_": True}
    world.notes["patience"] = 240


def _rolled(act: Planted) -> Planted:
    """The same, with the deployment that a shell needs before it can be opened."""

    def mend(world: World) -> None:
        act.mend(world)
        deploy(world)

    return Planted(act.cause, mend, act.fields)


def _no_layers_no_group(world: World) -> None:
    private(world, "s3")
    world.client("logs").delete_log_group(logGroupName=world.logs)


def _make_group(world: World) -> None:
    world.client("logs").create_log_group(logGroupName=world.logs)


def _no_api_no_rights(world: World) -> None:
    private(world, "ecr.api")
    arn = f"arn:{world.partition}:iam::aws:policy/{EXECUTION_POLICY}"
    world.client("iam").detach_role_policy(RoleName=_ROLE, PolicyArn=arn)


def _attach(world: World) -> None:
    arn = f"arn:{world.partition}:iam::aws:policy/{EXECUTION_POLICY}"
    world.client("iam").attach_role_policy(RoleName=_ROLE, PolicyArn=arn)


def _tag_and_crash(world: World) -> None:
    private(world)
    world.image = world.image.replace(":v1", ":v2")


def _push(**labels: str) -> Act:
    return lambda world: world.push("team/app", "v2", labels=labels)


def _secret_twice(world: World) -> None:
    """No way to Secrets Manager, and no right to read the secret either."""
    private(world)
    made = world.client("secretsmanager").create_secret(Name="db", SecretString="x")
    secret = {"name": "DB", "valueFrom": made["ARN"]}
    world.task_definition(containers=[world.container(secrets=[secret])])


def _exec_thrice(world: World) -> None:
    """Exec is off, its endpoint is missing, and the task role has none of its rights."""
    names = [n for n in ALL_ENDPOINTS if n != "ssmmessages"]
    world.network(endpoints=names).roles(exec_=False).repository().log_group()


def _switch_on(world: World) -> None:
    world.client("ecs").update_service(
        cluster=world.cluster, service="web", enableExecuteCommand=True, forceNewDeployment=True
    )


def _closed_and_unfit(world: World) -> None:
    """The endpoint's group is closed; behind it waits an image for another processor."""
    world.network(endpoints=[n for n in ALL_ENDPOINTS if n != "ecr.api"])
    world.notes["closed"] = world.closed_group("closed")
    world.endpoint("ecr.api", SecurityGroupIds=[world.notes["closed"]])
    rest(world)
    world.push("team/app", "v1", architecture="arm64", index=True)


def _open(world: World) -> None:
    world.admit(443, str(world.notes["closed"]), world.task_group)


WORLDS = (
    BrokenWorld(
        name="private-service-of-the-article",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_article,
        causes=(
            missing("ecr.api"),
            missing("ecr.dkr"),
            missing("s3"),
            _rolled(missing("logs")),
            missing("ssmmessages"),
        ),
        decoy=lambda w: w.endpoint("ssm"),
        goal=shell,
    ),
    BrokenWorld(
        name="no-layers-and-no-log-group",
        symptom="pull.layer-unreachable",
        text=r"failed to copy: httpReadSeeker.*i/o timeout",
        build=_no_layers_no_group,
        causes=(
            missing("s3"),
            Planted(
                "logs.group-missing",
                _make_group,
                lambda w: {"log_group": "/ecs/web", "region": w.lab.region},
            ),
        ),
        decoy=grant(_ROLE, "logs:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="no-endpoint-and-no-rights",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_no_api_no_rights,
        causes=(
            missing("ecr.api"),
            Planted(
                "execution-role.permission-missing",
                _attach,
                lambda w: {"role": w.execution_role, "actions": "ecr:GetAuthorizationToken"},
            ),
        ),
        decoy=grant("app-task-role", "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="tag-missing-and-then-a-crash",
        symptom="pull.image-not-found",
        text=r"team/app:v2: not found",
        build=_tag_and_crash,
        causes=(
            Planted(
                "ecr.image-missing",
                _push(**{"lab.exit-code": "1"}),
                lambda w: {"repository": "team/app", "tag": "v2"},
            ),
            Planted(
                "task.app-crash",
                _push(),
                lambda w: {"container": "app", "exit_code": "1"},
                hidden=True,
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="secret-unreachable-and-denied",
        symptom="pull.secret-unreachable",
        text=r"There is a connection issue between the task and AWS Secrets Manager",
        build=_secret_twice,
        causes=(
            missing("secretsmanager"),
            Planted(
                "execution-role.permission-missing",
                grant(_ROLE, "secretsmanager:GetSecretValue"),
                lambda w: {"role": w.execution_role, "actions": "secretsmanager:GetSecretValue"},
            ),
        ),
        decoy=lambda w: w.endpoint("ssm"),
        goal=deploy,
    ),
    BrokenWorld(
        name="exec-off-unreachable-and-denied",
        symptom="exec.not-enabled",
        text=r"execute command was not enabled when the task was run",
        build=_exec_thrice,
        causes=(
            Planted("exec.disabled-on-service", _switch_on, lambda w: {"service": "web"}),
            missing("ssmmessages"),
            Planted(
                "task-role.permission-missing",
                grant("app-task-role", *EXEC_ACTIONS),
                lambda w: {"role": w.task_role, "actions": " ".join(EXEC_ACTIONS)},
            ),
        ),
        decoy=grant(_ROLE, *EXEC_ACTIONS),
        goal=shell,
    ),
    BrokenWorld(
        name="endpoint-group-closed-and-wrong-processor",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_closed_and_unfit,
        causes=(
            Planted(
                "network.endpoint-group-closed",
                _open,
                lambda w: {"endpoint": w.endpoints["ecr.api"], "task_group": w.task_group},
            ),
            Planted(
                "image.platform-mismatch",
                lambda w: w.push("team/app", "v1"),
                lambda w: {"image": w.image},
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
)
