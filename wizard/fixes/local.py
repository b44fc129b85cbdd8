"""Commands on this machine that a plan holds. ECR's token goes from the call into a pipe only."""

import base64
import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from wizard.fixes.access import CallFailed, call, safe_line

_PATIENCE_S = 60


def run(
    operation: str, parameters: Mapping[str, Any], client: Callable[[str, str | None], Any]
) -> Any:
    """Run the local operation and return what it answered; raises `CallFailed`.

    `client` makes the client of an AWS service in a region.
    """
    if operation == "local:docker-login":
        password = _password(client("ecr", parameters.get("region")))
        docker = parameters["command"].rpartition(" | ")[2]
        return _docker(operation, docker, password)
    return _docker(operation, parameters["command"], None)


def _password(ecr: Any) -> str:
    """Return the password of user AWS.
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
    """
    answer = call(ecr, "ecr:GetAuthorizationToken", {})
    token = answer["authorizationData"][0]["authorizationToken"]
    return base64.b64decode(token).decode().partition(":")[2]


def _docker(operation: str, command: str, password: str | None) -> dict[str, str]:
    words = shlex.split(command)
    if words[0] == "sudo":
        # Asking for a password would need the terminal that the screen is on.
        words.insert(1, "-n")
    try:
        ended = subprocess.run(
            words,
            input=password,
            stdin=None if password is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
    except OSError as error:
        raise CallFailed(operation, "NotFound", f"{words[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise CallFailed(operation, "Timeout", f"no end after {_PATIENCE_S} seconds") from None
    said = _without(f"{ended.stdout}\n{ended.stderr}", password)
    if ended.returncode:
        raise CallFailed(operation, f"exit {ended.returncode}", safe_line(said))
    return {"says": safe_line(ended.stdout)}


def _without(text: str, password: str | None) -> str:
    return text.replace(password, "[redacted]") if password else text
