"""Sessions do only what they were opened for."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from boto3.session import Session
from botocore import xform_name
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

import wizard.aws.readers  # noqa: F401
from wizard.aws.answers import masked
from wizard.aws.errors import AwsUnavailableError, ForbiddenCallError
from wizard.aws.reading import READERS, operations
from wizard.aws.sessions import (
    CLIENTS,
    CREDENTIAL_CALLS,
    permission_prefix,
    read_session,
    write_session,
)
from wizard.lab import Lab

READS = re.compile(r"^(Describe|Get|List|Head|BatchGet|Simulate)[A-Z]")

HANDS_OUT_SECRETS = (
    "ecr:GetAuthorizationToken",
    "ecs:ExecuteCommand",
    "iam:GetCredentialReport",
    "kms:Decrypt",
    "logs:GetLogEvents",
    "s3:GetObject",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "ssm:StartSession",
    "sts:AssumeRole",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
)
"""Reads by name or by IAM's access level that give away secrets or a way in."""
VEILED = {"secretsmanager:GetSecretValue", "logs:GetLogEvents"}
"""Those of them that are made all the same, since no other call tells whether a secret holds the
JSON key that a container asks for, or how a program ended; their content is dropped where the
answer comes in (`wizard.aws.answers`)."""


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.mark.parametrize("operation", sorted(operations()))
def test_every_call_that_a_reader_declares_is_an_existing_read_operation(operation: str) -> None:
    prefix, _, name = operation.partition(":")
    assert READS.match(name), f"{operation} does not sound like a read"
    client = CLIENTS.get(prefix, prefix)
    model = botocore.session.get_session().get_service_model(client)
    assert name in model.operation_names


def test_nothing_that_hands_out_secrets_is_called_but_what_is_veiled() -> None:
    assert operations() & set(HANDS_OUT_SECRETS) <= VEILED


def test_of_a_secret_and_of_a_log_nothing_is_kept_but_what_they_are_read_for() -> None:
    secret = {"ARN": "arn", "SecretString": '{"password": "correct-horse"}', "SecretBinary": b"x"}
    assert masked("secretsmanager:GetSecretValue", secret) == {"ARN": "arn", "keys": ["password"]}
    log = {"events": [{"message": "correct-horse"}, {"message": "correct-horse exec format error"}]}
    assert "correct-horse" not in str(masked("logs:GetLogEvents", log))


FORBIDDEN: list[tuple[str, str, dict[str, Any]]] = [
    ("ec2", "DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-0"]}),
    ("ecr", "GetAuthorizationToken", {}),
    ("ecr", "PutImage", {"repositoryName": "a/b", "imageManifest": "{}"}),
    ("ecs", "ExecuteCommand", {"task": "t", "command": "sh", "interactive": True}),
    ("ecs", "StopTask", {"task": "t"}),
    ("elasticfilesystem", "DeleteFileSystem", {"FileSystemId": "fs-12345678"}),
    ("elasticloadbalancing", "DeleteRule", {"RuleArn": "r"}),
    ("iam", "PutRolePolicy", {"RoleName": "r", "PolicyName": "p", "PolicyDocument": "{}"}),
    ("kms", "Decrypt", {"CiphertextBlob": b"x"}),
    ("logs", "CreateLogGroup", {"logGroupName": "g"}),
    ("route53", "DeleteHostedZone", {"Id": "Z1"}),
    ("route53profiles", "DeleteProfile", {"ProfileId": "rp-1"}),
    ("route53resolver", "DeleteResolverRule", {"ResolverRuleId": "rslvr-rr-1"}),
    ("s3", "PutObject", {"Bucket": "a-bucket", "Key": "k"}),
    ("s3", "GetObject", {"Bucket": "a-bucket", "Key": "k"}),
    ("secretsmanager", "PutSecretValue", {"SecretId": "s", "SecretString": "x"}),
    (
        "servicequotas",
        "RequestServiceQuotaIncrease",
        {"ServiceCode": "a", "QuotaCode": "b", "DesiredValue": 1.0},
    ),
    ("ssm", "GetParameter", {"Name": "n", "WithDecryption": True}),
    ("ssm", "StartSession", {"Target": "t"}),
    ("sts", "GetSessionToken", {}),
]
"""A call of each service that readers use which is none of theirs, with parameters in order."""


def test_there_is_a_forbidden_call_for_each_service_that_is_read() -> None:
    assert {one.partition(":")[0] for one in operations()} <= {one for one, _, _ in FORBIDDEN}


