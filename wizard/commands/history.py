"""`history`: what was applied, from the journal alone; needs no AWS."""

import argparse

from wizard.errors import DONE
from wizard.world import World


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`history` has no options of its own."""


def run(args: argparse.Namespace, world: World) -> int:
    """List the journal's entries, the newest first."""
    from wizard.fixes.journal import Journal
    from wizard.fixes.show import entry_json, history_text

    journal = Journal()
    entries = journal.entries()
    unfinished = {one.id for one in journal.unfinished()}
    if world.json:
        world.give([entry_json(e, world.lang, unfinished=e.id in unfinished) for e in entries])
    else:
        world.say(history_text(entries, unfinished, world.lang))
    return DONE
