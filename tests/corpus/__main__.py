"""`python -m tests.corpus [--heldout] [--family NAME] [--misses]`: how well texts are recognised.

Prints, by symptom, how many texts are recognised first time, and the false-alarm rate on the
negative ones. `develop` is what patterns may be written from; `heldout` is only ever measured.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wizard.catalog.store import knowledge
from wizard.core.lookup import look_up

HERE = Path(__file__).parent


def rows(part: str, family: str = "*") -> Iterator[dict[str, Any]]:
    """Yield the texts of `part` (develop or heldout), of one family or all."""
    for path in sorted((HERE / part).glob(f"{family}.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def measure(part: str, family: str = "*") -> list[tuple[dict[str, Any], list[str]]]:
    """Return each text of `part` with the ids of the symptoms found in it, in order."""
    known = knowledge()
    return [
        (row, [match.symptom.id for match in look_up(known, row["text"]).matches])
        for row in rows(part, family)
    ]


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus")
    parser.add_argument("--heldout", action="store_true")
    parser.add_argument("--family", default="*")
    parser.add_argument("--misses", action="store_true", help="show each text that went wrong")
    args = parser.parse_args()
    part = "heldout" if args.heldout else "develop"
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    alarms = negatives = 0
    for row, found in measure(part, args.family):
        wanted = row["symptom"]
        if wanted is None:
            negatives += 1
            alarms += bool(found)
        else:
            total[wanted] += 1
            right[wanted] += found[:1] == [wanted]
        if args.misses and found[:1] != ([wanted] if wanted else []):
            print(f"{row['id']}: wanted {wanted}, found {found}\n    {row['text'][:400]!r}")
    for symptom in sorted(total):
        mark = "" if right[symptom] == total[symptom] else "  <--"
        print(f"{right[symptom]:4}/{total[symptom]:<4} {symptom}{mark}")
    texts = total.total()
    share = 100 * right.total() / texts if texts else 100.0
    false = 100 * alarms / negatives if negatives else 0.0
    print(f"{part}: {right.total()}/{texts} right first time ({share:.1f} %);", end=" ")
    print(f"{alarms}/{negatives} false alarms ({false:.1f} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
