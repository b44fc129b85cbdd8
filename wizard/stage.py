"""The composition root: engine, desk and session made from the global options, each when needed."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from wizard.capture.command import Captured, capture
from wizard.core.facts import Target
from wizard.core.session import Session
from wizard.core.steps import Unfinished
from wizard.memory import keep, kept
from wizard.world import World


@dataclass
class Stage:
    """What sessions work with. Nothing of AWS is imported before the first work."""

    world: World
    env: Mapping[str, str] | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def listen(self, command: str) -> Captured:
        """Run `command` and return what it printed, in the environment given for commands."""
        return capture(command, self.env)

    @property
    def engine(self) -> Any:
        """The engine that reads."""
        with self._lock:
            return self._engine

    @cached_property
    def _engine(self) -> Any:
        from wizard.aws.engine import Engine

        return Engine(self.world.knowledge, self.world.profile, self.world.region, keep=True)

    @property
    def desk(self) -> Any:
        """The desk that writes."""
        with self._lock:
            return self._desk

    @cached_property
    def _desk(self) -> Any:
        from wizard.fixes.desk import FixDesk

        return FixDesk(
            self.engine,
            self.world.knowledge,
            profile=self.world.profile,
            region=self.world.region,
        )


def new_session(world: World, tries: tuple[str, ...] = ()) -> Session:
    """Return a session that offers to go on where the last one stopped."""
    return Session(
        world.knowledge,
        Target(region=world.region),
        kept=kept(),
        unfinished=_unfinished(),
        tries=tries,
    )


def _unfinished() -> tuple[Unfinished, ...]:
    from wizard.fixes.journal import Journal

    entries = Journal().unfinished()
    return tuple(Unfinished(one.id, one.plan.fix, one.plan.cause, one.undoes) for one in entries)


def remember(session: Session) -> None:
    """Keep the session's place for the next start."""
    keep(session.saved())
