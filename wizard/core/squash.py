"""Text reduced to its letters and digits: no wrapping, framing or quoting can hide a phrase.

People paste errors wrapped in the middle of a word, framed by Terraform, quoted twice in JSON.
What none of these changes is the order of the letters. Every step here keeps offsets, so that a
hit in the squashed form can be shown in the text it came from.
"""

import re
from bisect import bisect_right
from functools import cache

from wizard.core.clean import blank

_KEEP = "abcdefghijklmnopqrstuvwxyz0123456789"
_LOWER = bytes.maketrans(_KEEP[:26].upper().encode(), _KEEP[:26].encode())
_DROP = bytes(code for code in range(256) if chr(code).lower() not in _KEEP)
_CHUNK = 4096

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HAS_WIDE = "[\uff01-\uff5e\u3000]"
_ESCAPED = (
    r"\\+(?:[nrt]|u00[0-9a-fA-F]{2}|u20[0-9a-fA-F]{2}|x1b\[[0-9;]*m|u001b\[[0-9;]*m)"
    r"|&(?:#x?[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});"
    r"|</?(?:br|p|b|i|td|tr|th|li|ul|pre|code|span|div|strong|em)\b[^<>\n]{0,80}>"
)
_STAMP = r"\d{4}[-/]\d\d[-/]\d\d[T _]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"
_PREFIX = (
    r"(?m)^[ \t]*(?:(?:"
    rf"[(\[]?{_STAMP}[)\]]?|[(\[]?\d\d?:\d\d:\d\d(?:[.,]\d{{1,9}})?(?: ?[AP]M)?[)\]]?"
    r"|#\d{1,4} \d{1,5}\.\d{1,4}(?=\s)|\#\d{1,4}(?= )|\[\d{1,4}/\d{1,4}\]"
    r"|##?\[(?:error|warning|debug|group|section)\]|\[(?:ERROR|error|WARN|INFO)\](?=\s)"
    r"|[│┃|║╷╵╎>#*•·/;-]{1,4}(?=\s|$)|[\w.-]{1,40}[ \t]{1,20}\|(?=\s)"
    r")[ \t]*){1,6}"
)
_LONG = 200_000
_COMMON = ("\\n", "\\t", "\\r", "&quot;", "&#39;", "&lt;", "&gt;", "&amp;", "<br>")


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def level(text: str, *, prefixes: bool = True) -> str:
    """Return `text`, equally long, with escapes, entities, tags and line prefixes blanked out.

    A long text is only rid of what breaks words in the middle; line prefixes stay.
    """
    if "\x1b" in text or "\x9b" in text:
        text = blank(text)
    if not text.isascii() and _regex(_HAS_WIDE).search(text):
        text = text.translate(_WIDE)
    if len(text) > _LONG:
        for escape in _COMMON if "\\" in text or "&" in text or "<br" in text else ():
            text = text.replace(escape, " " * len(escape))
        return text
    if "\\" in text or "&" in text or "<" in text:
        text = _regex(_ESCAPED).sub(_spaces, text)
    if prefixes and "\n" in text:
        text = _regex(_PREFIX).sub(_spaces, text)
    return text


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found.group())


def squash(phrase: str) -> bytes:
    """Return the lower-case ASCII letters and digits of `phrase`."""
    return phrase.encode("ascii", "replace").translate(_LOWER, _DROP)


class Squashed:
    """A text's squashed form and the way back: `origin(i)` is where squashed byte `i` stood."""

    def __init__(self, text: str, *, prefixes: bool = True) -> None:
        self._raw = level(text, prefixes=prefixes).encode("ascii", "replace")
        parts = []
        self._starts = [0]
        for at in range(0, len(self._raw), _CHUNK):
            part = self._raw[at : at + _CHUNK].translate(_LOWER, _DROP)
            parts.append(part)
            self._starts.append(self._starts[-1] + len(part))
        self.text = b"".join(parts)

    def origin(self, index: int) -> int:
        """Return the offset in the source text of the squashed byte at `index`."""
        if index >= len(self.text):
            return len(self._raw)
        chunk = bisect_right(self._starts, index) - 1
        wanted = index - self._starts[chunk] + 1
        # The shortest stretch of the chunk that keeps `wanted` letters ends behind the one sought.
        begin = chunk * _CHUNK
        low, high = begin, min(begin + _CHUNK, len(self._raw))
        while low < high:
            middle = (low + high) // 2
            if len(self._raw[begin : middle + 1].translate(None, _DROP)) < wanted:
                low = middle + 1
            else:
                high = middle
        return low
