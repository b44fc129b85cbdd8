"""`python -m tests.aws.bench`: how wide the calls of a diagnosis are, and what a fleet costs.

On the embedded AWS, so the time without delay is mostly the emulator's; compare the difference
that 50 ms for every call make with the longest chain of dependent calls.
"""

import os
import statistics
import sys
import time
from collections import Counter

from wizard.aws.engine import Engine
from wizard.catalog.store import knowledge
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target
from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, World

DELAY_S = 0.05
TIMES = 7
TASKS = 2


def one_service(lab: Lab, engine: Engine) -> None:
    """Print a diagnosis's time without and with delay, its calls and round trips."""
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    world.service("web").settle()

    def run() -> tuple[float, Diagnosis]:
        spent = []
        for _ in range(TIMES):
            start = time.perf_counter()
            found = engine.diagnose(Target(cluster=world.cluster, service="web"))
            spent.append(time.perf_counter() - start)
        return statistics.median(spent), found

    quick, found = run()
    lab.faults({"match": "*", "kind": "latency", "seconds": DELAY_S})
    slow, _ = run()
    lab.faults()
    bound = quick + (found.round_trips + 1) * DELAY_S
    print(f"one service: {found.calls} calls, {found.round_trips} round trips")
    print(f"  median {quick:.2f} s; with 50 ms each {slow:.2f} s (bound {bound:.2f} s)")


def fleet(lab: Lab, engine: Engine, size: int) -> None:
    """Print what a cluster of `size` services with `TASKS` tasks each costs."""
    lab.reset()
    world = World(lab).network(endpoints=ALL_ENDPOINTS)
    world.roles().repository().log_group().task_definition()
    for number in range(size):
        world.service(f"s{number:03}", desired=TASKS)
    world.settle()
    lab.calls(clear=True)
    start = time.perf_counter()
    found = engine.diagnose_all(world.cluster)
    spent = time.perf_counter() - start
    made = Counter(call["call"] for call in lab.calls())
    pages = -(-size * TASKS // 100)
    # ListServices by 100, ListTasks by 100 (running) and once (stopped), describe 10 and 100.
    ideal = -(-size // 100) + pages + 1 + -(-size // 10) + pages
    listed = sum(made[f"ecs:{name}"] for name in ("ListServices", "ListTasks"))
    listed += made["ecs:DescribeServices"] + made["ecs:DescribeTasks"]
    total = sum(made.values())
    print(
        f"{size:4} services: {total} calls, {total / size:.2f} a service, {spent:.1f} s; "
        f"listing and describing {listed}, batching allows {ideal}; {len(found)} diagnoses"
    )


def main() -> None:
    """Run both benchmarks; an argument is the largest fleet."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with Lab.start() as lab:
        os.environ.update(lab.env("root"))
        engine = Engine(knowledge(()))
        one_service(lab, engine)
        for size in (10, 50, 100, 200):
            if size <= largest:
                fleet(lab, engine, size)


if __name__ == "__main__":
    main()
