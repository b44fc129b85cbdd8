"""What every command is handed: the global options, the knowledge, where to write."""

from __future__ import annotations

import os
import sys
from functools import cached_property

from wizard.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any, TextIO

    from wizard.core.knowledge import Knowledge


class World:
    """The global options of one invocation, and what hangs on them (made when first used).

    A plain class: a look-up must not pay for importing dataclasses.
    """

    def __init__(  # noqa: PLR0913 - one argument for each global option
        self,
        lang: str = "en",
        *,
        json: bool = False,
        plain: bool = False,
        color: bool = True,
        profile: str | None = None,
        region: str | None = None,
        folders: tuple[str, ...] = (),
        verbose: bool = False,
        out: TextIO | None = None,
        err: TextIO | None = None,
    ) -> None:
        self.lang = lang
        self.json = json
        self.plain = plain
        self.color = color
        self.profile = profile
        self.region = region
        self.folders = folders
        self.verbose = verbose
        self.out = out or sys.stdout
        self.err = err or sys.stderr

    @cached_property
    def knowledge(self) -> Knowledge:
        """The knowledge in force; messages about a team's broken files go to stderr once."""
        from wizard.catalog.store import knowledge

        try:
            found = knowledge(self.folders)
        except NotADirectoryError as error:
            raise UsageError(f"--knowledge: no such folder: {error}") from None
        for problem in found.problems:
            self.tell(problem)
        return found

    def say(self, text: str = "") -> None:
        """Write data to stdout."""
        print(text, file=self.out)

    def tell(self, text: str) -> None:
        """Write talk to stderr."""
        print(text, file=self.err)

    def give(self, document: Any) -> None:
        """Write `document` to stdout as the one JSON document of a `--json` run."""
        import json

        print(json.dumps(document, ensure_ascii=False, indent=2), file=self.out)

    def word(self, words: dict[str, str]) -> str:
        """Return the text of `words` in the user's language, English where there is none."""
        return words.get(self.lang) or words.get("en", "")


def language(environ: dict[str, str] | None = None) -> str:
    """Return `ja` where the locale says Japanese, else `en`."""
    env = os.environ if environ is None else environ
    locale = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return "ja" if locale.lower().startswith("ja") else "en"
