"""What DescribeTargetHealth says of a target group's targets.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
"""

from dataclasses import dataclass

from wizard.aws.answers import Outcome, Refused
from wizard.core.unread import Unread

_ANSWERING = ("Target.ResponseCodeMismatch",)
_ELSEWHERE = "availability zone"


@dataclass(frozen=True, slots=True)
class Health:
    """`reasons`: why targets are not healthy, where none is, or why some are never asked.
    `answers`: some target answers on its port, rightly or wrongly."""

    healthy: int = 0
    all: int = 0
    reasons: str = ""
    answers: bool = False
    unread: Unread | None = None


def read_health(outcome: Outcome) -> Health:
    """Sum up the targets' states; those that are only starting or draining tell nothing."""
    if isinstance(outcome, Refused):
        return Health(unread=outcome.unread)
    listed = outcome.get("TargetHealthDescriptions") or ()
    states = [one.get("TargetHealth") or {} for one in listed]
    healthy = sum(one.get("State") == "healthy" for one in states)
    sick = {str(one.get("Reason") or "unhealthy") for one in states if _is_sick(one)}
    unused = {str(one["Description"]) for one in states if _is_elsewhere(one)}
    answers = bool(healthy) or any(reason in _ANSWERING for reason in sick)
    reasons = sorted(unused) + (sorted(sick) if healthy == 0 else [])
    return Health(healthy, len(states), ", ".join(reasons), answers)


def _is_sick(state: dict[str, str]) -> bool:
    return state.get("State") == "unhealthy"


def _is_elsewhere(state: dict[str, str]) -> bool:
    """Whether the balancer never asks the target, since it stands in none of its zones."""
    told = str(state.get("Description") or "").lower()
    return state.get("State") == "unused" and _ELSEWHERE in told
