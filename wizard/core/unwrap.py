"""Wrapped, framed and quoted text made readable again, for the regexes that take fields from it."""

import re

from wizard.core.squash import level

_ENTITIES = {"&quot;": '"', "&#34;": '"', "&#x22;": '"', "&apos;": "'", "&#39;": "'"}
_ENTITIES |= {"&#x27;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&", "&nbsp;": " ", "&#10;": "\n"}
_ESCAPED_MARK = r"\\{1,8}u00([0-9a-fA-F]{2})"
_ESCAPED_BREAK = r"\\{1,8}[nr]"
_ESCAPED_QUOTE = r"\\{1,8}(?=[\"'/])"
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "`": "'"})
_MARKS |= {0x00A0: " ", ord("「"): " ", ord("」"): " ", ord("、"): " ", ord("。"): " "}
_NARROWEST_WRAP = 24
_NARROWEST_OF_TWO = 60
"""Where one line alone is the widest it may only be the longest: then it must be a wide one."""


def readable(text: str) -> str:
    """Return `text` with line breaks inside sentences and words mended and quotes made plain.

    A line as wide as the widest line of the text was broken by a terminal, perhaps inside a word:
    it is joined to the next without a space. Any other line break becomes a space.
    """
    if "&" in text:
        for entity, mark in _ENTITIES.items():
            text = text.replace(entity, mark)
    if "\\" in text:
        text = re.sub(_ESCAPED_MARK, lambda found: chr(int(found.group(1), 16)), text)
        text = re.sub(_ESCAPED_QUOTE, "", re.sub(_ESCAPED_BREAK, "\n", text))
    return _join(level(text).translate(_MARKS).split("\n"))


def _join(lines: list[str]) -> str:
    lines = [line.rstrip().rstrip("│┃|║") for line in lines]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    lines = [line[indent:].rstrip() for line in lines if line.strip()]
    # A text that was broken hard has most of its lines at one width; the last line is shorter.
    width = max(map(len, lines), default=0)
    full = sum(len(line) == width for line in lines[:-1])
    least = _NARROWEST_WRAP if full > 1 else _NARROWEST_OF_TWO
    hard = width >= least and full >= max(1, (len(lines) - 1) // 3)
    parts: list[str] = []
    for line in lines:
        parts.append(line.strip() if not parts else line.lstrip() if not hard else line)
        parts.append("" if hard and len(line) == width else " ")
    return re.sub(r"[ \t]{2,}", " ", "".join(parts)).strip()
