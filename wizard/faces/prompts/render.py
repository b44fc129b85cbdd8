"""A view as lines of plain text."""

import shutil

from wizard.faces.layout import lay_out
from wizard.faces.view import Option, View
from wizard.faces.words import say
from wizard.faces.wrap import wrap

WIDTH = 76
"""Where nobody says how wide the terminal is."""


def terminal_width() -> int:
    """Return the cells of a line that may be written to, one less than there are."""
    return max(shutil.get_terminal_size((WIDTH + 1, 24)).columns - 1, 20)


def as_lines(view: View, path: list[str], width: int = WIDTH) -> list[str]:
    """Return `view` under its path, without its options; no escape sequences."""
    lines = ["", *wrap(" > ".join(path), width)] if path else [""]
    lines += [*wrap(f"== {view.title} ==", width), ""]
    for block in view.blocks:
        laid = [str(line) for line in lay_out(block, width)]
        if block.kind == "head":
            lines += [*laid[:-1], f"{laid[-1]}:"]
        elif laid:
            lines += [*laid, ""]
    return lines


def option_lines(number: int, option: Option, lang: str, width: int) -> list[str]:
    """Return an option as a numbered entry of a menu."""
    note = f"  ({option.note})" if option.note else ""
    closed = "" if option.enabled else f"  [{say('not-possible', lang)}]"
    lead = f"  {number}. "
    lines = wrap(f"{option.label}{note}{closed}", width - len(lead))
    return [(" " * len(lead) if nth else lead) + line for nth, line in enumerate(lines)]
