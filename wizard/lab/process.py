"""The child process of a lab, as its parent sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]
_ROOT = Path(__file__).resolve().parents[2]


class LabError(RuntimeError):
    """The lab could not be started, or refused what was asked of it."""


def spawn(log: Path, held: int) -> subprocess.Popen[str]:
    """Starts the child; what it writes on standard error goes to *log*.

    It keeps the descriptor *held* open, which marks its directory as in use.
    """
    with log.open("w") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "wizard.lab.cloud.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=_child_environment(),
            cwd=log.parent,
            pass_fds=(held,),
        )


def _child_environment() -> dict[str, str]:
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("AWS_", "MOTO_")) and not k.lower().endswith("_proxy")
    }
    paths = [str(_ROOT), kept.get("PYTHONPATH", "")]
    return kept | {
        "PYTHONPATH": os.pathsep.join(p for p in paths if p),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def greet(process: subprocess.Popen[str], request: Json) -> int:
    """Tells the child what it shall be; gives its port. Raises LabError when it does not answer."""
    if process.stdin is None or process.stdout is None:
        raise LabError("no pipes")
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise LabError("it ended at once")
    return int(json.loads(line)["port"])


def close_pipes(process: subprocess.Popen[str]) -> None:
    """Closes the pipes to the child and waits for its end."""
    for stream in (process.stdin, process.stdout):
        if stream and not stream.closed:
            stream.close()
    process.wait()
