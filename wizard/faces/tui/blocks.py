"""The blocks of a view as widgets. Foreign text is never parsed as markup."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from wizard.faces.view import Block, View

_DIFF = {"+": "added", "-": "removed"}


class Plain(Static):
    """A line or paragraph of any text, shown as it is."""

    def __init__(self, text: str, classes: str) -> None:
        super().__init__(Content(text), classes=classes, markup=False)


class Blocks(Vertical):
    """All blocks of a view."""

    DEFAULT_CSS = """
    Blocks { height: auto; }
    Blocks Plain { width: 1fr; height: auto; }
    Blocks .text { margin-bottom: 1; }
    Blocks .note { color: $text-muted; margin-bottom: 1; }
    Blocks .quote { color: $warning; border-left: outer $warning; padding-left: 1;
                    margin-bottom: 1; }
    Blocks .head { text-style: bold; color: $accent; }
    Blocks .good { color: $success; text-style: bold; margin-bottom: 1; }
    Blocks .bad { color: $error; text-style: bold; margin-bottom: 1; }
    Blocks .command { background: $surface; color: $primary; margin-bottom: 1; }
    Blocks .links { color: $text-muted; margin-bottom: 1; }
    Blocks .row { padding-left: 2; }
    Blocks .last { margin-bottom: 1; }
    Blocks .added { color: $success; }
    Blocks .removed { color: $error; }
    """

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view

    def compose(self) -> ComposeResult:
        """Yield a widget for each line or paragraph."""
        for block in self._view.blocks:
            yield from _widgets(block)


def _widgets(block: Block) -> ComposeResult:
    if block.kind == "rows":
        for number, (label, value) in enumerate(block.rows, 1):
            text = f"{label}  {value}" if label and value else label or value
            yield Plain(text, "row last" if number == len(block.rows) else "row")
    elif block.kind == "diff":
        for line in block.text.splitlines():
            yield Plain(line, f"row {_DIFF.get(line[:1], 'same')}")
    elif block.kind == "command":
        yield Plain(f"$ {block.text}", "command")
    else:
        yield Plain(block.text, block.kind)


def as_text(view: View) -> str:
    """Return what is shown, for the clipboard."""
    lines = [view.title]
    for block in view.blocks:
        lines += [f"{label} {value}".strip() for label, value in block.rows]
        lines += [block.text] if block.text else []
    return "\n".join(lines)
