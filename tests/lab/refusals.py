"""Each refusal of a start with Fargate's own words for it.

Collected from AWS's documentation and from public reports; where a report cut or masked a part
(addresses, request ids), a pattern between ‹ and › stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from wizard.lab.world import ALL_ENDPOINTS, World, allow

REGION = "ap-northeast-1"
IMAGE = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/app:v1"
IP = r"\d+\.\d+\.\d+\.\d+"
REQUEST = r"[0-9a-f-]{36}"
DIGEST = r"sha256:[0-9a-f]{64}"
CALLER = r"arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole/[0-9a-f]{32}"
AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: "


def _without(*missing: str) -> Callable[[World], Any]:
    names = [n for n in ALL_ENDPOINTS if n not in missing]
    return lambda world: world.network(endpoints=names).roles().repository().log_group()


def pattern(text: str) -> str:
    """A pattern from a text in which ‹…› holds a pattern."""
    parts = re.split(r"‹(.*?)›", text)
    return "".join(p if i % 2 else re.escape(p) for i, p in enumerate(parts))


REFUSALS: list[tuple[str, str, Callable[[World], Any], str]] = [
    (
        "2020",
        "no way to the ECR API",
        _without("ecr.api"),
        AUTH + "execution resource retrieval failed: unable to retrieve ecr registry auth: service"
        " call has been retried 3 time(s): RequestError: send request failed caused by: Post"
        f' "https://api.ecr.{REGION}.amazonaws.com/": dial tcp ‹{IP}›:443: i/o timeout. Please'
        " check your task network configuration.",
    ),
    (
        "2024",
        "no way to the ECR API",
        _without("ecr.api"),
        AUTH + "The task cannot pull registry auth from Amazon ECR: There is a connection issue"
        " between the task and Amazon ECR. Check your task network configuration. RequestError:"
        f' send request failed caused by: Post "https://api.ecr.{REGION}.amazonaws.com/": dial tcp'
        f" ‹{IP}›:443: i/o timeout",
    ),
    (
        "2025",
        "no way to the ECR API",
        _without("ecr.api"),
        AUTH + "The task cannot pull registry auth from Amazon ECR: There is a connection issue"
        " between the task and Amazon ECR. Check your task network configuration. operation error"
        " ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error"
        " StatusCode: 0, RequestID: , request send failed, Post"
        f' "https://api.ecr.{REGION}.amazonaws.com/": dial tcp ‹{IP}›:443: i/o timeout',
    ),
    (
        "2024",
        "no way to the registry",
        _without("ecr.dkr"),
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to"
        f" resolve ref {IMAGE}: failed to do request: Head"
        f' "https://123456789012.dkr.ecr.{REGION}.amazonaws.com/v2/team/app/manifests/v1": dial'
        f" tcp ‹{IP}›:443: i/o timeout",
    ),
    (
        "2020",
        "no way to S3",
        _without("s3"),
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy:"
        f" httpReadSeeker: failed open: failed to do request: Get {IMAGE}: dial tcp ‹{IP}›:443:"
        " i/o timeout",
    ),
    (
        "2024",
        "no way to S3",
        _without("s3"),
        f"CannotPullContainerError: The task cannot pull {IMAGE}@‹{DIGEST}› from the registry"
        f" {IMAGE}@‹{DIGEST}›. There is a connection issue between the task and the registry."
        " Check your task network configuration. : failed to copy: httpReadSeeker: failed open:"
        f" failed to do request: Get {IMAGE}@‹{DIGEST}›: dial tcp ‹{IP}›:443: i/o timeout",
    ),
    (
        "2020",
        "no way to CloudWatch Logs",
        _without("logs"),
        "ResourceInitializationError: failed to validate logger args: : signal: killed",
    ),
    (
        "2024",
        "no way to CloudWatch Logs",
        _without("logs"),
        "ResourceInitializationError: failed to validate logger args: The task cannot find the"
        " Amazon CloudWatch log group defined in the task definition. There is a connection issue"
        " between the task and Amazon CloudWatch. Check your network configuration. : signal:"
        " killed",
    ),
    (
        "2024",
        "no log group",
        lambda w: _log_group_gone(w),
        "ResourceInitializationError: failed to validate logger args: create stream has been"
        " retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The"
        " specified log group does not exist. : exit status 1",
    ),
    (
        "2024",
        "log stream denied",
        lambda w: _execution_role(w, "ecr:*"),
        "ResourceInitializationError: failed to validate logger args: create stream has been"
        " retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User:"
        f" ‹{CALLER}› is not authorized to perform: logs:CreateLogStream on resource:"
        f" arn:aws:logs:{REGION}:123456789012:log-group:/ecs/web:log-stream:ecs/app/‹[0-9a-f]+›"
        " because no identity-based policy allows the logs:CreateLogStream action status code:"
        f" 400, request id: ‹{REQUEST}› : exit status 1",
    ),
    (
        "2024",
        "token denied",
        lambda w: _execution_role(w, "logs:*"),
        AUTH + "execution resource retrieval failed: unable to retrieve ecr registry auth: service"
        f" call has been retried 1 time(s): AccessDeniedException: User: ‹{CALLER}› is not"
        " authorized to perform: ecr:GetAuthorizationToken on resource: * because no"
        " identity-based policy allows the ecr:GetAuthorizationToken action status code: 400,"
        f" request id: ‹{REQUEST}›",
    ),
    (
        "2024",
        "manifest denied",
        lambda w: _execution_role(w, "ecr:GetAuthorizationToken", "logs:*"),
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to"
        f" resolve ref {IMAGE}: pulling from host 123456789012.dkr.ecr.{REGION}.amazonaws.com"
        " failed with status code [manifests v1]: 403 Forbidden",
    ),
    (
        "2024",
        "no such tag",
        lambda w: _image(w, "v9"),
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to"
        f" resolve ref {IMAGE[:-2]}v9: {IMAGE[:-2]}v9: not found",
    ),
    (
        "2024",
        "wrong architecture",
        lambda w: _arm(w),
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest"
        " does not contain descriptor matching platform 'linux/amd64'",
    ),
    (
        "2024",
        "secret unreachable",
        lambda w: _secret(w),
        AUTH + "unable to retrieve secret from asm: There is a connection issue between the task"
        " and AWS Secrets Manager. Check your task network configuration. failed to fetch secret"
        f" arn:aws:secretsmanager:{REGION}:123456789012:secret:db-‹\\w+› from secrets manager:"
        " RequestCanceled: request context canceled caused by: context deadline exceeded",
    ),
    (
        "2025",
        "secret unreachable",
        lambda w: _secret(w),
        AUTH + "unable to retrieve secret from asm: There is a connection issue between the task"
        " and AWS Secrets Manager. Check your task network configuration. failed to fetch secret"
        f" arn:aws:secretsmanager:{REGION}:123456789012:secret:db-‹\\w+› from secrets manager:"
        " operation error Secrets Manager: GetSecretValue, https response error StatusCode: 0,"
        " RequestID: , canceled, context deadline exceeded",
    ),
    (
        "2024",
        "secret denied",
        lambda w: _secret(w, "secretsmanager"),
        AUTH + "execution resource retrieval failed: unable to retrieve secret from asm: service"
        " call has been retried 1 time(s): failed to fetch secret"
        f" arn:aws:secretsmanager:{REGION}:123456789012:secret:db-‹\\w+› from secrets manager:"
        f" AccessDeniedException: User: ‹{CALLER}› is not authorized to perform:"
        f" secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:{REGION}:123456789012"
        ":secret:db-‹\\w+› because no identity-based policy allows the"
        f" secretsmanager:GetSecretValue action status code: 400, request id: ‹{REQUEST}›",
    ),
    (
        "2024",
        "secret without the key",
        lambda w: _secret(w, "secretsmanager", grant=True),
        AUTH + "execution resource retrieval failed: unable to retrieve secret from asm: service"
        " call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain"
        " json key password",
    ),
]


def _log_group_gone(world: World) -> None:
    _without()(world)
    world.client("logs").delete_log_group(logGroupName="/ecs/web")


def _execution_role(world: World, *actions: str) -> None:
    _without()(world)
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam = world.client("iam")
    iam.detach_role_policy(RoleName="ecsTaskExecutionRole", PolicyArn=arn)
    iam.put_role_policy(
        RoleName="ecsTaskExecutionRole", PolicyName="some", PolicyDocument=allow(*actions)
    )


def _image(world: World, tag: str) -> None:
    _without()(world)
    world.image = f"{IMAGE[:-2]}{tag}"


def _arm(world: World) -> None:
    world.network(endpoints=ALL_ENDPOINTS).roles().repository(tags=[]).log_group()
    world.push("team/app", "v1", architecture="arm64", index=True)
    world.image = IMAGE


def _secret(world: World, *endpoints: str, grant: bool = False) -> None:
    world.network(endpoints=[*ALL_ENDPOINTS, *endpoints]).roles().repository().log_group()
    made = world.client("secretsmanager").create_secret(Name="db", SecretString='{"user": "a"}')
    if grant:
        world.client("iam").put_role_policy(
            RoleName="ecsTaskExecutionRole",
            PolicyName="secret",
            PolicyDocument=allow("secretsmanager:GetSecretValue", resource=made["ARN"]),
        )
    secret = {"name": "DB", "valueFrom": f"{made['ARN']}:password::"}
    world.task_definition(containers=[world.container(secrets=[secret])])
