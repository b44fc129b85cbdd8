"""Progress on stderr: one line that is written over and over, and gone at the end."""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType
from typing import Self

from wizard.world import World

_WORDS = {
    "calls": {"en": "reading: {calls} calls", "ja": "読み取り中: 呼び出し {calls} 回"},
    "services": {
        "en": "diagnosing: {done} of {known} services, {calls} calls",
        "ja": "診断中: サービス {known} 個のうち {done} 個、呼び出し {calls} 回",
    },
}
_EVERY_S = 0.1
_CLEAR = "\r\x1b[K"


class Counting:
    """Tells how far a diagnosis is: on a terminal with cursor control one line, elsewhere nothing.
    With --verbose it lists the calls instead.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        dumb = world.plain or os.environ.get("TERM", "dumb") == "dumb"
        self._live = world.err.isatty() and not dumb and not world.verbose
        self._calls = self._done = self._known = 0
        self._told_at = 0.0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live and self._told_at:
            self._write(_CLEAR)

    def call(self, call: str, state: str) -> None:
        """Take note of a call and its state."""
        if state == "asked":
            return
        if self._world.verbose:
            self._world.tell(f"{call} {state}")
        self._calls += not call.startswith("local:")
        self._show()

    def count(self, done: int, known: int) -> None:
        """Take note of how many services are done, of how many."""
        self._done, self._known = done, known
        self._show()

    def _show(self) -> None:
        with self._lock:
            now = time.monotonic()
            if not self._live or now - self._told_at < _EVERY_S:
                return
            self._told_at = now
            words = _WORDS["services" if self._known else "calls"]
            line = self._world.word(words)
            told = line.format(calls=self._calls, done=self._done, known=self._known)
            self._write(_CLEAR + told)

    def _write(self, text: str) -> None:
        self._world.err.write(text)
        self._world.err.flush()
