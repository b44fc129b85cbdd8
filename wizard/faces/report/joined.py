"""Verdicts that say the same of several things, said once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from wizard.core.answer import Verdict


def joined(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return `verdicts`, in their order, those of one cause that differ in a single field as one:
    four endpoints that a subnet lacks are one matter, mended by one fix."""
    groups: list[_Group] = []
    for verdict in verdicts:
        if not any(group.takes(verdict) for group in groups):
            groups.append(_Group([verdict]))
    return [group.whole for group in groups]


@dataclass
class _Group:
    members: list[Verdict]
    field: str = ""

    def takes(self, verdict: Verdict) -> bool:
        """Join `verdict` if it differs from the others in the same one field."""
        first, other = self.members[0].finding, verdict.finding
        same = (first.cause, first.status, first.predicted, first.fixes)
        if same != (other.cause, other.status, other.predicted, other.fixes):
            return False
        fields = {*first.fields, *other.fields}
        differing = [name for name in fields if first.fields.get(name) != other.fields.get(name)]
        if len(differing) != 1 or self.field not in ("", differing[0]):
            return False
        self.field = differing[0]
        self.members.append(verdict)
        return True

    @property
    def whole(self) -> Verdict:
        """All of them as one verdict."""
        if len(self.members) == 1:
            return self.members[0]
        first = self.members[0]
        values = [value for one in self.members for value in _each(one.finding.fields[self.field])]
        fields = first.finding.fields | {self.field: tuple(dict.fromkeys(values))}
        says = {(e.call, e.says["en"]): e for one in self.members for e in one.evidence}
        return Verdict(replace(first.finding, fields=fields), tuple(says.values()))


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)
