"""The embedded AWS's worlds as a diagnosis meets them: what is asked of it, and as whom."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from wizard.aws.reading import operations
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target
from wizard.core.findings import Finding
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

_PLURAL = ("subnet", "actions")
"""Fields of which a world names one and a diagnosis all: each of two subnets, the whole goal."""

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
    """Let the process's environment be that of whoever is at work in `world`."""
    with applied(environment(lab, world, on_bastion=on_bastion)):
        yield


def environment(lab: Lab, world: World, *, on_bastion: bool) -> dict[str, str]:
    """Return the environment of whoever is at work in `world`.

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
    changed = found | world.notes.get("environment", {})
    return {name: value for name, value in changed.items() if value is not None}


@contextmanager
def applied(wanted: dict[str, str]) -> Iterator[None]:
    """Let the process's environment be `wanted`, and nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(wanted):
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        yield


def on_bastion(world: World, wanted: Target) -> bool:
    """Whether the user of this world sits at the bastion, with its role and its tools."""
    return wanted.goal == "push" or "without" in world.notes


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
                one.cause == cause and all(fits(key, fields[key], one) for key in fields)
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
        return sorted({one.cause for one in self.confirmed if self._strange(one, allowed)})

    def _strange(self, one: Finding, allowed: set[str]) -> bool:
        """Whether `one` names another cause than the planted ones, or their cause of a thing that
        is well."""
        things = [fields for cause, fields in self.expected if cause == one.cause]
        if not things:
            return one.cause not in allowed
        return not any(
            all(fits(key, fields[key], one) for key in fields if key not in _PLURAL)
            for fields in things
        )


def fits(name: str, wanted: str, finding: Finding) -> bool:
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
