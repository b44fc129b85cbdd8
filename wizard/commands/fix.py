"""`fix`: show the plan that mends a cause; apply it with `--yes` or when asked on a terminal."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.errors import CANCELLED, DONE, UsageError, WizardError
from wizard.world import World

if TYPE_CHECKING:
    from wizard.core.answer import Diagnosis
    from wizard.core.plan import Plan
    from wizard.fixes.desk import FixDesk
    from wizard.fixes.request import Outcome, Progress, Refused

_GOALS = ("start", "exec", "push", "all")
FAILED = WizardError.exit_code


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `fix`."""
    add = parser.add_argument
    add(
        "cause", nargs="?", metavar="CAUSE", help="what diagnose found, as network.endpoint-missing"
    )
    add("--cluster", metavar="NAME")
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--service", metavar="NAME")
    place.add_argument("--task", metavar="ID")
    add("--repository", metavar="NAME", help="the repository that is pushed to")
    add("--goal", choices=_GOALS, default="all", help="what is to work (default: all)")
    add("--fix", metavar="ID", help="another of the cause's fixes than the first that applies")
    add("--set", metavar="FIELD=VALUE", action="append", default=[], help="narrow to this one")
    add("--yes", action="store_true", help="apply the plan")
    add(
        "--export",
        choices=("cli", "cloudformation", "terraform"),
        help="print it for somebody else",
    )
    add("--finish", metavar="ENTRY", help="finish what an interrupted run left in the middle")
    add("--wait", metavar="SECONDS", type=float, default=300.0, help="verify at most so long (300)")


def run(args: argparse.Namespace, world: World) -> int:
    """Plan, show, and apply where that was asked for."""
    from wizard.fixes.choose import check_names
    from wizard.fixes.request import Refused

    if bool(args.cause) == bool(args.finish):
        raise UsageError("fix: give a CAUSE, or --finish ENTRY")
    options = _options(args.set)
    if args.cause:
        check_names(world.knowledge, args.cause, args.fix, options)
    desk = desk_of(world)
    tell_unfinished(desk, world, args.finish)
    try:
        if args.finish:
            return show_and_apply(desk.finish_plan(args.finish), desk, args, world)
        diagnosis = _diagnose(args, world)
        plan = desk.plan(diagnosis, args.cause, args.fix, options)
        return show_and_apply(plan, desk, args, world, diagnosis)
    except Refused as refused:
        return refuse(refused, args, world)


def desk_of(world: World) -> "FixDesk":
    """Return the desk for `world`; raises NoAws where AWS cannot be asked."""
    from wizard.aws.engine import Engine
    from wizard.fixes.desk import FixDesk

    engine = Engine(world.knowledge, world.profile, world.region)
    return FixDesk(
        engine,
        world.knowledge,
        profile=world.profile,
        region=world.region,
        on_call=_teller(world),
    )


def _teller(world: World) -> "Callable[[str, str], None]":
    def tell(call: str, state: str) -> None:
        if world.verbose and state != "asked":
            world.tell(f"{call} {state}")

    return tell


def _diagnose(args: argparse.Namespace, world: World) -> "Diagnosis":
    from wizard.aws.engine import Engine
    from wizard.core.facts import Target

    target = Target(
        goal=_goal(args, world),
        cluster=args.cluster,
        service=args.service,
        task=args.task,
        repository=args.repository,
    )
    engine = Engine(world.knowledge, world.profile, world.region)
    return engine.diagnose(target, (), _teller(world))


def _goal(args: argparse.Namespace, world: World) -> str:
    """Return the goal; a cause that only a push has says so by itself."""
    goals = world.knowledge.cause(args.cause).goals
    named = args.cluster or args.service or args.task
    if args.goal == "all" and tuple(goals) == ("push",):
        return "push"
    if not named and args.goal != "push":
        raise UsageError("fix: name a --cluster, and a --service or --task of it")
    return str(args.goal)


def _options(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"fix: --set {pair!r}: should be FIELD=VALUE")
        found[name] = value
    return found


