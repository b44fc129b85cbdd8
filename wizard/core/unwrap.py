"""Wrapped, framed and quoted text made readable again, for the regexes that take fields from it."""

import re

from wizard.core.squash import level

_ENTITIES = {"&quot;": '"', "&#34;": '"', "&#x22;": '"', "&apos;": "'", "&#39;": "'"}
_ENTITIES |= {"&#x27;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&", "&nbsp;": " ", "&#10;": "\n"}
_ENTITY = re.compile("|".join(map(re.escape, _ENTITIES)))
_ESCAPED_MARK = re.compile(r"\\+u00([0-9a-fA-F]{2})")
_ESCAPED_BREAK = re.compile(r"\\+[nr]")
_ESCAPED_QUOTE = re.compile(r"\\+(?=[\"'/])")
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "`": "'"})
_MARKS |= {0x00A0: " ", ord("「"): " ", ord("」"): " ", ord("、"): " ", ord("。"): " "}
_NARROWEST_WRAP = 24


def readable(text: str) -> str:
    """Return `text` with line breaks inside sentences and words mended and quotes made plain.

    A line as wide as the widest line of the text was broken by a terminal, perhaps inside a word:
    it is joined to the next without a space. Any other line break becomes a space.
    """
    text = _ENTITY.sub(lambda found: _ENTITIES[found.group()], text)
    text = _ESCAPED_MARK.sub(lambda found: chr(int(found.group(1), 16)), text)
    text = _ESCAPED_QUOTE.sub("", _ESCAPED_BREAK.sub("\n", text))
    return _join(level(text).translate(_MARKS).split("\n"))


def _join(lines: list[str]) -> str:
    lines = [line.rstrip().rstrip("│┃|║") for line in lines]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    lines = [line[indent:].rstrip() for line in lines if line.strip()]
    # A text that was broken hard has most of its lines at one width; the last line is shorter.
    width = max(map(len, lines), default=0)
    full = sum(len(line) == width for line in lines[:-1])
    hard = width >= _NARROWEST_WRAP and full >= max(1, (len(lines) - 1) // 3)
    parts: list[str] = []
    for line in lines:
        parts.append(line.strip() if not parts else line.lstrip() if not hard else line)
        parts.append("" if hard and len(line) == width else " ")
    return re.sub(r"[ \t]{2,}", " ", "".join(parts)).strip()
