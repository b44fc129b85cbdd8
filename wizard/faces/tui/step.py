"""The one screen: the path, the step's blocks, what may be typed, the answers."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from wizard.core.clean import one_line
from wizard.faces.tui.answers import Answers
from wizard.faces.tui.blocks import Blocks, Text
from wizard.faces.tui.entry import NameInput, PasteArea
from wizard.faces.tui.messages import Answered, Typed
from wizard.faces.view import View
from wizard.faces.wrap import cut_left, wrap

LINES = 200
"""The most lines of progress that are kept."""


class StepScreen(Screen[None]):
    """Shows one view; says `Answered` when the user has chosen or typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "scroll_body(-1)", show=False, priority=True),
        Binding("pagedown", "scroll_body(1)", show=False, priority=True),
    ]

    def __init__(self, view: View, path: str, say: Callable[..., str], told: list[str]) -> None:
        super().__init__()
        self.view = view
        self._path = path
        self._say = say
        self._told = told

    def compose(self) -> ComposeResult:
        """Lay the view out."""
        view = self.view
        yield Text(lambda width: Content(cut_left(self._path, width)), id="path")
        yield Text(lambda width: Content("\n".join(wrap(view.title, width))), id="title")
        with VerticalScroll(id="body", can_focus=True):
            yield Blocks(view)
            if view.busy:
                yield Text(self._progress, id="progress")
        with Vertical(id="below"):
            if view.entry:
                label = self._say("entry-keys", label=view.entry_label)
                yield Static(Content(label), id="label", markup=False)
                yield PasteArea(id="entry") if view.multiline else NameInput(id="entry")
            if view.options:
                yield Answers(view)
        yield Static(Content(self._say("keys")), id="keys", markup=False)

    def on_mount(self) -> None:
        """Put the focus where the user begins."""
        listed = any(option.key.startswith(f"{self.view.entry}:") for option in self.view.options)
        if self.view.entry and not listed:
            self.query_one("#entry").focus()
        elif self.view.options:
            self.query_one(Answers).focus()
        else:
            self.query_one("#body").focus()

    def _progress(self, width: int) -> Content:
        return Content("\n".join(one_line(line, width) for line in self._told[-LINES:]))

    def tell(self) -> None:
        """Show the newest line of progress."""
        for widget in self.query("#progress"):
            widget.refresh(layout=True)
            self.query_one("#body").scroll_end(animate=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(Answered(self.view, self.view.options[event.option_index].key))

    @on(Typed)
    def _typed(self, event: Typed) -> None:
        event.stop()
        numbers = [str(number) for number in range(1, len(self.view.options) + 1)]
        if self.view.multiline and event.text.strip() in numbers:
            # An error is no number; a name may be one.
            self.choose(int(event.text))
        elif self.view.entry:
            self.post_message(Answered(self.view, self.view.entry, event.text))

    def choose(self, number: int) -> None:
        """Choose the answer with `number` (from 1). Where answers can write, only go to it."""
        if not 1 <= number <= len(self.view.options):
            return
        option = self.view.options[number - 1]
        if option.enabled and self.view.danger:
            self.query_one(Answers).highlighted = number - 1
        elif option.enabled:
            self.post_message(Answered(self.view, option.key))

    def action_scroll_body(self, way: int) -> None:
        """Scroll what is to be read, wherever the focus is."""
        body = self.query_one("#body")
        body.scroll_page_down(animate=False) if way > 0 else body.scroll_page_up(animate=False)
