"""`demo`: the article's whole story, unattended, on the embedded AWS.

Each chapter breaks or meets something, captures the error that AWS or docker prints, and walks the
session from that text to a fix applied and verified. Scripted is only which error comes next.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.errors import DONE, WizardError
from wizard.world import World

SPEED = 60.0
"""Nominal seconds of AWS per real second."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`demo` takes only the global options."""


@dataclass(frozen=True)
class Chapter:
    """One error of the story: how it comes about, and what the wizard must make of it.

    `happen` breaks what it must and returns the captured text; empty text means that the failure
    is to be found live, in the service named `live`. `env` is whom the wizard itself runs as, the
    account's administrator unless given.
    """

    title: dict[str, str]
    symptom: str
    cause: str
    fix: str
    happen: Callable[[], str]
    again: Callable[[], str] | None = None
    live: str | None = None
    manual: bool = False
    env: Mapping[str, str] | None = None


def run(args: argparse.Namespace, world: World) -> int:
    """Play the story; exit 0 only if each error was captured, diagnosed, fixed and verified."""
    from wizard.lab import Lab, LabError
    from wizard.lab.story import build

    try:
        with tempfile.TemporaryDirectory() as state, Lab.start(speed=SPEED) as lab:
            story = build(lab)
            kept = dict(os.environ)
            base = kept | {"FARGATE_WIZARD_STATE": state}
            env = lab.env(story.admin, base=base)
            try:
                os.environ.clear()
                os.environ.update(env)
                world.profile, world.region = None, lab.region
                return _play(story, base, env, world)
            finally:
                os.environ.clear()
                os.environ.update(kept)
    except LabError as error:
        raise WizardError(f"demo: the embedded AWS did not start: {error}") from None


def _play(story: Any, base: Mapping[str, str], env: Mapping[str, str], world: World) -> int:
    from wizard.commands.story import chapters
    from wizard.faces.words import say

    told, failed = [], []
    every = chapters(story, base)
    for number, chapter in enumerate(every, 1):
        head = f"{number}/{len(every)}  {world.word(chapter.title)}"
        _write(world, f"\n{'=' * 72}\n{head}\n{'=' * 72}")
        os.environ.update(chapter.env or env)
        outcome, problem = _chapter(chapter, world)
        told.append(outcome | {"title": world.word(chapter.title), "problem": problem})
        if problem:
            failed.append(f"{head}: {problem}")
            break
        _write(world, f"   ✔ {say('demo-passed', world.lang)}")
    if world.json:
        world.give({"chapters": told, "passed": not failed})
    if failed:
        raise WizardError("demo: " + "; ".join(failed))
    _write(world, "\n" + say("demo-end", world.lang, count=len(every)))
    return DONE


def _write(world: World, line: str) -> None:
    """Write the story to stdout, or to stderr where stdout holds the JSON document."""
    (world.tell if world.json else world.say)(line)


def _chapter(chapter: Chapter, world: World) -> tuple[dict[str, Any], str | None]:
    """Play one chapter; return what the wizard came to, and what was wrong with it, if anything."""
    from wizard.faces.script import ScriptedWalk
    from wizard.stage import Stage, new_session

    text = chapter.happen()
    for line in text.splitlines():
        _write(world, f"   {line}")
    session = new_session(world)
    walk = ScriptedWalk(
        session, Stage(world), world.lang, lambda line: _write(world, line), chapter.fix
    )
    walked = walk.from_live(chapter.live) if chapter.live else walk.from_text(text)
    outcome = {
        "symptom": walked.symptom,
        "cause": walked.cause,
        "fix": walked.fix,
        "verified": walked.verified,
    }
    for name, got, wanted in (
        ("symptom", walked.symptom, chapter.symptom),
        ("cause", walked.cause, chapter.cause),
        ("fix", walked.fix, chapter.fix),
        ("verified", walked.verified, None if chapter.manual else "passed"),
    ):
        if got != wanted:
            return outcome, f"{name} is {got}, not {wanted} {walked.trouble or ''}".rstrip()
    return outcome, _proof(chapter, world)


def _proof(chapter: Chapter, world: World) -> str | None:
    """Do again what failed: the error must be gone. What it says instead comes next."""
    if chapter.again is None:
        return None
    from wizard.core.lookup import look_up

    text = chapter.again()
    for line in text.splitlines()[-12:]:
        _write(world, f"   {line}")
    found = [match.symptom.id for match in look_up(world.knowledge, text).matches]
    return f"{chapter.symptom} is still there" if chapter.symptom in found[:1] else None
