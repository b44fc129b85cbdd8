"""Keys that were meant for the screen before: dropped until the user can have seen this one."""

import time
from collections.abc import Callable

PAUSE_S = 0.25
"""A pause in the keys of this length says that what comes next was typed for this screen."""

_PASSING = frozenset(
    ("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "tab", "shift+tab")
)


class Settling:
    """Takes no key that could answer before there was a pause since the screen was shown.

    A terminal without bracketed paste sends a paste key by key; its Enters must not answer what
    it brings up. `pause_s` is 0 where nobody types; `clock` gives seconds.
    """

    def __init__(
        self, pause_s: float = PAUSE_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause_s = pause_s
        self._clock = clock
        self._last = clock()
        self._settled = False

    def shown(self) -> None:
        """Say that a screen is shown from now on."""
        self._last, self._settled = self._clock(), False

    def takes(self, key: str) -> bool:
        """Say that `key` was pressed; return whether it may be acted on."""
        if key in _PASSING or self._settled:
            return True
        now = self._clock()
        self._settled = now - self._last >= self._pause_s
        self._last = now
        return self._settled
