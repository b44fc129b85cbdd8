"""Denial messages, in all the forms that AWS documents and in those of other years and tools."""

from __future__ import annotations

import pytest

from wizard.policy import Denial, read_denial, read_denials
from wizard.policy.types import By

USER = "arn:aws:iam::777788889999:user/MaryMajor"
SESSION = "arn:aws:sts::111122223333:assumed-role/ops/i-0abc"
RESOURCE = "arn:aws:s3:::amzn-s3-demo-bucket1/object-name"

KINDS: list[tuple[str, By]] = [
    ("identity-based policy", "identity"),
    ("resource-based policy", "resource"),
    ("session policy", "session"),
    ("permissions boundary", "boundary"),
    ("service control policy", "scp"),
    ("resource control policy", "rcp"),
    ("VPC endpoint policy", "endpoint"),
    ("role trust policy", "trust"),
]


@pytest.mark.parametrize(("kind", "by"), KINDS)
def test_an_implicit_denial_names_the_kind_of_policy(kind: str, by: By) -> None:
    text = (
        f"User: {USER} is not authorized to perform: s3:GetObject on resource: "
        f'"{RESOURCE}" because no {kind} allows the s3:GetObject action'
    )
    assert read_denial(text) == Denial(
        USER, "s3:GetObject", RESOURCE, by, False, "", "777788889999"
    )


@pytest.mark.parametrize("article", ["a", "an", "the"])
@pytest.mark.parametrize(("kind", "by"), KINDS)
def test_an_explicit_denial_names_the_kind_of_policy(kind: str, by: By, article: str) -> None:
    text = (
        f"User: {USER} is not authorized to perform: s3:GetObject "
        f"with an explicit deny in {article} {kind}"
    )
    assert read_denial(text) == Denial(USER, "s3:GetObject", "", by, True, "", "777788889999")


def test_the_whole_of_what_the_aws_cli_prints_is_read() -> None:
    task = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a1b"
    found = read_denial(
        "\nAn error occurred (AccessDeniedException) when calling the ExecuteCommand operation: "
        f"User: {SESSION} is not authorized to perform: ecs:ExecuteCommand on resource: {task} "
        "because no identity-based policy allows the ecs:ExecuteCommand action\n"
    )
    assert found == Denial(
        SESSION,
        "ecs:ExecuteCommand",
        task,
        "identity",
        False,
        "",
        "111122223333",
        "ExecuteCommand",
    )


def test_line_breaks_between_words_do_not_matter() -> None:
    text = f"User: {USER} is not\nauthorized to perform:\n s3:GetObject on\n resource: {RESOURCE}\n"
    found = read_denial(text + "with an explicit deny in a\nservice control policy")
    assert found is not None
    assert (found.resource, found.denied_by, found.explicit) == (RESOURCE, "scp", True)


def test_older_messages_end_without_a_reason() -> None:
    found = read_denial(
        f"User: {SESSION} is not authorized to perform: ecr:GetAuthorizationToken on resource: *"
    )
    assert found is not None
    assert (found.resource, found.denied_by, found.explicit) == ("*", "", None)


def test_an_older_explicit_denial_names_no_policy() -> None:
    found = read_denial(
        f"User: {USER} is not authorized to perform: ec2:RunInstances "
        "on resource: role TestReadOnly with an explicit deny"
    )
    assert found is not None
    assert (found.resource, found.denied_by, found.explicit) == ("role TestReadOnly", "", True)


def test_newer_messages_name_the_policy() -> None:
    arn = "arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1"
    found = read_denial(
        f"User: {USER} is not authorized to perform: s3:GetObject on resource: {RESOURCE} "
        f"with an explicit deny in a service control policy: {arn}"
    )
    assert found is not None
    assert (found.denied_by, found.policy_arn) == ("scp", arn)


def test_the_encoded_form_of_ec2_keeps_its_text_for_decoding() -> None:
    found = read_denial(
        "An error occurred (UnauthorizedOperation) when calling the CreateVpcEndpoint operation: "
        "You are not authorized to perform this operation. Encoded authorization failure message: "
        "4k8HkW2u_bXQ-zR0aBcDeFgHiJkLmNoPqRsTuV"
    )
    assert found == Denial(
        operation="CreateVpcEndpoint", encoded="4k8HkW2u_bXQ-zR0aBcDeFgHiJkLmNoPqRsTuV"
    )


def test_the_newer_encoded_form_tells_both() -> None:
    found = read_denial(
        f"You are not authorized to perform this operation. User: {USER} is not authorized to "
        f"perform: ec2:CreateVpcEndpoint on resource: arn:aws:ec2:eu-west-1:777788889999:vpc/vpc-1 "
        "because no identity-based policy allows the ec2:CreateVpcEndpoint action. Encoded "
        "authorization failure message: 4k8HkW2u_bXQ-zR0aBcDeFgHiJkLmNoPqRsTuV"
    )
    assert found is not None
    assert (found.action, found.denied_by) == ("ec2:CreateVpcEndpoint", "identity")
    assert found.encoded.startswith("4k8HkW2u")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_partition_is_read(partition: str) -> None:
    principal = f"arn:{partition}:sts::111122223333:assumed-role/exec/1a"
    found = read_denial(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
        "retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 "
        f"time(s): AccessDeniedException: User: {principal} is not authorized to perform: "
        "ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the "
        "ecr:GetAuthorizationToken action status code: 400, request id: 1-2-3"
    )
    assert found is not None
    assert (found.account, found.principal, found.resource) == ("111122223333", principal, "*")


def test_several_denials_are_read_in_order_each_with_its_own_reason() -> None:
    text = (
        f"User: {USER} is not authorized to perform: ecs:UpdateService on resource: a:b with an "
        f"explicit deny in a permissions boundary; User: {SESSION} is not authorized to perform: "
        "iam:PassRole on resource: arn:aws:iam::111122223333:role/task because no identity-based "
        "policy allows the iam:PassRole action"
    )
    assert [(d.action, d.denied_by) for d in read_denials(text)] == [
        ("ecs:UpdateService", "boundary"),
        ("iam:PassRole", "identity"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Access Denied",
        "You are authorized to perform this operation",
        "not authorized to perform a dance",
    ],
)
def test_a_text_without_a_denial_gives_none(text: str) -> None:
    assert read_denial(text) is None


def test_a_message_without_a_user_still_names_the_action() -> None:
    found = read_denial("Not authorized to perform sts:AssumeRoleWithWebIdentity")
    assert found == Denial(action="sts:AssumeRoleWithWebIdentity")


def test_the_go_sdks_operation_is_read() -> None:
    found = read_denial(
        "operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, api "
        f"error AccessDeniedException: User: {SESSION} is not authorized to perform: "
        "ecr:GetAuthorizationToken on resource: *"
    )
    assert found is not None
    assert found.operation == "GetAuthorizationToken"
