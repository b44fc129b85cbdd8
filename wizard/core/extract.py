"""Fields read from an error text: who, what, on which, where. Values stand as in the text.

Masks that people put in (`***`, `<account>`, `XXXX`) are values like any other. A value that is
not there is not invented. Texts must be readable (see `wizard.core.unwrap`) and of bounded length.
"""

import re
from collections.abc import Iterable
from functools import cache

from wizard.core.fields import REGISTRY, ROWS

LONGEST = 12_000
"""The longest readable text, in characters, that fields are read from."""

_IMAGE = (
    rf"(?P<registry>{REGISTRY})/(?P<repository>[a-z0-9<>*_][\w<>*./-]{{0,200}}?)"
    r"(?:@sha256:[0-9a-f]{8,64}|:(?P<tag>[\w<>*][\w<>*.-]{0,127}))?(?=[\s\"',;)\]:]|\.?$)"
)
_DENIED_BY = (
    ("service control policy", "SCP"),
    ("resource control policy", "RCP"),
    ("vpc endpoint policy", "VPC endpoint policy"),
    ("permissions boundary", "permissions boundary"),
    ("session policy", "session"),
    ("resource-based policy", "resource-based"),
    ("identity-based policy", "identity-based"),
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def read_fields(text: str) -> dict[str, str | list[str]]:
    """Return the fields that can be read from readable `text`, by the contract's field names."""
    text = text[:LONGEST]
    found: dict[str, str | list[str]] = dict(_image(text))
    for name, hints, pattern in ROWS:
        if name in found or not any(hint in text for hint in hints):
            continue
        match = _compiled(pattern).search(text)
        if match and _trim(match.group(1)):
            found[name] = _trim(match.group(1))
    if "-" in found.get("operation", ""):
        found["operation"] = "".join(part.title() for part in str(found["operation"]).split("-"))
    _denial(text, found)
    return found


def own_fields(patterns: Iterable[str], text: str) -> dict[str, str]:
    """Return the named groups of a symptom's own regexes found in readable `text`."""
    found: dict[str, str] = {}
    for pattern in patterns:
        match = _compiled(pattern).search(text[:LONGEST])
        if match:
            found |= {k: _trim(v) for k, v in match.groupdict().items() if v and k not in found}
    return found


def _trim(value: str) -> str:
    value = value.rstrip(".,:;!?\\")
    if value.endswith(")") and "(" not in value:
        value = value[:-1]
    return value


def _image(text: str) -> dict[str, str]:
    match = _compiled(_IMAGE).search(text) if ".dkr" in text else None
    if not match:
        return {}
    parts = {name: _trim(part) for name, part in match.groupdict().items() if part}
    return {"image": _trim(match.group(0))} | parts


def _denial(text: str, found: dict[str, str | list[str]]) -> None:
    low = text.lower()
    if "is not authorized to perform" not in low and "explicit deny" not in low:
        return
    kind = next((name for words, name in _DENIED_BY if words in low), None)
    if kind:
        found["denied_by"] = kind
        found["reason"] = "explicit deny" if "explicit deny" in low else "implicit deny"
    actions = dict.fromkeys(re.findall(r"perform:? ?'?\"?([a-z0-9-]{2,40}:[A-Za-z]{2,60})", text))
    if len(actions) > 1:
        found["actions"] = list(actions)
