"""The ``Filters`` of EC2's Describe calls.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.conditions import glob

Filters = Sequence[Mapping[str, Any]]


def check(filters: Filters, known: Collection[str]) -> None:
    """Raises AwsError for a filter that there is not."""
    for wanted in filters:
        name = str(wanted.get("Name", ""))
        if name not in known and name != "tag-key" and not name.startswith("tag:"):
            raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")


def matches(
    filters: Filters, fields: Mapping[str, Sequence[str]], tags: Sequence[Mapping[str, str]]
) -> bool:
    """Whether something with these filterable *fields* and tags passes all filters.

    Values may hold wildcards.
    """
    return all(_one(f, fields, tags) for f in filters)


def _one(
    wanted: Mapping[str, Any],
    fields: Mapping[str, Sequence[str]],
    tags: Sequence[Mapping[str, str]],
) -> bool:
    name = str(wanted.get("Name", ""))
    values = [str(v) for v in wanted.get("Values") or []]
    if name.startswith("tag:"):
        present = [t["Value"] for t in tags if t["Key"] == name[4:]]
    elif name == "tag-key":
        present = [t["Key"] for t in tags]
    else:
        present = list(fields[name])
    return any(glob(v, p) for v in values for p in present)
