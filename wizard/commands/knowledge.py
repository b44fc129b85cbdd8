"""`knowledge`: check, tree, show and schema, for authors of knowledge."""

import argparse
import json
from pathlib import Path
from typing import Any

from wizard.errors import DONE, UsageError
from wizard.world import World


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `knowledge`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="every error of every file, with line and column")
    check.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    actions.add_parser("tree", help="the decision tree: goal, symptom, cause, fix")
    show = actions.add_parser("show", help="all that is known of one id")
    show.add_argument("id", metavar="ID")
    actions.add_parser("schema", help="the JSON Schema of the files, for editors")


def run(args: argparse.Namespace, world: World) -> int:
    """Do the action; `check` exits 2 when something is wrong."""
    if args.action == "check":
        return _check(args.folder, world)
    if args.action == "tree":
        from wizard.faces.report.tree import as_text

        world.say(as_text(world))
    elif args.action == "show":
        _show(args.id, world)
    else:
        from wizard.catalog.schema import document

        world.give(document())
    return DONE


def _check(folder: Path | None, world: World) -> int:
    from wizard.catalog.compiled import source_folder
    from wizard.catalog.lint import check
    from wizard.catalog.load import load
    from wizard.catalog.overlay import merged
    from wizard.core.knowledge import Knowledge

    built_in = Path(source_folder())
    if folder is not None and not folder.is_dir():
        raise UsageError(f"knowledge check: no such folder: {folder}")
    loaded = load(folder or built_in, None if folder else "knowledge")
    own = loaded.data()
    if folder is not None and folder.resolve() != built_in.resolve():
        own = merged(load(built_in).data(), own)
    problems = check(loaded, Knowledge(own))
    if world.json:
        world.give([_told(problem) for problem in problems])
    else:
        for problem in problems:
            world.say(str(problem))
        count = {kind: len(sources) for kind, sources in loaded.sources.items()}
        files = ", ".join(f"{number} {kind}" for kind, number in count.items()) or "no files"
        world.tell(f"{files}; {len(problems)} problems")
    return UsageError.exit_code if problems else DONE


def _told(problem: Any) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "says": problem.says,
    }


def _show(key: str, world: World) -> None:
    data = world.knowledge.data
    found = {
        kind: data[kind][key]
        for kind in ("symptoms", "causes", "notices", "fixes")
        if key in data[kind]
    }
    if not found:
        from wizard.catalog.shape import suggestion

        known = {one for kind in ("symptoms", "causes", "notices", "fixes") for one in data[kind]}
        raise UsageError(f"knowledge show: unknown id {key!r}{suggestion(key, known)}")
    if world.json:
        world.give(found)
        return
    import yaml

    for kind, entry in found.items():
        text = yaml.safe_dump(json.loads(json.dumps(entry)), allow_unicode=True, sort_keys=False)
        world.say(f"# {kind}: {key}\n{text}")
