"""Secrets, files, target groups, quotas, session settings: read in detail."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.asking import fields, proven, says, status
from wizard.aws.engine import Engine
from wizard.core.facts import Target
from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, World, allow

pytestmark = pytest.mark.slow
WEB = Target(goal="start", cluster="prod", service="web")
Json = dict[str, Any]


@pytest.fixture
def base(world: World) -> World:
    """A VPC that reaches everything by NAT, roles, an image and a log group."""
    return world.network(nat=True).roles().repository().log_group()


def with_secret(base: World, value_from: str) -> World:
    secrets = [{"name": "DB", "valueFrom": value_from}]
    return base.task_definition("web", [base.container(secrets=secrets)]).service().settle()


def may(base: World, *actions: str) -> None:
    base.client("iam").put_role_policy(
        RoleName="ecsTaskExecutionRole", PolicyName="more", PolicyDocument=allow(*actions)
    )


def secret(base: World, value: str, **more: str) -> str:
    may(base, "secretsmanager:GetSecretValue")
    made = base.client("secretsmanager").create_secret(Name="db", SecretString=value, **more)
    return str(made["ARN"])


def test_a_secret_that_is_not_there_is_missing(base: World, engine: Engine) -> None:
    arn = secret(base, "x").replace(":secret:db-", ":secret:other-")
    with_secret(base, arn)
    found = engine.diagnose(WEB)
    assert proven(found) == ["secret.missing"]
    assert fields(found, "secret.missing", "secret") == [arn]


def test_a_json_key_that_the_secret_lacks_is_named(base: World, engine: Engine) -> None:
    arn = secret(base, json.dumps({"password": "hunter2-hunter2"}))
    with_secret(base, f"{arn}:Password::")
    found = engine.diagnose(WEB)
    assert proven(found) == ["secret.key-missing"]
    assert fields(found, "secret.key-missing", "key") == ["Password"]
    assert "hunter2" not in str(found)


def test_a_key_of_a_secret_that_is_plain_text_is_malformed(base: World, engine: Engine) -> None:
    with_secret(base, f"{secret(base, 'just-text')}:password::")
    assert proven(engine.diagnose(WEB)) == ["secret.malformed"]


def test_a_secret_with_its_key_is_well(base: World, engine: Engine) -> None:
    with_secret(base, f"{secret(base, json.dumps({'password': 'x'}))}:password::")
    found = engine.diagnose(WEB)
    assert proven(found) == []
    assert "secret.key-missing" in found.checked


def test_a_parameter_that_is_not_there_is_missing(base: World, engine: Engine) -> None:
    may(base, "ssm:GetParameters")
    with_secret(base, "/web/db")
    found = engine.diagnose(WEB)
    assert proven(found) == ["secret.missing"]
    assert fields(found, "secret.missing", "secret") == ["/web/db"]


def test_a_parameter_that_is_there_is_well_and_its_value_is_not_read(
    base: World, engine: Engine
) -> None:
    may(base, "ssm:GetParameters")
    base.client("ssm").put_parameter(Name="/web/db", Value="plain-value", Type="String")
    with_secret(base, "/web/db")
    base.lab.calls(clear=True)
    found = engine.diagnose(WEB)
    assert proven(found) == []
    assert "ssm:GetParameters" not in {call["call"] for call in base.lab.calls()}
    assert "plain-value" not in str(found.facts)


def test_a_role_without_the_secrets_permission_lacks_it(base: World, engine: Engine) -> None:
    made = base.client("secretsmanager").create_secret(Name="db", SecretString="x")
    with_secret(base, made["ARN"])
    found = engine.diagnose(WEB)
    assert proven(found) == ["execution-role.permission-missing"]
    assert fields(found, "execution-role.permission-missing", "actions") == [
        ("secretsmanager:GetSecretValue",)
    ]


def test_a_customers_key_that_the_role_may_not_use_is_named(base: World, engine: Engine) -> None:
    key = base.client("kms").create_key()["KeyMetadata"]["Arn"]
    with_secret(base, secret(base, "x", KmsKeyId=key))
    found = engine.diagnose(WEB)
    assert proven(found) == ["secret.kms-denied"]
    assert fields(found, "secret.kms-denied", "key") == [key]


def test_a_customers_key_that_the_role_may_use_is_well(base: World, engine: Engine) -> None:
    key = base.client("kms").create_key()["KeyMetadata"]["Arn"]
    arn = secret(base, "x", KmsKeyId=key)
    may(base, "secretsmanager:GetSecretValue", "kms:Decrypt")
    with_secret(base, arn)
    assert proven(engine.diagnose(WEB)) == []


def with_file(base: World, arn: str) -> World:
    files = [{"type": "s3", "value": arn}]
    return base.task_definition("web", [base.container(environmentFiles=files)]).service().settle()


@pytest.fixture
def bucket(base: World) -> str:
    where = {"LocationConstraint": base.lab.region}
    base.client("s3").create_bucket(Bucket="conf", CreateBucketConfiguration=where)
    base.client("s3").put_object(Bucket="conf", Key="web.env", Body=b"A=1")
    return "arn:aws:s3:::conf"


def test_an_environment_file_that_is_not_there_is_missing(
    base: World, bucket: str, engine: Engine
) -> None:
    may(base, "s3:GetObject", "s3:GetBucketLocation")
    with_file(base, f"{bucket}/other.env")
    found = engine.diagnose(WEB)
    assert proven(found) == ["env-file.missing"]


def test_an_environment_file_that_the_role_may_not_read_is_denied(
    base: World, bucket: str, engine: Engine
) -> None:
    with_file(base, f"{bucket}/web.env")
    found = engine.diagnose(WEB)
    assert proven(found) == ["env-file.denied"]


def test_an_environment_file_that_may_be_read_is_well(
    base: World, bucket: str, engine: Engine
) -> None:
    may(base, "s3:GetObject", "s3:GetBucketLocation")
    with_file(base, f"{bucket}/web.env")
    assert proven(engine.diagnose(WEB)) == []


def balanced(base: World, kind: str = "ip", *, admits: bool = True, check: str = "") -> World:
    """A service behind a load balancer; the task's group admits its group, or not."""
    ec2, elb = base.client("ec2"), base.client("elbv2")
    group = ec2.create_security_group(GroupName="lb", Description="lb", VpcId=base.vpc)["GroupId"]
    if admits:
        pairs = [{"GroupId": group}]
        rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": pairs}
        ec2.authorize_security_group_ingress(GroupId=base.task_group, IpPermissions=[rule])
    made = elb.create_target_group(
        Name="web",
        Protocol="HTTP",
        Port=80,
        VpcId=base.vpc,
        TargetType=kind,
        **({"HealthCheckPort": check} if check else {}),
    )
    target = made["TargetGroups"][0]["TargetGroupArn"]
    balancer = elb.create_load_balancer(
        Name="web", Subnets=base.subnets, SecurityGroups=[group], Scheme="internal"
    )["LoadBalancers"][0]["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": target}]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
    link = {"targetGroupArn": target, "containerName": "app", "containerPort": 80}
    return base.service(loadBalancers=[link]).settle()


