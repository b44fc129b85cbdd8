"""The door to AWS for faces and commands: ask for a diagnosis, failures, choices, an identity.

Every method blocks (up to the stated deadline) and may be called from any thread but not from
inside a running event loop. `AwsUnavailableError` says that AWS cannot be asked at all.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from wizard.core.answer import Choice, Diagnosis, Failure, Identity
from wizard.core.diagnosis import Observed
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge

Progress = Callable[[str, str], None]
"""Called with a call (`ecs:DescribeServices`) and its state: `asked`, `read` or `unread`.

It is called from the thread that runs the diagnosis.
"""

DEADLINE_S = 45.0
"""A diagnosis ends within this time whatever AWS does; what is not read by then is `timeout`."""


class Engine:
    """Diagnoses the live account, or a file of saved answers (`replay`).

    `save` names a file that keeps every answer of the last diagnosis, redacted.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        profile: str | None = None,
        region: str | None = None,
        *,
        save: Path | None = None,
        replay: Path | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        raise NotImplementedError

    def identity(self) -> Identity:
        """Return who asks, and where."""
        raise NotImplementedError

    def diagnose(
        self,
        target: Target,
        observed: Sequence[Observed] = (),
        on_progress: Progress | None = None,
    ) -> Diagnosis:
        """Return what is wrong with `target`, whose empty fields are filled in where they follow.

        `observed` are symptoms already seen (pasted, captured), the root first; symptoms that are
        seen live are put behind them.
        """
        raise NotImplementedError

    def diagnose_all(
        self,
        cluster: str | None,
        goal: str = "all",
        on_progress: Progress | None = None,
    ) -> list[Diagnosis]:
        """Return a diagnosis for every service of `cluster`, or of the region (None)."""
        raise NotImplementedError

    def failures(
        self, cluster: str | None = None, on_progress: Progress | None = None
    ) -> list[Failure]:
        """Return what fails now in `cluster`, or in all clusters of the region; newest first."""
        raise NotImplementedError

    def choices(self, kind: str, target: Target) -> list[Choice]:
        """Return what there is to pick: `kind` is cluster, service, task, container, repository."""
        raise NotImplementedError
