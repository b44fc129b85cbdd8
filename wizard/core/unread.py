"""The third value: what could not be read, which is never a false or an empty one."""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that could not be read: which call (`ecs:DescribeTasks`) and why, in a word or two.

    `why` is an AWS error code (`AccessDenied`, `ThrottlingException`), `timeout`, `not-asked` for
    what this place cannot know, or `no-way` for what no API tells. `also` are further calls that
    would have told it and gave no answer either. `among` are the values that it may have; empty
    where that may be any.
    """

    call: str
    why: str
    also: "tuple[Unread, ...]" = ()
    among: tuple[str, ...] = ()

    @property
    def every(self) -> "frozenset[Unread]":
        """This one and those in `also`, each by itself."""
        return frozenset(_each(self))


def merged(first: Unread, *more: Unread) -> Unread:
    """Return `first` together with all of `more`, each of them once."""
    rest = dict.fromkeys(one for known in (first, *more) for one in _each(known))
    rest.pop(Unread(first.call, first.why), None)
    return Unread(first.call, first.why, tuple(rest))


def _each(known: Unread) -> "tuple[Unread, ...]":
    return (Unread(known.call, known.why), *(one for more in known.also for one in _each(more)))


T = TypeVar("T")
Maybe: TypeAlias = T | Unread
Partly: TypeAlias = tuple[tuple[str, Unread], ...]
"""Fields that are known in part, each with what kept the rest from being read: what such a field
says holds, but there may be more (`*`: of any field)."""
