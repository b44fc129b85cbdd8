"""What Fargate says when files cannot be had: environment files from S3, volumes of EFS."""

from __future__ import annotations

import uuid

INIT = "ResourceInitializationError: "


def env_file(style: str, code: tuple[str, str, int]) -> str:
    """S3 refused an environment file: *code* is S3's code, its words and the HTTP status.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
    """
    name, text, status = code
    request = uuid.uuid4().hex[:16].upper()
    if style >= "2025":
        # The SDK for Go v2 names the answer of HeadObject by its status line.
        short = {403: "Forbidden", 404: "NotFound"}[status]
        return (
            INIT + "failed to download env files: service call has been retried 1 time(s):"
            f" operation error S3: HeadObject, https response error StatusCode: {status},"
            f" RequestID: {request}, HostID: {request.lower()}=, api error {short}:"
            f" {short.replace('NotF', 'Not F')}"
        )
    return (
        INIT + "failed to download env files: file download command: non empty error stream:"
        f" service call has been retried 1 time(s): {name}: {text} status code: {status},"
        f" request id: {request}, host id: {request.lower()}="
    )


def env_file_unreachable() -> str:
    """No way to S3 for an environment file."""
    return (
        INIT + "failed to download env files: file download command: non empty error stream:"
        " RequestCanceled: request context canceled caused by: context deadline exceeded"
    )


_EFS = INIT + "failed to invoke EFS utils commands to set up EFS volumes: stderr: "


def efs(text: str, code: int = 32) -> str:
    """mount.nfs4 or amazon-efs-utils failed.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
    https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html
    """
    return f"{_EFS}{text} : unsuccessful EFS utils command execution; code: {code}"


def efs_timeout() -> str:
    """Nothing answers at port 2049."""
    return efs(
        "Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt."
        " Mount attempt 2/3 failed due to timeout after 15 sec, wait 0 sec before next attempt."
        " b'mount.nfs4: Connection timed out'"
    )


def efs_unresolved(name: str) -> str:
    """The file system has no mount target where the task is."""
    return efs(
        f'Failed to resolve "{name}" - check that your file system ID is correct, and ensure that'
        " the VPC has an EFS mount target for this file system ID. See"
        " https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail.",
        1,
    )


def efs_denied() -> str:
    """The file system's policy, or its access point, does not let the task in."""
    return efs("b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'")
