"""The directory of a lab's files, and those that labs left behind which nobody could clear up."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from pathlib import Path

PREFIX = "fargate-wizard-lab-"
_LOCK = "lock"


def make(parent: Path | None = None) -> tuple[Path, int]:
    """Makes a lab's directory in *parent*, by default the machine's temporary directory.

    Gives it and the descriptor that marks it as in use. The mark is a lock on a file in it, held
    as long as this process or a child that was given the descriptor lives, however they end.
    """
    place = parent or Path(tempfile.gettempdir())
    clear_stale(place)
    scratch = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    # Locked before it has its name: nobody finds it without its lock.
    unnamed = scratch / f"{_LOCK}.new"
    held = os.open(unnamed, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    unnamed.rename(scratch / _LOCK)
    return scratch, held


def clear_stale(parent: Path) -> None:
    """Removes the directories of this user's labs of which parent and child are dead.

    One without the lock's file is being made at this moment, or not ours: it stays.
    """
    for scratch in parent.glob(f"{PREFIX}*"):
        if _is_own(scratch) and _is_left(scratch / _LOCK):
            shutil.rmtree(scratch, ignore_errors=True)


def _is_own(scratch: Path) -> bool:
    try:
        about = scratch.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid()


def _is_left(lock: Path) -> bool:
    try:
        probe = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(probe)
    return True
