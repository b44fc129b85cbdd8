"""Arguments and exit codes. Each command is a module of `wizard.commands`, imported when called."""

from __future__ import annotations

import argparse
import os
import sys

from wizard import __version__
from wizard.errors import CANCELLED, NoAws, UsageError, WizardError
from wizard.world import World, language

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any, NoReturn, TextIO

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


class _Formatter(argparse.HelpFormatter):
    """Help of a fixed width: asking for the terminal's would import shutil at every start."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter} | options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message} (see {self.prog} --help)")


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
        print(_help())
        return 0
    if name is None and "--version" in rest:
        print(f"{PROG} {__version__}")
        return 0
    if name is not None and name not in COMMANDS:
        raise UsageError(f"{PROG}: no such command: {name!r} (see {PROG} --help)")
    # The built-in import; importlib's own door would have to be imported first.
    module = __import__(f"wizard.commands.{name or 'session'}", fromlist=["run"])
    prog = f"{PROG} {name}" if name else PROG
    parser = _Parser(prog=prog, description=COMMANDS.get(name or ""), allow_abbrev=False)
    parser.epilog = f"Global options: see {PROG} --help."
    module.add_arguments(parser)
    # What stands behind `--` is a command of the user's, with options of its own.
    own, foreign = _cut(rest)
    chosen, own = _globals().parse_known_args(own)
    args = parser.parse_args([*own, *foreign])
    code: int = module.run(args, _world(chosen))
    return code


def _cut(words: list[str]) -> tuple[list[str], list[str]]:
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at:]


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


def _globals() -> argparse.ArgumentParser:
    parser = _Parser(prog=PROG, add_help=False, allow_abbrev=False)
    group = parser.add_argument_group("global options")
    group.add_argument("--lang", choices=("en", "ja"), help="language (default: from the locale)")
    group.add_argument("--json", action="store_true", help="one JSON document on stdout")
    group.add_argument("--plain", action="store_true", help="no full screen, no cursor control")
    group.add_argument("--no-color", action="store_true", help="no colours (also: NO_COLOR)")
    group.add_argument("--profile", metavar="NAME", help="AWS profile")
    group.add_argument("--region", metavar="NAME", help="AWS region")
    group.add_argument("--knowledge", metavar="DIR", action="append", help="a team's own knowledge")
    group.add_argument("--verbose", action="store_true", help="AWS calls made, on stderr")
    return parser


def _world(args: argparse.Namespace) -> World:
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


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {line}" for name, line in COMMANDS.items()]
    return "\n".join(
        (
            f"usage: {PROG} [global options] [command] …",
            "",
            f"Without a command: the guided session. {PROG} COMMAND --help tells more.",
            "",
            *lines,
            "",
            _globals().format_help().partition("\n\n")[2].rstrip(),
        )
    )
