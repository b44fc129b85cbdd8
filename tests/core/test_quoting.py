"""What a program's source names has not happened; what a program printed has."""

import pytest

from wizard.catalog.store import knowledge
from wizard.core.lookup import look_up
from wizard.core.quoting import in_source

SOURCES = (
    'if "CannotPullContainerError" in stopped_reason and "i/o timeout" in stopped_reason:',
    'on_status_reason = "Timeout waiting for network interface provisioning to complete."',
    'RETRIABLE = {\n    "Timeout waiting for network interface provisioning to complete",\n}',
    "expect(f).toThrow(\"Network Configuration must be provided when networkMode 'awsvpc'\");",
    'assert strings.Contains(err.Error(), "no basic auth credentials")',
    'grep -q "no basic auth credentials" push.log && login',
    "{ pattern: /was unable to stop or start tasks during a deployment/i, severity: 1 },",
    'if awsErr.Code() == "ClusterNotFoundException" {',
    "if isAWSErr(err, ecs.ErrCodeClusterNotFoundException, x) {",
    '{ wildcard: ["Scaling activity initiated by*"] }',
    "except client.exceptions.ClusterNotFoundException:",
    "if (e.name === 'ThrottlingException') await sleep(2 ** n * 100);",
)
PRINTED = (
    (
        '"stoppedReason" = "Task failed ELB health checks in (target-group tg)"',
        "start.elb-unhealthy",
    ),
    ('error="ClientException: No Fargate configuration exists"', "api.cpu-memory-invalid"),
    ('reason = "OutOfMemoryError: Container killed due to memory usage"', "start.out-of-memory"),
    (
        "InvalidParameterException('An error occurred (InvalidParameterException) when calling the "
        "RunTask operation: Network Configuration must be provided when networkMode awsvpc')",
        "api.network-config-required",
    ),
    ("stoppedReason: Timeout waiting for network interface provisioning", "start.eni-timeout"),
    (
        '{"message": "User: arn:aws:iam::111122223333:user/ci is not authorized to perform: '
        'ecr:GetAuthorizationToken on resource: *"}',
        "iam.access-denied",
    ),
)


@pytest.mark.parametrize("text", SOURCES)
def test_an_error_named_in_a_programs_source_is_no_error(text: str) -> None:
    assert look_up(knowledge(), text).matches == ()


@pytest.mark.parametrize(("text", "symptom"), PRINTED)
def test_an_error_printed_as_a_value_is_one(text: str, symptom: str) -> None:
    assert look_up(knowledge(), text).matches[0].symptom.id == symptom


def test_what_was_retyped_may_be_found_some_letters_before_its_quote() -> None:
    text = "e.name === 'ThrottlingException'"
    assert not in_source(text, 7, len(text))
    assert in_source(text, 7, len(text), retyped=True)


def test_a_status_code_with_another_digit_is_another_status_code() -> None:
    text = (
        'Error: authenticating creds for "111122223333.dkr.ecr.eu-west-2.amazonaws.com": '
        "Requesting bearer token: invalid status code from registry 400 (Bad Request)"
    )
    assert [match.symptom.id for match in look_up(knowledge(), text).matches] == [
        "ecr.login-rejected"
    ]
