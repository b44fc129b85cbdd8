"""Roles by name, by path, and of other accounts."""

import json
from typing import Any

from tests.aws.parts import ACCOUNT, ROLE, Read, definition, policies, read
from tests.aws.scripted import Reply
from wizard.aws.answers import Refused
from wizard.core.facts import Target
from wizard.core.findings import Observed
from wizard.core.unread import Unread

SIMULATE = "iam:SimulatePrincipalPolicy"
FOREIGN = "arn:aws:iam::210987654321:role/web-exec"


def role(arn: str, replies: dict[str, Reply] | None = None, *said: str) -> Read:
    observed = [Observed("iam.role-not-assumable", "service event", one) for one in said]
    task = definition(executionRoleArn=arn)
    found = policies() if replies is None else replies
    return read("execution_role", found, None, observed, task_definition=task)


def trusting(principal: Any, **more: Any) -> bool | Unread:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
    answer = {"Arn": ROLE, "AssumeRolePolicyDocument": {"Statement": [statement]}}
    found: bool | Unread = role(ROLE, {"iam:GetRole": {"Role": answer}}).value.trusted
    return found


def test_a_short_name_means_the_role_of_this_account() -> None:
    found = role("web-exec").value
    assert (found.arn, found.exists, found.trusted) == (ROLE, True, True)


def test_an_arn_without_the_roles_path_names_no_role() -> None:
    known = {"Arn": ROLE.replace("role/", "role/service/")}
    assert role(ROLE, {"iam:GetRole": {"Role": known}}).value.exists is False
    assert role(known["Arn"], {"iam:GetRole": {"Role": known}}).value.exists is True


def test_a_role_of_another_account_is_not_taken_for_the_one_of_the_same_name_here() -> None:
    found = role(FOREIGN)
    assert found.value.exists == Unread("iam:GetRole", "other-account")
    assert isinstance(found.value.trusted, Unread)
    assert found.value.own is False
    assert found.source.asked == []


def test_a_role_of_another_account_that_ecs_could_not_assume_is_proven_wrong() -> None:
    text = f"ECS was unable to assume the role '{FOREIGN}' that was provided for this task."
    found = role(FOREIGN, None, text).value
    assert (found.exists, found.trusted) == (True, False)


def test_an_endpoint_that_does_not_know_the_call_says_nothing_of_the_role() -> None:
    found = role(ROLE, {"iam:GetRole": Refused("iam:GetRole", "404")}).value
    assert found.exists is not False


def test_the_trust_of_other_services_is_no_trust_of_ecs_tasks() -> None:
    assert trusting({"Service": ["ec2.amazonaws.com", "ecs.amazonaws.com"]}) is False
    assert trusting({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}) is True
    assert trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}) is False
    assert trusting({"AWS": "AROAEXAMPLEDELETED001"}) is False


def test_the_conditions_of_a_trust_are_held_against_this_task() -> None:
    service = {"Service": "ecs-tasks.amazonaws.com"}

    def when(operator: str, key: str, value: str) -> bool | Unread:
        return trusting(service, Condition={operator: {key: value}})

    assert when("StringEquals", "aws:SourceAccount", ACCOUNT) is True
    assert when("StringEquals", "aws:SourceAccount", "210987654321") is False
    assert when("ArnLike", "aws:SourceArn", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:*") is True
    assert when("ArnLike", "aws:SourceArn", f"arn:aws:ecs:us-east-1:{ACCOUNT}:*") is False
    assert when("StringLike", "aws:SourceArn", f"arn:aws:ecs:*:{ACCOUNT}:*") is True
    exact = when("StringEquals", "aws:SourceArn", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/prod/1")
    assert exact is False or isinstance(exact, Unread)


SSO = "AWSReservedSSO_Admin_0123456789abcdef"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/{SSO}/taro"


def caller(replies: dict[str, Reply], arn: str = CALLER, *said: Observed) -> Read:
    target = Target(goal="exec", cluster="prod", task="0a" * 16)
    parts: dict[str, Any] = {
        "goals": frozenset({"exec"}),
        "task_definition": definition(),
        "cluster_answer": {"clusterName": "prod"},
        "identity": {"Arn": arn, "Account": ACCOUNT},
        "service": Unread("ecs:DescribeServices", "not-asked"),
        "task": Unread("ecs:DescribeTasks", "none"),
    }
    return read("caller", replies, target, said, **parts)


def test_a_sessions_role_is_simulated_by_its_arn_with_the_path() -> None:
    path = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/{SSO}"
    found = caller({"iam:GetRole": {"Role": {"Arn": path}}})
    asked = [given for name, given in found.source.asked if name == SIMULATE]
    assert {one["PolicySourceArn"] for one in asked} == {path}
    assert found.value.editable is False


def test_a_caller_whose_path_is_not_known_is_not_called_gone() -> None:
    gone = Refused(SIMULATE, "NoSuchEntity")
    found = caller({SIMULATE: gone}).value
    assert isinstance(found.missing_actions, Unread)
    assert found.missing_actions.why == "path-unknown"


def test_a_caller_of_another_account_is_not_looked_up_here() -> None:
    theirs = CALLER.replace(ACCOUNT, "210987654321")
    found = caller(policies(), theirs)
    assert found.value.missing_actions == Unread(SIMULATE, "other-account")
    assert found.source.asked == []


def test_the_root_user_lacks_nothing_and_a_federated_user_is_left_open() -> None:
    root = caller({}, f"arn:aws:iam::{ACCOUNT}:root").value
    assert (root.missing_actions, root.editable) == ((), False)
    federated = caller({}, f"arn:aws:sts::{ACCOUNT}:federated-user/taro").value
    assert isinstance(federated.missing_actions, Unread)


def test_a_key_for_the_sessions_is_asked_for_too() -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
    replies: dict[str, Reply] = {"kms:DescribeKey": {"KeyMetadata": {"Arn": key}}}
    configuration = {"executeCommandConfiguration": {"kmsKeyId": "alias/exec"}}
    target = Target(goal="exec", cluster="prod", task="0a" * 16)
    found = read(
        "caller",
        replies,
        target,
        goals=frozenset({"exec"}),
        task_definition=definition(),
        cluster_answer={"clusterName": "prod", "configuration": configuration},
        identity={"Arn": CALLER, "Account": ACCOUNT},
        service=Unread("ecs:DescribeServices", "not-asked"),
        task=Unread("ecs:DescribeTasks", "none"),
    )
    asked = json.dumps([given for name, given in found.source.asked if name == SIMULATE])
    assert "kms:GenerateDataKey" in asked
    assert key in asked
