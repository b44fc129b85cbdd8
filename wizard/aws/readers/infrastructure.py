"""The infrastructure role, with which ECS makes and attaches the Amazon EBS volume of a task.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
"""

from collections.abc import Iterator
from typing import Any

from wizard.aws.answers import Answer
from wizard.aws.permission import ROLE_CALLS
from wizard.aws.questions import Question
from wizard.aws.readers.role_states import Use, read_role
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Role
from wizard.core.unread import Maybe, Unread
from wizard.policy.references import Place
from wizard.policy.trust import ECS

_EBS = "AmazonElasticBlockStorage"
_SERVICES, _TASKS = "ecs:DescribeServices", "ecs:DescribeTasks"


@reader("infrastructure_role", calls=ROLE_CALLS)
async def infrastructure_role(reading: Reading) -> Maybe[Role]:
    """The role that the volume of the service, or of the task alone, names."""
    service, task = await reading.part("service-answer"), await reading.part("task-answer")
    alone = isinstance(service, Unread) and service.why == "not-asked"
    source, call = (task, _TASKS) if alone else (service, _SERVICES)
    if isinstance(source, Unread):
        return source
    volume = _of_task(source or {}) if alone else _of_service(source or {})
    arn = volume.get("roleArn")
    if not arn:
        return Role(named=False, needed=False)
    place = await reading.part("place")
    use = Use("infrastructure_role", ECS, call, stages=(("", "volumes"),))
    return await read_role(reading, use, str(arn), list(_questions(volume, place)), place)


def _of_service(service: Answer) -> dict[str, Any]:
    """The settings of its volume; a task has one at most that ECS makes."""
    deployments = service.get("deployments") or [{}]
    primary = next((one for one in deployments if one.get("status") == "PRIMARY"), deployments[0])
    every = (one.get("managedEBSVolume") for one in primary.get("volumeConfigurations") or ())
    return next((one for one in every if one), {})


def _of_task(task: Answer) -> dict[str, Any]:
    """What a task's attachment tells of them
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html)."""
    attached = (one for one in task.get("attachments") or () if one.get("type") == _EBS)
    details = next((one.get("details") or () for one in attached), ())
    return {str(one.get("name")): one.get("value") for one in details}


def _questions(volume: dict[str, Any], place: Place) -> Iterator[Question]:
    """What AmazonECSInfrastructureRolePolicyForVolumes allows, under its conditions
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html)."""
    ec2 = f"arn:{place.partition}:ec2:{place.region}:{place.account}"
    made = f"{ec2}:volume/vol-{'0' * 17}"
    created = f"arn:{place.partition}:ecs:{place.region}:{place.account}:task/cluster/{'0' * 32}"
    requested = _tags("Request", created)
    yield Question(("ec2:CreateVolume",), (made,), requested)
    if volume.get("snapshotId"):
        snapshot = f"arn:{place.partition}:ec2:{place.region}::snapshot/{volume['snapshotId']}"
        yield Question(("ec2:CreateVolume",), (snapshot,), requested)
    yield Question(("ec2:CreateTags",), (made,), {**requested, "ec2:CreateAction": "CreateVolume"})
    existing = ("ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume")
    yield Question(existing, (made,), _tags("Resource", created))
    yield Question(("ec2:DescribeVolumes",))


def _tags(kind: str, created: str) -> dict[str, str]:
    return {
        f"aws:{kind}Tag/AmazonECSManaged": "true",
        f"aws:{kind}Tag/AmazonECSCreated": created,
    }
