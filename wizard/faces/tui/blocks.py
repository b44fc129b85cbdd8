"""The blocks of a view as widgets. Foreign text is never parsed as markup."""

from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.css.styles import RulesMap
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Static

from wizard.faces.layout import lay_out
from wizard.faces.view import Block, View

_STYLES = {
    "quote": "$text-warning",
    "note": "dim",
    "head": "bold $text-accent",
    "good": "bold $text-success",
    "bad": "bold $text-error",
    "command": "$text-primary",
    "links": "dim",
    "added": "$text-success",
    "removed": "$text-error",
}
_LEADS = {"rows": "dim"}


class Drawn(Visual):
    """Content that depends on the width it is given."""

    def __init__(self, draw: Callable[[int], Content]) -> None:
        self.draw = draw

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Return the lines drawn for `width`."""
        return self.draw(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Take all there is."""
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the number of lines drawn for `width`."""
        return self.draw(width).get_height(rules, width) if width else 0


class Text(Static):
    """A widget of `Drawn` text, which can be selected with the mouse."""

    def __init__(self, draw: Callable[[int], Content], **options: Any) -> None:
        super().__init__(Drawn(draw), markup=False, **options)
        self.draw = draw

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what is selected of the lines as they are shown."""
        return selection.extract(self.draw(self.content_size.width).plain), "\n"


def block_text(block: Block) -> Callable[[int], Content]:
    """Return what draws `block`."""

    def draw(width: int) -> Content:
        lines = []
        for line in lay_out(block, width):
            style = _STYLES.get(line.kind, "")
            lead = Content.styled(line.lead, _LEADS.get(line.kind, style))
            lines.append(lead + Content.styled(line.text, style))
        return Content("\n").join(lines)

    return draw


class Blocks(Vertical):
    """All blocks of a view."""

    DEFAULT_CSS = """
    Blocks { height: auto; }
    Blocks Text { width: 1fr; height: auto; margin-bottom: 1; }
    Blocks .head { margin-bottom: 0; }
    Blocks .command { background: $surface; }
    """

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view

    def compose(self) -> ComposeResult:
        """Yield a widget for each block."""
        for block in self._view.blocks:
            yield Text(block_text(block), classes=block.kind)


def as_text(view: View) -> str:
    """Return what is shown, for the clipboard: no line is broken, so commands can be run."""
    lines = [view.title]
    for block in view.blocks:
        lines += [f"{label} {value}".strip() for label, value in block.rows]
        lines += [block.text] if block.text else []
    return "\n".join(lines)
