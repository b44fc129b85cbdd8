"""`lookup`: paste-an-error, offline. Imports nothing that a cold start would feel."""

from __future__ import annotations

import json
import sys

from wizard.core.lookup import Lookup, look_up
from wizard.core.words import fill
from wizard.errors import DONE, FOUND, UsageError
from wizard.world import World

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    import argparse
    from typing import Any

_STDIN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `lookup`."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="texts; none or - is stdin")
    parser.add_argument(
        "--batch", action="store_true", help='JSON Lines {"id", "text"} on stdin, one answer a line'
    )


class _Quick:
    """What argparse would have made of a line that `quick` understands."""

    files: list[str]
    batch = json = plain = no_color = verbose = False
    lang = profile = region = knowledge = None


def quick(words: list[str]) -> Any:
    """Return the arguments where `words` are only files and the usual options, else None.

    Importing argparse and making a parser would take a sixth of a cold look-up's time.
    """
    options = _Quick()
    options.files = [word for word in words if not word.startswith("-") or word == _STDIN]
    for word in words:
        if word in ("--json", "--batch"):
            setattr(options, word[2:], True)
        elif word.startswith("-") and word != _STDIN:
            return None
    return options


def run(args: argparse.Namespace, world: World) -> int:
    """Look the texts up; exit 0 if something was recognised, 1 if not."""
    if args.batch:
        return _batch(world)
    found = look_up(world.knowledge, _text(args.files, world))
    if world.json:
        world.give(answer(found, world))
    else:
        from wizard.faces.report.lookup import as_text

        world.say(as_text(found, world))
    return DONE if found.matches else FOUND


def answer(found: Lookup, world: World) -> dict[str, Any]:
    """Return the JSON answer of the contract for a look-up."""
    knowledge = world.knowledge
    return {
        "matches": [
            {
                "symptom": match.symptom.id,
                "score": match.score,
                "title": fill(world.word(match.symptom.title), match.fields),
                "excerpt": match.excerpt,
                "span": list(match.span),
                "fields": match.fields,
                "causes": [
                    {
                        "cause": one.cause,
                        "title": fill(world.word(knowledge.cause(one.cause).title), match.fields),
                        "ask": fill(world.word(one.ask), match.fields),
                    }
                    for one in match.symptom.causes
                    if one.cause in knowledge.data["causes"]
                ],
                "explanation": fill(world.word(match.symptom.explanation), match.fields),
                "by_hand": fill(world.word(match.symptom.by_hand), match.fields),
                "references": list(match.symptom.references),
            }
            for match in found.matches
        ],
        "read": found.read,
    }


def _text(files: list[str], world: World) -> str:
    if not files or files == [_STDIN]:
        if sys.stdin.isatty():
            from wizard.faces.words import say

            world.tell(say("paste-then-end", world.lang))
        return decode(sys.stdin.buffer.read())
    return "\n".join(_read(name) for name in files)


def _read(name: str) -> str:
    if name == _STDIN:
        return decode(sys.stdin.buffer.read())
    try:
        with open(name, "rb") as file:
            return decode(file.read())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a file name"
        raise UsageError(f"lookup: {name!r}: {reason}") from None


def decode(raw: bytes) -> str:
    """Return `raw` as text whatever it is: UTF-8, or UTF-16 as PowerShell writes it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8", "replace")


def _batch(world: World) -> int:
    recognised = False
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        asked = _asked(line, number)
        found = look_up(world.knowledge, asked["text"])
        recognised = recognised or bool(found.matches)
        reply = {"id": asked.get("id")} | answer(found, world)
        world.say(json.dumps(reply, ensure_ascii=False))
    return DONE if recognised else FOUND


def _asked(line: bytes, number: int) -> dict[str, Any]:
    where = f"lookup --batch: line {number} of stdin"
    try:
        asked = json.loads(decode(line))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON: {error}") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise UsageError(f'{where}: should be {{"id": …, "text": "…"}}')
    return asked
