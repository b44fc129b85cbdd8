"""A command run in a shell and listened to: its exit status and all that it printed."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.core.clean import clean

TIMEOUT_S = 120.0
"""A command that has not ended by then is ended."""
MOST = 1_000_000
"""The most characters of its output that are kept: the last ones."""


@dataclass(frozen=True, slots=True)
class Captured:
    """What a command printed (stdout and stderr as they came, cleaned), and its exit status."""

    command: str
    status: int
    output: str

    @property
    def text(self) -> str:
        """Command and output as a terminal shows them, to be looked up."""
        return f"$ {self.command}\n{self.output}"


def capture(command: str, env: Mapping[str, str] | None = None) -> Captured:
    """Run `command` in a shell without input and return what came of it. Never raises for it."""
    try:
        done = subprocess.run(
            ["sh", "-c", command],
            env=dict(env) if env is not None else dict(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
            check=False,
        )
        status, raw = done.returncode, done.stdout
    except subprocess.TimeoutExpired as error:
        status, raw = 124, error.output or b""
    except (OSError, ValueError) as error:
        status, raw = 127, str(error).encode()
    return Captured(command, status, clean(raw[-MOST:].decode("utf-8", "replace")))
