"""Faults on demand: latency, throttling, denials, resets, expired credentials, wrong clocks.

A fault is ``{"match": "ecs:Describe*", "kind": …, "times": n, …}``: the first that matches a
call and has some left is used. ``times`` omitted means for ever; ``spares_root`` leaves the
account's root alone.
"""

from __future__ import annotations

from typing import Any

from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.conditions import glob
from wizard.lab.cloud.identity.principals import ROOT_PREFIX
from wizard.lab.cloud.state import Cloud
from wizard.lab.cloud.wire import Call

# Each service's own words for too many calls ("Common errors" of each API reference).
_THROTTLE: dict[str, tuple[str, str]] = {
    "ec2": ("RequestLimitExceeded", "Request limit exceeded."),
    "iam": ("Throttling", "Rate exceeded"),
    "sts": ("Throttling", "Rate exceeded"),
    "elbv2": ("Throttling", "Rate exceeded"),
    "s3": ("SlowDown", "Please reduce your request rate."),
}


def take(cloud: Cloud, call: Call) -> dict[str, Any] | None:
    """The fault that hits *call*, counted down; None when none does."""
    for fault in cloud.faults:
        left = fault.get("times")
        if left == 0 or not glob(str(fault["match"]), call.action, True):
            continue
        if fault.get("spares_root") and call.access_key.startswith(ROOT_PREFIX):
            continue
        if left is not None:
            fault["times"] = left - 1
        return fault
    return None


def clock(fault: dict[str, Any] | None) -> float:
    """The seconds by which a fault lets AWS's clock be ahead of the caller's; 0 for all others.

    ``{"kind": "clock", "seconds": -1800}``: the caller's clock is half an hour slow. The call's
    own signature is then held against AWS's time, and the answer is dated by it.
    """
    if fault is None or fault["kind"] != "clock":
        return 0.0
    return -float(fault["seconds"])


def error_of(fault: dict[str, Any], call: Call) -> AwsError | None:
    """The refusal a fault stands for; None for latency, clocks and resets."""
    kind = fault["kind"]
    if kind == "throttle":
        code, text = _THROTTLE.get(call.service, ("ThrottlingException", "Rate exceeded"))
        return AwsError(code, text, 503 if call.service in ("ec2", "s3") else 400)
    if kind == "error":
        return AwsError(str(fault["code"]), str(fault["message"]), int(fault.get("status", 400)))
    if kind == "unavailable":
        return AwsError("ServiceUnavailable", "Service Unavailable", 503)
    return None
