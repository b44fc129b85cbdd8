"""docker logins on the bastion, with the embedded AWS's stand-ins for docker and sudo."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from wizard.core.answer import Diagnosis
from wizard.core.facts import Bastion, Target
from wizard.fixes.desk import FixDesk
from wizard.fixes.journal import Journal
from wizard.lab import Lab
from wizard.lab.world import World

pytestmark = pytest.mark.slow


CAUSE = "bastion.docker-user-mismatch"
REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com"


def mismatch(registry: str | None = REGISTRY, **target: str) -> Diagnosis:
    """Return the diagnosis of the article: logged in as ec2-user, pushed with sudo."""
    bastion = Bastion(
        docker="up",
        docker_group=False,
        plugin=True,
        cli_version="2.30.0",
        cli_outdated=False,
        clock_skew_s=0.0,
        push_user="root",
        login_user="ec2-user",
        login_users=("ec2-user",),
        user_mismatch=True,
        registry=registry,
    )
    place = {"account": "123456789012", "region": "ap-northeast-1", "partition": "aws"} | target
    found = Target(goal="push", **place)
    return Diagnosis(found, (), (), (), (), (), 0, 0, 0.0, {"bastion": bastion})


@pytest.fixture
def as_ec2_user(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("FARGATE_WIZARD_USER", "ec2-user")
    World(lab).repository("team/app")
    return lab


def push(user: str, image: str) -> subprocess.CompletedProcess[str]:
    prefix = ["sudo"] if user == "root" else []
    for words in (["build", "-t", image, "."], ["push", image]):
        done = subprocess.run(
            [*prefix, "docker", *words], capture_output=True, text=True, check=False
        )
    return done


def test_the_command_shown_is_the_articles_right_one(as_ec2_user: Lab, desk: FixDesk) -> None:
    plan = desk.plan(mismatch(), CAUSE)
    assert plan.changes[0].command == (
        "aws ecr get-login-password --region ap-northeast-1"
        f" | sudo docker login --username AWS --password-stdin {REGISTRY}"
    )


def test_after_the_login_the_push_with_sudo_goes_through(as_ec2_user: Lab, desk: FixDesk) -> None:
    image = f"{REGISTRY}/team/app:v2"
    assert "no basic auth credentials" in push("root", image).stderr
    outcome = desk.apply(desk.plan(mismatch(), CAUSE))
    assert outcome.applied, outcome.says
    assert push("root", image).returncode == 0
    assert desk.apply(desk.undo_plan()).applied
    assert "no basic auth credentials" in push("root", image).stderr


def test_the_token_is_neither_shown_nor_stored(
    as_ec2_user: Lab, desk: FixDesk, journal: Journal
) -> None:
    told: list[object] = []
    outcome = desk.apply(desk.plan(mismatch(), CAUSE), told.append)
    home = Path(os.environ["FARGATE_WIZARD_LAB_HOME"]) / "root" / ".docker" / "config.json"
    token = json.loads(home.read_text())["auths"][REGISTRY]["auth"]
    assert len(token) > 20
    kept = b"".join(one.read_bytes() for one in journal.directory.iterdir())
    for secret in (token, token[10:40]):
        assert secret.encode() not in kept
        assert secret not in repr((told, outcome))


def test_a_docker_that_prints_the_password_cannot_leak_it(
    as_ec2_user: Lab,
    desk: FixDesk,
    journal: Journal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stub(tmp_path / "sudo", 'shift; exec "$@"')
    stub(tmp_path / "docker", f"tee {tmp_path}/password; echo rejected >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    outcome = desk.apply(desk.plan(mismatch(), CAUSE))
    password = (tmp_path / "password").read_text()
    assert len(password) > 20
    assert not outcome.applied
    assert "rejected" in outcome.says["en"]
    assert password not in repr((outcome, journal.entries()))


def stub(path: Path, body: str) -> None:
    """Make a program at `path`."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_the_suffix_is_the_partitions(as_ec2_user: Lab, desk: FixDesk) -> None:
    diagnosis = mismatch(None, partition="aws-cn", region="cn-north-1")
    command = desk.plan(diagnosis, CAUSE).changes[0].command
    assert "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn" in command


def test_what_only_a_person_can_do_is_a_plan_without_changes(lab: Lab, desk: FixDesk) -> None:
    diagnosis = mismatch()
    diagnosis.facts["bastion"] = Bastion("up", True, False, None, False, 0.0)
    plan = desk.plan(diagnosis, "bastion.plugin-missing")
    assert plan.changes == ()
    assert any("session-manager-plugin" in note["en"] for note in plan.notes)
