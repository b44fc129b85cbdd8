"""Where the stand-ins are: which lab, which user, whose home."""

from __future__ import annotations

import http.client
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

USER = "FARGATE_WIZARD_LAB_USER"
HOME = "FARGATE_WIZARD_LAB_HOME"
DEFAULT_USER = "ec2-user"


def fail(text: str, code: int = 1) -> NoReturn:
    """Ends the tool with a message on standard error."""
    print(text, file=sys.stderr)
    raise SystemExit(code)


def endpoint() -> tuple[str, int]:
    """The lab's address. Ends the tool when it is none on loopback."""
    parts = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    if parts.hostname not in ("127.0.0.1", "localhost", "::1") or parts.port is None:
        fail("This stand-in only talks to the embedded AWS: AWS_ENDPOINT_URL must be on loopback.")
    return str(parts.hostname), parts.port


def base() -> Path:
    """The directory that holds the bastion's users and its Docker daemon."""
    given = os.environ.get(HOME)
    if not given:
        fail(f"{HOME} is not set: use the environment of the embedded AWS.")
    return Path(given)


def user() -> str:
    """The stand-in user: ``ec2-user``, or ``root`` under the stand-in sudo."""
    return os.environ.get(USER, DEFAULT_USER)


def home() -> Path:
    """The stand-in user's home directory."""
    name = user()
    return base() / ("root" if name == "root" else f"home/{name}")


def shown_home() -> str:
    """The home directory as messages name it."""
    return "/root" if user() == "root" else f"/home/{user()}"


def ask(verb: str, **request: Any) -> dict[str, Any]:
    """One request to the lab's own door."""
    connection = http.client.HTTPConnection(*endpoint(), timeout=30)
    try:
        connection.request("POST", f"/_lab/{verb}", json.dumps(request))
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return answer
