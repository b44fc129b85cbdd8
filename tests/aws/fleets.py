"""Clusters of many services, and how few calls it takes to read them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, World

KINDS = (
    "ecr.image-missing",
    "logs.group-missing",
    "secret.missing",
    "execution-role.permission-missing",
    "task.app-crash",
)
"""What is wrong with a broken service: one of these, in turn."""

_A_DEFINITION, _REPOSITORIES, _ROLES, _BEHIND = 10, 5, 4, 5
"""Services that share a definition; repositories (and log groups); pairs of roles; each so many-th
service has a target group."""


@dataclass
class Fleet:
    """A cluster that was built, and what is distinct in it."""

    world: World
    broken: dict[str, str] = field(default_factory=dict)
    target_groups: int = 0


def build(lab: Lab, services: int, tasks: int = 5, *, broken: bool = False) -> Fleet:
    """Build a cluster of `services` with `tasks` each; a third of them is broken where asked for.

    They share definitions, roles, repositories and log groups by tens; every fifth is behind a
    load balancer.
    """
    lab.reset()
    fleet = Fleet(World(lab).network(endpoints=ALL_ENDPOINTS))
    world = fleet.world
    _wide_subnets(world)
    world.balancer()
    definitions = [_definition(world, number) for number in range(-(-services // _A_DEFINITION))]
    bad = {kind: _broken(world, kind) for kind in KINDS} if broken else {}
    for number in range(services):
        name = f"service-{number:03}"
        more: dict[str, Any] = {}
        world.definition = definitions[number // _A_DEFINITION]
        if bad and number % 3 == 2:
            fleet.broken[name] = KINDS[number // 3 % len(KINDS)]
            world.definition = bad[fleet.broken[name]]
        elif number % _BEHIND == 0:
            fleet.target_groups += 1
            world.target_group = _target_group(world, number)
            more["loadBalancers"] = world.behind()
        world.service(name, desired=tasks, **more)
    world.settle()
    return fleet


def _wide_subnets(world: World) -> None:
    """Subnets with room for thousands of tasks."""
    ec2 = world.client("ec2")
    zones = [
        one["AvailabilityZone"] for one in ec2.describe_subnets(SubnetIds=world.subnets)["Subnets"]
    ]
    world.subnets = []
    for number, zone in enumerate(zones, 2):
        made = ec2.create_subnet(
            VpcId=world.vpc, CidrBlock=f"10.0.{number * 16}.0/20", AvailabilityZone=zone
        )
        world.subnets.append(made["Subnet"]["SubnetId"])
        ec2.associate_route_table(RouteTableId=world.route_table, SubnetId=world.subnets[-1])


def _definition(world: World, number: int) -> str:
    if number < _REPOSITORIES:
        world.repository(f"team/app-{number}").log_group(f"/ecs/app-{number}")
        world.notes[f"image-{number}"], world.notes[f"logs-{number}"] = world.image, world.logs
    if number < _ROLES:
        _roles(world, number)
    world.image = world.notes[f"image-{number % _REPOSITORIES}"]
    world.logs = world.notes[f"logs-{number % _REPOSITORIES}"]
    world.execution_role, world.task_role = world.notes[f"roles-{number % _ROLES}"]
    return world.task_definition(f"app-{number}").definition


def _roles(world: World, number: int) -> None:
    from wizard.lab.building.base import EXEC_ACTIONS, EXECUTION_POLICY, allow

    world.notes[f"roles-{number}"] = (
        world.role(f"execution-{number}", managed=(EXECUTION_POLICY,)),
        world.role(f"task-{number}", inline=allow(*EXEC_ACTIONS)),
    )


def _broken(world: World, kind: str) -> str:
    """Return a definition whose tasks fail for the cause `kind`."""
    container: dict[str, Any] = world.container()
    changes: dict[str, Any] = {}
    if kind == "ecr.image-missing":
        container["image"] = world.image.rpartition(":")[0] + ":v9"
    elif kind == "logs.group-missing":
        container["logConfiguration"]["options"]["awslogs-group"] = "/ecs/nowhere"
    elif kind == "secret.missing":
        region, account = world.lab.region, world.lab.account
        arn = f"arn:{world.partition}:secretsmanager:{region}:{account}:secret:nowhere-abcdef"
        container["secrets"] = [{"name": "TOKEN", "valueFrom": arn}]
        changes["executionRoleArn"] = _reader_of_secrets(world)
        world.endpoint("secretsmanager")
    elif kind == "execution-role.permission-missing":
        changes["executionRoleArn"] = world.role("execution-bare")
    else:
        world.push(container["image"].partition("/")[2].rpartition(":")[0], "v2", labels=_CRASHES)
        container["image"] = world.image.rpartition(":")[0] + ":v2"
    return world.task_definition(kind.replace(".", "-"), [container], **changes).definition


_CRASHES = {"lab.exit-code": "1", "lab.exit-after": "1"}


def _reader_of_secrets(world: World) -> str:
    from wizard.lab.building.base import EXECUTION_POLICY, allow

    inline = allow("secretsmanager:GetSecretValue")
    return world.role("execution-secrets", managed=(EXECUTION_POLICY,), inline=inline)


def _target_group(world: World, number: int) -> str:
    """A target group of its own behind the one load balancer."""
    elb = world.client("elbv2")
    arn = world.make_target_group(f"service-{number:03}")
    listener = elb.describe_listeners(LoadBalancerArn=world.load_balancer)["Listeners"][0]
    elb.create_rule(
        ListenerArn=listener["ListenerArn"],
        Priority=number + 1,
        Conditions=[{"Field": "path-pattern", "Values": [f"/{number}/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    return arn


def made(lab: Lab) -> Counter[str]:
    """Return the calls that the lab was asked since the log was emptied, refused ones too."""
    return Counter(call["call"] for call in lab.calls())


def ideal(fleet: Fleet) -> Counter[str]:
    """Return the fewest calls that read the fleet: batches as large as AWS allows, and whatever is
    shared once. Computed from what is there, not from what was asked.

    A cluster's VPC is one; each role is read, and simulated once for each thing that it is needed
    for (registry, repository, log group, secret, ECS Exec); of each image repository, policy, entry
    and manifest are read; of each program that crashes the end of its log.
    """
    world = fleet.world
    ecs = world.client("ecs")
    pages = ecs.get_paginator("list_services").paginate(cluster=world.cluster)
    services = [arn for page in pages for arn in page["serviceArns"]]
    tasks = [
        sum(
            len(page["taskArns"])
            for page in ecs.get_paginator("list_tasks").paginate(
                cluster=world.cluster, desiredStatus=status
            )
        )
        for status in ("RUNNING", "STOPPED")
    ]
    entries = [
        one
        for start in range(0, len(services), 10)
        for one in ecs.describe_services(
            cluster=world.cluster, services=services[start : start + 10]
        )["services"]
    ]
    used = sorted({one["taskDefinition"] for one in entries})
    definitions = [
        ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"] for arn in used
    ]
    containers = [one["containerDefinitions"][0] for one in definitions]
    images = {one["image"] for one in containers}
    roles = {one[key] for one in definitions for key in ("executionRoleArn", "taskRoleArn")}
    groups = {one["logConfiguration"]["options"]["awslogs-group"] for one in containers}
    secrets = {secret["valueFrom"] for one in containers for secret in one.get("secrets", ())}
    repositories = {image.rpartition(":")[0] for image in images}
    return Counter(
        {
            "ecs:ListServices": _batches(len(services), 100),
            "ecs:ListTasks": sum(_batches(count, 100) for count in tasks),
            "ecs:DescribeServices": _batches(len(services), 10),
            "ecs:DescribeTasks": _batches(sum(tasks), 100),
            "ecs:DescribeTaskDefinition": len(definitions),
            "ecs:DescribeClusters": 1,
            "iam:GetRole": len(roles),
            "iam:SimulatePrincipalPolicy": len(_questions(definitions)),
            "ecr": 2 * len(repositories) + 2 * len(images),
            "logs:DescribeLogGroups": len(groups),
            "logs:GetLogEvents": Counter(fleet.broken.values())["task.app-crash"],
            "secretsmanager:DescribeSecret": len(secrets),
            "elbv2:DescribeTargetGroups": _batches(fleet.target_groups, 20),
            "elbv2:DescribeTargetHealth": fleet.target_groups,
            "elbv2:DescribeLoadBalancers": 1,
            "ec2": 13,
            "sts:GetCallerIdentity": 1,
        }
    )


def _questions(definitions: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return each role with each thing that it is needed for."""
    found: set[tuple[str, str]] = set()
    for one in definitions:
        (container,) = one["containerDefinitions"]
        things = [
            "registry",
            container["image"].rpartition(":")[0],
            container["logConfiguration"]["options"]["awslogs-group"],
            *(secret["valueFrom"] for secret in container.get("secrets", ())),
        ]
        found |= {(one["executionRoleArn"], thing) for thing in things}
        found.add((one["taskRoleArn"], "exec"))
    return found


def _batches(count: int, size: int) -> int:
    return max(1, -(-count // size))
