"""The app: drives the session, shows each step on a screen, runs work in a thread."""

from collections.abc import Callable
from threading import Thread

from textual import on
from textual.screen import ModalScreen

from wizard.core.session import Session
from wizard.core.steps import Over, Work
from wizard.faces.tui.frame import Frame
from wizard.faces.tui.messages import Answered, Told, Worked
from wizard.faces.tui.settling import Settling
from wizard.faces.tui.step import StepScreen
from wizard.faces.view import View, path_of, view_of
from wizard.runner import Backstage, run, settle

_WRITING = ("apply", "verify")


class WizardApp(Frame):
    """The guided session on a full screen."""

    def __init__(
        self,
        session: Session,
        stage: Backstage,
        lang: str,
        keep: Callable[[Session], None],
        settling: Settling | None = None,
    ) -> None:
        super().__init__(lang, settling)
        self.session = session
        self._stage = stage
        self._keep = keep
        self._work = 0
        self._told: list[str] = []
        self._page: StepScreen | None = None

    def on_mount(self) -> None:
        """Show the first step."""
        self.show()

    def reply(self, view: View, key: str, text: str = "") -> None:
        """Answer the step shown as `view`; an answer to one that has been left is dropped."""
        if view is self.view:
            self.session.answer(key, text)
            self._next()

    def _next(self) -> None:
        self._keep(self.session)
        self._work += 1
        self._told = []
        if isinstance(self.session.step, Over):
            self.exit()
            return
        self.show()
        if isinstance(self.session.step, Work):
            self._start(self.session.step, self._work)

    def show(self) -> None:
        """Show the present step; what lies over the screen goes with the step it was called on."""
        self.view = view_of(self.session.step, self.session.knowledge, self.lang)
        crumbs = path_of(self.session.context.trail, self.session.knowledge, self.lang)
        path = " > ".join([self.say("path-start"), *crumbs])
        while isinstance(self.screen, ModalScreen):
            self.pop_screen()
        page = StepScreen(self.view, path, self.say, self._told)
        if self._page is None:
            self.push_screen(page)
        else:
            self.switch_screen(page)
        self._page = page
        self.settling.shown()

    def _start(self, work: Work, number: int) -> None:
        def tell(line: str) -> None:
            self.post_message(Told(line, number))

        def job() -> None:
            self.post_message(Worked(run(work, self._stage, self.lang, tell), number))

        # Not a worker of Textual's: leaving the program would wait for its end.
        Thread(target=job, daemon=True).start()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        self.reply(event.view, event.key, event.text)

    @on(Told)
    def _heard(self, event: Told) -> None:
        if event.number == self._work and self._page:
            self._told.append(event.line)
            self._page.tell()

    @on(Worked)
    def _worked(self, event: Worked) -> None:
        if event.number == self._work and isinstance(self.session.step, Work):
            settle(self.session, event.result)
            self._next()

    def action_step_back(self) -> None:
        """Return to the question before. Work that writes is never left in the middle."""
        step = self.session.step
        if isinstance(step, Work) and step.kind in _WRITING:
            return
        if self.session.back():
            self._next()

    def action_choose(self, number: int) -> None:
        """Choose an answer by its number."""
        if self._page and self.screen is self._page:
            self._page.choose(number)
