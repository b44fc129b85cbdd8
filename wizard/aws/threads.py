"""Threads that keep nobody from leaving: a call that hangs ends with the process."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_Job = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[[], Any]]


class Threads:
    """Up to `most` daemon threads, started as they are needed.

    The pool of concurrent.futures waits for its threads when the interpreter ends: after Ctrl-C, or
    at the end of the time that a diagnosis may take, for as long as AWS does not answer.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._started = 0

    def run(self, function: Callable[..., T], *args: Any) -> "asyncio.Future[T]":
        """Call `function` in a thread; the future is of the running loop."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._jobs.put((loop, answer, lambda: function(*args)))
        if not self._idle.acquire(blocking=False) and self._started < self._most:
            self._started += 1
            name = f"{self._name}-{self._started}"
            threading.Thread(target=self._work, name=name, daemon=True).start()
        return answer

    def close(self) -> None:
        """Let the threads end after what they are at; what waits for one is not done."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._jobs.get_nowait()
        for _ in range(self._started):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            loop, answer, function = job
            result, error = None, None
            if not answer.cancelled():
                try:
                    result = function()
                except BaseException as raised:
                    error = raised
            # The loop may have been closed meanwhile: then nobody waits any more.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, answer, result, error)
            del job, answer, function, result, error
            self._idle.release()


def _settle(answer: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if answer.done():
        return
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(result)
