"""The least policies: what they give, what they do not, and how they merge."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wizard.policy import (
    LIMITS,
    SSM_MESSAGES,
    ExecSession,
    Place,
    Policies,
    Request,
    covers,
    document,
    enable_exec,
    evaluate,
    exec_task_role,
    execution_role,
    fits_inline,
    merge,
    push,
    push_actions,
    run_with_exec,
    size,
    statement,
    text,
    use_exec,
)

ACCOUNT = "111122223333"
PLACE = Place("aws", "eu-west-1", ACCOUNT)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
REPOSITORY = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/team/app"
CLUSTER = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/prod"
SERVICE = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:service/prod/web"
TASKS = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/prod/*"
TASK = TASKS.replace("*", "0a1b")
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
TRUSTED_KEY = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
}


def allows(statements: Any, action: str, resource: str = "*", **context: str) -> bool:
    """Whether the statements alone allow the call."""
    made = {key.replace("_", ":", 1): value for key, value in context.items()}
    resource_policies = (TRUSTED_KEY,) if action.startswith("kms:") else ()
    policies = Policies(identity=(document(statements),), resource=resource_policies)
    return evaluate(Request(ROLE, action, resource, made), policies).allowed


def test_a_push_is_allowed_to_its_repository_and_to_no_other() -> None:
    made = push([REPOSITORY])
    assert allows(made, "ecr:GetAuthorizationToken")
    for action in push_actions()[1:]:
        assert allows(made, action, REPOSITORY)
        assert not allows(made, action, REPOSITORY + "2")
    assert not allows(made, "ecr:DeleteRepository", REPOSITORY)


def test_the_push_policy_holds_what_awss_page_lists() -> None:
    listed = {
        "ecr:CompleteLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:InitiateLayerUpload",
        "ecr:BatchCheckLayerAvailability",
        "ecr:PutImage",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
    }
    assert set(push_actions()) == listed | {"ecr:GetDownloadUrlForLayer"}


def test_using_exec_is_allowed_on_the_cluster_and_its_tasks() -> None:
    made = use_exec(CLUSTER, [TASKS], KEY)
    assert allows(made, "ecs:ExecuteCommand", TASK)
    assert allows(made, "ecs:ExecuteCommand", CLUSTER)
    assert allows(made, "ecs:DescribeTasks", TASK)
    assert allows(made, "ecs:ListTasks", ecs_cluster=CLUSTER)
    assert allows(made, "kms:GenerateDataKey", KEY)
    assert not allows(made, "ssm:StartSession", TASK)
    assert not allows(use_exec(CLUSTER, [TASKS]), "kms:GenerateDataKey", KEY)


def test_the_task_role_gets_the_four_channels_and_what_the_session_is_written_to() -> None:
    assert all(allows(exec_task_role(), action) for action in SSM_MESSAGES)
    group = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/exec"
    bucket = "arn:aws:s3:::audit"
    made = exec_task_role(ExecSession(KEY, group, bucket, "exec/", bucket_encrypted=True))
    assert allows(made, "kms:Decrypt", KEY)
    assert allows(made, "logs:DescribeLogGroups")
    assert allows(made, "logs:PutLogEvents", f"{group}:log-stream:s")
    assert allows(made, "s3:PutObject", f"{bucket}/exec/s.log")
    assert allows(made, "s3:GetEncryptionConfiguration", bucket)
    assert not allows(made, "s3:PutObject", f"{bucket}/other/s.log")
    assert not allows(exec_task_role(), "logs:DescribeLogGroups")


def test_enabling_exec_is_allowed_on_the_service() -> None:
    made = enable_exec(SERVICE)
    assert allows(made, "ecs:UpdateService", SERVICE)
    assert allows(made, "ecs:DescribeServices", SERVICE)
    assert not allows(made, "iam:PassRole", ROLE)
    passing = enable_exec(SERVICE, [ROLE])
    assert allows(passing, "iam:PassRole", ROLE, iam_PassedToService="ecs-tasks.amazonaws.com")
    assert not allows(passing, "iam:PassRole", ROLE, iam_PassedToService="ec2.amazonaws.com")


def test_running_again_is_allowed_in_the_cluster_only() -> None:
    family = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/web:*"
    made = run_with_exec(CLUSTER, family, [ROLE])
    revision = family.replace("*", "7")
    assert allows(made, "ecs:RunTask", revision, ecs_cluster=CLUSTER)
    assert not allows(made, "ecs:RunTask", revision, ecs_cluster=CLUSTER + "2")


DEFINITION: dict[str, Any] = {
    "containerDefinitions": [
        {
            "name": "web",
            "image": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1",
            "secrets": [
                {"name": "A", "valueFrom": f"{SECRET}:password::"},
                {"name": "B", "valueFrom": "/app/key"},
            ],
            "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::conf/app.env"}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/app", "awslogs-create-group": "true"},
            },
        },
        {"name": "side", "image": "nginx"},
    ]
}
GROUP = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/app"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ecr:GetAuthorizationToken", "*"),
        ("ecr:BatchGetImage", REPOSITORY),
        ("ecr:GetDownloadUrlForLayer", REPOSITORY),
        ("logs:CreateLogStream", f"{GROUP}:log-stream:web/1"),
        ("logs:PutLogEvents", f"{GROUP}:log-stream:web/1"),
        ("logs:CreateLogGroup", f"{GROUP}:log-stream:"),
        ("secretsmanager:GetSecretValue", SECRET),
        ("ssm:GetParameters", f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/app/key"),
        ("kms:Decrypt", KEY),
        ("s3:GetObject", "arn:aws:s3:::conf/app.env"),
        ("s3:GetBucketLocation", "arn:aws:s3:::conf"),
    ],
)
def test_the_execution_role_gets_what_the_definition_names(action: str, resource: str) -> None:
    made = execution_role(DEFINITION, PLACE, [KEY])
    assert allows(made, action, resource)
    assert resource == "*" or not allows(made, action, resource.replace(ACCOUNT, "9" * 12) + "x/y")


def test_a_secret_named_without_its_suffix_is_granted_with_any() -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:team/db"
    container = {"name": "app", "image": "nginx", "secrets": [{"name": "DB", "valueFrom": arn}]}
    made = execution_role({"containerDefinitions": [container]}, PLACE)
    assert allows(made, "secretsmanager:GetSecretValue", f"{arn}-AbCdEf")
    assert not allows(made, "secretsmanager:GetSecretValue", f"{arn}-old-AbCdEf")


def test_a_definition_that_needs_nothing_gets_nothing() -> None:
    assert execution_role({"containerDefinitions": [{"name": "a", "image": "nginx"}]}, PLACE) == ()


def test_the_partition_of_the_place_is_kept() -> None:
    china = Place("aws-cn", "cn-north-1", ACCOUNT)
    made = json.dumps(execution_role(DEFINITION, china))
    assert "arn:aws:logs" not in made
    assert f"arn:aws-cn:ssm:cn-north-1:{ACCOUNT}:parameter/app/key" in made


def test_the_same_question_gives_the_same_bytes() -> None:
    one = push([REPOSITORY, REPOSITORY + "2"])
    other = push([REPOSITORY + "2", REPOSITORY, REPOSITORY])
    assert text(document(one)) == text(document(other))


# merging


def test_merging_adds_what_is_lacking_and_keeps_what_is_there() -> None:
    old = {"Version": "2012-10-17", "Id": "mine", "Statement": {"Effect": "Deny", "Action": "x:y"}}
    merged = merge(old, push([REPOSITORY]))
    assert merged["Id"] == "mine"
    assert merged["Statement"][0] == {"Effect": "Deny", "Action": "x:y"}
    assert [s.get("Sid") for s in merged["Statement"][1:]] == ["EcrLogin", "EcrPush"]
    assert old["Statement"] == {"Effect": "Deny", "Action": "x:y"}


def test_what_is_given_already_is_not_added() -> None:
    old = document([{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}])
    assert merge(old, push([REPOSITORY])) == old


def test_a_condition_of_the_old_statement_does_not_count_as_given() -> None:
    limited = statement("Old", ["ecr:*"], ["*"], {"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    assert len(merge(document([limited]), push([REPOSITORY]))["Statement"]) == 3


def test_actions_join_the_statement_of_the_same_resources() -> None:
    old = document([statement("Mine", ["ecr:PutImage"], [REPOSITORY])])
    merged = merge(old, push([REPOSITORY]))
    assert [s["Sid"] for s in merged["Statement"]] == ["Mine", "EcrLogin"]
    assert "ecr:UploadLayerPart" in merged["Statement"][0]["Action"]


def test_a_sid_that_is_taken_is_numbered() -> None:
    first = merge(None, push([REPOSITORY]))
    second = merge(first, push([REPOSITORY + "2"]))
    assert [s["Sid"] for s in second["Statement"]] == ["EcrLogin", "EcrPush", "EcrPush2"]


def test_a_question_mark_does_not_cover_a_star() -> None:
    given = document([statement("A", ["ecs:ExecuteCommand"], [TASKS.replace("*", "?")])])
    assert not covers(given, statement("B", ["ecs:ExecuteCommand"], [TASKS]))


def test_sizes_are_held_against_iams_limits_without_white_space() -> None:
    made = document(push([REPOSITORY]))
    assert size(made) == len(json.dumps(made, separators=(",", ":")))
    assert size(json.loads(text(made))) == size(made)
    many = [document([statement("A", ["a:b"], [f"arn:{n:0100}" for n in range(60)])])]
    assert LIMITS["role"] == 10_240
    assert fits_inline(many) and not fits_inline(many * 2)
    assert not fits_inline(many, "managed") and not fits_inline(many, "user")
