"""What a task needs follows from its definition."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.core import facts
from wizard.network import STAGES, Need, Task, interfaces, task_needs

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/exec"
TASK_ROLE = f"arn:aws:iam::{ACCOUNT}:role/task"
ECR = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com"
TASK = Task("eu-west-1", ACCOUNT, execution_role=ROLE, task_role=TASK_ROLE)


def needs(task: Task = TASK, **container: Any) -> tuple[Need, ...]:
    """The needs of a definition with one container."""
    definition = {
        "containerDefinitions": [{"name": "web", "image": f"{ECR}/team/app:v1"} | container]
    }
    return task_needs(definition, task)


def ends(found: tuple[Need, ...]) -> list[tuple[str, str]]:
    """(stage, service or host) of each need."""
    return [(need.stage, need.service or need.host) for need in found]


PULL = [("registry-auth", "ecr.api"), ("image", "ecr.dkr"), ("layers", "s3")]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("LATEST", PULL),
        ("1.4.0", PULL),
        ("1.10.0", PULL),
        ("1.3.0", PULL[1:]),
        ("1.0.0", PULL[1:]),
    ],
)
def test_an_image_in_ecr_needs_what_the_platform_version_uses(
    version: str, expected: list[tuple[str, str]]
) -> None:
    task = Task("eu-west-1", ACCOUNT, platform_version=version)
    assert ends(needs(task)) == expected


def test_windows_on_platform_1_0_0_uses_its_own_interface_for_all() -> None:
    definition = {
        "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        "containerDefinitions": [{"name": "web", "image": f"{ECR}/app"}],
    }
    task = Task("eu-west-1", ACCOUNT, platform_version="1.0.0")
    assert ends(task_needs(definition, task)) == PULL


def test_a_need_says_what_an_endpoints_policy_is_to_be_asked() -> None:
    token, manifest, layers = needs()
    assert (token.actions, token.principal) == (("ecr:GetAuthorizationToken",), ROLE)
    assert manifest.resources == (f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/team/app",)
    assert (layers.bucket, layers.principal) == ("prod-eu-west-1-starport-layer-bucket", "")


def test_an_image_of_another_region_and_account_is_fetched_there() -> None:
    found = needs(image="999999999999.dkr.ecr.us-east-1.amazonaws.com/app")
    assert {need.region for need in found} == {"us-east-1"}
    assert found[1].resources == ("arn:aws:ecr:us-east-1:999999999999:repository/app",)
    assert found[2].bucket == "prod-us-east-1-starport-layer-bucket"


@pytest.mark.parametrize(
    ("image", "host", "port"),
    [
        ("nginx", "registry-1.docker.io", 443),
        ("team/app:v1", "registry-1.docker.io", 443),
        ("docker.io/library/nginx", "registry-1.docker.io", 443),
        ("public.ecr.aws/nginx/nginx:1", "public.ecr.aws", 443),
        ("ghcr.io/a/b@sha256:aa", "ghcr.io", 443),
        ("registry.corp:5000/a", "registry.corp", 5000),
    ],
)
def test_an_image_elsewhere_needs_its_registrys_host(image: str, host: str, port: int) -> None:
    found = needs(image=image)
    assert [(n.stage, n.host, n.port, n.service) for n in found] == [("image", host, port, "")]


def test_a_private_registry_needs_its_secret_before_anything_else() -> None:
    secret = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:hub-AbCdEf"
    found = needs(image="team/app", repositoryCredentials={"credentialsParameter": secret})
    assert ends(found) == [("registry-auth", "secretsmanager"), ("image", "registry-1.docker.io")]


def test_secrets_are_needed_by_their_kind_and_region_once_each() -> None:
    base = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db-AbCdEf"
    secrets = [
        {"name": "A", "valueFrom": f"{base}:user::"},
        {"name": "B", "valueFrom": f"{base}:password::"},
        {"name": "C", "valueFrom": "/app/key"},
        {"name": "D", "valueFrom": f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/x"},
    ]
    found = [n for n in needs(secrets=secrets) if n.stage == "secrets"]
    assert [(n.service, n.region, n.resources) for n in found] == [
        ("secretsmanager", "eu-west-1", (base,)),
        ("ssm", "eu-west-1", (f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/app/key",)),
        ("ssm", "us-east-1", (f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/x",)),
    ]
    assert found[0].source == "secret:web/A,secret:web/B"


def test_awslogs_needs_logs_in_the_region_of_its_options() -> None:
    options = {"awslogs-group": "/app", "awslogs-region": "us-east-1"}
    log = {"logDriver": "awslogs", "options": options}
    logger = needs(logConfiguration=log)[-1]
    assert (logger.stage, logger.service, logger.region) == ("logger", "logs", "us-east-1")
    assert (logger.actions, logger.principal) == (
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        ROLE,
    )
    created = log | {"options": options | {"awslogs-create-group": "true"}}
    assert "logs:CreateLogGroup" in needs(logConfiguration=created)[-1].actions


@pytest.mark.parametrize(
    ("driver", "options", "expected"),
    [
        ("splunk", {"splunk-url": "https://in.splunk.test:8088"}, ("", "in.splunk.test", 8088)),
        ("awsfirelens", {"Name": "cloudwatch_logs"}, ("logs", "", 443)),
        ("awsfirelens", {"Name": "firehose"}, ("kinesis-firehose", "", 443)),
        (
            "awsfirelens",
            {"Name": "http", "Host": "logs.test", "Port": "8080"},
            ("", "logs.test", 8080),
        ),
        (
            "awsfirelens",
            {"Name": "datadog", "Host": "http-intake.test"},
            ("", "http-intake.test", 443),
        ),
    ],
)
def test_other_log_drivers_need_where_they_send(
    driver: str, options: dict[str, str], expected: tuple[str, str, int]
) -> None:
    need = needs(logConfiguration={"logDriver": driver, "options": options})[-1]
    assert (need.service, need.host, need.port) == expected


def test_a_firelens_router_without_a_destination_needs_nothing_that_can_be_seen() -> None:
    assert ends(needs(logConfiguration={"logDriver": "awsfirelens"})) == PULL


def test_environment_files_and_volumes_are_needed() -> None:
    definition = {
        "containerDefinitions": [
            {
                "name": "web",
                "image": "nginx",
                "environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::conf/app.env"}],
            }
        ],
        "volumes": [
            {"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}},
            {"name": "scratch"},
        ],
    }
    _, file, volume = task_needs(definition, TASK)
    assert (file.service, file.bucket, file.stage) == ("s3", "conf", "env-file")
    assert (volume.service, volume.file_system, volume.port) == ("efs", "fs-1", 2049)


def exec_needs(log: dict[str, Any] | None = None, **settings: Any) -> list[tuple[str, str, str]]:
    """(service, bucket, principal) of what ECS Exec needs."""
    task = Task(
        "eu-west-1",
        ACCOUNT,
        exec_enabled=True,
        exec_configuration=settings,
        task_role=TASK_ROLE,
        execution_role=ROLE,
    )
    found = needs(task, **({"logConfiguration": log} if log else {}))
    return [(n.service, n.bucket, n.principal) for n in found if n.stage == "exec"]


def test_ecs_exec_needs_ssmmessages_and_neither_ssm_nor_ec2messages() -> None:
    assert exec_needs() == [("ssmmessages", "", TASK_ROLE)]
    assert all(need.stage != "exec" for need in needs())


def test_ecs_exec_needs_what_the_clusters_configuration_says() -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
    target = {"cloudWatchLogGroupName": "/exec", "s3BucketName": "audit"}
    found = exec_needs(kmsKeyId=key, logging="OVERRIDE", logConfiguration=target)
    assert [f[:2] for f in found] == [
        ("ssmmessages", ""),
        ("kms", ""),
        ("logs", ""),
        ("s3", "audit"),
    ]
    assert {f[2] for f in found} == {TASK_ROLE}


def test_session_logs_follow_the_logging_mode() -> None:
    log = {"logDriver": "awslogs", "options": {"awslogs-group": "/app"}}
    default = [("ssmmessages", "", TASK_ROLE), ("logs", "", TASK_ROLE)]
    assert exec_needs(log, logging="DEFAULT") == default
    assert exec_needs(log, logging="NONE") == default[:1]


def test_needs_come_in_the_order_in_which_fargate_meets_them() -> None:
    task = Task("eu-west-1", ACCOUNT, exec_enabled=True)
    definition = {
        "containerDefinitions": [
            {
                "name": name,
                "image": image,
                "secrets": [{"name": "K", "valueFrom": "/k"}],
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/g"}},
            }
            for name, image in (("web", f"{ECR}/app"), ("side", "nginx"))
        ]
    }
    order = [STAGES.index(need.stage) for need in task_needs(definition, task)]
    assert order == sorted(order)
    # The second container adds the registry of its image and nothing else.
    assert len(order) == 8


def test_the_order_of_the_needs_is_that_of_the_facts() -> None:
    assert [stage for stage in facts.STAGES if stage in STAGES] == list(STAGES)


def test_china_has_its_own_suffix_and_partition() -> None:
    task = Task("cn-north-1", ACCOUNT, "aws-cn")
    found = needs(task, image=f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/app")
    assert found[1].resources == (f"arn:aws-cn:ecr:cn-north-1:{ACCOUNT}:repository/app",)


def test_a_services_configuration_gives_one_interface_for_each_subnet() -> None:
    awsvpc = {"subnets": ["a", "b"], "securityGroups": ["sg"], "assignPublicIp": "ENABLED"}
    assert [(i.subnet_id, i.security_groups, i.public_ip) for i in interfaces(awsvpc)] == [
        ("a", ("sg",), True),
        ("b", ("sg",), True),
    ]
    assert [i.public_ip for i in interfaces({"subnets": ["a"]})] == [False]
