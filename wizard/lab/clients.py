"""boto3 clients for a lab."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config

from wizard.lab.lab import LabError, is_loopback

if TYPE_CHECKING:
    from wizard.lab.lab import Lab


# (configuration key, environment variables, value, conversion) of botocore's session variables.
_NOTHING_OF_THIS_MACHINE: dict[str, tuple[Any, Any, Any, Any]] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def _refuse_the_outside(**given: Any) -> None:
    request: AWSPreparedRequest = given["request"]
    if not is_loopback(request.url):
        raise LabError(f"a client of the lab would have left this machine: {request.url}")


def session(lab: Lab, principal: str, region: str) -> boto3.Session:
    """A boto3 session that knows nothing of the machine's own AWS configuration."""
    keys = lab.credentials(principal)
    core = botocore.session.Session(session_vars=_NOTHING_OF_THIS_MACHINE)
    core.register("before-send", _refuse_the_outside)
    return boto3.Session(
        aws_access_key_id=keys["access_key"],
        aws_secret_access_key=keys["secret"],
        aws_session_token=keys["token"],
        region_name=region,
        botocore_session=core,
    )


def make(lab: Lab, service: str, principal: str, region: str) -> Any:
    """A client of *service* for *principal*, on the lab's endpoint, with no retries."""
    config = Config(
        retries={"max_attempts": 0, "mode": "legacy"},
        connect_timeout=5,
        read_timeout=30,
        proxies={},
        s3={"addressing_style": "path"},
    )
    # A session is dear and its clients are not; a reset of the lab forgets them all.
    key = (principal, region)
    if key not in lab.sessions:
        lab.sessions[key] = session(lab, principal, region)
    made: Any = lab.sessions[key].client(service, endpoint_url=lab.endpoint_url, config=config)
    return made
