"""Worlds with the usual causes in an unusual shape: the second container, group or region."""

from __future__ import annotations

from typing import Any

from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.bases import grant, natted, private, rest
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_ROLE = "ecsTaskExecutionRole"
_NAME = "team/app"
_NOT_FOUND = r"failed to resolve ref .*: not found"
_OTHER_REGION = "us-west-2"
_GONE = "sha256:" + "0123456789abcdef" * 4


def _beside(world: World, name: str = "proxy", **changes: Any) -> None:
    """Registers the task definition with a second container."""
    second = world.container(name, **({"portMappings": []} | changes))
    world.task_definition(containers=[world.container(), second])


def _by_digest(world: World) -> None:
    private(world)
    world.image = world.image.replace(":v1", f"@{_GONE}")


def _by_tag(world: World) -> None:
    world.image = world.image.replace(f"@{_GONE}", ":v1")
    world.task_definition()


def _deeper(world: World) -> None:
    """``team/payments/api`` was never made; ``api`` was."""
    private(world)
    made = world.client("ecr").create_repository(repositoryName="api")["repository"]
    world.push("api", "v1")
    world.image = made["repositoryUri"].replace("/api", "/team/payments/api") + ":v1"


def _make_deeper(world: World) -> None:
    world.client("ecr").create_repository(repositoryName="team/payments/api")
    world.push("team/payments/api", "v1")


def _sidecar_image_gone(world: World) -> None:
    private(world)
    world.client("ecr").create_repository(repositoryName="team/proxy")
    _beside(world, image=world.image.replace("/app:v1", "/proxy:v7"))


def _sidecar_on_arm(world: World) -> None:
    private(world)
    world.push(_NAME, "proxy", architecture="arm64", index=True)
    _beside(world, image=world.image.replace(":v1", ":proxy"))


def _second_group(world: World) -> None:
    """Two target groups for two ports, and the program answers at one of them."""
    rest(world.network(endpoints=ALL_ENDPOINTS)).balancer()
    world.push(_NAME, "v1", labels={"lab.port": "80"})
    world.notes["group"] = world.make_target_group("admin", 9090)
    world.admit(9090, world.task_group, world.balancer_group)
    world.listen(9090, world.notes["group"])
    ports = [{"containerPort": port, "protocol": "tcp"} for port in (80, 9090)]
    world.task_definition(containers=[world.container(portMappings=ports)])
    second = {
        "targetGroupArn": world.notes["group"], "containerName": "app", "containerPort": 9090
    }  # fmt: skip
    world.notes["service"] = {"loadBalancers": [*world.behind(), second]}


def _check(**changes: str) -> Act:
    """Changes the health check of the target group in question."""
    return lambda world: world.client("elbv2").modify_target_group(
        TargetGroupArn=world.notes["group"], **changes
    )


def _checked_elsewhere(world: World) -> None:
    """The health check asks a port of its own, at which nobody listens."""
    rest(world.network(endpoints=ALL_ENDPOINTS)).balancer(HealthCheckPort="8081")
    world.admit(8081, world.task_group, world.balancer_group)
    world.push(_NAME, "v1", labels={"lab.port": "80"})
    world.notes["group"] = world.target_group
    world.notes["service"] = {"loadBalancers": world.behind()}


def _group(world: World) -> dict[str, str]:
    return {"target_group": str(world.notes["group"])}


def _far_parameter(world: World) -> None:
    """A parameter of another region is named by its ARN; it is there under another name.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
    """
    natted(world)
    where = f"arn:{world.partition}:ssm:{_OTHER_REGION}:{world.lab.account}"
    world.notes["secret"] = f"{where}:parameter/shop/TOKEN"
    grant(_ROLE, "ssm:GetParameters", "kms:Decrypt", name="parameter")(world)
    secret = {"name": "TOKEN", "valueFrom": world.notes["secret"]}
    world.task_definition(containers=[world.container(secrets=[secret])])


def _put_parameter(region: str | None) -> Act:
    def mend(world: World) -> None:
        world.elsewhere("ssm", None, region).put_parameter(
            Name="/shop/TOKEN", Value="x", Type="SecureString"
        )

    return mend


def _second_group_of_logs(world: World) -> None:
    private(world)
    options = {"awslogs-group": "/ecs/proxy", "awslogs-region": world.lab.region,
               "awslogs-stream-prefix": "ecs"}  # fmt: skip
    _beside(world, logConfiguration={"logDriver": "awslogs", "options": options})


def make_log_group(name: str) -> Act:
    """Makes a log group of that name."""
    return lambda world: world.client("logs").create_log_group(logGroupName=name)


_ECR = grant(_ROLE, "ecr:*")

WORLDS = (
    BrokenWorld(
        "image-digest-missing", "pull.image-not-found", _NOT_FOUND, _by_digest,
        (Planted("ecr.image-missing", _by_tag, lambda w: {"repository": _NAME}),), _ECR, deploy,
    ),
    BrokenWorld(
        "namespaced-repository-missing", "pull.image-not-found", _NOT_FOUND, _deeper,
        (
            Planted(
                "ecr.repository-missing", _make_deeper,
                lambda w: {"repository": "team/payments/api"},
            ),
        ),
        _ECR, deploy,
    ),
    BrokenWorld(
        "image-of-the-sidecar-missing", "pull.image-not-found", _NOT_FOUND, _sidecar_image_gone,
        (
            Planted(
                "ecr.image-missing", lambda w: w.push("team/proxy", "v7"),
                lambda w: {"repository": "team/proxy", "tag": "v7"},
            ),
        ),
        lambda w: w.push(_NAME, "v7"), deploy,
    ),
    BrokenWorld(
        "sidecar-without-the-platform", "pull.platform-mismatch",
        r"does not contain descriptor matching platform 'linux/amd64'", _sidecar_on_arm,
        (
            Planted(
                "image.platform-mismatch", lambda w: w.push(_NAME, "proxy"),
                lambda w: {"image": w.image.replace(":v1", ":proxy")},
            ),
        ),
        lambda w: w.push(_NAME, "v2"), deploy,
    ),
    BrokenWorld(
        "second-target-group-fails", "start.elb-unhealthy",
        r"Task failed ELB health checks in \(target-group arn:", _second_group,
        (Planted("lb.health-check-failing", _check(HealthCheckPort="80"), _group),),
        _check(HealthCheckPath="/login"), deploy,
    ),
    BrokenWorld(
        "health-check-at-another-port", "start.elb-unhealthy",
        r"Task failed ELB health checks in \(target-group arn:", _checked_elsewhere,
        (Planted("lb.port-mismatch", _check(HealthCheckPort="traffic-port"), _group),),
        _check(HealthCheckPath="/login"), deploy,
    ),
    BrokenWorld(
        "parameter-of-another-region-missing", "pull.secret-missing",
        r"invalid ssm parameters: /shop/TOKEN", _far_parameter,
        (
            Planted(
                "secret.missing", _put_parameter(_OTHER_REGION),
                lambda w: {"secret": str(w.notes["secret"])},
            ),
        ),
        _put_parameter(None), deploy,
    ),
    BrokenWorld(
        "log-group-of-the-sidecar-missing", "logs.group-missing",
        r"ResourceNotFoundException: The specified log group does not exist",
        _second_group_of_logs,
        (
            Planted(
                "logs.group-missing", make_log_group("/ecs/proxy"),
                lambda w: {"log_group": "/ecs/proxy", "region": w.lab.region},
            ),
        ),
        make_log_group("/ecs/app"), deploy,
    ),
)  # fmt: skip
