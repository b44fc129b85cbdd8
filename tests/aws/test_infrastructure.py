"""The infrastructure role, by which ECS makes and attaches the volume of a task."""

from typing import Any

from tests.aws.parts import DENIED, ROLE, Read, policies, read
from tests.aws.scripted import Reply
from wizard.core.unread import Unread

SIMULATE = "iam:SimulatePrincipalPolicy"
VOLUME = {"managedEBSVolume": {"roleArn": ROLE, "sizeInGiB": 20}}
DELETES = ("ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume")
CREATES = ("ec2:CreateVolume", "ec2:CreateTags")
NO_TASK = Unread("ecs:DescribeTasks", "not-asked")
NO_SERVICE = Unread("ecs:DescribeServices", "not-asked")


def of_service(replies: dict[str, Reply], *volumes: dict[str, Any]) -> Read:
    """The infrastructure role of a service whose newest deployment has these volumes."""
    deployments = [
        {"status": "ACTIVE", "volumeConfigurations": [VOLUME]},
        {"status": "PRIMARY", "volumeConfigurations": list(volumes)},
    ]
    answer = {"serviceName": "web", "deployments": deployments}
    denied = {**replies, SIMULATE: DENIED}
    return read("infrastructure_role", denied, service_answer=answer, task_answer=NO_TASK)


def allowing(*actions: str, **condition: Any) -> dict[str, Reply]:
    """A role with this inline policy, which trusts ECS."""
    more = {"Condition": condition} if condition else {}
    replies = policies(Action=list(actions), Resource="*", **more)
    described: Any = replies["iam:GetRole"]
    statement = described["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    statement["Principal"]["Service"] = "ecs.amazonaws.com"
    return replies


def test_a_role_that_may_do_all_of_it_lacks_nothing() -> None:
    role = of_service(allowing("ec2:*"), VOLUME).value
    assert (role.exists, role.trusted, role.lacking_actions) == (True, True, ())


def test_a_grant_for_what_ecs_tags_counts_as_one() -> None:
    tags = {"aws:RequestTag/AmazonECSManaged": "true"}
    role = of_service(allowing(*CREATES, StringEquals=tags), VOLUME).value
    assert role.lacking_actions == (*DELETES, "ec2:DescribeVolumes")


def test_a_grant_for_other_tags_is_none() -> None:
    tags = {"aws:RequestTag/AmazonECSManaged": "false"}
    role = of_service(allowing(*CREATES, StringEquals=tags), VOLUME).value
    assert set(CREATES) < set(role.lacking_actions)


def test_a_volume_from_a_snapshot_needs_the_right_to_read_that_too() -> None:
    replies = policies(Action="ec2:*", Resource="arn:aws:ec2:*:*:volume/*")
    managed = {**VOLUME["managedEBSVolume"], "snapshotId": "snap-0123456789abcdef0"}
    assert "ec2:CreateVolume" not in of_service(replies, VOLUME).value.lacking_actions
    role = of_service(replies, {"managedEBSVolume": managed}).value
    assert "ec2:CreateVolume" in role.lacking_actions


def test_the_trust_of_the_other_two_roles_is_none_here() -> None:
    role = of_service(policies(Action="ec2:*", Resource="*"), VOLUME).value
    assert role.trusted is False


def test_a_deployment_without_a_volume_needs_no_such_role() -> None:
    role = of_service({}).value
    assert (role.named, role.needed) == (False, False)


def test_a_task_alone_names_it_in_its_attachment() -> None:
    attachment = {
        "type": "AmazonElasticBlockStorage",
        "details": [{"name": "volumeName", "value": "data"}, {"name": "roleArn", "value": ROLE}],
    }
    replies = {**allowing("ec2:*"), SIMULATE: DENIED}
    task = {"attachments": [{"type": "ElasticNetworkInterface"}, attachment]}
    found = read("infrastructure_role", replies, service_answer=NO_SERVICE, task_answer=task)
    assert (found.value.name, found.value.lacking_actions) == ("web-exec", ())


def test_a_service_that_cannot_be_read_leaves_it_open() -> None:
    unread = Unread("ecs:DescribeServices", "AccessDeniedException")
    assert read("infrastructure_role", {}, service_answer=unread).value == unread
