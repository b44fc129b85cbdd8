"""A command run in a shell and listened to: its exit status and all that it printed."""

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.core.clean import clean

TIMEOUT_S = 120.0
"""A command that has not ended by then is ended, with what it has started."""
_LAST_WORDS_S = 2.0
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


def capture(
    command: str, env: Mapping[str, str] | None = None, timeout_s: float = TIMEOUT_S
) -> Captured:
    """Run `command` in a shell without input and return what came of it. Never raises for it.

    The status is 124 where it had to be ended and 127 where it could not be begun.
    """
    try:
        status, raw = _run(command, dict(env) if env is not None else dict(os.environ), timeout_s)
    except (OSError, ValueError) as error:
        status, raw = 127, str(error).encode()
    return Captured(command, status, clean(raw[-MOST:].decode("utf-8", "replace")))


def _run(command: str, env: dict[str, str], timeout_s: float) -> tuple[int, bytes]:
    with subprocess.Popen(
        ["sh", "-c", command],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            raw = process.communicate(timeout=timeout_s)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return 124, _rest(process)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, raw


def _rest(process: subprocess.Popen[bytes]) -> bytes:
    """What it had printed. A command of another user (`sudo`) lives on and is not waited for."""
    try:
        return process.communicate(timeout=_LAST_WORDS_S)[0]
    except subprocess.TimeoutExpired as error:
        return error.output or b""
