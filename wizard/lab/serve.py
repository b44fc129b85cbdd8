"""``practice --serve``: only the embedded AWS, for any AWS client."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from threading import Event

from wizard.lab.lab import Lab


def export_lines(env: Mapping[str, str]) -> list[str]:
    """Shell lines that set an environment made by :meth:`Lab.env`."""
    return [f"export {name}={shlex.quote(value)}" for name, value in sorted(env.items())]


def serve(
    port: int = 0,
    *,
    region: str = "ap-northeast-1",
    speed: float = 10.0,
    build: Callable[[Lab], str] | None = None,
    until: Event | None = None,
) -> None:
    """Serves an embedded AWS in the foreground until interrupted (or until *until* is set).

    Args:
        port: 0 takes a free one.
        speed: nominal seconds of AWS per real second.
        build: fills the empty account and gives the principal whose environment is printed;
            None leaves it empty and prints root's.
        until: ends the serving from another thread.

    The ``export`` lines go to standard output, everything else to standard error.
    """
    with Lab.start(region, speed=speed, port=port) as lab:
        principal = build(lab) if build else "root"
        print("\n".join(export_lines(lab.env(principal))), flush=True)
        print(f"The embedded AWS answers at {lab.endpoint_url}", file=sys.stderr, flush=True)
        try:
            (until or Event()).wait()
        except KeyboardInterrupt:
            return
