"""Verdicts after applying, from diagnoses handed in."""

import itertools
from collections.abc import Iterable

import pytest

from wizard.core.answer import Diagnosis, Verdict
from wizard.core.facts import Service, Target
from wizard.core.findings import Finding
from wizard.core.plan import Change, Plan
from wizard.core.unread import Unread
from wizard.fixes.verify import verify

CAUSE = "network.endpoint-missing"
DEPLOY = Change("ecs:UpdateService", {"forceNewDeployment": True})


class Diagnoses:
    """Gives the diagnoses one after the other, the last one for ever."""

    def __init__(self, diagnoses: Iterable[Diagnosis]) -> None:
        self.asked: list[Target] = []
        self._left = list(diagnoses)

    def diagnose(self, target: Target) -> Diagnosis:
        self.asked.append(target)
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]


def diagnosis(
    status: str | None = None,
    *,
    rollout: str = "COMPLETED",
    running: int = 1,
    unread: frozenset[Unread] = frozenset(),
    other: str | None = None,
) -> Diagnosis:
    findings = [Finding(CAUSE, status, "image", {}, unread=unread)] if status else []
    findings += [Finding(other, "confirmed", "image", {})] if other else []
    service = Service(
        "web", True, rollout=rollout, desired=1, running=running, deploying=rollout == "IN_PROGRESS"
    )
    verdicts = tuple(Verdict(one) for one in findings)
    return Diagnosis(Target(), (), verdicts, (), (), (), 0, 0, 0.0, {"service": service})


def verified(*diagnoses: Diagnosis, changes: tuple[Change, ...] = (DEPLOY,)) -> str:
    ticks = itertools.count(0, 5)
    return verify(
        Diagnoses(diagnoses),
        Plan(CAUSE, "endpoint.create", changes),
        Target(service="web", task="old"),
        lambda progress: None,
        patience_s=60,
        pause=lambda seconds: None,
        clock=lambda: float(next(ticks)),
    )


@pytest.mark.parametrize(
    ("diagnoses", "verdict"),
    [
        ([diagnosis()], "passed"),
        ([diagnosis("confirmed"), diagnosis()], "passed"),
        ([diagnosis("confirmed")], "failed"),
        ([diagnosis("suspected")], "failed"),
        ([diagnosis(rollout="IN_PROGRESS"), diagnosis()], "passed"),
        ([diagnosis(rollout="IN_PROGRESS", running=0)], "pending"),
        ([diagnosis(rollout="FAILED", running=0)], "failed"),
        ([diagnosis(rollout="IN_PROGRESS", running=0, other="logs.group-missing")], "passed"),
        ([diagnosis("suspected", unread=frozenset({Unread("a:B", "AccessDenied")}))], "skipped"),
    ],
)
def test_the_verdict_follows_the_cause_and_the_rollout(
    diagnoses: list[Diagnosis], verdict: str
) -> None:
    assert verified(*diagnoses) == verdict


def test_a_plan_without_changes_has_nothing_to_verify() -> None:
    assert verified(diagnosis("confirmed"), changes=()) == "skipped"


def test_after_a_deployment_the_old_task_is_not_asked_about() -> None:
    engine = Diagnoses([diagnosis()])
    verify(
        engine,
        Plan(CAUSE, "endpoint.create", (DEPLOY,)),
        Target(service="web", task="old"),
        lambda progress: None,
        patience_s=1,
        pause=lambda seconds: None,
    )
    assert engine.asked == [Target(service="web", task=None)]


def test_a_login_that_docker_confirmed_is_not_doubted_for_what_cannot_be_read() -> None:
    hidden = frozenset({Unread("local:Logins", "AccessDenied")})
    login = (Change("local:docker-login", {"command": "docker login"}),)
    assert verified(diagnosis("suspected", unread=hidden), changes=login) == "passed"
