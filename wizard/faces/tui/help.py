"""The help, over whatever is on the screen."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from wizard.faces.tui.blocks import Text, block_text
from wizard.faces.view import Block

_KEYS = {
    "Enter, 1-9": "key-choose",
    "Tab": "key-move",
    "PgUp, PgDn": "key-scroll",
    "Esc": "back",
    "F2": "language",
    "F3": "copy",
    "Ctrl+P": "search",
    "Ctrl+Q": "quit",
}


class HelpScreen(ModalScreen[None]):
    """Any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,f1,q,space,question_mark", "dismiss", show=False)
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll { width: 90%; max-width: 84; height: auto; max-height: 90%;
                                padding: 1 2; background: $surface; }
    HelpScreen Text { height: auto; width: 1fr; margin-bottom: 1; }
    """

    def __init__(self, say: Callable[[str], str]) -> None:
        super().__init__()
        self._say = say

    def compose(self) -> ComposeResult:
        """Show the text and the keys."""
        keys = tuple((key, self._say(word)) for key, word in _KEYS.items())
        with VerticalScroll():
            yield Text(block_text(Block("text", self._say("help-text"))))
            yield Text(block_text(Block("rows", rows=keys)))
            yield Text(block_text(Block("note", self._say("close-help"))))
