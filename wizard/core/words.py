"""Words in two languages, and placeholders in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any

LANGUAGES = ("en", "ja")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def placeholders(text: str) -> set[str]:
    """Return the names in braces in `text`."""
    return set(_PLACEHOLDER.findall(text))


def fill(text: str, values: Mapping[str, Any]) -> str:
    """Return `text` with `{name}` replaced by its value; a value not known shows as `<name>`.

    Only names in braces are replaced, so text may hold JSON. Values are put in as they are: they
    must have been cleaned where they came in.
    """

    def put(found: re.Match[str]) -> str:
        value = values.get(found.group(1))
        if value is None or value in ("", ()):
            return f"<{found.group(1)}>"
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

    return _PLACEHOLDER.sub(put, text)
