"""`demo`: the article's story, end to end, on the embedded AWS."""

import json

import pytest

from wizard.cli import main


def test_each_error_of_the_story_is_captured_diagnosed_fixed_and_verified(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["demo", "--json", "--lang", "ja"])
    out, err = capsys.readouterr()
    assert code == 0, err[-3000:]
    story = json.loads(out)
    assert story["passed"] is True
    assert [(one["symptom"], one["cause"]) for one in story["chapters"]] == [
        ("ecr.no-basic-auth", "bastion.docker-user-mismatch"),
        ("iam.access-denied", "caller.permission-missing"),
        ("iam.access-denied", "caller.permission-missing"),
        ("exec.not-enabled", "exec.task-predates-enable"),
        ("exec.plugin-missing", "bastion.plugin-missing"),
        ("pull.registry-auth-unreachable", "network.endpoint-missing"),
        ("logs.unreachable", "network.endpoint-missing"),
        ("exec.task-not-found", "network.endpoint-missing"),
    ]
