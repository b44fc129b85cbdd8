"""`permissions`: a policy for each use, never wider than what the code declares."""

import json

import pytest

from wizard.cli import main


def _actions(use: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    assert main(["permissions", "--for", use]) == 0
    policy = json.loads(capsys.readouterr().out)
    assert policy["Version"] == "2012-10-17"
    return {action for one in policy["Statement"] for action in one["Action"]}


def test_a_look_up_needs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert _actions("lookup", capsys) == set()


def test_a_diagnosis_needs_only_reads(capsys: pytest.CaptureFixture[str]) -> None:
    reads = ("Describe", "Get", "List", "Simulate", "Batch", "Head")
    actions = _actions("diagnose", capsys)
    assert "ecs:DescribeTasks" in actions
    assert all(action.split(":")[1].startswith(reads) for action in actions)
    assert not any("*" in action for action in actions)


def test_fixing_needs_the_reads_and_the_writes(capsys: pytest.CaptureFixture[str]) -> None:
    fix, diagnose = _actions("fix", capsys), _actions("diagnose", capsys)
    assert diagnose < fix
    assert {"ec2:CreateVpcEndpoint", "iam:PutRolePolicy", "ecs:UpdateService"} <= fix
