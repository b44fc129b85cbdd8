"""Answers are safe to show and keep before anybody sees them."""

from datetime import UTC, datetime

import pytest

from wizard.aws.answers import Refused, masked, safe
from wizard.core.redact import MASK


def test_times_become_texts_and_escape_sequences_go() -> None:
    answer = safe({"at": datetime(2026, 1, 2, tzinfo=UTC), "reason": "\x1b[31mred\x1b[0m", "n": 1})
    assert answer == {"at": "2026-01-02T00:00:00+00:00", "reason": "red", "n": 1}


def test_the_values_of_environment_variables_are_never_kept() -> None:
    definition = {
        "containerDefinitions": [
            {
                "name": "app",
                "environment": [{"name": "DB_PASSWORD", "value": "hunter2"}],
                "logConfiguration": {"options": {"splunk-token": "t0ken", "splunk-url": "u"}},
            }
        ]
    }
    answer = masked("ecs:DescribeTaskDefinition", {"taskDefinition": definition})
    container = answer["taskDefinition"]["containerDefinitions"][0]
    assert container["environment"] == [{"name": "DB_PASSWORD", "value": MASK}]
    assert container["logConfiguration"]["options"] == {"splunk-token": MASK, "splunk-url": "u"}


def test_overrides_of_a_task_are_masked_too() -> None:
    override = {"name": "app", "environment": [{"name": "A", "value": "secret"}]}
    answer = masked(
        "ecs:DescribeTasks", {"tasks": [{"overrides": {"containerOverrides": [override]}}]}
    )
    assert "secret" not in str(answer)


def test_of_a_secret_only_its_keys_are_kept() -> None:
    value = {"ARN": "arn", "SecretString": '{"password": "hunter2", "user": "u"}'}
    answer = masked("secretsmanager:GetSecretValue", value)
    assert answer == {"ARN": "arn", "keys": ["password", "user"]}


def test_a_secret_that_is_no_json_object_has_no_keys() -> None:
    assert masked("secretsmanager:GetSecretValue", {"SecretString": "hunter2"})["keys"] is None
    assert masked("secretsmanager:GetSecretValue", {"SecretString": "[1]"})["keys"] is None


@pytest.mark.parametrize(
    "code",
    ["ResourceNotFoundException", "NoSuchEntity", "InvalidVpcID.NotFound", "NoSuchBucket"],
)
def test_aws_saying_that_there_is_none_counts_as_absent(code: str) -> None:
    assert Refused("x:Y", code).absent


def test_a_404_without_a_code_is_an_answer_of_s3_alone() -> None:
    assert Refused("s3:HeadObject", "404").absent
    assert not Refused("iam:GetRole", "404").absent


@pytest.mark.parametrize("code", ["AccessDenied", "timeout", "ThrottlingException", "unavailable"])
def test_anything_else_never_counts_as_absent(code: str) -> None:
    assert not Refused("x:Y", code).absent
