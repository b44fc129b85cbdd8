"""`undo`: take back an applied fix, shown and confirmed like any other plan."""

import argparse

from wizard.commands.fix import desk_of, refuse, show_and_apply, tell_unfinished
from wizard.world import World


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `undo`."""
    parser.add_argument("entry", nargs="?", metavar="ENTRY", help="as in history (default: newest)")
    parser.add_argument("--yes", action="store_true", help="take it back")


def run(args: argparse.Namespace, world: World) -> int:
    """Show how the entry is taken back, and do it where that was asked for."""
    from wizard.fixes.request import Refused

    desk = desk_of(world)
    tell_unfinished(desk, world, args.entry)
    try:
        return show_and_apply(desk.undo_plan(args.entry), desk, args, world)
    except Refused as refused:
        return refuse(refused, args, world)
