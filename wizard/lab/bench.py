"""``python -m wizard.lab.bench``: how soon, how big, how fast, and what stays behind.

Prints one line for each number that the embedded AWS promises.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from wizard.lab import worlds
from wizard.lab.lab import Lab
from wizard.lab.scratch import PREFIX
from wizard.lab.world import healthy

CALLS = 200
WORLDS = 50


def rss_mib(pid: int) -> float:
    """The resident memory of a process in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def per_second(call: Callable[[], object], times: int = CALLS) -> float:
    """How often *call* can be made in a second."""
    call()
    begun = time.perf_counter()
    for _ in range(times):
        call()
    return times / (time.perf_counter() - begun)


def _leftovers() -> set[str]:
    scratch = Path(tempfile.gettempdir()).glob(f"{PREFIX}*")
    threads = {f"thread {t.name}" for t in threading.enumerate()}
    return {str(p) for p in scratch} | threads | {f"fd {n}" for n in os.listdir("/proc/self/fd")}


def _count(lab: Lab, kind: str) -> int:
    """How many threads (``task``) or open files (``fd``) the lab's process has."""
    return len(os.listdir(f"/proc/{lab.pid}/{kind}"))


def main() -> None:
    """Measures and prints."""
    begun = time.perf_counter()
    with Lab.start() as lab:
        print(f"ready after {time.perf_counter() - begun:.2f} s")
        world = healthy(lab)
        ecs, ec2, iam = world.client("ecs"), world.client("ec2"), world.client("iam")
        print(f"resident memory {rss_mib(lab.pid):.0f} MiB with a healthy world in it")
        print(f"ecs:DescribeServices {per_second(lambda: world.describe()):.0f} calls/s")
        print(f"ecs:ListClusters {per_second(lambda: ecs.list_clusters()):.0f} calls/s")
        print(f"ec2:DescribeVpcEndpoints {per_second(ec2.describe_vpc_endpoints):.0f} calls/s")
        print(f"iam:ListRoles {per_second(iam.list_roles):.0f} calls/s")
        kept = lab.snapshot()
        print(f"restore {1000 / per_second(lambda: lab.restore(kept), 20):.1f} ms")
        print(f"reset {1000 / per_second(lab.reset, 20):.1f} ms")
        begun = time.perf_counter()
        staged = list(worlds.WORLDS.values())[:WORLDS]
        for broken in staged:
            broken.stage(lab)
        seconds = (time.perf_counter() - begun) / len(staged)
        lab.reset()
        print(
            f"{len(staged)} broken worlds built and tried: {seconds:.2f} s each,"
            f" {rss_mib(lab.pid):.0f} MiB, {_count(lab, 'task')} threads and"
            f" {_count(lab, 'fd')} open files after"
        )
    before = _leftovers()
    for _ in range(WORLDS):
        with Lab.start():
            pass
    left = _leftovers() - before
    print(f"{WORLDS} labs one after another left behind: {', '.join(sorted(left)) or 'nothing'}")


if __name__ == "__main__":
    main()
