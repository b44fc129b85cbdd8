"""The embedded AWS's worlds as a diagnosis meets them: what is asked of it, and as whom."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.aws.asking import pasted
from wizard.aws.engine import Engine
from wizard.aws.errors import AwsUnavailableError
from wizard.aws.reading import operations
from wizard.core.answer import Diagnosis
from wizard.core.diagnosis import Finding, Observed
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.lab import Lab
from wizard.lab.world import World
from wizard.lab.worlds import BrokenWorld, HealthyWorld, goals

BASTION = "role/ec2-role/i-055e1e744dd8ab549"

_KINDS = {
    "service control policy": "scp",
    "identity-based policy": "explicit-deny",
    "permissions boundary": "boundary",
    "session policy": "session",
}

LOGIN = ("bastion.docker-login-missing",)
SERVICE = ("target.service-missing",)
CONSEQUENCES = {
    "bastion.docker-down": LOGIN,
    "bastion.docker-group": LOGIN,
    "bastion.cli-outdated": LOGIN,
    "bastion.clock-skew": LOGIN,
    "bastion.endpoint-unreachable": LOGIN,
    "caller.credentials-missing": LOGIN,
    "caller.credentials-stale": LOGIN,
    "lb.target-type-mismatch": SERVICE,
    "lb.port-mismatch": SERVICE,
    "caller.explicit-deny": SERVICE,
}
"""What is true as well because of the cause: nobody could log in, no service was made."""


def target(world: World, one: BrokenWorld | HealthyWorld) -> Target:
    """Return what the user of this world asks for."""
    notes = world.notes
    place = Target(
        cluster=str(notes.get("cluster", world.cluster)),
        service=str(notes.get("service_name", "web")),
        region=notes.get("region"),
    )
    if "task" in notes and one.goal not in (goals.deploy, goals.shell):
        return Target(goal="exec", cluster=place.cluster, task=str(notes["task"]))
    goal = "start" if one.goal is goals.deploy else "exec" if one.goal is goals.shell else None
    if goal is None and "execute-command" in str(notes.get("line", "")):
        goal = "exec"
    known = str(world.client("ecs").list_clusters()["clusterArns"])
    if goal is None and "cluster" not in notes and f"/{world.cluster}'" not in known:
        place = Target()
    if goal is None and "command" in one.goal.__qualname__:
        return Target(goal="push", repository="team/app")
    return Target(goal or "all", place.cluster, place.service, region=place.region)


@contextmanager
def standing_in(lab: Lab, world: World, *, on_bastion: bool) -> Iterator[None]:
    """Let the process's environment be that of whoever is at work in `world`.

    On the bastion that is its role, given the right to read; elsewhere somebody who may all.
    """
    who = "root"
    if on_bastion:
        grant = {"Effect": "Allow", "Action": sorted(operations()), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [grant]})
        iam = world.client("iam")
        iam.put_role_policy(RoleName="ec2-role", PolicyName="read", PolicyDocument=document)
        who = BASTION
    without = tuple(world.notes.get("without", ()))
    found = lab.env(who, base=dict(os.environ), without=without)
    for name, value in world.notes.get("environment", {}).items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = value
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(found):
            patch.delenv(name)
        for name, value in found.items():
            patch.setenv(name, value)
        yield


def diagnosis(known: Knowledge, wanted: Target, observed: list[Observed]) -> Diagnosis:
    """Return what a diagnosis finds, also where AWS itself cannot be asked."""
    try:
        return Engine(known).diagnose(wanted, observed)
    except AwsUnavailableError as error:
        assert error.diagnosis is not None
        return error.diagnosis


def stage_and_ask(known: Knowledge, lab: Lab, one: BrokenWorld, *, told: bool) -> "Asked":
    """Build the world and diagnose it; `told` with the message that its user has pasted."""
    world, seen = one.stage(lab)
    observed = pasted(known, seen.text) if told else []
    wanted = target(world, one)
    on_bastion = wanted.goal == "push" or "without" in world.notes
    with standing_in(lab, world, on_bastion=on_bastion):
        return Asked(world, one, diagnosis(known, wanted, observed))


class Asked:
    """A diagnosis of a broken world, and what it should have found."""

    def __init__(self, world: World, one: BrokenWorld, found: Diagnosis) -> None:
        self.found = found
        self.expected = one.expected(world)

    @property
    def confirmed(self) -> list[Finding]:
        """What the diagnosis calls proven."""
        return [one for one in self.found.findings if one.status == "confirmed"]

    @property
    def missed(self) -> list[tuple[str, dict[str, str]]]:
        """The planted causes that were not named with their fields."""
        return [
            (cause, fields)
            for cause, fields in self.expected
            if not any(
                one.cause == cause and all(_fits(key, fields[key], one) for key in fields)
                for one in self.confirmed
            )
        ]

    @property
    def unproven(self) -> list[str]:
        """The planted causes that are called proven without any evidence."""
        planted = {cause for cause, _ in self.expected}
        return [
            verdict.finding.cause
            for verdict in self.found.verdicts
            if verdict.finding.status == "confirmed"
            and verdict.finding.cause in planted
            and not verdict.evidence
        ]

    @property
    def wrong(self) -> list[str]:
        """What was called proven and was neither planted nor follows from it."""
        planted = {cause for cause, _ in self.expected}
        allowed = planted.union(*(CONSEQUENCES.get(cause, ()) for cause in planted))
        return sorted({one.cause for one in self.confirmed} - allowed)


def _fits(name: str, wanted: str, finding: Finding) -> bool:
    """Whether a finding's field is the world's, which writes ARNs where a finding has names."""
    got = finding.fields.get(name)
    every = [str(one) for one in got] if isinstance(got, tuple | list) else [str(got)]
    if name == "actions":
        return set(wanted.split()) <= set(every)
    if name in ("role", "task", "cluster"):
        return _last(wanted) in {_last(one) for one in every}
    if name == "principal":
        return wanted in re.split("[/:]", every[0])
    if name == "denied_by":
        return _KINDS[wanted] == got
    return str(wanted) in every


def _last(name: str) -> str:
    return name.rpartition("/")[2]
