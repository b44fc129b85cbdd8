"""`fix`, `undo` and `history` as the contract has them."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fixes.causes import CAUSES
from tests.fixes.conftest import become, world_of, writes
from wizard.cli import main
from wizard.lab import Lab
from wizard.lab.world import World, allow

pytestmark = pytest.mark.slow


MISSING = "network.endpoint-missing"
TARGET = ("--cluster", "prod", "--service", "web")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """The tests' own causes as a team's folder, so that the built-in words may change."""
    for key, one in CAUSES.items():
        family, _, name = key.partition(".")
        path = tmp_path / "knowledge" / "causes" / family / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        scenario = {"name": "none", "facts": {}, "expect": {"status": "unknown"}}
        path.write_text(json.dumps({"id": key} | one | {"scenarios": [scenario]}))
    return tmp_path / "knowledge"


@pytest.fixture
def run(
    lab: Lab,
    team: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that runs a command line: exit code, stdout, stderr."""
    monkeypatch.setenv("FARGATE_WIZARD_STATE", str(tmp_path / "state"))
    lab.clock(speed=1000)

    def call(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([words[0], "--lang", "en", "--knowledge", str(team), *words[1:]])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def answer(text: str) -> dict[str, Any]:
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


def test_without_yes_the_plan_is_shown_and_nothing_written(
    lab: Lab, private_world: World, run: Run
) -> None:
    lab.calls(clear=True)
    code, out, _ = run("fix", MISSING, *TARGET, "--json")
    found = answer(out)
    assert code == 0
    assert writes(lab) == []
    assert (found["applied"], found["verified"], found["entry"]) == (False, "skipped", None)
    assert found["cause"] == MISSING
    assert found["fix"] == "endpoint.create"
    assert "ec2:CreateVpcEndpoint" in found["permissions"]
    change = found["changes"][2]
    assert change["operation"] == "ec2:CreateVpcEndpoint"
    assert change["command"].startswith("aws ec2 create-vpc-endpoint --vpc-id vpc-")
    assert change["before"] is None
    assert change["undo"] == "ec2:DeleteVpcEndpoints"
    assert change["effect"] and "per hour" in change["cost"]


def test_with_yes_it_is_applied_verified_listed_and_taken_back(
    lab: Lab, private_world: World, run: Run
) -> None:
    code, out, err = run("fix", MISSING, *TARGET, "--json", "--yes")
    found = answer(out)
    assert (code, found["applied"], found["verified"]) == (0, True, "passed"), err
    code, out, _ = run("history", "--json")
    (entry,) = json.loads(out)
    assert (code, entry["entry"], entry["state"]) == (0, found["entry"], "applied")
    assert entry["verified"] == "passed"
    code, out, _ = run("undo", "--json")
    assert code == 0
    assert answer(out)["applied"] is False
    code, out, _ = run("undo", found["entry"], "--json", "--yes")
    assert code == 0
    assert answer(out)["applied"] is True
    code, out, _ = run("history", "--json")
    assert [one["state"] for one in json.loads(out)] == ["applied", "undone"]


def test_nothing_left_to_mend_is_no_error(lab: Lab, healthy_world: World, run: Run) -> None:
    lab.calls(clear=True)
    code, out, _ = run("fix", MISSING, *TARGET, "--json", "--yes")
    found = answer(out)
    assert (code, found["changes"], found["applied"]) == (0, [], False)
    assert writes(lab) == []


def test_a_refusal_is_exit_4_with_the_reason(
    lab: Lab, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(lab).network(endpoints=()).roles().repository("team/app").log_group()
    world.task_role = ""
    world.service("web", exec_=False).settle()
    code, out, err = run("fix", "exec.disabled-on-service", *TARGET, "--goal", "exec", "--json")
    found = answer(out)
    assert code == 4
    assert (found["changes"], found["applied"]) == ([], False)
    assert "task role" in found["refused"]
    assert "task role" in err


def test_a_call_that_aws_denies_is_exit_4_and_stdout_is_one_document(
    lab: Lab, private_world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = ("ecs:Describe*", "ecs:List*", "ec2:Describe*", "iam:Get*", "iam:List*")
    private_world.role("reader", inline=allow(*reads, "ecr:Describe*", "logs:Describe*"))
    become(lab, monkeypatch, "role/reader/me")
    code, out, err = run("fix", MISSING, *TARGET, "--json", "--yes")
    found = answer(out)
    assert code == 4
    assert found["applied"] is False
    assert "ec2:CreateSecurityGroup" in found["failed"]
    assert "--export cli" in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("network.endpoint-mising",), "did you mean"),
        ((MISSING, "--set", "service"), "FIELD=VALUE"),
        ((MISSING, "--set", "srvice=logs"), "did you mean 'service'"),
        ((MISSING, "--fix", "no.such"), "has no fix"),
        ((), "give a CAUSE"),
    ],
)
def test_wrong_usage_is_exit_2_and_one_line(run: Run, words: tuple[str, ...], says: str) -> None:
    code, out, err = run("fix", *words, *TARGET)
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.strip().splitlines()) == 1


