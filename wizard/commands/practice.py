"""`practice`: the guided session on the embedded AWS, in the world of the article."""

import argparse
import os
import sys
import tempfile

from wizard.errors import DONE, UsageError, WizardError
from wizard.world import World

SPEED = 10.0
"""Nominal seconds of AWS per real second: a task that takes half a minute to start takes three."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `practice`."""
    parser.add_argument(
        "--serve", action="store_true", help="run only the embedded AWS; print its environment"
    )
    parser.add_argument("--port", type=int, default=0, help="with --serve (default: a free one)")


def run(args: argparse.Namespace, world: World) -> int:
    """Serve the embedded AWS, or open the session on it."""
    if not 0 <= args.port <= 65535:
        raise UsageError(f"practice: --port must be from 0 to 65535, not {args.port}")
    if args.serve:
        return _serve(args.port)
    return _session(world)


def _serve(port: int) -> int:
    from wizard.lab import LabError
    from wizard.lab.serve import serve
    from wizard.lab.story import build

    try:
        serve(port, speed=SPEED, build=lambda lab: build(lab).admin)
    except (LabError, OSError) as error:
        raise WizardError(f"practice: the embedded AWS did not start: {error}") from None
    return DONE


def _session(world: World) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "practice: the session needs a terminal; without one use `fargate-wizard demo` "
            "or `fargate-wizard practice --serve`"
        )
    from wizard.commands import session
    from wizard.faces.words import say
    from wizard.lab import Lab
    from wizard.lab.story import build

    world.tell(say("practice-starting", world.lang))
    with tempfile.TemporaryDirectory() as state, Lab.start(speed=SPEED) as lab:
        story = build(lab)
        env = lab.env(story.admin, base=dict(os.environ))
        env["FARGATE_WIZARD_STATE"] = state
        os.environ.clear()
        os.environ.update(env)
        world.profile, world.region = None, lab.region
        tries = (
            " && ".join(story.push_commands),
            story.enable_exec,
            story.execute(story.task()),
        )
        bastion = lab.env(story.bastion, base=env)
        return session.open_session(world, tries=tries, tries_env=bastion)
