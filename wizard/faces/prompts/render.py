"""A view as lines of plain text."""

from wizard.faces.view import Block, View

_MARKS = {"quote": "> ", "good": "[ok] ", "bad": "[!] ", "note": "", "command": "$ "}


def as_lines(view: View, path: list[str]) -> list[str]:
    """Return `view` under its path, without its options; no escape sequences."""
    lines = ["", " > ".join(path)] if path else [""]
    lines += [f"== {view.title} ==", ""]
    for block in view.blocks:
        lines += _block(block)
    return lines


def _block(block: Block) -> list[str]:
    if block.kind == "head":
        return [f"{block.text}:"] if block.text else []
    if block.kind == "rows":
        return [*(_row(label, value) for label, value in block.rows), ""]
    mark = _MARKS.get(block.kind, "")
    return [*(f"{mark}{line}" for line in block.text.splitlines()), ""]


def _row(label: str, value: str) -> str:
    return f"  {label}: {value}" if label and value else f"  {label or value}"
