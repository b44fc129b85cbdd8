"""The lab's clock: real time for stamps, faster time for everything that takes its time.

Stamps stay comparable with the caller's own clock (plus what :meth:`Clock.jump` added), while
a delay of *n* nominal seconds passes in *n / speed* real ones.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch as the lab sees them."""

    def __init__(self, speed: float = 100.0) -> None:
        self.speed = speed
        self.offset = 0.0

    def now(self) -> float:
        """The lab's time in seconds since the epoch."""
        return time.time() + self.offset

    def after(self, seconds: float, start: float | None = None) -> float:
        """When *seconds* of nominal time have passed since *start* (default: now)."""
        return (self.now() if start is None else start) + seconds / self.speed

    def jump(self, seconds: float) -> None:
        """Moves the lab's time forward by *seconds* of stamp time."""
        self.offset += seconds


def stamp(seconds: float) -> datetime:
    """Seconds since the epoch as an aware datetime, which the serializers expect."""
    return datetime.fromtimestamp(seconds, UTC)
