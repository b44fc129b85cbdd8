"""No command: the guided session, on the face that the terminal can carry."""

import argparse
import os
import sys
from collections.abc import Mapping

from wizard.core.session import Session
from wizard.errors import CANCELLED, DONE, UsageError
from wizard.stage import Stage, new_session, remember
from wizard.world import World

_WITHOUT_CURSOR = ("", "dumb", "unknown", "cons25", "emacs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The session takes only the global options."""


def run(args: argparse.Namespace, world: World) -> int:
    """Run the session; exit 2 where there is no terminal at all."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "fargate-wizard: the guided session needs a terminal; "
            "without one use `fargate-wizard lookup` or `fargate-wizard diagnose`"
        )
    return open_session(world)


def open_session(
    world: World, tries: tuple[str, ...] = (), tries_env: Mapping[str, str] | None = None
) -> int:
    """Open the session; `tries` are commands that the start offers to run and listen to."""
    if not world.color:
        # What both faces' libraries look for, and the commands that are run for the user.
        os.environ["NO_COLOR"] = "1"
    session, stage = new_session(world, tries=tries), Stage(world, tries_env)
    bare = os.environ.get("TERM", "") in _WITHOUT_CURSOR
    if bare or world.plain:
        return _prompts(session, stage, world, bare=bare)
    from wizard.faces.tui.app import WizardApp

    WizardApp(session, stage, world.lang, remember).run()
    return DONE


def _prompts(session: Session, stage: Stage, world: World, *, bare: bool) -> int:
    """Run the session as prompts; the end of input and Ctrl-C leave it to be gone on with."""
    from wizard.faces.prompts.loop import Asker, converse

    asker: Asker
    if bare:
        from wizard.faces.prompts.bare import BareAsker

        asker = BareAsker(sys.stdin, sys.stdout)
    else:
        from wizard.faces.prompts.ask import QuestionaryAsker

        asker = QuestionaryAsker()
    try:
        converse(session, stage, asker, world.say, world.lang, remember)
    except EOFError:
        return CANCELLED
    return DONE
