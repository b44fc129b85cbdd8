"""What a broken world is: how it is built, what is wrong, what a user sees, how it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wizard.lab.lab import Lab
from wizard.lab.world import World

Act = Callable[[World], object]
Fields = Callable[[World], dict[str, str]]


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: whether it went through, and all that the user then sees.

    ``text`` is the one message by which the user would ask for help; ``seen`` holds all of them
    (stopped reasons, service events, container reasons, the last lines of the log).
    """

    ok: bool
    text: str = ""
    seen: tuple[str, ...] = ()


Goal = Callable[[World], Outcome]


def no_fields(world: World) -> dict[str, str]:
    """A cause for which the catalogue names no fields."""
    return {}


@dataclass(frozen=True)
class Planted:
    """One thing that is wrong: a cause of the catalogue, how it is put right by plain boto3, and
    the fields that a diagnosis should give it (read from the world once it is built).

    ``hidden``: nobody can know it before the causes before it are mended, as the program in an
    image that is not there yet.
    """

    cause: str
    mend: Act
    fields: Fields = no_fields
    hidden: bool = False


@dataclass(frozen=True)
class BrokenWorld:
    """A world in which ``goal`` fails until every planted cause is mended.

    Attributes:
        name: short, unique, of words joined by hyphens.
        symptom: the symptom's id for :attr:`Outcome.text` of the first attempt.
        text: a regular expression which that text matches: AWS's own words.
        build: makes the world, all but the attempt.
        causes: what is wrong, in the order in which Fargate meets it.
        decoy: mends something that is not broken, or not the cause; it must not help.
        goal: what the user tries: ``deploy``, ``shell``, ``push`` or a call of their own.
        settings: of the lab (:meth:`wizard.lab.Lab.settings`).
    """

    name: str
    symptom: str
    text: str
    build: Act
    causes: tuple[Planted, ...]
    decoy: Act
    goal: Goal
    settings: dict[str, Any] = field(default_factory=dict)

    def stage(self, lab: Lab) -> tuple[World, Outcome]:
        """Empties the lab, builds the world, and makes the first attempt, which fails."""
        return _staged(lab, self)

    def attempt(self, world: World) -> Outcome:
        """Tries again: a new deployment, a new shell, another push."""
        return self.goal(world)

    def mend(self, world: World) -> None:
        """Puts right everything that was planted."""
        for planted in self.causes:
            planted.mend(world)

    def expected(self, world: World) -> list[tuple[str, dict[str, str]]]:
        """The causes that can be found in a built world, each with its fields, in their order."""
        return [(p.cause, p.fields(world)) for p in self.causes if not p.hidden]


@dataclass(frozen=True)
class HealthyWorld:
    """A world in which nothing is wrong and ``goal`` goes through."""

    name: str
    build: Act
    goal: Goal
    settings: dict[str, Any] = field(default_factory=dict)

    def stage(self, lab: Lab) -> tuple[World, Outcome]:
        """Empties the lab, builds the world, and makes the attempt, which goes through."""
        return _staged(lab, self)


def _staged(lab: Lab, one: BrokenWorld | HealthyWorld) -> tuple[World, Outcome]:
    lab.reset()
    lab.settings(**one.settings)
    world = World(lab)
    one.build(world)
    return world, one.goal(world)
