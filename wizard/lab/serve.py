"""``practice --serve``: only the embedded AWS, for any AWS client."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Mapping
from threading import Event

from wizard.lab.lab import Lab


def export_lines(env: Mapping[str, str], base: Mapping[str, str] | None = None) -> list[str]:
    """Shell lines that set an environment made by :meth:`Lab.env`.

    What *base* (this process's own environment) says about AWS besides is unset first: a
    profile, or an endpoint of one service, would lead elsewhere.
    """
    own = os.environ if base is None else base
    others = sorted(n for n in own if n.startswith("AWS_") and n not in env)
    unset = [f"unset {' '.join(others)}"] if others else []
    return unset + [f"export {name}={shlex.quote(value)}" for name, value in sorted(env.items())]


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
