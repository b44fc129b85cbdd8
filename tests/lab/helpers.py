"""What the tests of the embedded AWS share."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from wizard.lab import Lab
from wizard.lab.world import World, allow

ACCOUNT, OTHER = "123456789012", "111122223333"
REGION = "ap-northeast-1"
OURS = f"arn:aws:iam::{ACCOUNT}:root"
WORKER = f"arn:aws:iam::{ACCOUNT}:role/worker"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/me"
Act = Callable[[], Any]


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """Code and message of the refusal that *call* meets."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def shell(
    lab: Lab, command: str, principal: str = "root", text: str = "", **options: Any
) -> subprocess.CompletedProcess[str]:
    """Runs a command line on the stand-in bastion."""
    environment = lab.env(principal, base=dict(os.environ), **options)
    return subprocess.run(
        ["bash", "-c", command],
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def policy_for(effect: str, principal: Any, action: str, resource: str | None = "*") -> str:
    """A policy of one statement, as a resource has it (`resource` None: where it names none)."""
    statement: dict[str, Any] = {"Effect": effect, "Principal": principal, "Action": action}
    if resource:
        statement["Resource"] = resource
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def worker(lab: Lab, service: str, *actions: str) -> Any:
    """A client of a role that may do *actions* by its own policy."""
    inline = allow(*actions) if actions else None
    World(lab).role("worker", service="ec2.amazonaws.com", inline=inline)
    return lab.client(service, "role/worker/me")


def let_worker(lab: Lab, *actions: str) -> None:
    """Lets that role do *actions* and nothing else."""
    lab.client("iam").put_role_policy(
        RoleName="worker", PolicyName="inline", PolicyDocument=allow(*actions)
    )


def because(call: Act) -> str:
    """The last part of a refusal."""
    _, text = refused(call)
    return text[max(text.find("because"), text.find("with an explicit")) :]
