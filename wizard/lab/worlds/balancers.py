"""Worlds in which the service stands behind a load balancer that finds fault with it."""

from __future__ import annotations

from typing import Any

from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.bases import grant, rest
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_FAILED = r"Task failed ELB health checks in \(target-group arn:"
_ROLE = "ecsTaskExecutionRole"


def _image(world: World, **labels: str) -> None:
    if labels:
        named = {f"lab.{k.replace('_', '-')}": v for k, v in labels.items()}
        world.push("team/app", "v1", labels=named)


def _behind(group: dict[str, Any] | None = None, **labels: str) -> Act:
    """A service behind a load balancer; ``group`` changes its target group."""

    def build(world: World) -> None:
        rest(world.network(endpoints=ALL_ENDPOINTS)).balancer(**(group or {}))
        _image(world, **labels)
        world.notes["service"] = {"loadBalancers": world.behind()}

    return build


def _closed(world: World) -> None:
    rest(world.network(endpoints=ALL_ENDPOINTS)).balancer(admit=False)
    world.notes["service"] = {"loadBalancers": world.behind()}


def _open(world: World) -> None:
    world.admit(80, world.task_group, world.balancer_group)


def _open_wrong_port(world: World) -> None:
    world.admit(8080, world.task_group, world.balancer_group)


def _health_check(**changes: object) -> Act:
    def mend(world: World) -> None:
        world.client("elbv2").modify_target_group(TargetGroupArn=world.target_group, **changes)

    return mend


def _slow(world: World) -> None:
    """A program that needs two minutes before it answers, and no grace period."""
    _behind(ready_after="120")(world)
    world.notes["patience"] = 600


def _grace(seconds: int) -> Act:
    def mend(world: World) -> None:
        world.notes["update"] = {"healthCheckGracePeriodSeconds": seconds}
        world.client("ecs").update_service(
            cluster=world.cluster, service="web", healthCheckGracePeriodSeconds=seconds
        )

    return mend


def _instance_targets(world: World) -> None:
    _behind({"TargetType": "instance"})(world)


def _ip_targets(world: World) -> None:
    """A target group's type cannot be changed: a new one takes its place at the listener."""
    elb = world.client("elbv2")
    made = world.make_target_group("web-ip")
    listeners = elb.describe_listeners(LoadBalancerArn=world.load_balancer)["Listeners"]
    elb.modify_listener(
        ListenerArn=listeners[0]["ListenerArn"],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": made}],
    )
    world.target_group = made
    world.notes["service"] = {"loadBalancers": world.behind()}


def _wrong_port(world: World) -> None:
    _behind()(world)
    world.notes["service"] = {"loadBalancers": world.behind(port=8080)}


def _right_port(world: World) -> None:
    world.notes["service"] = {"loadBalancers": world.behind()}


def _listens_elsewhere(world: World) -> None:
    """The definition maps port 80; the program listens at 8080."""
    _behind(port="8080")(world)


def _listen_right(world: World) -> None:
    world.push("team/app", "v1", labels={"lab.port": "80"})


def _target_group(world: World) -> dict[str, str]:
    return {"target_group": world.target_group}


WORLDS = (
    BrokenWorld(
        name="health-check-path-answers-404",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_behind({"HealthCheckPath": "/health"}, paths="/=200"),
        causes=(
            Planted("lb.health-check-failing", _health_check(HealthCheckPath="/"), _target_group),
        ),
        decoy=_grace(60),
        goal=deploy,
    ),
    BrokenWorld(
        name="health-check-is-redirected",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_behind(paths="/=301"),
        causes=(
            Planted(
                "lb.health-check-failing",
                _health_check(Matcher={"HttpCode": "200-399"}),
                _target_group,
            ),
        ),
        decoy=_health_check(HealthCheckPath="/login"),
        goal=deploy,
    ),
    BrokenWorld(
        name="health-check-comes-too-early",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_slow,
        causes=(Planted("lb.health-check-failing", _grace(180), _target_group),),
        decoy=_health_check(HealthCheckPath="/login"),
        goal=deploy,
    ),
    BrokenWorld(
        name="program-listens-at-another-port",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_listens_elsewhere,
        causes=(Planted("lb.health-check-failing", _listen_right, _target_group),),
        decoy=_health_check(Matcher={"HttpCode": "200-499"}),
        goal=deploy,
    ),
    BrokenWorld(
        name="task-group-shuts-the-balancer-out",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_closed,
        causes=(Planted("lb.group-blocks", _open),),
        decoy=_open_wrong_port,
        goal=deploy,
    ),
    BrokenWorld(
        name="target-group-of-instances",
        symptom="api.target-type-mismatch",
        text=r"has target type instance, which is incompatible with the awsvpc network mode",
        build=_instance_targets,
        causes=(Planted("lb.target-type-mismatch", _ip_targets, _target_group),),
        decoy=grant(_ROLE, "elasticloadbalancing:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="balancer-names-a-port-that-is-not-mapped",
        symptom="api.container-port-missing",
        text=r"The container app did not have a container port 8080 defined",
        build=_wrong_port,
        # The message names the port, and no service was made that would name its target group.
        causes=(Planted("lb.port-mismatch", _right_port),),
        decoy=_open_wrong_port,
        goal=deploy,
    ),
)
