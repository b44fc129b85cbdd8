"""The knowledge in force: the built-in one, and a team's own on top of it."""

from collections.abc import Sequence

from wizard.catalog.compiled import built_in
from wizard.core.knowledge import Knowledge


def knowledge(folders: Sequence[str] = ()) -> Knowledge:
    """Return the built-in knowledge with the YAML of `folders` on top, later ones first.

    A file with something wrong is left out and told in `problems`; everything else works.
    Raises NotADirectoryError for a folder that is not there.
    """
    data = built_in()
    if not folders:
        return Knowledge(data)
    from pathlib import Path

    from wizard.catalog.overlay import overlay

    return overlay(data, [Path(folder) for folder in folders])
