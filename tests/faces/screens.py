"""The full screen run without a terminal, and read as text."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from textual.pilot import Pilot
from textual.strip import Strip

from tests.session.stand_ins import HandMade, new_session
from wizard.core.session import Session
from wizard.core.steps import Work
from wizard.faces.tui.app import WizardApp
from wizard.faces.tui.entry import PasteArea
from wizard.faces.tui.settling import Settling

PATIENCE = 2_000
"""How many turns of the loop something may take."""


class Gate:
    """Holds a work (of one kind, or any) at its beginning until the test opens it."""

    def __init__(self, kind: str = "") -> None:
        self.reached, self.open = Event(), Event()
        self._kind = kind

    def __call__(self, work: str) -> None:
        if self._kind in ("", work):
            self.reached.set()
            assert self.open.wait(20)


@dataclass
class Screen:
    """A running app and what a user can do with it and see of it."""

    app: WizardApp
    pilot: Pilot[None]
    kept: list[str] = field(default_factory=list)

    @property
    def step(self) -> Any:
        """The step that the session is at."""
        return self.app.session.step

    @property
    def lines(self) -> list[str]:
        """The lines of the screen as they are."""
        strips: list[Strip] = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what they bring about: the work too."""
        await self.pilot.press(*keys)
        await self.settled()

    async def settled(self) -> None:
        """Wait until nothing is worked on and the step is on the screen."""
        await self.until(lambda: not isinstance(self.step, Work))

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until `true` says so."""
        for _ in range(PATIENCE):
            await self.pilot.pause()
            if true():
                await self.pilot.pause()
                return
        raise AssertionError("it did not come about")

    async def paste(self, text: str) -> None:
        """Paste `text` as a terminal with bracketed paste hands it over."""
        from textual.events import Paste

        self.app.post_message(Paste(text))
        await self.pilot.pause()

    async def look_up(self, text: str) -> None:
        """Paste `text` at home and press Enter."""
        await self.paste(text)
        # The next step may be there as soon as Enter is pressed.
        before, area = self.step, self.app.screen.query_one(PasteArea)
        await self.pilot.press("enter")
        if area.whole.strip():
            await self.until(lambda: self.step is not before)
        await self.settled()


@asynccontextmanager
async def running(
    session: Session | None = None,
    stage: HandMade | None = None,
    lang: str = "en",
    size: tuple[int, int] = (80, 24),
    settling: Settling | None = None,
) -> AsyncIterator[Screen]:
    """Run the app; keys are taken at once unless `settling` says otherwise."""
    kept: list[str] = []

    def keep(one: Session) -> None:
        kept.append(type(one.step).__name__)

    app = WizardApp(
        session or new_session(), stage or HandMade(), lang, keep, settling or Settling(0)
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield Screen(app, pilot, kept)
