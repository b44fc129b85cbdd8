"""What can go wrong before anything is read."""

from wizard.core.answer import Diagnosis
from wizard.errors import NoAws

KINDS = (
    "no-credentials",
    "credentials-expired",
    "credentials-invalid",
    "no-region",
    "no-profile",
    "unreachable",
    "clock-skew",
)


class AwsUnavailableError(NoAws):
    """AWS cannot be asked at all.

    `kind` is one of `KINDS`, `str()` is one line for the user. `diagnosis` is what could be told
    without AWS (this machine, its credentials), where a diagnosis was asked for.
    """

    def __init__(self, kind: str, message: str, diagnosis: Diagnosis | None = None) -> None:
        super().__init__(kind, message)
        self.diagnosis = diagnosis


class ForbiddenCallError(Exception):
    """A session was asked for an operation that is not on its list. A bug, never a user's error."""
