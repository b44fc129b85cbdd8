"""The three stumbling blocks of the article, diagnosed on the embedded AWS."""

from collections.abc import Callable

import pytest

from tests.aws.asking import fields, pasted, proven, says, status
from wizard.aws.engine import Engine
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.lab import Lab
from wizard.lab.story import (
    CLUSTER,
    PRIVATE_SERVICE,
    REPOSITORY,
    SERVICE,
    Story,
    build,
)
from wizard.lab.world import allow

pytestmark = pytest.mark.slow
ActAs = Callable[[str], None]


@pytest.fixture
def story(lab: Lab) -> Story:
    return build(lab)


def denial(principal: str, action: str, resource: str, operation: str) -> str:
    return (
        f"An error occurred (AccessDeniedException) when calling the {operation} operation: User: "
        f"{principal} is not authorized to perform: {action} on resource: {resource} because no "
        f"identity-based policy allows the {action} action"
    )


def ec2_role(story: Story) -> str:
    return f"arn:aws:sts::{story.lab.account}:assumed-role/ec2-role/i-055e1e744dd8ab549"


def test_the_role_that_may_only_log_in_lacks_all_push_actions(
    story: Story, engine: Engine, known: Knowledge
) -> None:
    repository = f"arn:aws:ecr:{story.lab.region}:{story.lab.account}:repository/{REPOSITORY}"
    text = denial(ec2_role(story), "ecr:InitiateLayerUpload", repository, "InitiateLayerUpload")
    target = Target(goal="push", repository=REPOSITORY, registry=story.registry)
    found = engine.diagnose(target, pasted(known, text))
    assert proven(found)[0] == "caller.permission-missing"
    (actions,) = fields(found, "caller.permission-missing", "actions")
    assert isinstance(actions, tuple)
    assert {
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:PutImage",
        "ecr:BatchCheckLayerAvailability",
    } <= set(actions)
    assert "ecr:GetAuthorizationToken" not in actions
    assert fields(found, "caller.permission-missing", "role") == ["ec2-role"]


def test_a_bastion_that_may_read_nothing_still_takes_awss_word(
    story: Story, engine: Engine, known: Knowledge, act_as: ActAs
) -> None:
    act_as(story.bastion)
    service = f"arn:aws:ecs:{story.lab.region}:{story.lab.account}:service/{CLUSTER}/{SERVICE}"
    text = denial(ec2_role(story), "ecs:UpdateService", service, "UpdateService")
    found = engine.diagnose(
        Target(goal="exec", cluster=CLUSTER, service=SERVICE), pasted(known, text)
    )
    assert proven(found) == ["caller.permission-missing"]
    assert {"iam:SimulatePrincipalPolicy", "ecs:DescribeServices"} <= {
        one.call for one in found.unread
    }


def test_a_switched_off_service_is_seen_behind_the_missing_permission(
    story: Story, engine: Engine, known: Knowledge
) -> None:
    service = f"arn:aws:ecs:{story.lab.region}:{story.lab.account}:service/{CLUSTER}/{SERVICE}"
    text = denial(ec2_role(story), "ecs:UpdateService", service, "UpdateService")
    found = engine.diagnose(
        Target(goal="exec", cluster=CLUSTER, service=SERVICE), pasted(known, text)
    )
    assert proven(found, predicted=False) == ["caller.permission-missing"]
    assert proven(found, predicted=True) == ["exec.disabled-on-service"]


def test_a_task_older_than_the_switch_is_told_from_a_service_without_it(
    story: Story, engine: Engine
) -> None:
    story.lab.client("ecs").update_service(
        cluster=CLUSTER, service=SERVICE, enableExecuteCommand=True
    )
    found = engine.diagnose(Target(goal="exec", cluster=CLUSTER, task=story.task()))
    assert proven(found) == ["exec.task-predates-enable"]
    assert "enableExecuteCommand = false" in says(found, "exec.task-predates-enable")
    assert found.target.service == SERVICE


def test_the_private_service_lacks_its_endpoints_in_the_order_they_are_met(
    story: Story, engine: Engine
) -> None:
    found = engine.diagnose(Target(cluster=CLUSTER, service=PRIVATE_SERVICE))
    assert [one.symptom for one in found.symptoms] == ["pull.registry-auth-unreachable"]
    assert proven(found) == ["network.endpoint-missing"]
    assert fields(found, "network.endpoint-missing", "service") == [
        "ecr.api",
        "ecr.dkr",
        "s3",
        "logs",
        "ssmmessages",
    ]
    assert [one.predicted for one in found.findings[:5]] == [False, True, True, True, True]
    assert status(found, "network.no-internet-route") == "suspected"
    assert "has no endpoint for ecr.api" in says(found, "network.endpoint-missing")


def test_a_mistyped_task_is_told_from_a_mistyped_cluster(story: Story, engine: Engine) -> None:
    task = story.task()
    typo = task[:-1] + ("0" if task[-1] != "0" else "1")
    found = engine.diagnose(Target(goal="exec", cluster=CLUSTER, task=typo))
    assert proven(found) == ["target.task-missing"]
    assert task in str(fields(found, "target.task-missing", "similar"))
    found = engine.diagnose(Target(goal="exec", cluster="sample-clutser", task=task))
    assert proven(found) == ["target.cluster-missing"]
    assert fields(found, "target.cluster-missing", "similar") == [(CLUSTER,)]


def test_a_task_of_another_region_is_told_from_a_mistyped_one(story: Story, engine: Engine) -> None:
    arn = f"arn:aws:ecs:us-east-1:{story.lab.account}:task/other/{'0' * 32}"
    found = engine.diagnose(Target(goal="exec", task=arn))
    assert proven(found) == ["target.region-wrong"]
    assert fields(found, "target.region-wrong", "told_region") == ["us-east-1"]


def test_an_arn_of_another_region_is_not_the_cluster_of_that_name_here(
    story: Story, engine: Engine
) -> None:
    arn = f"arn:aws:ecs:us-east-1:{story.lab.account}:cluster/{CLUSTER}"
    found = engine.diagnose(Target(cluster=arn, service=SERVICE))
    assert proven(found) == ["target.region-wrong"]
    assert fields(found, "target.region-wrong", "told_region") == ["us-east-1"]
    here = Target(cluster=arn.replace("us-east-1", story.lab.region), service=SERVICE)
    assert status(engine.diagnose(here), "target.region-wrong") is None


def test_an_explicit_deny_is_no_missing_permission(
    story: Story, engine: Engine, known: Knowledge
) -> None:
    deny = allow("ecs:ExecuteCommand").replace('"Allow"', '"Deny"')
    story.lab.client("iam").put_role_policy(
        RoleName="ec2-role", PolicyName="deny", PolicyDocument=deny
    )
    cluster = f"arn:aws:ecs:{story.lab.region}:{story.lab.account}:cluster/{CLUSTER}"
    text = denial(ec2_role(story), "ecs:ExecuteCommand", cluster, "ExecuteCommand").replace(
        "because no identity-based policy allows the ecs:ExecuteCommand action",
        "with an explicit deny in an identity-based policy",
    )
    target = Target(goal="exec", cluster=CLUSTER, service=PRIVATE_SERVICE)
    found = engine.diagnose(target, pasted(known, text))
    assert "caller.explicit-deny" in proven(found)
    assert fields(found, "caller.explicit-deny", "action") == ["ecs:ExecuteCommand"]
    denied = next(one for one in found.findings if one.cause == "caller.explicit-deny")
    assert denied.fixes == ()
