"""Foreign text made safe to show: escape sequences, control and direction marks taken out.

Everything that comes from outside (a paste, a file, an AWS answer, a child's output) passes here
before it is shown, stored or exported. A terminal acts on these bytes, and so does Textual's
markup-free path: neither strips them by itself.
"""

import re
from functools import cache

_ESCAPES = (
    "\x1b\\][^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\\\|\x9c)?"  # OSC: titles, links, the clipboard
    "|\x1b[PX^_][^\x1b\x9c]{0,4096}(?:\x1b\\\\|\x9c)"  # DCS, SOS, PM, APC strings
    "|(?:\x1b\\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]?"  # CSI: colours, cursor, screen
    "|\x1b[ -/]{0,4}[0-~]?"  # any other escape
)
# C0 but tab and newline, DEL, C1, zero-width and direction marks, line and paragraph separators
# (a terminal breaks on neither), byte order mark, interlinear and tag characters, surrogates.
_CONTROLS = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


@cache
def _noise() -> re.Pattern[str]:
    return re.compile(f"{_ESCAPES}|{_CONTROLS}")


def clean(text: str) -> str:
    """Return `text` without escape sequences, control characters and direction marks.

    Line ends become newlines; tabs and newlines stay. What is left is safe to write to a terminal.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    return _noise().sub("", text)


def blank(text: str) -> str:
    """Return `text` with the same noise replaced by as many spaces, so that offsets stay true."""
    return _noise().sub(lambda found: " " * len(found.group()), text)


def one_line(text: str, limit: int = 200) -> str:
    """Return cleaned `text` as one line of at most `limit` characters, cut with an ellipsis."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
