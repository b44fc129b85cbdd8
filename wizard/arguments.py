"""The command line as argparse sees it."""

import argparse
from typing import Any, NoReturn

from wizard.errors import UsageError

PROG = "fargate-wizard"


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with `message`."""
        raise UsageError(f"{self.prog}: {message} (see {self.prog} --help)")


def global_parser() -> Parser:
    """Return the parser of the options that every command takes."""
    parser = Parser(prog=PROG, add_help=False, allow_abbrev=False)
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


def parse(name: str | None, line: str | None, module: Any, words: list[str]) -> Any:
    """Return the arguments of the command `name`, the global options among them.

    `line` is what the command is for, `module` adds its own arguments. What stands behind `--` is
    a command of the user's, with options of its own. Raises UsageError.
    """
    prog = f"{PROG} {name}" if name else PROG
    parser = Parser(prog=prog, description=line, allow_abbrev=False)
    parser.epilog = f"Global options: see {PROG} --help."
    module.add_arguments(parser)
    at = words.index("--") if "--" in words else len(words)
    args, own = global_parser().parse_known_args(words[:at])
    return parser.parse_args([*own, *words[at:]], args)


def overview(commands: dict[str, str]) -> str:
    """Return the help of the program as a whole."""
    width = max(map(len, commands))
    lines = [f"  {name:<{width}}  {line}" for name, line in commands.items()]
    return "\n".join(
        (
            f"usage: {PROG} [global options] [command] …",
            "",
            f"Without a command: the guided session. {PROG} COMMAND --help tells more.",
            "",
            *lines,
            "",
            global_parser().format_help().partition("\n\n")[2].rstrip(),
        )
    )
