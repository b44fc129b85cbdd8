"""A view as lines of plain text."""

from wizard.faces.layout import lay_out
from wizard.faces.view import View
from wizard.faces.wrap import wrap

WIDTH = 76
"""Where nobody says how wide the terminal is."""


def as_lines(view: View, path: list[str], width: int = WIDTH) -> list[str]:
    """Return `view` under its path, without its options; no escape sequences."""
    lines = ["", *wrap(" > ".join(path), width)] if path else [""]
    lines += [f"== {view.title} ==", ""]
    for block in view.blocks:
        laid = [str(line) for line in lay_out(block, width)]
        if block.kind == "head":
            lines += [f"{line}:" for line in laid[-1:]]
        elif laid:
            lines += [*laid, ""]
    return lines
