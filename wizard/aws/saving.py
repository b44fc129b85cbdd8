"""Files of saved answers: everything that was read, for another machine or a later day.

A file is one JSON document, an answer a line. It is written while the answers come in (stopped
tasks are gone after an hour, and a diagnosis may be cut short), for its owner's eyes alone, and
takes its name only when it is whole. What `diagnose` reads is kept so without being asked: the
newest few, `--from last`.
"""

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.aws.answers import safe
from wizard.errors import UsageError
from wizard.memory import state_directory

FORMAT = 1
LAST = "last"
"""What `--from` calls the newest file that was kept."""
_KEPT = 8
_LARGEST = 64_000_000
"""Bytes of the largest file that is kept unasked."""
_LEFT_BEHIND_S = 86_400


class Snapshot:
    """A file that is being written. OSError where the folder does not let it be made.

    `most` is its greatest size in bytes; what grows beyond that is given up.
    """

    def __init__(self, path: Path, head: dict[str, Any], most: int | None = None) -> None:
        if path.exists() and not path.is_file():
            raise OSError(0, "not a regular file")
        self.path, self._most, self._answers = path, most, 0
        self.error: OSError | None = None
        handle, self._part = tempfile.mkstemp(".part", path.name + ".", path.parent or Path())
        self._out = os.fdopen(handle, "w", encoding="utf-8")
        self._size = 0
        members = {"format": FORMAT, **head}
        self._write("{\n" + "".join(f" {_json(k)}: {_json(members[k])},\n" for k in members))
        self._write(' "answers": [')

    def add(self, entry: dict[str, Any]) -> None:
        """Write one answer."""
        self._answers += 1
        self._write(("" if self._answers == 1 else ",") + "\n  " + _json(entry))

    def done(self, **tail: Any) -> None:
        """End the document with the members of `tail` and give the file its name."""
        self._write("\n ]" + "".join(f",\n {_json(k)}: {_json(tail[k])}" for k in tail) + "\n}\n")
        if self.error or not self._answers:
            self.drop()
            return
        try:
            self._out.close()
            os.replace(self._part, self.path)
        except OSError as error:
            self.error = error
            self.drop()

    def drop(self) -> None:
        """Give the file up."""
        with contextlib.suppress(OSError):
            self._out.close()
        with contextlib.suppress(OSError):
            os.unlink(self._part)

    def _write(self, text: str) -> None:
        if self.error:
            return
        self._size += len(text)
        if self._most and self._size > self._most:
            self.error = OSError(0, "too large")
            return
        try:
            self._out.write(text)
        except OSError as error:
            self.error = error


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def folder() -> Path:
    """Return where snapshots are kept unasked; it may not exist yet."""
    return state_directory() / "facts"


def keep(head: dict[str, Any]) -> Snapshot | None:
    """Begin a file to be kept unasked; None where that cannot be, which is no error."""
    place = folder()
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")
        return Snapshot(place / f"{stamp}.json", head, _LARGEST)
    return None


def tidy() -> None:
    """Remove all but the newest files, and what killed runs have left behind."""
    with contextlib.suppress(OSError):
        for old in _newest_first()[_KEPT:]:
            old.unlink(missing_ok=True)
        for part in folder().glob("*.part"):
            if time.time() - part.stat().st_mtime > _LEFT_BEHIND_S:
                part.unlink(missing_ok=True)


def _newest_first() -> list[Path]:
    return sorted(folder().glob("*.json"), reverse=True)


def last(cluster: str | None = None, service: str | None = None, task: str | None = None) -> Path:
    """Return the newest file that was kept of what is named; UsageError where there is none.

    A file of a whole cluster or region holds each of its services.
    """
    wanted = {"cluster": cluster, "service": service, "task": task}
    asked = {key: _name(value) for key, value in wanted.items()}
    for path in _newest_first():
        with contextlib.suppress(UsageError):
            if not any(wanted.values()) or _holds(read(path), asked):
                return path
    what = "/".join(str(one) for one in wanted.values() if one)
    raise UsageError(f"--from {LAST}: nothing was kept{' of ' + what if what else ''} yet")


def _holds(head: dict[str, Any], asked: dict[str, Any]) -> bool:
    held = {key: _name(head["target"].get(key)) for key in asked}
    if asked["cluster"] is None:
        held["cluster"] = None
    if head.get("whole"):
        return asked["task"] is None and held["cluster"] in (None, asked["cluster"])
    return held == asked and bool(asked["service"] or asked["task"])


def _name(value: Any) -> Any:
    return value.rpartition("/")[2] if isinstance(value, str) else value


def read(path: Path) -> dict[str, Any]:
    """Return the document of a file, its texts cleaned again.

    Raises UsageError, one line with the file's name, where it is no such file.
    """
    try:
        document = safe(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        line = " ".join(str(error).split())
        raise UsageError(f"{path}: not a file of saved answers: {line}") from None
    problem = next(_problems(document), None)
    if problem:
        raise UsageError(f"{path}: {problem}")
    found: dict[str, Any] = document
    return found


def _problems(document: Any) -> Iterator[str]:
    if not isinstance(document, dict) or "answers" not in document:
        yield "not a file of saved answers"
        return
    if document.get("format") != FORMAT:
        yield f"format {document.get('format')}, this version reads {FORMAT}"
    for name, kind in (("region", str), ("partition", str), ("target", dict), ("answers", list)):
        if not isinstance(document.get(name), kind):
            yield f"{name} is missing or of a wrong kind"
    told = document.get("target")
    for name, value in told.items() if isinstance(told, dict) else ():
        if not isinstance(value, str | None):
            yield f"target: {name} is of a wrong kind"
    for number, one in enumerate(document["answers"] or (), 1):
        if not _is_answer(one):
            yield f"answer {number} is none"


def _is_answer(one: Any) -> bool:
    if not (isinstance(one, dict) and isinstance(one.get("call"), str) and "params" in one):
        return False
    refused = one.get("refused")
    if refused is None:
        return isinstance(one.get("answer"), dict)
    return isinstance(refused, dict) and {"code", "message"} <= set(refused)
