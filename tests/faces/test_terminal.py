"""The full screen on a terminal of its own."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

WAIT_S = 60.0


def _read_until(terminal: int, mark: bytes) -> bytes:
    """What the program writes up to `mark`, or all of it if that never comes."""
    seen = b""
    while mark not in seen:
        if not select.select([terminal], [], [], WAIT_S)[0]:
            return seen
        try:
            seen += os.read(terminal, 65_536)
        except OSError:  # nobody has the other end open any more
            return seen
    return seen


def test_the_screen_is_drawn_where_standard_error_goes_to_a_file(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    log = tmp_path / "errors"
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "wizard", "--lang", "en"],
            stdin=theirs,
            stdout=theirs,
            stderr=errors,
            env=environment,
            start_new_session=True,
        )
    os.close(theirs)
    try:
        assert b"What went wrong?" in _read_until(ours, b"What went wrong?")
        os.write(ours, b"\x11")
        _read_until(ours, b"\x1b[?1049l")
        assert process.wait(WAIT_S) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert log.read_bytes() == b""