@pytest.mark.parametrize(
    ("prefix", "name", "params"), FORBIDDEN, ids=[f"{one[0]}:{one[1]}" for one in FORBIDDEN]
)
def test_no_client_of_the_read_session_does_what_no_reader_declares(
    prefix: str, name: str, params: dict[str, Any], keys: None
) -> None:
    """In the session's own region as in another."""
    session = read_session(operations=operations())
    for region in ("eu-west-1", "us-east-2"):
        client = session.client(
            CLIENTS.get(prefix, prefix), region_name=region, endpoint_url="http://127.0.0.1:1"
        )
        with pytest.raises(ForbiddenCallError, match=f"{prefix}:{name} is not on"):
            getattr(client, xform_name(name))(**params)


def test_a_reader_that_would_write_could_not_be_registered_unnoticed() -> None:
    assert not READS.match("UpdateService")
    assert not READS.match("Getaway")
    assert all(READERS[part].part == part for part in READERS)


def test_the_read_session_refuses_a_write_before_anything_is_sent(keys: None) -> None:
    session = read_session(operations=operations())
    client = session.client("ecs", endpoint_url="http://127.0.0.1:1")
    with pytest.raises(ForbiddenCallError, match="ecs:UpdateService"):
        client.update_service(cluster="prod", service="web")


def test_the_read_session_refuses_a_read_that_no_reader_declares(keys: None) -> None:
    session = read_session(operations=operations())
    client = session.client("sts", endpoint_url="http://127.0.0.1:1")
    with pytest.raises(ForbiddenCallError):
        client.get_session_token()


def test_the_read_session_lets_declared_calls_through(keys: None) -> None:
    session = read_session(operations=operations())
    client = session.client("elbv2")
    with Stubber(client) as stub:
        stub.add_response("describe_target_groups", {"TargetGroups": []})
        assert client.describe_target_groups()["TargetGroups"] == []


def test_a_write_session_is_limited_to_its_plan(keys: None) -> None:
    session = write_session({"ecs:UpdateService"})
    client = session.client("ecs")
    with Stubber(client) as stub:
        stub.add_response("update_service", {})
        client.update_service(cluster="prod", service="web")
    with pytest.raises(ForbiddenCallError):
        client.delete_service(cluster="prod", service="web")


def test_sessions_share_the_models_and_keep_their_own_guards(keys: None) -> None:
    reading = read_session(operations=operations())
    writing = write_session(["ecs:UpdateService"])
    loaders = [one._session.get_component("data_loader") for one in (reading, writing)]
    assert loaders[0] is loaders[1]
    nowhere = "http://127.0.0.1:1"
    with pytest.raises(ForbiddenCallError):
        reading.client("ecs", endpoint_url=nowhere).update_service(service="web")
    with pytest.raises(EndpointConnectionError):
        writing.client("ecs", endpoint_url=nowhere).update_service(service="web")
    with pytest.raises(ForbiddenCallError):
        writing.client("ecs", endpoint_url=nowhere).list_clusters()


def test_the_credential_chain_may_still_assume_a_role(keys: None) -> None:
    assert "sts:AssumeRole" in CREDENTIAL_CALLS
    assert permission_prefix("elbv2") == "elasticloadbalancing"


def test_without_a_region_the_kind_says_so(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(AwsUnavailableError) as caught:
        read_session(operations=())
    assert caught.value.kind == "no-region"
    assert caught.value.exit_code == 3


def test_without_credentials_the_kind_says_so(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsUnavailableError) as caught:
        read_session(operations=())
    assert caught.value.kind == "no-credentials"


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DATA_PATH"])
def test_a_profile_that_does_not_exist_is_told_from_missing_credentials(
    variable: str, keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "eu-west-1")
    with pytest.raises(AwsUnavailableError) as caught:
        read_session("nobody", operations=())
    assert caught.value.kind == "no-profile"
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_no_reader_writes_anything_in_a_whole_diagnosis(
    lab: Lab, act_as: Callable[[str], None]
) -> None:
    from wizard.aws.engine import Engine
    from wizard.catalog.store import knowledge
    from wizard.core.facts import Target
    from wizard.lab.world import healthy

    healthy(lab)
    lab.calls(clear=True)
    for goal in ("all", "push", "exec"):
        Engine(knowledge(())).diagnose(Target(goal=goal, cluster="prod", service="web"))
    made = {call["call"].partition(":")[2] for call in lab.calls()}
    assert made
    assert all(READS.match(name) for name in made)


def test_a_session_is_boto3s_own(keys: None) -> None:
    assert isinstance(read_session(operations=()), Session)
