"""A task behind a load balancer: registered as a target, checked, replaced when it does not answer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.elbv2.models import elbv2_backends

from wizard.lab.cloud.agenda import act, again, schedule
from wizard.lab.cloud.context import Context, Result, after, handles
from wizard.lab.cloud.ecs.news import tell
from wizard.lab.cloud.ecs.store import Store, store_at
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.launch import eni
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.behave import fall_ill, passed
from wizard.lab.cloud.launch.filters import acl_admits, acl_of, rule_admits
from wizard.lab.cloud.launch.network import Place
from wizard.lab.cloud.launch.program import REFUSED, program_of
from wizard.lab.cloud.state import Cloud, Record
from wizard.lab.cloud.wire import Answer

_TIMEOUT = ("Target.Timeout", "Request timed out")
_FAILED = ("Target.FailedHealthChecks", "Health checks failed")
_FIRST_CHECK_S = 10.0
# Where a load balancer's requests come from (https://docs.aws.amazon.com/vpc/latest/userguide/
# custom-network-acl.html#nacl-ephemeral-ports).
_EPHEMERAL = (1024, 65535)
State = tuple[str, str, str]
_INITIAL: State = (
    "initial", "Elb.RegistrationInProgress", "Target registration is in progress"
)  # fmt: skip
_CHECKING: State = (
    "initial", "Elb.InitialHealthChecking", "Initial health checks in progress"
)  # fmt: skip
_HEALTHY: State = ("healthy", "", "")
Verdict = tuple[str, str] | None


def _service(store: Store, task: Record) -> Record | None:
    return store.services.get(str(task.get("_service_key")))


def _groups(store: Store, service: Record | None) -> Iterator[tuple[Any, Record]]:
    backend = elbv2_backends[store.account][store.region]
    for balancer in (service or {}).get("loadBalancers") or []:
        group = backend.target_groups.get(str(balancer.get("targetGroupArn")))
        if group is not None:
            yield group, balancer


def register(attempt: Attempt) -> None:
    """Registers a task that has just started with its service's target groups."""
    service = _service(attempt.store, attempt.task)
    spot = attempt.place
    if service is None or spot is None:
        return
    for group, balancer in _groups(attempt.store, service):
        port = int(balancer["containerPort"])
        group.register([{"Id": spot.address, "Port": port}])
        attempt.task.setdefault("_targets", []).append((group.arn, spot.address, port))
        attempt.task["_awaiting"].append(group.arn)
        tell(service, attempt.when, f"registered 1 targets in (target-group {group.arn}).")
        due = attempt.cloud.clock.after(_FIRST_CHECK_S, attempt.when)
        where = (*attempt.store.key, attempt.id, group.arn, attempt.when, 1)
        schedule(attempt.cloud, due, "target.check", *where)


def drain(store: Store, task: Record, when: float) -> None:
    """A task that begins to stop gets no new connections."""
    service = _service(store, task)
    if service is not None and task.get("_targets"):
        tell(service, when, "has begun draining connections on 1 tasks.")


def deregister(cloud: Cloud, store: Store, task: Record, when: float) -> None:
    """Takes a stopped task out of its target groups."""
    service = _service(store, task)
    backend = elbv2_backends[store.account][store.region]
    for arn, address, port in task.pop("_targets", []):
        group = backend.target_groups.get(arn)
        if group is not None and address in group.targets:
            group.deregister([{"Id": address, "Port": port}])
        if service is not None:
            tell(service, when, f"deregistered 1 targets in (target-group {arn}).")


@act("target.check")
def check(
    cloud: Cloud, when: float, account: str, region: str, task_id: str, *rest: object
) -> None:
    """One health check by the load balancer, and the next one after the group's interval.

    A new target is healthy after its first good answer (so are, other than at AWS, those that
    were unhealthy: HealthyThresholdCount is not counted). UnhealthyThresholdCount bad ones in a
    row make it unhealthy, which ECS heeds once healthCheckGracePeriodSeconds are over.
    """
    arn, begun, count = str(rest[0]), float(str(rest[1])), int(str(rest[2]))
    store = store_at(cloud, account, region)
    task = store.tasks.get(task_id)
    group = elbv2_backends[account][region].target_groups.get(arn)
    if task is None or group is None or task["desiredStatus"] == "STOPPED":
        return
    attempt = Attempt(cloud, store, task, when)
    service = _service(store, task)
    balancer = next((b for g, b in _groups(store, service) if g.arn == arn), None)
    if service is None or balancer is None:
        return
    verdict = examine(attempt, group, balancer, begun)
    state = task.setdefault("_target_states", {}).get(arn, _INITIAL)
    following = 1
    if verdict is None:
        task["_target_states"][arn] = _HEALTHY
        passed(attempt, arn)
    else:
        following = count + 1
        sick = count >= int(group.unhealthy_threshold_count or 2)
        if sick:
            task["_target_states"][arn] = ("unhealthy", *verdict)
        elif state[0] == "initial":
            task["_target_states"][arn] = _CHECKING
        age = (when - begun) * cloud.clock.speed
        in_grace = age < float(service.get("healthCheckGracePeriodSeconds") or 0)
        if sick and not in_grace and not task.get("_ill"):
            _replace(attempt, service, (arn, int(balancer["containerPort"])), verdict[1])
    due = again(cloud, when, float(group.health_check_interval_seconds or 30))
    schedule(cloud, due, "target.check", account, region, task_id, arn, begun, following)


def _replace(attempt: Attempt, service: Record, target: tuple[str, int], reason: str) -> None:
    arn, port = target
    tell(
        service,
        attempt.when,
        f"(task {attempt.id}) (port {port}) is unhealthy in (target-group {arn}) due to (reason"
        f" {reason}).",
    )
    fall_ill(attempt, f"Task failed ELB health checks in (target-group {arn})")