def test_an_unknown_entry_is_wrong_usage(lab: Lab, run: Run) -> None:
    code, _, err = run("undo", "2026-01-01T00-00-00-xxxx")
    assert code == 2
    assert "no entry" in err


def test_without_credentials_it_is_exit_3(
    lab: Lab, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    code, _, err = run("fix", MISSING, *TARGET)
    assert code == 3
    assert "credentials" in err


def test_history_needs_no_aws_at_all(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    code, out, _ = run("history", "--json")
    assert (code, json.loads(out)) == (0, [])


def test_the_plan_is_readable_in_japanese(lab: Lab, private_world: World, run: Run) -> None:
    code, out, _ = run("fix", MISSING, *TARGET, "--lang", "ja")
    assert code == 0
    assert "不足している VPC エンドポイントを作成する" in out
    assert "$ aws ec2 create-vpc-endpoint" in out
    assert "取り消し: ec2:DeleteVpcEndpoints" in out


def test_export_prints_the_script_and_writes_nothing(
    lab: Lab, private_world: World, run: Run
) -> None:
    lab.calls(clear=True)
    code, out, _ = run("fix", MISSING, *TARGET, "--export", "cli", "--yes")
    assert code == 0
    assert out.startswith("#!/bin/sh\n")
    assert writes(lab) == []


def test_what_only_a_person_can_do_is_not_done_by_yes(
    lab: Lab, private_world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = lab.env(without=("session-manager-plugin",))["PATH"].partition(":")[0]
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    code, out, _ = run("fix", "bastion.plugin-missing", *TARGET, "--goal", "exec", "--json")
    assert code == 0
    assert any("session-manager-plugin" in note for note in answer(out)["notes"])
    code, _, _ = run("fix", "bastion.plugin-missing", *TARGET, "--goal", "exec", "--yes")
    assert code == 4


@pytest.mark.parametrize(("answered", "code", "applied"), [("n", 130, 0), ("y", 0, 1)])
def test_on_a_terminal_it_asks_before_it_writes(
    lab: Lab, run: Run, team: Path, answered: str, code: int, applied: int
) -> None:
    world_of(lab)
    screen, terminal = pty.openpty()
    words = ["--lang", "en", "--knowledge", str(team), "--repository", "team/new", "--goal", "push"]
    done = subprocess.Popen(
        [sys.executable, "-m", "wizard", "fix", "ecr.repository-missing", *words],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    )
    os.close(terminal)
    with os.fdopen(screen, "r+b", buffering=0) as user:
        seen = b""
        while b"[y/N]" not in seen:
            seen += user.read(1024)
        user.write(f"{answered}\n".encode())
        out, _ = done.communicate(timeout=60)
    assert "aws ecr create-repository --repository-name team/new" in out
    assert done.returncode == code
    found = lab.client("ecr").describe_repositories()["repositories"]
    assert [one["repositoryName"] for one in found].count("team/new") == applied
