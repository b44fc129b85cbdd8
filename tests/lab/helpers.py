"""What the tests of the embedded AWS share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from wizard.lab import Lab


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
