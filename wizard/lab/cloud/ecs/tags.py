"""TagResource, UntagResource and ListTagsForResource for everything ECS has."""

from __future__ import annotations

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.ecs.store import find_definition, last, store_of
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.state import Record


def _tagged(context: Context) -> tuple[Record, str]:
    """The record that an ARN names, and the key under which it keeps its tags."""
    store, arn = store_of(context), str(context.params["resourceArn"])
    rest = arn.split(":", 5)[-1]
    kind, _, path = rest.partition("/")
    found: Record | None = None
    if kind == "cluster":
        found = store.clusters.get(path)
    elif kind == "service":
        found = store.services.get(path)
    elif kind == "task":
        found = store.tasks.get(last(path))
    elif kind == "task-definition":
        found = find_definition(store, arn)
        if found is not None:
            return found, "_tags"
    if found is None:
        raise AwsError(
            "InvalidParameterException",
            "The specified resource was not found. Specify a valid resource ARN and try again.",
        )
    return found, "tags"


@handles("ecs", "TagResource")
def tag(context: Context) -> Result:
    """TagResource."""
    record, key = _tagged(context)
    given = {t["key"]: t for t in context.params.get("tags") or []}
    record[key] = [t for t in record.get(key) or [] if t["key"] not in given] + list(given.values())
    return {}


@handles("ecs", "UntagResource")
def untag(context: Context) -> Result:
    """UntagResource."""
    record, key = _tagged(context)
    gone = set(context.params.get("tagKeys") or [])
    record[key] = [t for t in record.get(key) or [] if t["key"] not in gone]
    return {}


@handles("ecs", "ListTagsForResource")
def list_tags(context: Context) -> Result:
    """ListTagsForResource."""
    record, key = _tagged(context)
    return {"tags": record.get(key) or []}
