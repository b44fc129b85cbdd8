"""Puts statements into a document, and measures documents against IAM's limits.

Source of the limits: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
("IAM and STS character limits": white space does not count).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from wizard.policy.statements import as_list, statements
from wizard.policy.wildcard import matches

Holder = Literal["role", "user", "group", "managed"]

LIMITS: Mapping[Holder, int] = {"role": 10_240, "user": 2_048, "group": 5_120, "managed": 6_144}
"""Characters: all inline policies of a role, user or group together; one managed policy."""

VERSION = "2012-10-17"


def _one_or_list(values: Iterable[str]) -> str | list[str]:
    unique = sorted(set(values))
    return unique[0] if len(unique) == 1 else unique


def statement(
    sid: str,
    actions: Iterable[str],
    resources: Iterable[str],
    condition: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An Allow statement in one fixed order: sorted, without repetitions."""
    made: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(set(actions)),
        "Resource": _one_or_list(resources),
    }
    if condition:
        made["Condition"] = dict(condition)
    return made


def document(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A policy document of these statements."""
    return {"Version": VERSION, "Statement": [dict(part) for part in parts]}


def _within(wanted: Sequence[str], given: Sequence[str], *, fold: bool) -> bool:
    # A `?` would take a `*` of the wanted text for one character, and give less than it.
    return all(
        any(matches(g, w, ignore_case=fold) and not ("?" in g and "*" in w) for g in given)
        for w in wanted
    )


def _plain(part: Mapping[str, Any]) -> bool:
    """An Allow that names its actions and resources directly."""
    return part.get("Effect") == "Allow" and "Action" in part and "Resource" in part


def _covers_one(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    if not _plain(given) or given.get("Condition") not in (None, {}, wanted.get("Condition")):
        return False
    actions = _within(as_list(wanted["Action"]), as_list(given["Action"]), fold=True)
    return actions and _within(as_list(wanted["Resource"]), as_list(given["Resource"]), fold=False)


def covers(policy: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether one statement of the document already gives all that `wanted` gives.

    Statements with policy variables are compared as text; denies are not looked at.
    """
    return any(_covers_one(given, wanted) for given in statements(policy))


def _same_scope(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two statements differ in their actions alone (and in Sid)."""
    return (
        _plain(one)
        and _plain(other)
        and sorted(as_list(one["Resource"])) == sorted(as_list(other["Resource"]))
        and (one.get("Condition") or None) == (other.get("Condition") or None)
    )


def _free_sid(wanted: str, taken: set[str]) -> str:
    if not wanted or wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}{number}" in taken:
        number += 1
    return f"{wanted}{number}"


def merge(
    existing: Mapping[str, Any] | None, new_statements: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The existing document with the new statements in it. Never takes a permission away.

    What is already given is not added again; actions on the same resources under the same
    condition join the statement that is there; a Sid is changed where it is taken. Merging twice
    gives the same as merging once. `existing` None or empty starts a new document.
    """
    base = dict(existing or {"Version": VERSION, "Statement": []})
    result = [dict(part) for part in statements(base)]
    for wanted in new_statements:
        whole = {"Statement": result}
        if covers(whole, wanted):
            continue
        partner = next((part for part in result if _same_scope(part, wanted)), None)
        if partner is not None:
            joined = {*as_list(partner["Action"]), *as_list(wanted["Action"])}
            partner["Action"] = sorted(joined)
            continue
        added = dict(wanted)
        sid = _free_sid(str(added.get("Sid", "")), {str(p.get("Sid", "")) for p in result})
        if sid:
            added["Sid"] = sid
        result.append(added)
    return {**base, "Version": base.get("Version", VERSION), "Statement": result}


def text(policy: Mapping[str, Any]) -> str:
    """The document as it is sent: readable JSON in a fixed order."""
    return json.dumps(policy, indent=2, ensure_ascii=False)


def size(policy: Mapping[str, Any]) -> int:
    """Characters that count against IAM's limits."""
    packed = json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
    return len("".join(packed.split()))


def fits_inline(documents: Iterable[Mapping[str, Any]], kind: Holder = "role") -> bool:
    """Whether these documents together fit: all inline policies of a role, user or group.

    For `managed` each document by itself is held against the limit.
    """
    sizes = [size(policy) for policy in documents]
    return (max(sizes, default=0) if kind == "managed" else sum(sizes)) <= LIMITS[kind]
