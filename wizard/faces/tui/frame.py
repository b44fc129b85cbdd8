"""The app without the session: keys, language, help, clipboard, what the terminal needs.

Box and bar characters are of East Asian ambiguous width: a terminal that shows them two cells wide
tears the screen. So nothing here draws one.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider
from textual.driver import Driver
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.types import CSSPathType

from wizard.faces.tui.blocks import as_text
from wizard.faces.tui.commands import StepCommands
from wizard.faces.tui.help import HelpScreen
from wizard.faces.tui.settling import Settling
from wizard.faces.view import View
from wizard.faces.words import say


class PlainBar(ScrollBarRender):
    """A scrollbar of coloured spaces alone."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class Frame(App[None]):
    """What is the same whatever the step. `view` is what is shown."""

    TITLE = "fargate-wizard"
    CSS_PATH: ClassVar[CSSPathType | None] = "app.tcss"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {StepCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "step_back", id="back"),
        Binding("f1,question_mark", "help", id="help"),
        Binding("f2", "language", id="language"),
        Binding("f3", "copy", id="copy"),
        Binding("ctrl+q", "quit", id="quit", priority=True),
        *(Binding(digit, f"choose({digit})", show=False) for digit in "123456789"),
    ]

    def __init__(self, lang: str, settling: Settling | None = None) -> None:
        super().__init__()
        self.lang = lang
        self.view = View("")
        self.settling = settling or Settling()
        ScrollBar.renderer = PlainBar

    def get_driver_class(self) -> type[Driver]:
        """Return our reading of the terminal where Textual would take its own for Linux."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from wizard.faces.tui.terminal import TerminalDriver

        return TerminalDriver

    def say(self, key: str, **values: object) -> str:
        """Return the program's words `key` in the present language."""
        return say(key, self.lang, **values)

    async def on_event(self, event: events.Event) -> None:
        """Drop keys that were typed for the screen before."""
        key = event.key if isinstance(event, events.Key) and not event.is_forwarded else ""
        if not key or key == "ctrl+q" or self.settling.takes(key):
            await super().on_event(event)

    def show(self) -> None:
        """Show the present step (again)."""
        raise NotImplementedError

    def reply(self, view: View, key: str, text: str = "") -> None:
        """Answer the step shown as `view`."""
        raise NotImplementedError

    def action_step_back(self) -> None:
        """Return to the question before."""
        raise NotImplementedError

    def action_help(self) -> None:
        """Show the help."""
        self.push_screen(HelpScreen(self.say))

    def action_help_quit(self) -> None:
        """Answer Ctrl-C: say which key quits."""
        self.notify(self.say("how-to-quit"), markup=False)

    def action_command_palette(self) -> None:
        """Show the command palette."""
        self.push_screen(CommandPalette(placeholder=self.say("search")))

    def action_language(self) -> None:
        """Change the language; the step stays."""
        self.lang = "ja" if self.lang == "en" else "en"
        self.show()

    def action_copy(self) -> None:
        """Copy what is shown to the clipboard, through the terminal."""
        self.copy_to_clipboard(as_text(self.view))
        self.notify(self.say("copied"), markup=False)
