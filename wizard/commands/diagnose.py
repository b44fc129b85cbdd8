"""`diagnose`: read the account, or a file of saved answers, and name the causes."""

import argparse
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.commands.counting import Counting
from wizard.errors import DONE, FOUND, UsageError
from wizard.world import World

if TYPE_CHECKING:
    from wizard.aws.engine import Engine
    from wizard.core.answer import Diagnosis

_GOALS = ("start", "exec", "push", "all")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `diagnose`."""
    add = parser.add_argument
    add("--cluster", metavar="NAME", help="name or ARN; alone: every service of the cluster")
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--service", metavar="NAME", help="name or ARN")
    place.add_argument("--task", metavar="ID", help="id or ARN")
    place.add_argument("--all-clusters", action="store_true", help="every service of the region")
    add("--repository", metavar="NAME", help="the repository that is pushed to")
    add("--goal", choices=_GOALS, default="all", help="what is to work (default: all)")
    add("--save", metavar="FILE", type=Path, help="keep what was read, redacted, in FILE")
    add(
        "--from",
        metavar="FILE",
        type=Path,
        dest="replay",
        help="diagnose from such a file, offline; `last`: from what was kept of the newest run"
        " (the newest few are kept, redacted, in the state directory)",
    )
    add("--report", metavar="FILE", type=Path, help="write a Markdown report, redacted")


def run(args: argparse.Namespace, world: World) -> int:
    """Diagnose; exit 1 if something is wrong or the target cannot be read, 0 if not."""
    from wizard.aws.engine import Engine

    _check(args)
    replay = _file(args) if args.replay else None
    engine = Engine(
        world.knowledge, world.profile, world.region, save=args.save, keep=True, replay=replay
    )
    started = time.monotonic()
    with Counting(world) as counting:
        found = _diagnose(args, engine, counting)
    return _tell(found, engine, time.monotonic() - started, args, world)


def _file(args: argparse.Namespace) -> Path:
    from wizard.aws import saving

    path: Path = args.replay
    return saving.last(args.cluster, args.service, args.task) if str(path) == saving.LAST else path


def _check(args: argparse.Namespace) -> None:
    named = args.cluster or args.service or args.task or args.repository
    if not (named or args.all_clusters or args.replay or args.goal == "push"):
        raise UsageError("diagnose: name a --cluster, a --service or --task, or --all-clusters")
    if args.all_clusters and args.cluster:
        raise UsageError("diagnose: --all-clusters and --cluster exclude each other")


def _diagnose(
    args: argparse.Namespace, engine: "Engine", counting: Counting
) -> "Diagnosis | list[Diagnosis]":
    from wizard.core.facts import Target

    whole = args.cluster and not (args.service or args.task or args.repository)
    if (whole and args.goal != "push") or args.all_clusters:
        return engine.diagnose_all(args.cluster, args.goal, counting.call, counting.count)
    if args.replay and not (args.cluster or args.service or args.task):
        found = engine.diagnose_saved(args.goal, counting.call)
        return found if engine.saved_whole else found[0]
    target = Target(
        goal=args.goal,
        cluster=args.cluster,
        service=args.service,
        task=args.task,
        repository=args.repository,
    )
    return engine.diagnose(target, (), counting.call)


def _tell(
    found: "Diagnosis | list[Diagnosis]",
    engine: "Engine",
    spent_s: float,
    args: argparse.Namespace,
    world: World,
) -> int:
    from wizard.faces.report import diagnosis, fleet

    if isinstance(found, list):
        cost = fleet.Cost(engine.cost.calls, engine.cost.round_trips, spent_s)
        told, report = fleet.all_text(found, cost, world), fleet.all_markdown(found, cost, world)
        document = fleet.all_json(found, cost, world)
        every = found
    else:
        told, report = diagnosis.as_text(found, world), diagnosis.as_markdown(found, world)
        document = diagnosis.as_json(found, world)
        every = [found]
    if args.report:
        _write(args.report, report)
    if world.json:
        world.give(document)
    else:
        world.say(_fitted(told, world))
    states = {diagnosis.state(one) for one in every}
    return FOUND if states & {diagnosis.PROBLEM, diagnosis.BLIND} else DONE


def _fitted(text: str, world: World) -> str:
    """Return `text` broken at the terminal's width; as it is where nobody looks at it."""
    if not world.out.isatty():
        return text
    from wizard.faces.report.fleet import fitted

    return fitted(text, shutil.get_terminal_size().columns)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"diagnose: --report {path}: {error.strerror}") from None
