"""What may be typed or pasted: an error of any size, or a name."""

from typing import Any

from textual import events
from textual.widgets import Input, TextArea

from wizard.core.clean import clean, one_line
from wizard.faces.tui.messages import Typed

SHOWN = 20_000
"""The most characters that are shown of a paste; all of it is kept and looked up."""

_BURST_S = 0.1


class PasteArea(TextArea):
    """Enter looks the text up, unless more keys follow at once: then it was a paste, key by key."""

    DEFAULT_CSS = """
    PasteArea { height: 4; border: none; padding: 0 1; background: $boost; }
    PasteArea:focus { border: none; background: $primary-muted; }
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(compact=True, **options)
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
        if len(self.whole) + len(text) <= SHOWN:
            self.insert(text)
            return
        self._whole = self.whole + text
        self.load_text(self._whole[:SHOWN] + "\n...")
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
        elif event.key == "down" and self.cursor_at_last_line:
            event.stop()
            event.prevent_default()
            self.screen.focus_next("#answers")
        elif self._whole is not None and event.key in ("backspace", "delete"):
            # Too much to be edited: it goes as it came, as one.
            event.stop()
            event.prevent_default()
            self._whole = None
            self.load_text("")
        elif self._whole is not None and event.is_printable:
            event.prevent_default()

    def _submit(self) -> None:
        self._waiting = None
        if self.whole.strip():
            self.post_message(Typed(self.whole))


class NameInput(Input):
    """A name on one line; of a paste its first line that says something."""

    DEFAULT_CSS = """
    NameInput { padding: 0 1; background: $boost; }
    NameInput:focus { background: $primary-muted; }
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(compact=True, **options)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        lines = [one_line(line) for line in clean(event.text[:SHOWN]).splitlines()]
        self.insert_text_at_cursor(next(filter(None, lines), ""))

    async def action_submit(self) -> None:
        """Answer with the name, unless there is none."""
        if one_line(self.value):
            self.post_message(Typed(one_line(self.value)))

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "down":
            event.stop()
            event.prevent_default()
            self.screen.focus_next("#answers")
