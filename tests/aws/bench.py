"""`python -m tests.aws.bench [SERVICES]`: how wide the calls of a diagnosis are, and what a fleet
costs in calls, memory and time as it grows to SERVICES (200).

On the embedded AWS, so the time without delay is mostly the emulator's; compare the difference
that 50 ms for every call make with the longest chain of dependent calls. A fleet is diagnosed in a
process of its own, whose memory is what the system says.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.aws.asking import proven
from tests.aws.fleets import build, ideal, made
from wizard.aws.engine import Engine
from wizard.catalog.store import knowledge
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target
from wizard.lab import Lab
from wizard.lab.worlds import HEALTHY, WORLDS

DELAY_S = 0.05
TIMES = 5
TASKS = 5
CHILD = "child"
KNOWN_WORLDS = ("no-s3-endpoint", "task-role-lacks-one-exec-right")


def one_service(lab: Lab, engine: Engine) -> None:
    """Print a diagnosis's time without and with delay, its calls and round trips, by goal."""
    healthy = next(iter(HEALTHY))
    for name in (healthy, *KNOWN_WORLDS):
        world, _ = (HEALTHY | WORLDS)[name].stage(lab)
        for goal in ("start", "exec", "all"):
            target = Target(goal=goal, cluster=world.cluster, service="web")
            quick, found = _timed(engine, target)
            lab.faults({"match": "*", "kind": "latency", "seconds": DELAY_S})
            slow, _ = _timed(engine, target)
            lab.faults()
            bound = quick + (found.round_trips + 1) * DELAY_S
            told = ", ".join(proven(found, predicted=False)) or "nothing wrong"
            print(
                f"{goal:5} {found.calls:3} calls, {found.round_trips} round trips: {quick:.2f} s; "
                f"with 50 ms each {slow:.2f} s, bound {bound:.2f} s  ({name}: {told})"
            )


def _timed(engine: Engine, target: Target) -> tuple[float, Diagnosis]:
    spent = []
    for _ in range(TIMES):
        start = time.perf_counter()
        found = engine.diagnose(target)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent), found


def fleet(lab: Lab, size: int, *, broken: bool) -> None:
    """Print what a cluster of `size` services costs, against the least that batching allows."""
    what = build(lab, size, TASKS, broken=broken)
    best = ideal(what).total()
    lab.calls(clear=True)
    told = _in_a_child()
    total = made(lab).total()
    right = told["causes"] == what.broken
    print(
        f"{size:4} services, {size * TASKS:4} tasks{', a third broken' if broken else ''}: "
        f"{total} calls ({total / size:.2f} a service), batching allows {best} "
        f"({total / best:.2f}); {told['seconds']:.1f} s; {told['memory_mb']:.0f} MB, "
        f"{told['grown_mb']:.0f} MB of it for the fleet; "
        f"{len(told['causes'])} broken, {'all' if right else 'NOT all'} told rightly"
    )


def _in_a_child() -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.aws.bench", CHILD]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def child() -> None:
    """Diagnose the cluster once and print what it took as JSON."""
    engine = Engine(knowledge(()))
    engine.identity()
    before = _memory_mb()
    start = time.perf_counter()
    found = engine.diagnose_all("prod")
    spent = time.perf_counter() - start
    causes = {
        str(one.target.service): ", ".join(proven(one, predicted=False))
        for one in found
        if one.problem
    }
    grown = _memory_mb() - before
    told = {"seconds": spent, "memory_mb": _memory_mb(), "grown_mb": grown, "causes": causes}
    print(json.dumps(told))


def _memory_mb() -> float:
    """The most memory that the process has had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would tell that of the process that started this one
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1e3
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most / 1e3


def cold_start(lab: Lab) -> None:
    """Print how long a user waits for one diagnosis, from the start of the process to its end."""
    (HEALTHY[next(iter(HEALTHY))]).stage(lab)
    command = [sys.executable, "-m", "wizard", "diagnose", "--cluster", "prod", "--service", "web"]
    spent = []
    for _ in range(TIMES):
        start = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True)
        spent.append(time.perf_counter() - start)
    print(f"from the command line, cold: {statistics.median(spent):.2f} s")


def main() -> None:
    """Run the benchmarks; an argument is the largest fleet."""
    if sys.argv[1:] == [CHILD]:
        child()
        return
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    # Slow, so that what crashes does not crash a thousand times while the rest is built.
    with Lab.start(speed=1) as lab:
        os.environ.update(lab.env("root"))
        one_service(lab, Engine(knowledge(())))
        cold_start(lab)
        for size in (10, 50, 100, 200):
            if size <= largest:
                fleet(lab, size, broken=False)
        fleet(lab, largest, broken=True)


if __name__ == "__main__":
    main()
