"""Things that happen later: a heap of due moments, worked off whenever somebody calls.

Entries are plain data (a kind and its arguments), so that a snapshot can keep them.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from wizard.lab.cloud.state import Cloud

Act = Callable[..., None]
Watch = Callable[[Cloud], None]
_ACTS: dict[str, Act] = {}
_WATCHES: list[Watch] = []
# So many regular checks are made up for after a jump of the clock.
_CAUGHT_UP = 20


def act(kind: str) -> Callable[[Act], Act]:
    """Registers what happens when an entry of *kind* falls due: ``f(cloud, when, *args)``."""

    def register(function: Act) -> Act:
        _ACTS[kind] = function
        return function

    return register


def schedule(cloud: Cloud, when: float, kind: str, *args: object) -> None:
    """Puts an entry on the agenda for the lab time *when* (seconds since the epoch)."""
    cloud.memory.serial += 1
    heapq.heappush(cloud.memory.agenda, (when, cloud.memory.serial, kind, args))


def again(cloud: Cloud, when: float, seconds: float) -> float:
    """When a regular check that was due at *when* is due next, *seconds* nominal later.

    A clock that was moved far ahead does not make up for all the checks in between.
    """
    following = cloud.clock.after(seconds, when)
    return max(following, cloud.clock.now() - _CAUGHT_UP * seconds / cloud.clock.speed)


def watch(function: Watch) -> Watch:
    """Registers what is to be looked at whenever somebody calls: ``f(cloud)``."""
    _WATCHES.append(function)
    return function


def work_off(cloud: Cloud, limit: int = 100_000) -> None:
    """Does everything that is due by now, in order. The caller holds the lock."""
    for look in _WATCHES:
        look(cloud)
    agenda = cloud.memory.agenda
    while agenda and limit and agenda[0][0] <= cloud.clock.now():
        when, _, kind, args = heapq.heappop(agenda)
        _ACTS[kind](cloud, when, *args)
        limit -= 1


def settle(cloud: Cloud, nominal: float) -> int:
    """Lets up to *nominal* seconds of nominal time pass at once; says how many things happened.

    The clock jumps from one due moment to the next and ends where the last thing happened.
    """
    end = cloud.clock.after(nominal)
    done = 0
    agenda = cloud.memory.agenda
    while agenda and agenda[0][0] <= end:
        cloud.clock.jump(max(0.0, agenda[0][0] - cloud.clock.now()))
        when, _, kind, args = heapq.heappop(agenda)
        _ACTS[kind](cloud, when, *args)
        done += 1
    return done
