"""Worlds in which the service stands behind a load balancer that finds fault with it."""

from __future__ import annotations

from typing import Any

from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.bases import ALL_TRAFFIC, EVERYWHERE, grant, rest
from wizard.lab.worlds.gates import acl_for
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


def _lets_nothing_out(world: World) -> None:
    """The balancer's own group has rules for its clients alone."""
    _behind()(world)
    world.client("ec2").revoke_security_group_egress(
        GroupId=world.balancer_group, IpPermissions=ALL_TRAFFIC
    )


def _let_out(port: int) -> Act:
    def act(world: World) -> None:
        pair = [{"GroupId": world.task_group}]
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": pair}
        world.client("ec2").authorize_security_group_egress(
            GroupId=world.balancer_group, IpPermissions=[rule]
        )

    return act


def _asked_elsewhere(world: World) -> None:
    """The health check goes to a port that the program serves and no group admits."""
    _behind({"HealthCheckPort": "9000"})(world)


def _admit_check(world: World) -> None:
    world.admit(9000, world.task_group, world.balancer_group)


def _apart(entry: dict[str, Any], *, front: bool) -> Act:
    """The balancer stands in subnets of its own; an ACL at its end (``front``) or the tasks'."""

    def build(world: World) -> None:
        rest(world.network(endpoints=ALL_ENDPOINTS))
        tasks, table = world.subnets, world.route_table
        own = world.add_private_subnets().subnets
        world.subnets, world.route_table = tasks, table
        world.balancer(subnets=own)
        given = {"RuleNumber": 90, "Protocol": "6", "RuleAction": "deny", "CidrBlock": EVERYWHERE}
        world.notes["acl"] = acl_for(world, own if front else tasks, given | entry)
        world.notes["service"] = {"loadBalancers": world.behind()}

    return build


def _undeny(egress: bool) -> Act:
    return lambda world: world.client("ec2").delete_network_acl_entry(
        NetworkAclId=world.notes["acl"], RuleNumber=90, Egress=egress
    )


def _acl(world: World) -> dict[str, str]:
    return {"acl": str(world.notes["acl"])}


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
        name="balancers-group-lets-nothing-out",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_lets_nothing_out,
        causes=(Planted("lb.group-blocks", _let_out(80), _target_group),),
        decoy=_let_out(8080),
        goal=deploy,
    ),
    BrokenWorld(
        name="health-check-asks-a-port-that-is-not-admitted",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_asked_elsewhere,
        causes=(Planted("lb.group-blocks", _admit_check, _target_group),),
        decoy=_open_wrong_port,
        goal=deploy,
    ),
    BrokenWorld(
        name="acl-of-the-balancers-subnets-drops-the-answers",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_apart({"Egress": False, "PortRange": {"From": 1024, "To": 65535}}, front=True),
        causes=(Planted("network.acl-blocks", _undeny(False), _acl),),
        decoy=_open_wrong_port,
        goal=deploy,
    ),
    BrokenWorld(
        name="acl-of-the-tasks-subnets-drops-the-container-port",
        symptom="start.elb-unhealthy",
        text=_FAILED,
        build=_apart({"Egress": False, "PortRange": {"From": 80, "To": 80}}, front=False),
        causes=(Planted("network.acl-blocks", _undeny(False), _acl),),
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
