"""Logins of several users on the bastion, and which of them pushes."""

import base64
import json
import os
import time
from pathlib import Path

import pytest

from tests.aws.asking import fields, pasted, proven, says, status
from wizard.aws import machine
from wizard.aws.engine import Engine
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.lab import Lab
from wizard.lab.world import World

pytestmark = pytest.mark.slow
OTHER = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture
def registry(world: World) -> str:
    world.repository("team/app")
    return world.image.partition("/")[0]


@pytest.fixture
def homes(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two users, `taro` (who runs the wizard) and root, neither logged in."""
    pairs = [f"{user}={tmp_path / user}" for user in ("taro", "root")]
    monkeypatch.setenv(machine.HOMES, os.pathsep.join(pairs))
    monkeypatch.setenv("FARGATE_WIZARD_USER", "taro")
    return tmp_path


def log_in(homes: Path, user: str, registry: str, lives_s: int = 3600) -> None:
    token = json.dumps({"expiration": int(time.time()) + lives_s}).encode()
    secret = base64.b64encode(b"AWS:" + base64.b64encode(token)).decode()
    folder = homes / user / ".docker"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"auths": {registry: {"auth": secret}}}))


def push(registry: str, *, sudo: bool = True) -> str:
    command = f"$ {'sudo ' if sudo else ''}docker push {registry}/team/app:v1\n"
    return command + "8e012198eea1: Preparing\nno basic auth credentials"


def target(registry: str) -> Target:
    return Target(goal="push", repository="team/app", registry=registry)


def test_login_as_one_user_and_push_with_sudo_are_two_users(
    homes: Path, registry: str, engine: Engine, known: Knowledge
) -> None:
    log_in(homes, "taro", registry)
    found = engine.diagnose(target(registry), pasted(known, push(registry)))
    assert proven(found) == ["bastion.docker-user-mismatch"]
    assert fields(found, "bastion.docker-user-mismatch", "push_user") == ["root"]
    assert fields(found, "bastion.docker-user-mismatch", "login_user") == ["taro"]
    evidence = says(found, "bastion.docker-user-mismatch")
    assert "taro" in evidence
    assert "the push runs as root" in evidence


def test_login_with_sudo_and_push_without_are_two_users_too(
    homes: Path, registry: str, engine: Engine, known: Knowledge
) -> None:
    log_in(homes, "root", registry)
    found = engine.diagnose(target(registry), pasted(known, push(registry, sudo=False)))
    assert fields(found, "bastion.docker-user-mismatch", "push_user") == ["taro"]


def test_a_helper_that_is_not_there_is_no_login(
    homes: Path, registry: str, engine: Engine, known: Knowledge
) -> None:
    (homes / "taro" / ".docker").mkdir(parents=True)
    settings = {"credHelpers": {registry: "not-installed"}}
    (homes / "taro" / ".docker" / "config.json").write_text(json.dumps(settings))
    found = engine.diagnose(target(registry), pasted(known, push(registry, sudo=False)))
    assert proven(found) == ["bastion.docker-login-missing"]
    told = says(found, "bastion.docker-login-missing")
    assert "docker-credential-not-installed, which is not on the PATH" in told


def test_without_any_login_it_is_missing(
    homes: Path, registry: str, engine: Engine, known: Knowledge
) -> None:
    found = engine.diagnose(target(registry), pasted(known, push(registry)))
    assert proven(found) == ["bastion.docker-login-missing"]
    assert status(found, "bastion.docker-user-mismatch") == "ruled-out"


def test_a_login_older_than_its_token_lives_counts_as_missing(
    homes: Path, registry: str, engine: Engine
) -> None:
    log_in(homes, "taro", registry, lives_s=-60)
    assert "bastion.docker-login-missing" in proven(engine.diagnose(target(registry)))


def test_a_login_for_another_region_is_a_mismatch_of_registries(
    homes: Path, registry: str, engine: Engine, known: Knowledge
) -> None:
    log_in(homes, "root", OTHER)
    found = engine.diagnose(target(registry), pasted(known, push(registry)))
    assert proven(found) == ["bastion.registry-mismatch"]


def test_a_good_login_is_no_finding(homes: Path, registry: str, engine: Engine) -> None:
    log_in(homes, "taro", registry)
    assert not [cause for cause in proven(engine.diagnose(target(registry))) if "login" in cause]


def test_a_repository_that_is_not_there_is_found_for_a_push(
    homes: Path, registry: str, engine: Engine
) -> None:
    log_in(homes, "taro", registry)
    found = engine.diagnose(Target(goal="push", repository="team/ap", registry=registry))
    assert proven(found) == ["ecr.repository-missing"]
    assert fields(found, "ecr.repository-missing", "repository") == ["team/ap"]


def test_a_push_asks_nothing_of_ecs_or_the_network(
    homes: Path, registry: str, engine: Engine, world: World
) -> None:
    world.lab.calls(clear=True)
    engine.diagnose(target(registry))
    services = {call["call"].partition(":")[0] for call in world.lab.calls()}
    assert services <= {"ecr", "iam", "sts"}
