"""Ways in which texts get hurt between the terminal that printed them and the next one.

Each takes a text and a random generator and returns the damaged text.
"""

import json
import random
import re
from collections.abc import Callable

Damage = Callable[[str, random.Random], str]


def _hard_wrap(text: str, rng: random.Random) -> str:
    width = rng.randint(30, 100)
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def _wrap_with_blank_lines(text: str, rng: random.Random) -> str:
    return _hard_wrap(text, rng).replace("\n", "\n\n")


def _frame(text: str, rng: random.Random) -> str:
    mark = rng.choice(["│ ", "> ", "# ", "// ", "| "])
    return "\n".join(mark + line for line in _hard_wrap(text, rng).split("\n"))


def _time_stamps(text: str, rng: random.Random) -> str:
    lines = _hard_wrap(text, rng).split("\n")
    return "\n".join(
        f"2026-11-22T10:00:{n % 60:02}.{rng.randint(0, 9999999):07}Z {line}"
        for n, line in enumerate(lines)
    )


def _json(text: str, rng: random.Random) -> str:
    return json.dumps({"message": json.dumps({"reason": text})})


def _html(text: str, rng: random.Random) -> str:
    for mark, entity in (("&", "&amp;"), ('"', "&quot;"), ("'", "&#39;"), ("<", "&lt;")):
        text = text.replace(mark, entity)
    return text


def _typographic(text: str, rng: random.Random) -> str:
    return text.replace("'", "’").replace('"', "“")


def _mask(text: str, rng: random.Random) -> str:
    mask = rng.choice(["***", "<account>", "XXXXXXXXXXXX", "1234-5678-9012"])
    return re.sub(r"\b\d{12}\b", mask, text)


def _colour(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words))
    words[at] = f"\x1b[1;31m{words[at]}\x1b[0m"
    return " ".join(words)


def _retype(text: str, rng: random.Random) -> str:
    letters = [n for n, letter in enumerate(text) if letter.isalpha()]
    at = rng.choice(letters)
    kind = rng.randrange(3)
    wrong = rng.choice("etaoinshr")
    if kind == 0:
        return text[:at] + text[at + 1 :]
    return text[:at] + wrong + text[at + (kind == 1) :]


def _cut_start(text: str, rng: random.Random) -> str:
    return "..." + text[rng.randint(0, len(text) // 5) :]


def _cut_end(text: str, rng: random.Random) -> str:
    return text[: len(text) - rng.randint(0, len(text) // 5)] + "..."


def _japanese_chat(text: str, rng: random.Random) -> str:
    return f"お疲れさまです。デプロイしたら「{text}」と出ました。どうすればいいですか？"


def _full_width(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words))
    words[at] = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in words[at])
    return " ".join(words)


DAMAGES: dict[str, Damage] = {
    "wrapped hard": _hard_wrap,
    "wrapped with blank lines": _wrap_with_blank_lines,
    "framed": _frame,
    "time stamps": _time_stamps,
    "JSON in JSON": _json,
    "HTML entities": _html,
    "typographic quotes": _typographic,
    "masked": _mask,
    "coloured": _colour,
    "one letter retyped": _retype,
    "cut at the start": _cut_start,
    "cut at the end": _cut_end,
    "in a Japanese chat": _japanese_chat,
    "one word full width": _full_width,
}
