"""What was read is kept, redacted, and diagnosed again without AWS."""

import json
import stat
from pathlib import Path

import pytest

from tests.aws.asking import proven
from wizard.aws.engine import Engine
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.errors import UsageError
from wizard.lab.world import World

WEB = Target(cluster="prod", service="web")


@pytest.fixture
def broken(world: World) -> World:
    """No endpoint for logs, a container with a password in its environment."""
    world.network(endpoints=("ecr.api", "ecr.dkr", "s3", "ssmmessages")).roles()
    world.repository().log_group()
    password = [{"name": "DB_PASSWORD", "value": "correct-horse-battery"}]
    world.task_definition("web", [world.container(environment=password)]).service().settle()
    return world


@pytest.mark.slow
def test_a_saved_diagnosis_says_the_same_without_aws(
    broken: World, known: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "facts.json"
    live = Engine(known, save=kept).diagnose(WEB)
    broken.lab.reset()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    again = Engine(known, replay=kept).diagnose(Target())
    assert [one.finding for one in again.verdicts] == [one.finding for one in live.verdicts]
    assert [one.evidence for one in again.verdicts] == [one.evidence for one in live.verdicts]
    assert again.symptoms == live.symptoms
    assert again.target == live.target
    assert again.from_file
    assert not live.from_file
    assert proven(again) == ["network.endpoint-missing"]


@pytest.mark.slow
def test_the_file_holds_no_value_of_an_environment_variable(
    broken: World, known: Knowledge, tmp_path: Path
) -> None:
    kept = tmp_path / "facts.json"
    Engine(known, save=kept).diagnose(WEB)
    text = kept.read_text()
    assert "DB_PASSWORD" in text
    assert "correct-horse" not in text
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.slow
def test_a_saved_cluster_is_diagnosed_service_by_service(
    broken: World, known: Knowledge, tmp_path: Path
) -> None:
    broken.service("api").settle()
    kept = tmp_path / "facts.json"
    live = Engine(known, save=kept).diagnose_all("prod")
    again = Engine(known, replay=kept).diagnose_saved()
    assert [one.target.service for one in live] == ["api", "web"]
    assert [one.findings for one in again] == [one.findings for one in live]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 99, "region": "", "partition": "", "target": {}, "answers": []}',
        '{"format": 1, "region": "", "partition": "", "target": {}, "answers": [1]}',
    ],
)
def test_a_file_that_is_none_is_a_usage_error_with_its_name(
    text: str, tmp_path: Path, known: Knowledge
) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"facts\.json"):
        Engine(known, replay=path).diagnose(WEB)


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path, known: Knowledge) -> None:
    with pytest.raises(UsageError, match="none"):
        Engine(known, replay=tmp_path / "none").diagnose(WEB)


def test_escape_sequences_in_a_file_do_not_reach_the_answer(
    tmp_path: Path, known: Knowledge
) -> None:
    service = {
        "serviceName": "web",
        "status": "ACTIVE",
        "desiredCount": 1,
        "runningCount": 0,
        "deployments": [
            {
                "status": "PRIMARY",
                "rolloutState": "FAILED",
                "rolloutStateReason": "\x1b]0;owned\x07ECS deployment circuit breaker: "
                "tasks failed to start.",
            }
        ],
    }
    call = {
        "call": "ecs:DescribeServices",
        "params": {"cluster": "prod", "services": ["web"]},
        "answer": {"services": [service]},
    }
    document = {
        "format": 1,
        "region": "eu-west-1",
        "partition": "aws",
        "target": {"cluster": "prod", "service": "web"},
        "answers": [call],
    }
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(document))
    found = Engine(known, replay=path).diagnose(Target())
    assert "\x1b" not in str(found)
    assert "owned" not in str(found.symptoms)
