"""Builds the compiled knowledge into the wheel, so that a look-up parses no YAML."""

import os
import sys
import tempfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileKnowledge(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `wizard/_compiled` to the wheel; an editable install compiles when first used."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile `knowledge/` into a temporary folder and force it into the wheel."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from wizard.catalog.compiled import build

        into = tempfile.mkdtemp()
        build(os.path.join(self.root, "knowledge"), into)
        for name in ("head.json", "entries.json"):
            build_data["force_include"][os.path.join(into, name)] = f"wizard/_compiled/{name}"
