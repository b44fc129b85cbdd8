"""What Fargate says when a task cannot start: three generations of wordings.

``2020``: platform 1.4.0 as it came out. ``2024``: the reworded messages with the AWS SDK for Go
v1 inside. ``2025``: the same with SDK v2. The texts are AWS's own error messages, listed at
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
and, where these pages cut them short, as they appear in public reports.
"""

from __future__ import annotations

import uuid

from wizard.lab.cloud.launch.hosts import host
from wizard.lab.cloud.launch.network import Way

INIT = "ResourceInitializationError: "
PULL = "CannotPullContainerError: "
_SECRETS = INIT + "unable to pull secrets or registry auth: "


def dial(way: Way) -> str:
    """How Go reports the connection that did not come about."""
    if way.fault == "no-such-host":
        return f"dial tcp: lookup {way.address}: no such host"
    return f"dial tcp {way.address}:443: i/o timeout"


def api_error(style: str, client: str, operation: str, code: str, text: str) -> str:
    """An API's refusal as the AWS SDK for Go prints it (v1, from 2025 on v2)."""
    request = uuid.uuid4()
    if style >= "2025":
        return (
            f"operation error {client}: {operation}, https response error StatusCode: 400,"
            f" RequestID: {request}, api error {code}: {text}"
        )
    return f"{code}: {text} status code: 400, request id: {request}"


def auth_unreachable(style: str, way: Way, region: str) -> str:
    """No way to the ECR API. resource-initialization-error.html, "The task cannot pull registry
    auth from Amazon ECR"."""
    url = f'Post "https://{host(region, "ecr.api")}/": {dial(way)}'
    old = f"RequestError: send request failed caused by: {url}"
    if style == "2020":
        return (
            _SECRETS + "execution resource retrieval failed: unable to retrieve ecr registry auth:"
            f" service call has been retried 3 time(s): {old}."
            " Please check your task network configuration."
        )
    new = (
        "operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3,"
        f" https response error StatusCode: 0, RequestID: , request send failed, {url}"
    )
    return (
        _SECRETS + "The task cannot pull registry auth from Amazon ECR: There is a connection"
        " issue between the task and Amazon ECR. Check your task network configuration."
        f" {new if style == '2025' else old}"
    )


def auth_denied(style: str, text: str) -> str:
    """The execution role may not ask for a registry token. task_cannot_pull_image.html."""
    error = api_error(style, "ECR", "GetAuthorizationToken", "AccessDeniedException", text)
    return (
        _SECRETS + "execution resource retrieval failed: unable to retrieve ecr registry auth:"
        f" service call has been retried 1 time(s): {error}"
    )


def secret_unreachable(style: str, kind: str, name: str) -> str:
    """No way to Secrets Manager (``asm``) or Parameter Store (``ssm``).

    resource-initialization-error.html, "unable to retrieve secret from asm".
    """
    canceled = "RequestCanceled: request context canceled caused by: context deadline exceeded"
    client, operation, full = {
        "asm": ("Secrets Manager", "GetSecretValue", "AWS Secrets Manager"),
        "ssm": ("SSM", "GetParameters", "AWS Systems Manager Parameter Store"),
    }[kind]
    if style >= "2025":
        canceled = (
            f"operation error {client}: {operation}, https response error StatusCode: 0,"
            " RequestID: , canceled, context deadline exceeded"
        )
    tail = canceled
    if kind == "asm":
        tail = f"failed to fetch secret {name} from secrets manager: {canceled}"
    thing = "secret from asm" if kind == "asm" else "secrets from ssm"
    if style == "2020":
        return (
            _SECRETS + f"execution resource retrieval failed: unable to retrieve {thing}:"
            f" service call has been retried 5 time(s): {tail}"
        )
    return (
        _SECRETS + f"unable to retrieve {thing}: There is a connection issue between the task and"
        f" {full}. Check your task network configuration. {tail}"
    )


def secret_refused(style: str, kind: str, name: str, code: str, text: str) -> str:
    """The API of the secret's service refused: denied, missing, or its key is not usable."""
    client, operation = {
        "asm": ("Secrets Manager", "GetSecretValue"),
        "ssm": ("SSM", "GetParameters"),
    }[kind]
    error = api_error(style, client, operation, code, text)
    if kind == "asm":
        error = f"failed to fetch secret {name} from secrets manager: {error}"
    thing = "secret from asm" if kind == "asm" else "secrets from ssm"
    return (
        _SECRETS + f"execution resource retrieval failed: unable to retrieve {thing}:"
        f" service call has been retried 1 time(s): {error}"
    )


