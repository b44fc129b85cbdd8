"""The session's place, kept on disk after every step: a hang-up kills a program at once."""

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

_LARGEST = 1_000_000


def state_directory() -> Path:
    """Return the folder of the wizard's own state; it may not exist yet."""
    own = os.environ.get("FARGATE_WIZARD_STATE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "fargate-wizard"


def keep(saved: dict[str, Any] | None) -> None:
    """Keep `saved` for the next start; None forgets. A state that cannot be written is no error."""
    path = state_directory() / "session.json"
    with contextlib.suppress(OSError):
        if saved is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix="session")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(saved, file, ensure_ascii=False)
        os.replace(name, path)


def kept() -> dict[str, Any] | None:
    """Return what was kept, None when there is nothing that can be used."""
    path = state_directory() / "session.json"
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= _LARGEST:
            data = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(data, dict) and isinstance(data.get("text"), str):
                return data
    return None
