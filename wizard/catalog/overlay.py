"""A team's own knowledge laid over the built-in one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wizard.catalog.lint import check
from wizard.catalog.load import GUIDE, KINDS, load
from wizard.core.knowledge import Knowledge


def overlay(data: dict[str, Any], folders: Sequence[Path]) -> Knowledge:
    """Return the knowledge of `data` with `folders` on top; files with problems are left out."""
    problems: list[str] = []
    for root in folders:
        if not root.is_dir():
            raise NotADirectoryError(str(root))
        folder = load(root)
        found = check(folder, Knowledge(merged(data, folder.data())))
        bad = {problem.file for problem in found}
        problems += [str(problem) for problem in found]
        for kind in (*KINDS, GUIDE):
            sources = folder.sources.get(kind, {})
            for key in [key for key, source in sources.items() if source.name in bad]:
                del sources[key]
        data = merged(data, folder.data())
    return Knowledge(data, tuple(problems))


def merged(data: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return the entries of `data` with those of `own` on top."""
    merged: dict[str, Any] = {kind: {**data[kind], **own[kind]} for kind in KINDS}
    merged[GUIDE] = own[GUIDE] or data[GUIDE]
    return merged
