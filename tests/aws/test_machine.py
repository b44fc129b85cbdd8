"""What this machine tells of itself."""

import base64
import json
import os
from pathlib import Path

import pytest

from wizard.aws import machine


def auth(expiration: int) -> str:
    token = base64.b64encode(json.dumps({"payload": "x", "expiration": expiration}).encode())
    return base64.b64encode(b"AWS:" + token).decode()


def config(home: Path, content: object) -> None:
    folder = home / ".docker"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(content))


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_logins_name_registry_and_expiry_but_no_token() -> None:
    text = json.dumps({"auths": {"https://1.dkr.ecr.eu-west-1.amazonaws.com": {"auth": auth(99)}}})
    found = machine.read_config(text)
    assert found == [
        {"registry": "1.dkr.ecr.eu-west-1.amazonaws.com", "expires": 99, "helper": False}
    ]


@pytest.fixture
def helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The credential helpers of docker that this machine has."""
    for name in ("pass", "ecr-login"):
        program(tmp_path, f"docker-credential-{name}", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("helpers")
def test_an_empty_entry_without_a_credential_store_is_no_login() -> None:
    assert machine.read_config('{"auths": {"r": {}}}') == []
    (found,) = machine.read_config('{"auths": {"r": {}}, "credsStore": "pass"}')
    assert "lacks" not in found


@pytest.mark.usefixtures("helpers")
def test_a_credential_helper_for_the_registry_counts_as_a_login() -> None:
    found = machine.read_config('{"credHelpers": {"r.example": "ecr-login"}}')
    assert found == [{"registry": "r.example", "expires": None, "helper": True}]


@pytest.mark.parametrize("how", [{"credHelpers": {"r": "gone"}}, {"credsStore": "gone"}])
@pytest.mark.usefixtures("helpers")
def test_a_helper_that_is_not_on_the_path_is_named(how: dict[str, object]) -> None:
    *_, found = machine.read_config(json.dumps({"auths": {"r": {}}} | how))
    assert found["lacks"] == "docker-credential-gone"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"auths": null}', '{"auths": {"r": 1}}'])
def test_a_broken_configuration_has_no_logins(text: str) -> None:
    assert machine.read_config(text) == []


def test_the_configurations_of_all_users_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config(tmp_path / "taro", {"auths": {"r": {"auth": auth(1)}}})
    pairs = f"taro={tmp_path / 'taro'}{os.pathsep}root={tmp_path / 'root'}"
    monkeypatch.setenv(machine.HOMES, pairs)
    monkeypatch.setenv("FARGATE_WIZARD_USER", "taro")
    found = machine.logins({})
    assert found["me"] == "taro"
    assert [one["user"] for one in found["logins"]] == ["taro"]
    assert found["hidden"] == []


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("echo 27.0", "up"),
        ("echo 'Cannot connect to the Docker daemon. Is it running?' >&2; exit 1", "down"),
        ("echo 'permission denied while trying to connect to the socket' >&2; exit 1", "denied"),
    ],
)
def test_the_docker_daemon_is_up_down_or_denied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, state: str
) -> None:
    program(tmp_path, "docker", script)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    assert machine.docker({})["state"] == state


def test_without_docker_and_plugin_they_are_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.docker({})["state"] == "absent"
    assert machine.plugin({})["path"] is None
    assert machine.cli({}) == {"version": None, "present": False}


def test_the_version_of_the_installer_is_read_from_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "aws-cli" / "v2" / "2.27.1" / "dist"
    real.mkdir(parents=True)
    program(real, "aws", "exit 9")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "aws").symlink_to(real / "aws")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert machine.cli({}) == {"version": "2.27.1", "present": True}


def test_another_cli_is_asked_for_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "aws", "echo aws-cli/1.18.5 Python/3.6.0")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    assert machine.cli({})["version"] == "1.18.5"


@pytest.mark.parametrize(
    ("kept", "wanted"), [(("1.46.3",), "1.46.3"), (("1.46.3", "1.40.0"), "1.18.5")]
)
def test_the_version_that_pip_installed_is_read_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: tuple[str, ...], wanted: str
) -> None:
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin", "aws", "echo aws-cli/1.18.5 Python/3.6.0")
    for version in kept:
        packages = tmp_path / "lib" / "python3.11" / "site-packages"
        (packages / f"awscli-{version}.dist-info").mkdir(parents=True)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin")
    assert machine.cli({})["version"] == wanted
