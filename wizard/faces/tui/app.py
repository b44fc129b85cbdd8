"""The app: drives the session, shows each step on a screen, runs work in a thread."""

from collections.abc import Callable
from typing import Any, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.types import CSSPathType

from wizard.core.session import Session
from wizard.core.steps import Over, Work
from wizard.faces.tui.blocks import as_text
from wizard.faces.tui.commands import StepCommands
from wizard.faces.tui.help import HelpScreen
from wizard.faces.tui.messages import Answered, Told, Worked
from wizard.faces.tui.step import StepScreen
from wizard.faces.view import View, path_of, view_of
from wizard.faces.words import say
from wizard.runner import Backstage, run, settle

_DIGITS = "123456789"


class WizardApp(App[None]):
    """The guided session on a full screen."""

    TITLE = "fargate-wizard"
    CSS_PATH: ClassVar[CSSPathType | None] = "app.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {StepCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "step_back", "Back", id="back"),
        Binding("f1", "help", "Help", id="help"),
        Binding("f2", "language", "日本語/English", id="language"),
        Binding("f3", "copy", "Copy", id="copy"),
        Binding("ctrl+q", "quit", "Quit", id="quit", priority=True),
        *(Binding(digit, f"choose({digit})", show=False) for digit in _DIGITS),
    ]

    def __init__(
        self,
        session: Session,
        stage: Backstage,
        lang: str,
        keep: Callable[[Session], None],
    ) -> None:
        super().__init__()
        self.session = session
        self.lang = lang
        self._stage = stage
        self._keep = keep
        self._work = 0
        self.view = View("")

    def on_mount(self) -> None:
        """Show the first step."""
        self._show()

    def say(self, key: str, **values: object) -> str:
        """Return the program's words `key` in the present language."""
        return say(key, self.lang, **values)

    def reply(self, key: str, text: str = "") -> None:
        """Answer the present step."""
        self.session.answer(key, text)
        self._next()

    def _next(self) -> None:
        self._keep(self.session)
        if isinstance(self.session.step, Over):
            self.exit()
            return
        self._show()
        if isinstance(self.session.step, Work):
            self._start(self.session.step)

    def _show(self) -> None:
        self.view = view_of(self.session.step, self.session.knowledge, self.lang)
        path = path_of(self.session.context.trail, self.session.knowledge, self.lang)
        screen = StepScreen(
            self.view, " › ".join([self.say("path-start"), *path]), self.say("keys")
        )
        if isinstance(self.screen, StepScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _start(self, work: Work) -> None:
        self._work += 1
        number = self._work

        def job() -> None:
            def tell(line: str) -> None:
                self.post_message(Told(line, number))

            result: Any = run(work, self._stage, self.lang, tell)
            self.post_message(Worked(result, number))

        self.run_worker(job, thread=True, exit_on_error=False, group="work")

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        # A screen that is being left may still send the key that left it.
        if event.key in {option.key for option in self.view.options} | {self.view.entry}:
            self.reply(event.key, event.text)

    @on(Told)
    def _told(self, event: Told) -> None:
        if event.number == self._work and isinstance(self.screen, StepScreen):
            self.screen.tell(event.line)

    @on(Worked)
    def _worked(self, event: Worked) -> None:
        if event.number == self._work and isinstance(self.session.step, Work):
            settle(self.session, event.result)
            self._next()

    def action_step_back(self) -> None:
        """Return to the question before. Work that writes is never left in the middle."""
        step = self.session.step
        if isinstance(step, Work) and step.kind in ("apply", "verify"):
            return
        self._work += 1
        if self.session.back():
            self._next()

    def action_help(self) -> None:
        """Show the help."""
        keys = [
            (key, self.say(word))
            for key, word in (("Esc", "back"), ("F2", "language"), ("F3", "copy"))
        ]
        self.push_screen(HelpScreen(self.say("help-text"), [*keys, ("Ctrl+Q", self.say("quit"))]))

    def action_language(self) -> None:
        """Change the language; the step stays."""
        self.lang = "ja" if self.lang == "en" else "en"
        self._show()

    def action_copy(self) -> None:
        """Copy what is shown to the clipboard, through the terminal."""
        self.copy_to_clipboard(as_text(self.view))
        self.notify(self.say("copied"), markup=False)

    def action_choose(self, number: int) -> None:
        """Choose an answer by its number."""
        if isinstance(self.screen, StepScreen):
            self.screen.choose(number)
