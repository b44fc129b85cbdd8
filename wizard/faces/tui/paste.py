"""A text area that takes an error pasted or typed, whatever its size."""

from typing import Any

from textual import events
from textual.widgets import TextArea

from wizard.core.clean import clean
from wizard.faces.tui.messages import Answered

SHOWN = 20_000
"""The most characters that are shown of a paste; all of it is kept and looked up."""

_BURST_S = 0.05


class PasteArea(TextArea):
    """Enter looks the text up, unless more keys follow at once: then it was a paste, key by key."""

    DEFAULT_CSS = """
    PasteArea { height: 5; border: round $primary; }
    PasteArea:focus { border: round $accent; }
    """

    def __init__(self, answer: str, **options: Any) -> None:
        super().__init__(**options)
        self._answer = answer
        self._whole: str | None = None
        self._waiting: Any = None

    @property
    def whole(self) -> str:
        """All that was pasted or typed, shown or not."""
        return self._whole if self._whole is not None else self.text

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = clean(event.text)
        if len(text) <= SHOWN and self._whole is None:
            self.insert(text)
            return
        self._whole = self.whole + text
        self.load_text(self._whole[:SHOWN] + "\n…")
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
            self.insert("\n")
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._waiting = self.set_timer(_BURST_S, self._submit)
            return
        if event.is_printable and self._whole is not None:
            event.prevent_default()
            return
        await super()._on_key(event)

    def _submit(self) -> None:
        self._waiting = None
        if self.whole.strip():
            self.post_message(Answered(self._answer, self.whole))
