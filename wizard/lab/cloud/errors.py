"""The one exception by which the front refuses a call."""

from __future__ import annotations


class AwsError(Exception):
    """A refusal as AWS gives it: an error code, a message and an HTTP status.

    The status is a hint: the service model's own status for the code wins where it has one,
    except when ``status`` is given explicitly.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class Unanswered(Exception):
    """Nobody in the lab implements this operation."""