def test_a_target_group_that_fits_is_well(base: World, engine: Engine) -> None:
    balanced(base)
    found = engine.diagnose(WEB)
    assert proven(found) == []
    assert found.facts["target_groups"][0].problem is None


def test_a_task_that_does_not_admit_the_load_balancer_is_found(base: World, engine: Engine) -> None:
    balanced(base, admits=False)
    found = engine.diagnose(WEB)
    assert "lb.group-blocks" in proven(found)
    assert "port 80" in says(found, "lb.group-blocks")


def test_a_health_check_on_an_undeclared_port_that_is_shut_may_be_either_fault(
    base: World, engine: Engine
) -> None:
    balanced(base, check="8080")
    found = engine.diagnose(WEB)
    assert proven(found) == ["lb.group-blocks"]
    assert status(found, "lb.port-mismatch") == "suspected"


@pytest.fixture
def session_settings(base: World) -> Iterator[Json]:
    """The cluster's executeCommandConfiguration: change it, then call `made`."""
    settings: Json = {}
    yield settings


def with_settings(base: World, **settings: Any) -> None:
    base.service().settle()
    base.client("ecs").update_cluster(
        cluster="prod", configuration={"executeCommandConfiguration": settings}
    )


SHELL = Target(goal="exec", cluster="prod", service="web")


def test_a_session_log_group_that_is_not_there_is_named(base: World, engine: Engine) -> None:
    logs = {"cloudWatchLogGroupName": "/ecs/exec"}
    with_settings(base, logging="OVERRIDE", logConfiguration=logs)
    found = engine.diagnose(SHELL)
    assert "exec.encryption-misconfigured" in proven(found)
    assert fields(found, "exec.encryption-misconfigured", "log_group") == ["/ecs/exec"]


def test_without_session_settings_nothing_is_wrong_with_them(base: World, engine: Engine) -> None:
    base.service().settle()
    found = engine.diagnose(SHELL)
    assert status(found, "exec.encryption-misconfigured") is None
    assert "exec.encryption-misconfigured" in found.checked


def test_reached_quotas_are_taken_from_awss_own_words(base: World, engine: Engine) -> None:
    base.lab.settings(fargate_vcpus=0.25)
    base.service(desired=3).settle()
    found = engine.diagnose(WEB)
    base.lab.settings(fargate_vcpus=6)
    assert "quota.fargate" in proven(found)
    assert "AWS says" in says(found, "quota.fargate")


def test_a_program_that_ends_is_a_crash_with_its_code(base: World, engine: Engine) -> None:
    base.push("team/app", "v1", labels={"lab.exit-code": "3"})
    base.service().settle()
    found = engine.diagnose(WEB)
    assert proven(found) == ["task.app-crash"]
    assert fields(found, "task.app-crash", "exit_code") == [3]


def test_too_much_memory_is_told_from_a_crash(base: World, engine: Engine) -> None:
    base.push("team/app", "v1", labels={"lab.memory-mib": "900"})
    base.service().settle()
    found = engine.diagnose(WEB)
    assert proven(found) == ["task.out-of-memory"]
    assert [one.symptom for one in found.symptoms][:1] == ["start.out-of-memory"]


def test_the_same_world_without_private_endpoints_and_with_them_agrees(
    lab: Lab, world: World, engine: Engine
) -> None:
    made = world.network(endpoints=(*ALL_ENDPOINTS, "secretsmanager")).roles().repository()
    made.log_group()
    with_secret(made, secret(made, "x"))
    assert proven(engine.diagnose(WEB)) == []
