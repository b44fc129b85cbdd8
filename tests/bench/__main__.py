"""`python -m tests.bench`: how fast a look-up is, against a bare interpreter and `grep -F`.

Medians of several runs, in milliseconds. Machines differ: the ratios are what to compare.
"""

import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from wizard.catalog.store import knowledge
from wizard.core.lookup import look_up
from wizard.core.match import Matcher

ERROR = (
    "An error occurred (InvalidParameterException) when calling the ExecuteCommand operation: "
    "The execute command failed because execute command was not enabled when the task was run or "
    "the execute command agent isn't running. Wait and try again or run a new task with execute "
    "command enabled and try again."
)


def median_ms(run: Callable[[], object], times: int) -> float:
    """Return the median time of `run`, in milliseconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


def log(size: int) -> str:
    """Return an application's log of about `size` characters with the error in its middle."""
    rng = random.Random(size)
    words = [
        "".join(rng.choices("abcdefghijklmnoprstuvwy", k=rng.randint(2, 10))) for _ in range(3000)
    ]
    lines = []
    while size > 0:
        minute, second, part = rng.randint(0, 59), rng.randint(0, 59), rng.randint(0, 999)
        stamp = f"2026-11-22T10:{minute:02}:{second:02}.{part:03}Z"
        thread, said = rng.randint(1, 20), " ".join(rng.choices(words, k=12))
        lines.append(f"{stamp} INFO  [http-{thread}] c.e.App - {said}")
        size -= len(lines[-1]) + 1
    lines.insert(len(lines) // 2, ERROR)
    return "\n".join(lines)


def cold(arguments: list[str], text: str, times: int = 15) -> float:
    """Return the median time of a whole process, in milliseconds."""

    def run() -> None:
        subprocess.run(
            [sys.executable, *arguments], input=text.encode(), capture_output=True, check=False
        )

    run()
    return median_ms(run, times)


def grep(text: str) -> float:
    """Return the time that `grep -F` with all phrases takes over `text`, in milliseconds."""
    rules = knowledge().data["symptoms"]
    phrases = [one["phrase"] for rule in rules.values() for one in rule["match"]]
    with tempfile.TemporaryDirectory() as folder:
        patterns, file = Path(folder, "patterns"), Path(folder, "log")
        patterns.write_text("\n".join(phrases), encoding="utf-8")
        file.write_text(text, encoding="utf-8")
        command = ["grep", "-c", "-i", "-F", "-f", str(patterns), str(file)]
        return median_ms(lambda: subprocess.run(command, capture_output=True, check=False), 5)


def worst_rule() -> tuple[float, str]:
    """Return the longest time one symptom's rule takes on 100 kB made to hurt it, and its id.

    The text repeats each phrase with what its regex nearly matches, and never quite what it wants.
    """
    worst = (0.0, "")
    for key, rule in knowledge().data["symptoms"].items():
        matcher = Matcher({key: rule})
        for entry in rule["match"]:
            near = re.sub(r"\\.|\[.*?\]|\(\?P?<?\w*>?|[^\w ]", "", entry.get("regex", ""))
            for filler in ("a" * 300, "a/b.c-1 " * 40, f"{near} 1234567 " * 8):
                unit = f"{entry['phrase']} {' '.join(entry.get('near', ()))} {filler}\n"
                text = (unit * (100_000 // len(unit) + 1))[:100_000]
                spent = median_ms(partial(matcher.match, text), 1)
                worst = max(worst, (spent, key))
    return worst


def main() -> None:
    """Print the measurements."""
    known = knowledge()
    bare = cold(["-c", "pass"], "")
    once = cold(["-m", "wizard", "lookup", "--json"], ERROR)
    print(f"bare interpreter           {bare:8.1f} ms")
    print(f"cold look-up               {once:8.1f} ms   {once / bare:.1f} times bare (goal 4)")
    look_up(known, ERROR)
    for name, text, times, goal in (
        ("300 bytes", ERROR, 200, 1.0),
        ("20 kB", log(20_000), 50, 2.0),
        ("5 MB", log(5_000_000), 5, 100.0),
        ("10 MB", log(10_000_000), 3, 200.0),
    ):
        spent = median_ms(partial(look_up, known, text), times)
        beside = f"   grep -F {grep(text):.1f} ms" if len(text) > 1000 else ""
        print(f"{name:<10} warm            {spent:8.2f} ms   (goal {goal:g}){beside}")
    rules = dict(known.data["symptoms"])
    text = log(20_000)
    for share in (4, 2, 1):
        matcher = Matcher(dict(list(rules.items())[::share]))
        matcher.match(text)
        spent = median_ms(partial(matcher.match, text), 30)
        print(f"20 kB with {len(rules) // share:3} symptoms   {spent:8.2f} ms")
    spent, key = worst_rule()
    print(f"slowest rule, 100 kB       {spent:8.2f} ms   (goal 10)  {key}")


if __name__ == "__main__":
    main()
