"""States that a call leads to only after a while, and waiting for them, bounded."""

from collections.abc import Callable, Mapping
from typing import Any

from wizard.core.unread import Unread
from wizard.fixes.ec2_states import GONE
from wizard.fixes.request import Look

Pause = Callable[[float], None]
"""Waits for so many seconds; tests hand in one that moves the embedded AWS's clock."""

PATIENCE_S = 300.0
_FIRST_S, _LONGEST_S = 0.5, 8.0


def _endpoint_state(look: Look, ids: list[str]) -> str | Unread:
    answer = look("ec2:DescribeVpcEndpoints", VpcEndpointIds=ids)
    if isinstance(answer, Unread):
        return answer
    found = (answer or {}).get("VpcEndpoints", ())
    return str(found[0]["State"]).lower() if found else "deleted"


def _endpoint_ids(parameters: Mapping[str, Any], answer: Any) -> list[str]:
    if "VpcEndpointIds" in parameters:
        return list(parameters["VpcEndpointIds"])
    if "VpcEndpointId" in parameters:
        return [str(parameters["VpcEndpointId"])]
    return [str(answer["VpcEndpoint"]["VpcEndpointId"])]


_WAITS = {
    "endpoint-available": (_endpoint_state, _endpoint_ids, ("available", *GONE)),
    "endpoint-deleted": (_endpoint_state, _endpoint_ids, ("deleted",)),
}
"""The wait of a change to: its state, whose state, and the states that end the waiting."""


def wait_for(
    name: str,
    parameters: Mapping[str, Any],
    answer: Any,
    look: Look,
    pause: Pause,
    on_state: Callable[[str, str], None],
) -> tuple[str, str]:
    """Wait until what a change made has come so far; return (what, its state at the end).

    Ends after `PATIENCE_S` seconds of pauses whatever the state. A state that cannot be read ends
    the waiting at once: it is not known whether waiting helps.
    """
    state_of, ids_of, final = _WAITS[name]
    ids = ids_of(parameters, answer)
    what, waited, step = ", ".join(ids), 0.0, _FIRST_S
    while True:
        look.fresh()
        state = state_of(look, ids)
        if isinstance(state, Unread):
            return what, f"unread ({state.why})"
        if state in final or waited >= PATIENCE_S:
            return what, state
        on_state(what, state)
        pause(step)
        waited += step
        step = min(step * 1.5, _LONGEST_S)


def reached(name: str, state: str) -> bool:
    """Return whether `state` is what the wait `name` is for."""
    return state == name.partition("-")[2] or state.startswith("unread")
