"""The answers of a step, numbered: a digit chooses as Enter does, except where it would write."""

from collections.abc import Callable

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option as ListOption

from wizard.faces.tui.blocks import Drawn
from wizard.faces.view import Option, View
from wizard.faces.wrap import wrap

_SAFE = "no"


class Answers(OptionList):
    """The options of a view. Where the first one writes, the refusal is what Enter gives."""

    DEFAULT_CSS = """
    Answers { height: auto; max-height: 38vh; border: none; padding: 0 1;
              background: $surface; }
    Answers:focus { border: none; }
    Answers > .option-list--option-highlighted { background: $surface; color: $foreground;
                                                 text-style: none; }
    """

    def __init__(self, view: View) -> None:
        super().__init__(
            *(_listed(number, option) for number, option in enumerate(view.options, 1)),
            markup=False,
            id="answers",
        )
        self.view = view

    def on_mount(self) -> None:
        """Highlight what Enter may give: nothing that writes is ever the default."""
        keys = [option.key for option in self.view.options]
        usable = [n for n, option in enumerate(self.view.options) if option.enabled]
        if self.view.danger and _SAFE in keys:
            self.highlighted = keys.index(_SAFE)
        elif usable:
            self.highlighted = usable[0]

    def action_cursor_up(self) -> None:
        """Move up; from the first answer to what may be typed, if there is such."""
        usable = [n for n, option in enumerate(self.view.options) if option.enabled]
        if self.view.entry and usable and self.highlighted == usable[0]:
            self.screen.focus_previous("#entry")
        else:
            super().action_cursor_up()


def _listed(number: int, option: Option) -> ListOption:
    return ListOption(Drawn(_label(number, option)), disabled=not option.enabled)


def _label(number: int, option: Option) -> Callable[[int], Content]:
    lead = f"{number}. "

    def draw(width: int) -> Content:
        size = width - len(lead)
        lines = [Content(line) for line in wrap(option.label, size)]
        if option.note:
            last = lines[-1] + Content.styled(f"  {option.note}", "dim")
            lines[-1:] = (
                [last]
                if last.cell_length <= size
                else [lines[-1], *(Content.styled(line, "dim") for line in wrap(option.note, size))]
            )
        indented = Content("\n" + " " * len(lead)).join(lines)
        return Content(lead) + indented

    return draw