def tell_unfinished(desk: "FixDesk", world: World, but: str | None = None) -> None:
    """Say on stderr what a killed run left in the middle."""
    from wizard.fixes.words import say

    for entry in desk.unfinished():
        if entry.id != but:
            known = {"entry": entry.id, "fix": entry.plan.fix, "undoes": entry.undoes}
            words = "unfinished-undo" if entry.undoes else "unfinished"
            world.tell(world.word(say(words, **known)))


def refuse(refused: "Refused", args: argparse.Namespace, world: World) -> int:
    """Say why nothing can be done; stdout gets its JSON document all the same."""
    says = world.word(refused.words)
    if world.json:
        empty = {"changes": [], "permissions": [], "applied": False, "verified": "skipped"}
        cause, fix = getattr(args, "cause", None), getattr(args, "fix", None)
        world.give({"cause": cause, "fix": fix} | empty | {"entry": None, "refused": says})
    world.tell(says)
    return FAILED


def show_and_apply(
    plan: "Plan",
    desk: "FixDesk",
    args: argparse.Namespace,
    world: World,
    diagnosis: "Diagnosis | None" = None,
) -> int:
    """Show `plan`; apply and verify it where that is wanted; return the exit code."""
    if getattr(args, "export", None):
        return _export(plan, args.export, world)
    if not world.json:
        from wizard.fixes.show import plan_text

        world.say(plan_text(plan, world.knowledge, world.lang))
    if not plan.changes:
        _give(plan, None, world)
        # What only a person can do is not done by saying yes to it.
        return FAILED if plan.notes and args.yes else DONE
    if not args.yes:
        if world.json or not sys.stdin.isatty() or not sys.stderr.isatty():
            _give(plan, None, world)
            return DONE
        if not _agreed(world):
            return CANCELLED
    return _apply(plan, desk, args, world, diagnosis)


def _export(plan: "Plan", form: str, world: World) -> int:
    from wizard.fixes.export import export
    from wizard.fixes.words import say

    if not plan.changes:
        words = plan.notes or (say("nothing-left"),)
        world.tell("\n".join(world.word(one) for one in words))
        return DONE
    text = export(plan, form, world.lang)
    if world.json:
        world.give({"cause": plan.cause, "fix": plan.fix, "format": form, "text": text})
    else:
        world.say(text.rstrip("\n"))
    return DONE


def _agreed(world: World) -> bool:
    from wizard.fixes.words import say

    print(world.word(say("apply?")), end=" ", file=world.err, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "はい", "ｙ")


def _apply(
    plan: "Plan",
    desk: "FixDesk",
    args: argparse.Namespace,
    world: World,
    diagnosis: "Diagnosis | None",
) -> int:
    show = _Telling(world)
    outcome = desk.apply(plan, show)
    if outcome.applied and diagnosis is not None:
        wait = args.wait
        found = desk.verify(plan, diagnosis, show, entry=outcome.entry, patience_s=wait)
        outcome = replace(outcome, verified=found)
    _give(plan, outcome, world)
    _tell_outcome(plan, outcome, world)
    return DONE if outcome.applied and outcome.verified != "failed" else FAILED


class _Telling:
    """Progress as lines on stderr, each once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last = ""

    def __call__(self, progress: "Progress") -> None:
        says = self._world.word(progress.says)
        if progress.change is not None and not says:
            step = f"[{progress.step}/{progress.of}]"
            says = f"{step} {progress.change.operation}: {progress.state}"
        if says and says != self._last and progress.state != "failed":
            self._world.tell(says)
        self._last = says


def _give(plan: "Plan", outcome: "Outcome | None", world: World) -> None:
    if not world.json:
        return
    from wizard.fixes.show import plan_json

    document = plan_json(plan, world.lang, outcome)
    if outcome is not None and outcome.failed is not None:
        document["failed"] = world.word(outcome.says)
    world.give(document)


def _tell_outcome(plan: "Plan", outcome: "Outcome", world: World) -> None:
    from wizard.fixes.words import say

    if outcome.failed is not None:
        world.tell(world.word(outcome.says))
        return
    if plan.undoes:
        world.tell(world.word(say("undo-kept", entry=outcome.entry)))
        return
    world.tell(world.word(say(f"verified-{outcome.verified}")))
    world.tell(world.word(say("kept-as", entry=outcome.entry)))
