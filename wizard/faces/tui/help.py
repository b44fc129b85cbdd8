"""The help, over whatever is on the screen."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from wizard.faces.tui.blocks import Plain


class HelpScreen(ModalScreen[None]):
    """Any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,f1,q", "dismiss", show=False)]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen VerticalScroll { width: 80%; max-width: 76; height: auto; max-height: 80%;
                                border: round $accent; padding: 1 2; background: $surface; }
    HelpScreen Plain { height: auto; margin-bottom: 1; }
    """

    def __init__(self, text: str, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._text = text
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Show the text and the keys."""
        with VerticalScroll():
            yield Plain(self._text, "text")
            yield Plain("\n".join(f"{key:<8}{what}" for key, what in self._keys), "note")
