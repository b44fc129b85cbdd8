"""The journal: what was meant to be written, and what came of it, in that order, on disk.

An intent is committed before its call and the result after it, so that a wizard that was killed
in between knows at its next start what is in doubt. A running entry holds a lock that the kernel
drops with its process; `unfinished` tells entries whose lock nobody holds.
"""

import fcntl
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.core.plan import Plan, plain
from wizard.core.redact import redact
from wizard.fixes.keeping import plan_data, plan_from
from wizard.memory import state_directory

RUNNING, APPLIED, FAILED, UNDONE = "running", "applied", "failed", "undone"
INTENDED, DONE, BROKEN = "intended", "done", "failed"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_TABLES = """
CREATE TABLE IF NOT EXISTS entries (
  id TEXT PRIMARY KEY, at TEXT NOT NULL, cause TEXT NOT NULL, fix TEXT NOT NULL,
  plan TEXT NOT NULL, state TEXT NOT NULL, verified TEXT, undoes TEXT, undone_by TEXT);
CREATE TABLE IF NOT EXISTS steps (
  entry TEXT NOT NULL REFERENCES entries(id), number INTEGER NOT NULL, state TEXT NOT NULL,
  parameters TEXT NOT NULL, answer TEXT, error TEXT, intended_at TEXT NOT NULL, ended_at TEXT,
  PRIMARY KEY (entry, number));
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A call of an entry: `intended` (in doubt where nobody runs it any more), `done`, `failed`."""

    number: int
    state: str
    parameters: dict[str, Any]
    answer: Any = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One application of a plan. `state` is running, applied, failed or undone.

    `at` is the start in UTC (ISO 8601). `undoes` names the entry that this one takes back,
    `undone_by` the one that took this back.
    """

    id: str
    at: str
    plan: Plan
    state: str
    verified: str | None = None
    undoes: str | None = None
    undone_by: str | None = None
    steps: tuple[Step, ...] = field(default=())

    def answers(self) -> dict[int, Any]:
        """Return what each change that went through answered, by its number."""
        return {step.number: step.answer for step in self.steps if step.state == DONE}


class Journal:
    """The journal in `directory` (the state directory unless given). Made when first written."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or state_directory()
        self.path = self.directory / "journal.sqlite3"

    def begin(self, plan: Plan, undoes: str | None = None) -> "Running":
        """Note that `plan` is about to be applied; the answer notes its steps."""
        now = datetime.now(UTC)
        suffix = "".join(secrets.choice(_LETTERS) for _ in range(4))
        entry = f"{now:%Y-%m-%dT%H-%M-%S}-{suffix}"
        values = (entry, _iso(now), plan.cause, plan.fix, _plan_text(plan), RUNNING, undoes)
        self._make()
        lock = self._lock(entry)
        with self._connect() as db:
            db.execute(
                "INSERT INTO entries (id, at, cause, fix, plan, state, undoes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        return Running(self, entry, lock)

    def entries(self) -> list[Entry]:
        """Return all entries, the newest first; an empty list where there is no journal yet."""
        if not self.path.exists():
            return []
        with self._connect() as db:
            rows = db.execute("SELECT * FROM entries ORDER BY at DESC, rowid DESC").fetchall()
            return [_entry(row, _steps(db, row["id"])) for row in rows]

    def entry(self, key: str) -> Entry | None:
        """Return the entry `key`, or None."""
        return next((one for one in self.entries() if one.id == key), None)

    def unfinished(self) -> list[Entry]:
        """Return the entries that are noted as running though no process runs them."""
        running = [entry for entry in self.entries() if entry.state == RUNNING]
        return [entry for entry in running if not self._held(entry.id)]

    def resume(self, key: str, numbers: tuple[int, ...], answers: Mapping[int, Any]) -> "Running":
        """Take up an unfinished entry again; change i of what follows is its `numbers[i]`.

        `answers` are those of all changes that went through: one that was in doubt is noted as
        done with its answer. Raises BlockingIOError while another process runs the entry.
        """
        running = Running(self, key, self._lock(key, wait=False), numbers)
        with self._connect() as db:
            for number, answer in answers.items():
                db.execute(
                    "UPDATE steps SET state = ?, answer = ?"
                    " WHERE entry = ? AND number = ? AND state = ?",
                    (DONE, _text(answer), key, number, INTENDED),
                )
            db.execute("UPDATE entries SET state = ? WHERE id = ?", (RUNNING, key))
        return running

    def settle(self, key: str, **values: str | None) -> None:
        """Set `state`, `verified` or `undone_by` of an entry."""
        with self._connect() as db:
            for name in values.keys() & {"state", "verified", "undone_by"}:
                db.execute(f"UPDATE entries SET {name} = ? WHERE id = ?", (values[name], key))

    def _make(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The file is made before SQLite does, so that nobody else can ever read it.
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        with self._connect() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_TABLES)

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA synchronous = FULL")
            with db:
                yield db

    def _lock_path(self, entry: str) -> Path:
        return self.directory / f"{entry}.lock"

    def _lock(self, entry: str, *, wait: bool = True) -> int:
        handle = os.open(self._lock_path(entry), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(handle)
            raise
        return handle

    def _held(self, entry: str) -> bool:
        """Tell whether a living process runs `entry`."""
        try:
            handle = os.open(self._lock_path(entry), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


class Running:
    """An entry while it is applied: intent before each call, result after it."""

    def __init__(
        self, journal: Journal, entry: str, lock: int, numbers: tuple[int, ...] = ()
    ) -> None:
        self._journal = journal
        self._lock: int | None = lock
        self._numbers = numbers
        self.entry = entry

    def _number(self, index: int) -> int:
        return self._numbers[index] if self._numbers else index

    def intend(self, number: int, parameters: Mapping[str, Any]) -> None:
        """Note that change `number` is about to be called with exactly `parameters`."""
        at = _iso(datetime.now(UTC))
        values = (self.entry, self._number(number), INTENDED, _text(parameters), at)
        with self._journal._connect() as db:
            db.execute(
                "INSERT OR REPLACE INTO steps (entry, number, state, parameters, intended_at)"
                " VALUES (?, ?, ?, ?, ?)",
                values,
            )

    def result(self, number: int, answer: Any = None, error: str | None = None) -> None:
        """Note what change `number` answered, or the error that it ended with."""
        state = BROKEN if error is not None else DONE
        said = redact(error) if error is not None else None
        at = _iso(datetime.now(UTC))
        values = (state, _text(answer), said, at, self.entry, self._number(number))
        with self._journal._connect() as db:
            db.execute(
                "UPDATE steps SET state = ?, answer = ?, error = ?, ended_at = ?"
                " WHERE entry = ? AND number = ?",
                values,
            )

    def end(self, state: str) -> None:
        """Note how the entry ended, and let go of it."""
        self._journal.settle(self.entry, state=state)
        self._journal._lock_path(self.entry).unlink(missing_ok=True)
        self.abandon()

    def abandon(self) -> None:
        """Let go of the entry as it is: in doubt, for the next start to find."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _plan_text(plan: Plan) -> str:
    return json.dumps(plan_data(plan), ensure_ascii=False, default=str)


def _text(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, default=str)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _steps(db: sqlite3.Connection, entry: str) -> tuple[Step, ...]:
    rows = db.execute("SELECT * FROM steps WHERE entry = ? ORDER BY number", (entry,))
    return tuple(
        Step(
            row["number"],
            row["state"],
            json.loads(row["parameters"]),
            json.loads(row["answer"]) if row["answer"] else None,
            row["error"],
        )
        for row in rows
    )


def _entry(row: sqlite3.Row, steps: tuple[Step, ...]) -> Entry:
    return Entry(
        id=row["id"],
        at=row["at"],
        plan=plan_from(json.loads(row["plan"])),
        state=row["state"],
        verified=row["verified"],
        undoes=row["undoes"],
        undone_by=row["undone_by"],
        steps=steps,
    )
