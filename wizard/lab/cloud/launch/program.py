"""What a container's program can do: which files its image has, where it listens, what it answers.

All of it is said by labels of the image (README.md lists them); an image without labels has every
program and answers every request with 200.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from wizard.lab.cloud.launch import pull
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.images import Found
from wizard.lab.cloud.state import Record

_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1)(?::(\d+))?(/[^\s\"']*)?")
_SHELLS = ("sh", "/bin/sh", "bash", "/bin/bash")
REFUSED = -1
START = "CannotStartContainerError: "


@dataclass(frozen=True)
class Program:
    """The program in an image."""

    labels: dict[str, str]

    def has(self, name: str) -> bool:
        """Whether the image holds an executable of that name or path."""
        listed = self.labels.get("lab.programs")
        return listed is None or name in listed.split(",")

    def hangs(self, age: float) -> bool:
        """Whether it has stopped doing anything, ``age`` nominal seconds after the start."""
        return "lab.sick-after" in self.labels and age >= float(self.labels["lab.sick-after"])

    def answer(self, port: int, path: str, age: float = 1e9) -> int:
        """The HTTP status of a request, ``age`` nominal seconds after the start; or REFUSED."""
        if self.labels.get("lab.port") not in (None, str(port)):
            return REFUSED
        if age < float(self.labels.get("lab.ready-after", 0)) or self.hangs(age):
            return REFUSED
        listed = self.labels.get("lab.paths")
        if listed is None:
            return 200
        codes = dict(entry.split("=") for entry in listed.split(","))
        return int(codes.get(path.split("?")[0], 404))


def program_of(task: Record, container: str) -> Program:
    """The program of a task's container."""
    image: Found | None = task["_images"].get(container)
    return Program(image.labels if image else {})


def start_refusal(attempt: Attempt, container: Record) -> str | None:
    """Why runc cannot start the container's process; None when it can."""
    program = program_of(attempt.task, str(container["name"]))
    own = program.labels.get("lab.start")
    given = container.get("entryPoint") or container.get("command")
    first = str(given[0]) if given else "/app"
    if own == "denied":
        return _cannot_start(f'exec: "{first}": permission denied')
    if (given and not program.has(first)) or (own == "missing" and not given):
        if "/" in first:
            return _cannot_start(f'exec: "{first}": stat {first}: no such file or directory')
        return _cannot_start(f'exec: "{first}": executable file not found in $PATH')
    return None


def _cannot_start(text: str) -> str:
    """runc could not start the process.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-start-container.html
    """
    return (
        START + "ResourceInitializationError: failed to create new container runtime task: failed"
        " to create shim task: OCI runtime create failed: runc create failed: unable to start"
        f" container process: {text}: unknown"
    )


def foreign(attempt: Attempt, container: Record) -> bool:
    """Whether the program is built for another processor than the task has."""
    image: Found | None = attempt.task["_images"].get(str(container["name"]))
    return image is not None and pull.platform_of(attempt) not in image.platforms


def health_command_passes(program: Program, command: list[str], age: float) -> bool:
    """Whether a container health check's command exits with 0.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
    """
    if not command or command[0] == "NONE":
        return True
    kind, *rest = command
    text = " ".join(rest if kind in ("CMD", "CMD-SHELL") else command)
    try:
        parts = shlex.split(text)
    except ValueError:
        return False
    while parts and parts[0] in (*_SHELLS, "-c"):
        parts = shlex.split(parts[1]) if parts[1:] and " " in parts[1] else parts[1:]
    if program.hangs(age) or (parts and not program.has(parts[0])):
        return False
    if parts and parts[0] == "exit":
        return parts[1:2] == ["0"]
    url = _URL.search(text)
    if url is None:
        return True
    code = program.answer(int(url[1] or 80), url[2] or "/", age)
    return 200 <= code < 400
