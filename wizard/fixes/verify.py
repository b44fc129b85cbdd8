"""Did it help? Diagnoses again until the cause is gone, within bounds."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, Protocol

from wizard.core.answer import Diagnosis
from wizard.core.facts import STAGES, Service, Target
from wizard.core.findings import CONFIRMED, SUSPECTED
from wizard.core.plan import LOCAL, Plan
from wizard.fixes.request import OnProgress, Progress, Verified, Words
from wizard.fixes.waits import Pause
from wizard.fixes.words import say

_FIRST_S, _LONGEST_S = 1.0, 10.0
_LOCAL_S = 3.0
"""A command on this machine has worked when it has ended, or not at all."""
_SETTLED_S = 60.0
"""Policies and endpoints work within seconds; nobody should look at a spinner for longer.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
"""
_RUNNING = STAGES.index("start")
_Presence = Literal["there", "unseen", "gone"]
_Rollout = Literal["through", "under-way", "failed"]


class Diagnoses(Protocol):
    """What verifying needs of the engine."""

    def diagnose(self, target: Target) -> Diagnosis:
        """Return what is wrong with `target` now."""


def verify(
    engine: Diagnoses,
    plan: Plan,
    target: Target,
    tell: OnProgress,
    *,
    patience_s: float,
    pause: Pause,
    clock: Callable[[], float] = time.monotonic,
) -> Verified:
    """Return whether the cause of `plan` is gone for `target`.

    `passed`: it is found no more, and a deployment that the plan began has come through, or waits
    for another cause. `pending`: the deployment still rolls out after `patience_s` seconds.
    `failed`: the cause is still there then, or the deployment failed. `skipped`: the plan changed
    nothing, or what would show it cannot be read.
    """
    if not plan.changes:
        return "skipped"
    deploys = any(one.operation == "ecs:UpdateService" for one in plan.changes)
    if not deploys:
        local = all(one.operation.startswith(f"{LOCAL}:") for one in plan.changes)
        patience_s = min(patience_s, _LOCAL_S if local else _SETTLED_S)
    if deploys and target.service:
        # The named task is of the old deployment: it goes, mended or not.
        target = replace(target, task=None)
    end, step = clock() + patience_s, _FIRST_S
    tell(Progress("verifying", says=say("verifying")))
    while True:
        diagnosis = engine.diagnose(target)
        rollout = _rollout(diagnosis) if deploys else "through"
        verdict = _verdict(presence(diagnosis, plan), rollout, _blocked(diagnosis, plan.cause))
        if verdict is not None:
            return verdict
        if clock() + step > end:
            return "pending" if rollout == "under-way" else "failed"
        tell(Progress("verifying", says=_words(diagnosis, rollout)))
        pause(step)
        step = min(step * 1.5, _LONGEST_S)


def _verdict(there: _Presence, rollout: _Rollout, blocked: bool) -> Verified | None:
    """Return the verdict, None where looking again may bring another."""
    if there == "there":
        return "failed" if rollout == "failed" else None
    if blocked:
        return "passed" if there == "gone" else "skipped"
    if rollout == "failed":
        return "failed"
    if rollout == "under-way":
        return None
    return "passed" if there == "gone" else "skipped"


def presence(diagnosis: Diagnosis, plan: Plan) -> _Presence:
    """Return whether the plan's cause is there, gone, or cannot be seen.

    After a login on this machine only proof counts: docker has said itself that it succeeded, and
    another user's logins cannot be read.
    """
    found = [one for one in diagnosis.findings if one.cause == plan.cause]
    if any(one.status == CONFIRMED for one in found):
        return "there"
    suspected = [one for one in found if one.status == SUSPECTED]
    local = all(one.operation.startswith(f"{LOCAL}:") for one in plan.changes)
    if not suspected or local:
        return "gone"
    return "unseen" if all(one.unread for one in suspected) else "there"


def _blocked(diagnosis: Diagnosis, cause: str) -> bool:
    """Return whether another proven cause keeps tasks from starting."""
    return any(
        one.cause != cause and one.status == CONFIRMED and STAGES.index(one.stage) <= _RUNNING
        for one in diagnosis.findings
    )


def _rollout(diagnosis: Diagnosis) -> _Rollout:
    service = diagnosis.facts.get("service")
    if not isinstance(service, Service) or service.exists is not True:
        return "through"
    if service.rollout == "FAILED":
        return "failed"
    if service.deploying or service.running < service.desired:
        return "under-way"
    return "through"


def _words(diagnosis: Diagnosis, rollout: _Rollout) -> Words:
    service = diagnosis.facts.get("service")
    if rollout == "under-way" and isinstance(service, Service):
        return say("rolling", running=service.running, desired=service.desired)
    return say("verifying")
