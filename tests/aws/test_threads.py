"""Threads: as many as needed, and a job that hangs keeps nobody."""

import asyncio
import subprocess
import sys
import threading

import pytest

from wizard.aws.threads import Threads


async def test_jobs_run_beside_each_other_up_to_the_limit() -> None:
    threads = Threads(3, "test")
    barrier = threading.Barrier(3, timeout=30)
    names = await asyncio.gather(
        *(threads.run(lambda: (barrier.wait(), threading.current_thread().name)[1]) for _ in "abc")
    )
    assert len(set(names)) == 3
    again = await asyncio.gather(
        *(threads.run(lambda: threading.current_thread().name) for _ in range(20))
    )
    assert set(again) <= set(names)
    threads.close()


async def test_what_a_job_raises_comes_out_where_it_is_waited_for() -> None:
    threads = Threads(1, "test")
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 / 0)
    assert await threads.run(max, 1, 2) == 2
    threads.close()


async def test_closed_threads_end_and_do_not_begin_what_is_left() -> None:
    threads = Threads(1, "test-close")
    started, go_on = threading.Event(), threading.Event()
    done: list[int] = []

    def first() -> None:
        started.set()
        go_on.wait(30)

    running = threads.run(first)
    threads.run(done.append, 1)
    await asyncio.to_thread(started.wait, 30)
    threads.close()
    go_on.set()
    await running
    workers = [one for one in threading.enumerate() if one.name.startswith("test-close")]
    for one in workers:
        await asyncio.to_thread(one.join, 30)
    assert done == []


def test_a_process_ends_although_a_job_hangs() -> None:
    code = """
import asyncio, threading
from wizard.aws.threads import Threads
async def main():
    threads, started = Threads(2, "x"), threading.Event()
    threads.run(lambda: (started.set(), threading.Event().wait()))
    await asyncio.to_thread(started.wait)
    threads.close()
asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
