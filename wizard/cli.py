"""Arguments and exit codes. Each command is a module of `wizard.commands`, imported when called."""

from __future__ import annotations

import os
import sys

from wizard import __version__
from wizard.errors import CANCELLED, NoAws, UsageError, WizardError
from wizard.world import World, language

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any, TextIO

PROG = "fargate-wizard"
COMMANDS = {
    "lookup": "what does this error mean? text from files, stdin or a paste; offline",
    "diagnose": "read the account and name the causes",
    "fix": "show the plan that mends a cause; --yes applies it",
    "undo": "take back an applied fix",
    "history": "list what was applied",
    "practice": "training on an embedded AWS",
    "demo": "play the whole story once on the embedded AWS",
    "knowledge": "check, tree, show, schema: for authors of knowledge",
    "permissions": "the least IAM policy that the wizard itself needs",
}
"""Command to its line in the help. Its module is `wizard.commands.<command>`."""

_WITH_VALUE = ("--lang", "--profile", "--region", "--knowledge")


def main(argv: list[str]) -> int:
    """Run the command line `argv` and return the exit code of the contract."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_encode(stream)
    try:
        code = _run(argv)
        sys.stdout.flush()
        return code
    except WizardError as error:
        words = error.words if isinstance(error, NoAws) else {}
        print(words.get(_language(argv), error), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return CANCELLED
    except BrokenPipeError:
        # The reader has gone (`… | head`): nothing more can be said, and nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _language(argv: list[str]) -> str:
    """Return the language of a command line that may not even be well-formed."""
    named = argv[argv.index("--lang") + 1 :][:1] if "--lang" in argv else []
    return named[0] if named else language()


def _never_fail_to_encode(stream: TextIO) -> None:
    reconfigure: Any = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")


def _run(argv: list[str]) -> int:
    name, rest = _split(argv)
    if name is None and ("-h" in rest or "--help" in rest):
        from wizard.arguments import overview

        print(overview(COMMANDS))
        return 0
    if name is None and "--version" in rest:
        print(f"{PROG} {__version__}")
        return 0
    if name is not None and name not in COMMANDS:
        raise UsageError(f"{PROG}: no such command: {name!r} (see {PROG} --help)")
    # The built-in import; importlib's own door would have to be imported first.
    module = __import__(f"wizard.commands.{name or 'session'}", fromlist=["run"])
    args = module.quick(rest) if name == "lookup" else None
    if args is None:
        from wizard.arguments import parse

        args = parse(name, COMMANDS.get(name or ""), module, rest)
    code: int = module.run(args, _world(args))
    return code


def _split(argv: list[str]) -> tuple[str | None, list[str]]:
    """Return the command and the other arguments; global options may stand before the command."""
    index = 0
    while index < len(argv):
        word = argv[index]
        if word == "--":
            break
        if not word.startswith("-"):
            return word, argv[:index] + argv[index + 1 :]
        index += 2 if word in _WITH_VALUE else 1
    return None, argv


def _world(args: Any) -> World:
    return World(
        args.lang or language(),
        json=args.json,
        plain=args.plain,
        color=not args.no_color and not os.environ.get("NO_COLOR"),
        profile=args.profile,
        region=args.region,
        folders=tuple(args.knowledge or ()),
        verbose=args.verbose,
        out=sys.stdout,
        err=sys.stderr,
    )
