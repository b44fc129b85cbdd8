"""Each broken world shows AWS's text, heals when its causes are mended, and not otherwise."""

from __future__ import annotations

import json
import re
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard.lab import Lab
from wizard.lab.worlds import HEALTHY, WORLDS

from .wordings import is_real

_CAUSES = Path(__file__).parents[2] / "knowledge" / "causes"


@pytest.mark.parametrize("name", WORLDS)
def test_a_broken_world_speaks_as_aws_does_and_heals_by_its_own_cure_alone(
    lab: Lab, name: str
) -> None:
    broken = WORLDS[name]
    world, seen = broken.stage(lab)
    assert not seen.ok, "it went through at once"
    assert re.search(broken.text, seen.text), seen
    assert is_real(seen.text, broken.symptom), f"not as in public sources: {seen.text}"
    assert all(all(fields.values()) for _, fields in broken.expected(world))
    kept = world.keep()
    broken.decoy(world)
    helped = broken.attempt(world)
    assert not helped.ok, "mending something else helped"
    world.back(kept)
    broken.mend(world)
    healed = broken.attempt(world)
    assert healed.ok, healed
    lab.forget(kept)


@pytest.mark.parametrize("name", [n for n, w in WORLDS.items() if len(w.causes) > 1])
def test_several_causes_must_all_be_mended(lab: Lab, name: str) -> None:
    broken = WORLDS[name]
    world, _ = broken.stage(lab)
    for planted in broken.causes[:-1]:
        planted.mend(world)
        assert not broken.attempt(world).ok, planted.cause
    broken.causes[-1].mend(world)
    assert broken.attempt(world).ok


@pytest.fixture(scope="module", params=["cn-north-1", "us-gov-west-1"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A lab in another partition."""
    with Lab.start(region=request.param) as lab:
        yield lab


@pytest.mark.parametrize(
    "name",
    [
        "no-ecr-api-endpoint",
        "s3-endpoint-policy-shuts-the-layers-out",
        "execution-role-without-any-policy",
        "secret-under-a-key-of-ours",
        "another-account-lets-only-others-in",
        "exec-off-unreachable-and-denied",
        "login-to-another-registry",
        "parameter-of-another-region-missing",
    ],
)
def test_a_world_is_the_same_in_another_partition(elsewhere: Lab, name: str) -> None:
    broken = WORLDS[name]
    world, seen = broken.stage(elsewhere)
    assert not seen.ok
    assert re.search(broken.text, seen.text), seen
    assert "arn:aws:" not in str(broken.expected(world))
    broken.mend(world)
    assert broken.attempt(world).ok


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_world_goes_through(lab: Lab, name: str) -> None:
    _, seen = HEALTHY[name].stage(lab)
    assert seen.ok, seen


def _known_causes() -> set[str]:
    found = set()
    for path in _CAUSES.rglob("*.yaml"):
        match = re.search(r"^id: *(\S+)", path.read_text(), re.MULTILINE)
        assert match, path
        found.add(match[1])
    return found


def test_every_cause_of_the_catalogue_is_planted_somewhere() -> None:
    planted = {p.cause for w in WORLDS.values() for p in w.causes}
    assert planted == _known_causes()


def test_there_are_enough_worlds_and_no_two_of_one_name() -> None:
    from wizard.lab import worlds

    listed = [w.name for family in worlds.FAMILIES for w in family.WORLDS]
    assert len(listed) == len(set(listed)) == len(WORLDS) >= 160
    assert len(HEALTHY) >= 20
    assert not WORLDS.keys() & HEALTHY.keys()
    assert sum(len(w.causes) > 1 for w in WORLDS.values()) >= 5


@pytest.mark.parametrize("name", ["health-check-path-answers-404"])
def test_the_events_of_an_unhealthy_service_are_those_of_ecs(lab: Lab, name: str) -> None:
    world, seen = WORLDS[name].stage(lab)
    group = re.escape(world.target_group)
    unhealthy = (
        rf"\(service web\) \(task [0-9a-f]{{32}}\) \(port 80\) is unhealthy in \(target-group"
        rf" {group}\) due to \(reason Health checks failed with these codes: \[404\]\)\."
    )
    assert any(re.fullmatch(unhealthy, event) for event in seen.seen)
    assert any(
        f"registered 1 targets in (target-group {world.target_group})" in e for e in seen.seen
    )
    shown = lab.client("elbv2").describe_target_health(TargetGroupArn=world.target_group)
    assert {d["TargetHealth"]["State"] for d in shown["TargetHealthDescriptions"]} <= {
        "draining", "initial", "unhealthy",
    }  # fmt: skip


def test_a_program_for_another_processor_says_so_in_its_log(lab: Lab) -> None:
    _, seen = WORLDS["image-built-on-arm"].stage(lab)
    assert "exec /app: exec format error" in seen.seen


def test_what_cannot_be_known_yet_is_not_expected_of_a_diagnosis(lab: Lab) -> None:
    broken = WORLDS["tag-missing-and-then-a-crash"]
    world, _ = broken.stage(lab)
    assert [p.cause for p in broken.causes] == ["ecr.image-missing", "task.app-crash"]
    assert [cause for cause, _ in broken.expected(world)] == ["ecr.image-missing"]


def test_an_old_cli_tells_its_age(lab: Lab) -> None:
    WORLDS["cli-too-old"].stage(lab)
    said = subprocess.run(
        ["aws", "--version"], env=lab.env(base={}), capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("aws-cli/1.14.")


def test_an_old_login_is_old_by_every_clock(lab: Lab) -> None:
    WORLDS["login-too-old"].stage(lab)
    config = json.loads((lab.bastion / "home" / "ec2-user" / ".docker" / "config.json").read_text())
    (entry,) = config["auths"].values()
    password = b64decode(entry["auth"]).decode().partition(":")[2]
    assert json.loads(b64decode(password))["expiration"] < min(time.time(), lab.clock())
