"""What the ECS API refuses before anything is started, in its own words.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.elbv2.models import elbv2_backends

from wizard.lab.cloud.context import Context
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.state import Record

# CPU units -> MiB of memory that Fargate offers with them.
SIZES: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-linux-fargate.html
OLD_PLATFORMS = ("1.0.0", "1.1.0", "1.2.0", "1.3.0")


def cpu_units(text: str) -> int:
    """``512``, ``0.5 vCPU`` and ``.5vCPU`` as CPU units; -1 for anything else."""
    lowered = text.lower().strip()
    try:
        if lowered.endswith("vcpu"):
            return int(float(lowered[:-4]) * 1024)
        return int(lowered)
    except ValueError:
        return -1


def mebibytes(text: str) -> int:
    """``1024`` and ``1 GB`` as MiB; -1 for anything else."""
    lowered = text.lower().strip()
    try:
        return int(float(lowered[:-2]) * 1024) if lowered.endswith("gb") else int(lowered)
    except ValueError:
        return -1


def _client(text: str) -> AwsError:
    return AwsError("ClientException", text)


def check_definition(p: dict[str, Any], region: str) -> None:
    """Raises ClientException for a definition that ECS would not register."""
    containers = p.get("containerDefinitions") or []
    if not containers:
        raise _client("Container list cannot be empty.")
    names = [str(c.get("name", "")) for c in containers]
    if len(set(names)) != len(names):
        raise _client("Duplicate container name.")
    if not any(c.get("essential") is not False for c in containers):
        raise _client("At least one essential container must be specified.")
    for container in containers:
        _check_logging(container)
        _check_order(container, names)
        if not container.get("image"):
            raise _client("Container.image should not be null or empty.")
    if "FARGATE" in (p.get("requiresCompatibilities") or []):
        _check_fargate(p, containers)


def _check_logging(container: Record) -> None:
    logging = container.get("logConfiguration") or {}
    if logging.get("logDriver") != "awslogs":
        return
    options = logging.get("options") or {}
    missing = [k for k in ("awslogs-group", "awslogs-region") if not options.get(k)]
    if missing:
        raise _client(f"Log driver awslogs requires options: {', '.join(missing)}")


def _check_order(container: Record, names: list[str]) -> None:
    for needed in container.get("dependsOn") or []:
        if needed.get("containerName") not in names:
            raise _client(
                "Invalid 'dependsOn' setting on container definition"
                f" '{container.get('name')}': container '{needed.get('containerName')}' does not"
                " exist."
            )


def _check_fargate(p: dict[str, Any], containers: list[Record]) -> None:
    if p.get("networkMode") != "awsvpc":
        raise _client("Fargate only supports network mode ‘awsvpc’.")
    for key in ("cpu", "memory"):
        if not p.get(key):
            raise _client(f"Fargate requires that '{key}' be defined at the task level.")
    cpu, memory = cpu_units(str(p["cpu"])), mebibytes(str(p["memory"]))
    if memory not in SIZES.get(cpu, ()):
        raise _client(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
            " See the Amazon ECS documentation for the valid values."
        )
    if not p.get("executionRoleArn"):
        _check_role_needed(containers)
    _check_pid_mode(p)
    for container in containers:
        if container.get("privileged"):
            raise _client("Tasks using the Fargate launch type do not support privileged mode.")


def _check_pid_mode(p: dict[str, Any]) -> None:
    """task_definition_parameters.html#task_definition_pidmode: on Fargate only "task", on Linux.

    The words for another mode are verbatim those that moto's own test expects of AWS; for
    Windows no public source of them was found.
    """
    mode = p.get("pidMode")
    if mode and mode != "task":
        raise _client(
            f"Tasks using the Fargate launch type do not support pidMode '{mode}'. The supported"
            " value for pidMode is 'task'."
        )
    family = str((p.get("runtimePlatform") or {}).get("operatingSystemFamily") or "LINUX")
    if mode and family != "LINUX":
        raise _client("pidMode is not supported for Windows containers on Fargate.")


def check_platform(definition: Record, platform: str) -> None:
    """Raises for a platform version that cannot do what the definition asks.

    task_definition_parameters.html#task_definition_pidmode: platform 1.4.0 or later. No public
    source for the words was found.
    """
    if definition.get("pidMode") and platform in OLD_PLATFORMS:
        raise _invalid(
            "The pidMode parameter is supported on Fargate platform version 1.4.0 or later (Linux)."
        )


def _check_role_needed(containers: list[Record]) -> None:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    for container in containers:
        if container.get("secrets"):
            raise _client(
                "When you are specifying container secrets, you must also specify a value for"
                " 'executionRoleArn'."
            )
        if ".dkr.ecr." in str(container.get("image")):
            raise _client(
                "Fargate requires task definition to have execution role ARN to support ECR images."
            )
        if (container.get("logConfiguration") or {}).get("logDriver") == "awslogs":
            raise _client(
                "Fargate requires task definition to have execution role ARN to support log driver"
                " awslogs."
            )


def _invalid(text: str) -> AwsError:
    return AwsError("InvalidParameterException", text)


def check_network(context: Context, definition: Record, network: Record | None) -> Record:
    """The awsvpcConfiguration of a service or task, with its subnets and groups existing.

    Raises InvalidParameterException with EC2's own error inside, as ECS does.
    """
    given: Record = (network or {}).get("awsvpcConfiguration") or {}
    if definition.get("networkMode") == "awsvpc" and not network:
        raise _invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    ec2: EC2Backend = ec2_backends[context.account][context.region]
    subnets = given.get("subnets") or []
    if not subnets:
        raise _invalid("subnets can not be empty.")
    known = {s.id: s for zone in ec2.subnets.values() for s in zone.values()}
    for subnet in subnets:
        if subnet not in known:
            raise _invalid(
                f"Error retrieving subnet information for [{', '.join(subnets)}]: The subnet ID"
                f" '{subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
            )
    vpc = known[subnets[0]].vpc_id
    groups = given.get("securityGroups") or []
    _check_groups(ec2, groups, vpc)
    if not groups:
        default = ec2.get_default_security_group(vpc)
        groups = [default.id] if default else []
    return {
        "subnets": subnets,
        "securityGroups": groups,
        "assignPublicIp": given.get("assignPublicIp") or "DISABLED",
    }


def _check_groups(ec2: EC2Backend, groups: list[str], vpc: str) -> None:
    for group in groups:
        found = ec2.get_security_group_from_id(group)
        if found is None:
            raise _invalid(
                f"Error retrieving security group information for [{', '.join(groups)}]: The"
                f" security group '{group}' does not exist (ErrorCode: InvalidGroup.NotFound)"
            )
        if found.vpc_id != vpc:
            raise _invalid(
                f"Security group {group} does not appear to belong to the same VPC as the input"
                " subnets."
            )


def check_balancers(context: Context, definition: Record, balancers: list[Record]) -> None:
    """Raises for a load balancer that the service cannot use."""
    backend = elbv2_backends[context.account][context.region]
    by_name = {c["name"]: c for c in definition["containerDefinitions"]}
    for balancer in balancers:
        arn = balancer.get("targetGroupArn")
        group = backend.target_groups.get(str(arn))
        if group is None:
            raise _invalid(f"Unable to find the target group {arn}.")
        if not group.load_balancer_arns:
            raise _invalid(
                f"The target group with targetGroupArn {arn} does not have an associated load"
                " balancer."
            )
        if group.target_type != "ip":
            raise _invalid(
                f"The provided target group {arn} has target type {group.target_type}, which is"
                " incompatible with the awsvpc network mode specified in the task definition."
            )
        container, port = balancer.get("containerName"), balancer.get("containerPort")
        if container not in by_name:
            raise _invalid(f"The container {container} does not exist in the task definition.")
        ports = [m.get("containerPort") for m in by_name[container].get("portMappings") or []]
        if port not in ports:
            raise _invalid(
                f"The container {container} did not have a container port {port} defined."
            )


def check_exec(definition: Record, wanted: object, verb: str) -> None:
    """ECS Exec needs a task role in the definition."""
    if wanted and not definition.get("taskRoleArn"):
        raise _invalid(
            f"The service couldn't be {verb} because a valid taskRoleArn is not being used."
            " Specify a valid task role in your task definition and try again."
        )


def check_percent(configuration: Record, rebalancing: object) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html"""
    if rebalancing == "ENABLED" and configuration["maximumPercent"] <= 100:
        raise _invalid(
            "Availability Zone Rebalancing does not support maximumPercent <= 100. Specify a"
            " value greater than 100 and try again."
        )


def check_controller(p: dict[str, Any], controller: str) -> None:
    """What a service under CodeDeploy refuses.

    Both texts are verbatim from public reports (awsdocs' troubleshooting of CodeDeploy and
    CloudFormation for the first one, Japanese notes on Fargate Spot for the second). For a
    service under EXTERNAL no public source was found: ECS points to task sets there, at
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
    """
    if controller == "ECS" or not (p.get("forceNewDeployment") or p.get("taskDefinition")):
        return
    what = (
        "Unable to update task definition"
        if p.get("taskDefinition")
        else "Cannot force a new deployment"
    )
    instead = (
        "Use AWS CodeDeploy to trigger a new deployment."
        if controller == "CODE_DEPLOY"
        else "Use CreateTaskSet instead."
    )
    raise _invalid(f"{what} on services with a {controller} deployment controller. {instead}")
