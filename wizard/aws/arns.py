"""Names out of ARNs, and ARNs out of names, in every partition."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_ARN = re.compile(
    r"^arn:(?P<partition>[\w-]+):(?P<service>[\w-]*):(?P<region>[\w-]*):"
    r"(?P<account>[\w-]*):(?P<resource>.+)$"
)


def short(name: str | None) -> str | None:
    """Return the last part of an ARN's resource (`…:service/prod/web` is `web`); names as is.

    A role's path is no part of its name, a namespaced repository's is: use `after` for those.
    """
    found = _ARN.match(name or "")
    return re.split(r"[/:]", found["resource"])[-1] if found else name or None


def part(arn: str | None, name: str) -> str | None:
    """Return the partition, service, region, account or resource of `arn`; None without one."""
    found = _ARN.match(arn or "")
    return (found[name] or None) if found else None


def cluster_in(arn: str | None) -> str | None:
    """Return the cluster that a service's, task's or cluster's ARN names (long format)."""
    pieces = (part(arn, "resource") or "").split("/")
    if pieces[0] == "cluster" and len(pieces) == 2:
        return pieces[1]
    return pieces[1] if pieces[0] in ("service", "task") and len(pieces) == 3 else None


def alike(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three of `known` that `name` may be a slip of, the likeliest first."""
    lower = {one.lower(): one for one in known}
    return tuple(lower[one] for one in get_close_matches(name.lower(), lower, 3, 0.6))
