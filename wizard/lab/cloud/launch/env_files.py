"""Environment files, which the execution role downloads from S3.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
"""

from __future__ import annotations

from moto.s3.models import s3_backends

from wizard.lab.cloud.identity.owners import bucket_owner
from wizard.lab.cloud.identity.principals import Principal
from wizard.lab.cloud.launch import file_words as words
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.network import Way

_DENIED = ("AccessDenied", "Access Denied", 403)
_MISSING = ("NotFound", "Not Found", 404)


def fetch_env_files(attempt: Attempt) -> str | None:
    """Downloads each file over the task's interface; gives why that failed, or None."""
    who = attempt.role("executionRoleArn")
    for container in attempt.containers:
        for file in container.get("environmentFiles") or []:
            way = attempt.way("s3")
            if not way.open:
                return words.env_file_unreachable()
            code = _read(attempt, who, str(file["value"]), way)
            if code is not None:
                return words.env_file(attempt.style, code)
    return None


def _read(
    attempt: Attempt, who: Principal | None, arn: str, way: Way
) -> tuple[str, str, int] | None:
    if who is None or not attempt.may(who, "s3:GetObject", arn, way).allowed:
        return _DENIED
    name, _, key = arn.split(":::", 1)[-1].partition("/")
    owner = bucket_owner(name, attempt.store.account)
    bucket = s3_backends[owner][attempt.partition].buckets.get(name)
    if bucket is not None and key in bucket.keys:
        return None
    # Who may not list a bucket is not told that an object is missing
    # (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).
    listing = attempt.may(who, "s3:ListBucket", arn.split("/", 1)[0], way)
    return _MISSING if listing.allowed else _DENIED
