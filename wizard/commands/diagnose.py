"""`diagnose`: read the account, or a file of saved answers, and name the causes."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.errors import DONE, FOUND, UsageError
from wizard.world import World

if TYPE_CHECKING:
    from wizard.aws.engine import Engine, Progress
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
        help="diagnose from such a file, offline",
    )
    add("--report", metavar="FILE", type=Path, help="write a Markdown report, redacted")


def run(args: argparse.Namespace, world: World) -> int:
    """Diagnose; exit 1 if something is wrong, 0 if not."""
    from wizard.aws.engine import Engine

    _check(args)
    engine = Engine(
        world.knowledge, world.profile, world.region, save=args.save, replay=args.replay
    )
    found = _diagnose(args, engine, _teller(world))
    if args.report:
        _write_report(args.report, found, world)
    _show(found, args, world)
    return FOUND if any(one.problem for one in found) else DONE


def _check(args: argparse.Namespace) -> None:
    named = args.cluster or args.service or args.task or args.repository
    if not (named or args.all_clusters or args.replay or args.goal == "push"):
        raise UsageError("diagnose: name a --cluster, a --service or --task, or --all-clusters")
    if args.all_clusters and args.cluster:
        raise UsageError("diagnose: --all-clusters and --cluster exclude each other")


def _diagnose(
    args: argparse.Namespace, engine: "Engine", progress: "Progress"
) -> "list[Diagnosis]":
    from wizard.core.facts import Target

    whole = args.cluster and not (args.service or args.task or args.repository)
    if (whole and args.goal != "push") or args.all_clusters:
        return engine.diagnose_all(args.cluster, args.goal, progress)
    if args.replay and not (args.cluster or args.service or args.task):
        return engine.diagnose_saved(args.goal, progress)
    target = Target(
        goal=args.goal,
        cluster=args.cluster,
        service=args.service,
        task=args.task,
        repository=args.repository,
    )
    return [engine.diagnose(target, (), progress)]


def _teller(world: World) -> "Progress":
    def tell(call: str, state: str) -> None:
        if world.verbose and state != "asked":
            world.tell(f"{call} {state}")

    return tell


def _write_report(path: Path, found: "list[Diagnosis]", world: World) -> None:
    from wizard.faces.report.diagnosis import as_markdown

    try:
        path.write_text(as_markdown(found, world), "utf-8")
    except OSError as error:
        raise UsageError(f"diagnose: --report {path}: {error.strerror}") from None


def _show(found: "list[Diagnosis]", args: argparse.Namespace, world: World) -> None:
    from wizard.faces.report.diagnosis import as_json, as_text

    if not world.json:
        world.say(as_text(found, world))
    elif len(found) == 1 and not _is_whole(args):
        world.give(as_json(found[0], world))
    else:
        world.give({"diagnoses": [as_json(one, world) for one in found]})


def _is_whole(args: argparse.Namespace) -> bool:
    """Whether every service was asked for: then the answer is a list, even of one."""
    named = args.service or args.task or args.repository or args.goal == "push"
    return bool(args.all_clusters or (args.cluster and not named))
