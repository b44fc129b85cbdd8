"""Worlds read with a permission less, or through throttling: nothing wrong is called proven."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest

import wizard.aws.readers  # noqa: F401
from tests.aws.worlds import Asked, standing_in, target
from wizard.aws.answers import Outcome, Refused
from wizard.aws.calls import Calls
from wizard.aws.catalogue import Catalogue
from wizard.aws.diagnosing import diagnose_one
from wizard.aws.engine import DEADLINE_S, Engine
from wizard.aws.machine import PROBES
from wizard.aws.reading import operations
from wizard.aws.sessions import read_session
from wizard.aws.source import LiveSource
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.lab import Lab
from wizard.lab.worlds import HEALTHY, WORLDS

pytestmark = pytest.mark.slow

SAMPLE = (
    "no-way-out-at-all",
    "endpoint-group-closed",
    "secret-denied",
    "health-check-path-answers-404",
    "task-role-lacks-one-exec-right",
)
THROTTLED = (*SAMPLE, "image-built-on-arm", "efs-group-closed", "nat-gateway-deleted")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab.start(region="ap-northeast-1") as lab:
        yield lab


@pytest.mark.parametrize("name", SAMPLE)
def test_each_permission_that_is_missing_costs_only_what_it_would_show(
    name: str, lab: Lab, known: Knowledge
) -> None:
    world, _ = WORLDS[name].stage(lab)
    wanted = target(world, WORLDS[name])
    wrong: dict[str, list[str]] = {}
    silent = []
    with standing_in(lab, world, on_bastion=False):
        lab.calls(clear=True)
        Engine(known).diagnose(wanted)
        asked = sorted({str(one["call"]) for one in lab.calls()} - {"sts:GetCallerIdentity"})
        for call in asked:
            lab.faults(refusal(call))
            found = Engine(known).diagnose(wanted)
            wrong[call] = Asked(world, WORLDS[name], found).wrong
            silent += [] if said(call) in {one.call for one in found.unread} else [call]
        lab.faults()
    assert len(asked) > 8
    assert {call: causes for call, causes in wrong.items() if causes} == {}
    assert silent == []


def refusal(call: str) -> dict[str, Any]:
    text = "User is not authorized to perform this action"
    code = "UnauthorizedOperation" if call.startswith("ec2:") else "AccessDeniedException"
    return {"match": call, "kind": "error", "code": code, "message": text, "status": 400}


def said(call: str) -> str:
    """Return the call as IAM spells it."""
    service, _, name = call.partition(":")
    names = {"elbv2": "elasticloadbalancing", "efs": "elasticfilesystem"}
    return f"{names.get(service, service)}:{name}"


class Throttling(LiveSource):
    """Live AWS that refuses three calls in ten, always the same ones."""

    chance = random.Random(7)

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        if not operation.startswith("local:") and self.chance.random() < 0.3:
            return Refused(operation, "ThrottlingException", "Rate exceeded")
        return await super().fetch(operation, params)


def throttled(known: Knowledge, wanted: Target) -> Diagnosis:
    async def job() -> Diagnosis:
        source = Throttling(read_session(operations=operations()), PROBES)
        calls = Calls(source, DEADLINE_S)
        try:
            found = await diagnose_one(calls, Catalogue.of(known), wanted)
        finally:
            source.close()
        assert calls.retried > 3
        return found

    return asyncio.run(job())


@pytest.mark.parametrize("name", [*THROTTLED, "behind-endpoints"])
def test_throttling_changes_no_verdict(name: str, lab: Lab, known: Knowledge) -> None:
    one = (WORLDS | HEALTHY)[name]
    world, _ = one.stage(lab)
    wanted = target(world, one)
    with standing_in(lab, world, on_bastion=False):
        lab.clock(speed=1)  # nothing else changes in the meantime
        calm, rough = Engine(known).diagnose(wanted), throttled(known, wanted)
        lab.clock(speed=100)
    assert verdicts(rough) == verdicts(calm)
    assert rough.unread == calm.unread
    assert rough.elapsed_s < DEADLINE_S


def verdicts(found: Diagnosis) -> list[tuple[str, str, bool]]:
    """Return each finding's cause, status and whether it is predicted."""
    return [(one.cause, one.status, one.predicted) for one in found.findings]
