"""Small immutable records for the path of a look-up.

A cold look-up has a few tens of milliseconds in all; importing `dataclasses` costs ten of them,
and each `NamedTuple` half of one. Everywhere else, use dataclasses.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any, dataclass_transform
else:

    def dataclass_transform(**_):
        """Stand in for typing's, which only tells type checkers something."""
        return lambda made: made


@dataclass_transform(frozen_default=True)
class Record:
    """A class whose annotations are its fields, as a frozen dataclass has them."""

    def __init__(self, *values: Any, **named: Any) -> None:
        names = list(type(self).__annotations__)
        given = dict(zip(names, values, strict=False)) | named
        if len(values) > len(names) or given.keys() - set(names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names)}")
        for name in names:
            if name not in given and not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} needs {name}")
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in type(self).__annotations__)
        return f"{type(self).__name__}({', '.join(fields)})"
