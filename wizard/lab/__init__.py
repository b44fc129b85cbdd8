"""The embedded AWS of practice, demo and tests: moto behind a front of ours, in its own process.

It shares no code with the rest of the wizard. Start one with :meth:`Lab.start`; see README.md
beside this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.lab.lab import Fault, Lab, LabError

__all__ = ["Fault", "Lab", "LabError"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from wizard.lab import lab

        return getattr(lab, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
