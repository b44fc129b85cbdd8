"""The one screen: the path, the step's blocks, what may be typed, the answers."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option as ListOption

from wizard.core.clean import clean
from wizard.faces.tui.blocks import Blocks, Plain
from wizard.faces.tui.messages import Answered
from wizard.faces.tui.paste import PasteArea
from wizard.faces.view import Option, View

_SAFE = "no"
_LINES = 200


class Answers(OptionList):
    """The answers, numbered: a digit chooses as Enter does."""

    DEFAULT_CSS = """
    Answers { height: auto; max-height: 38vh; border: round $primary; }
    Answers:focus { border: round $accent; }
    """

    def __init__(self, options: tuple[Option, ...]) -> None:
        super().__init__(
            *(_listed(number, option) for number, option in enumerate(options, 1)), markup=False
        )

    def key(self, index: int) -> str:
        """Return the answer of the option at `index`."""
        return str(self.get_option_at_index(index).id)


def _listed(number: int, option: Option) -> ListOption:
    label = Content(f"{number}. {option.label}")
    if option.note:
        label = label + Content.styled(f"  {option.note}", "dim")
    return ListOption(label, id=option.key, disabled=not option.enabled)


class StepScreen(Screen[None]):
    """Shows one view; says `Answered` when the user has chosen or typed."""

    def __init__(self, view: View, path: str, keys: str) -> None:
        super().__init__()
        self._keys = keys
        self.view = view
        self._path = path
        self._told: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay the view out."""
        yield Static(Content(self._path), id="path", markup=False)
        yield Static(Content(self.view.title), id="title", markup=False)
        with VerticalScroll(id="body", can_focus=True):
            yield Blocks(self.view)
            if self.view.busy:
                yield Plain("", "progress")
        with Vertical(id="below"):
            if self.view.entry and self.view.multiline:
                yield PasteArea(self.view.entry, id="paste")
            elif self.view.entry:
                yield Input(placeholder=self.view.entry_label, id="value")
            if self.view.options:
                yield Answers(self.view.options)
        yield Static(Content(self._keys), id="keys", markup=False)

    def on_mount(self) -> None:
        """Put the focus where the user begins; nothing that writes is ever the default."""
        if self.view.entry and self.view.multiline:
            area = self.query_one(PasteArea)
            area.border_title = Content(f"{self.view.entry_label} (Enter)")
            area.focus()
        elif self.view.options:
            answers = self.query_one(Answers)
            answers.focus()
            keys = [option.key for option in self.view.options]
            usable = [n for n, option in enumerate(self.view.options) if option.enabled]
            if self.view.danger and _SAFE in keys:
                answers.highlighted = keys.index(_SAFE)
            elif usable:
                answers.highlighted = usable[0]

    def tell(self, line: str) -> None:
        """Show a line of progress."""
        self._told = [*self._told, clean(line)][-_LINES:]
        for widget in self.query(".progress").results(Plain):
            widget.update(Content("\n".join(self._told)))
            self.query_one("#body").scroll_end(animate=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(Answered(str(event.option.id)))

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self.view.entry and event.value.strip():
            self.post_message(Answered(self.view.entry, event.value))

    def choose(self, number: int) -> None:
        """Choose the answer with `number` (from 1), if there is one that can be given."""
        if 1 <= number <= len(self.view.options) and self.view.options[number - 1].enabled:
            self.post_message(Answered(self.view.options[number - 1].key))