def examine(attempt: Attempt, group: Any, balancer: Record, begun: float) -> Verdict:
    """None when the target answers as the group wants, else ELB's reason code and words."""
    spot = attempt.place
    if spot is None:
        return _TIMEOUT
    port = _checked_port(group, int(balancer["containerPort"]))
    if not _reaches(attempt, group, spot, port):
        return _TIMEOUT
    age = (attempt.when - begun) * attempt.cloud.clock.speed
    program = program_of(attempt.task, str(balancer["containerName"]))
    if str(group.health_check_protocol or "HTTP") in ("TCP", "TLS"):
        return _FAILED if program.answer(port, "/", age) == REFUSED else None
    code = program.answer(port, str(group.health_check_path or "/"), age)
    if code == REFUSED:
        return _FAILED
    wanted = str((group.matcher or {}).get("HttpCode") or "200")
    if _matches(code, wanted):
        return None
    return "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{code}]"


def _checked_port(group: Any, port: int) -> int:
    """Where the health check goes for a target that is registered with *port*."""
    own = str(group.health_check_port or "traffic-port")
    return port if own == "traffic-port" else int(own)


def _matches(code: int, wanted: str) -> bool:
    for part in wanted.split(","):
        low, _, high = part.partition("-")
        if int(low) <= code <= int(high or low):
            return True
    return False


def _reaches(attempt: Attempt, group: Any, spot: Place, port: int) -> bool:
    """Whether the load balancer's packets get to the target, and the answers back."""
    backend = elbv2_backends[attempt.store.account][attempt.region]
    for arn in group.load_balancer_arns:
        balancer = backend.load_balancers.get(arn)
        if balancer is None:
            continue
        ids = set(balancer.security_groups or [])
        own = [g for g in map(spot.ec2.get_security_group_from_id, ids) if g is not None]
        leaves = not own or any(
            rule_admits(r, spot.address, port, None, {g.id for g in spot.groups})
            for g in own
            for r in g.egress_rules
        )
        ways = _addresses(spot, balancer) if leaves else []
        if any(_enters(spot, a, port, ids) and _passes(spot, s, a, port) for s, a in ways):
            return True
    return False


def _addresses(spot: Place, balancer: Any) -> list[tuple[str, str]]:
    """Each of the load balancer's subnets, with an address in it."""
    subnets = [eni.find_subnet(spot.ec2, str(s.id)) for s in balancer.subnets]
    found = [(str(s.id), eni.free_address(spot.ec2, s)) for s in subnets if s is not None]
    return [(subnet, address) for subnet, address in found if address is not None]


def _enters(spot: Place, address: str, port: int, ids: set[str]) -> bool:
    return any(
        rule_admits(rule, address, port, None, ids)
        for group in spot.groups
        for rule in group.ingress_rules
    )


def _passes(spot: Place, subnet: str, address: str, port: int) -> bool:
    """Whether the network ACLs of both subnets let the request through, and its answer."""
    if subnet == spot.subnet_id:
        return True
    there = acl_of(spot.ec2, spot.vpc.id, subnet)
    here = acl_of(spot.ec2, spot.vpc.id, spot.subnet_id)
    return (
        acl_admits(there, True, spot.address, (port, port))
        and acl_admits(here, False, address, (port, port))
        and acl_admits(here, True, address, _EPHEMERAL)
        and acl_admits(there, False, spot.address, _EPHEMERAL)
    )


@after("elbv2", "ModifyListener", "CreateRule", "ModifyRule")
def associate(context: Context, answer: Answer) -> None:
    """moto forgets that a changed listener ties its target groups to the load balancer."""
    arn = str(context.params.get("ListenerArn") or context.params.get("RuleArn"))
    head, _, path = arn.partition("/")
    owner = "/".join([head.replace(":listener-rule", ":listener"), *path.split("/")[:3]])
    owner = owner.replace(":listener/", ":loadbalancer/")
    backend = elbv2_backends[context.account][context.region]
    actions = context.params.get("DefaultActions") or context.params.get("Actions") or []
    for action in actions:
        group = backend.target_groups.get(str(action.get("TargetGroupArn")))
        if group is not None and owner not in group.load_balancer_arns:
            group.load_balancer_arns.append(owner)


@handles("elbv2", "DescribeTargetHealth")
def describe_target_health(context: Context) -> Result:
    """DescribeTargetHealth: what the last checks of the tasks found.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
    """
    arn = str(context.params["TargetGroupArn"])
    group = elbv2_backends[context.account][context.region].target_groups.get(arn)
    if group is None:
        raise AwsError("TargetGroupNotFound", f"Target groups '{arn}' not found", 400)
    store = store_at(context.cloud, context.account, context.region)
    found = []
    for task in store.tasks.values():
        for target in task.get("_targets") or []:
            if target[0] == arn:
                found.append(_described(task, target, group))
    return {"TargetHealthDescriptions": found}


def _described(task: Record, target: tuple[str, str, int], group: Any) -> Record:
    arn, address, port = target
    shown: Record = {
        "Target": {"Id": address, "Port": port, "AvailabilityZone": task.get("availabilityZone")},
        "HealthCheckPort": str(_checked_port(group, port)),
    }
    if task["desiredStatus"] == "STOPPED":
        shown["TargetHealth"] = {
            "State": "draining",
            "Reason": "Target.DeregistrationInProgress",
            "Description": "Target deregistration is in progress",
        }
        return shown
    state, reason, words = task.get("_target_states", {}).get(arn, _INITIAL)
    shown["TargetHealth"] = {"State": state}
    if reason:
        shown["TargetHealth"] |= {"Reason": reason, "Description": words}
    return shown