def secret_content(kind: str, text: str) -> str:
    """The secret came and is not what the definition says it is."""
    thing = "secret from asm" if kind == "asm" else "secrets from ssm"
    return (
        _SECRETS + f"execution resource retrieval failed: unable to retrieve {thing}:"
        f" service call has been retried 1 time(s): {text}"
    )


def manifest_unreachable(style: str, way: Way, image: str) -> str:
    """No way to the registry's host. task_cannot_pull_image.html, "i/o timeout"."""
    registry, _, rest = image.partition("/")
    name, _, tag = rest.rpartition(":")
    what = "inspect image" if style == "2020" else "pull image manifest"
    ref = f'"{image}"' if style == "2020" else image
    return (
        PULL + f"{what} has been retried 5 time(s): failed to resolve ref {ref}: failed to do"
        f' request: Head "https://{registry}/v2/{name}/manifests/{tag}": {dial(way)}'
    )


def manifest_missing(style: str, image: str) -> str:
    """No such repository or tag. task_cannot_pull_image.html, "not found"."""
    if style == "2020":
        return (
            PULL + f'inspect image has been retried 1 time(s): failed to resolve ref "{image}":'
            f" {image}: not found"
        )
    return (
        PULL + "pull image manifest has been retried 1 time(s): failed to resolve ref"
        f" {image}: {image}: not found"
    )


def manifest_denied(style: str, image: str) -> str:
    """The registry refused the manifest. task_cannot_pull_image.html, "403 Forbidden"."""
    registry, _, rest = image.partition("/")
    tag = rest.rpartition(":")[2]
    what = "inspect image" if style == "2020" else "pull image manifest"
    return (
        PULL + f"{what} has been retried 1 time(s): failed to resolve ref {image}: pulling from"
        f" host {registry} failed with status code [manifests {tag}]: 403 Forbidden"
    )


def platform_mismatch(platform: str) -> str:
    """The image is for another architecture. task_cannot_pull_image.html, "does not contain
    descriptor matching platform"."""
    return (
        PULL + "pull image manifest has been retried 7 time(s): image Manifest does not contain"
        f" descriptor matching platform '{platform}'"
    )


def layer_unreachable(style: str, way: Way, image: str, digest: str) -> str:
    """No way to the layers in S3. task_cannot_pull_image.html, "There is a connection issue
    between the task and the registry"."""
    if style == "2020":
        return (
            PULL + "ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed"
            f" open: failed to do request: Get {image}: {dial(way)}"
        )
    ref = f"{image}@{digest}"
    return (
        PULL + f"The task cannot pull {ref} from the registry {ref}. There is a connection issue"
        " between the task and the registry. Check your task network configuration. : failed to"
        f" copy: httpReadSeeker: failed open: failed to do request: Get {ref}: {dial(way)}"
    )


def layer_denied(url: str) -> str:
    """The layer's bucket (or ECR's link to it) answers 403, as an endpoint policy makes it do."""
    return (
        PULL + "ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open:"
        f" unexpected status code {url}: 403 Forbidden"
    )


def logger_unreachable(style: str) -> str:
    """No way to CloudWatch Logs. resource-initialization-error.html, "failed to validate logger
    args"."""
    if style == "2020":
        return INIT + "failed to validate logger args: : signal: killed"
    return (
        INIT + "failed to validate logger args: The task cannot find the Amazon CloudWatch log"
        " group defined in the task definition. There is a connection issue between the task and"
        " Amazon CloudWatch. Check your network configuration. : signal: killed"
    )


def logger_refused(style: str, operation: str, code: str, text: str) -> str:
    """CloudWatch Logs refused. resource-initialization-error.html."""
    thing = "group" if operation == "CreateLogGroup" else "stream"
    if style >= "2025" or code != "ResourceNotFoundException":
        error = api_error(style, "CloudWatch Logs", operation, code, text)
    else:
        error = f"{code}: {text}"
    return (
        INIT + "failed to validate logger args: create stream has been retried 1 times: failed to"
        f" create Cloudwatch log {thing}: {error} : exit status 1"
    )


def logger_no_endpoint() -> str:
    """The awslogs-region is no region at all (a zone's name, a typing mistake)."""
    return (
        INIT + "failed to validate logger args: create stream has been retried 1 times: failed to"
        " create Cloudwatch log stream: MissingEndpoint: 'Endpoint' configuration is required for"
        " this service : exit status 1"
    )
