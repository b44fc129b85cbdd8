"""What was read is kept, redacted, and diagnosed again without AWS."""

import json
import stat
from pathlib import Path

import pytest

from tests.aws.asking import proven
from tests.aws.scripted import Scripted
from wizard.aws import saving
from wizard.aws.calls import Calls
from wizard.aws.engine import Engine
from wizard.aws.listing import tasks_by_group
from wizard.cli import main
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.core.unread import Unread
from wizard.errors import UsageError
from wizard.lab import Lab
from wizard.lab.world import World
from wizard.stage import Stage
from wizard.world import World as Options

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


@pytest.fixture
def two_clusters(broken: World) -> World:
    """Beside it a healthy service, and one in a second cluster."""
    broken.endpoint("logs")
    broken.service("api")
    broken.cluster = "second"
    broken.service("lonely").settle()
    broken.cluster = "prod"
    return broken


def away(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take AWS, its credentials and the home directory away."""
    lab.reset()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HOME", "/nonexistent")


@pytest.mark.slow
@pytest.mark.parametrize("cluster", ["prod", None])
def test_a_saved_cluster_or_region_is_diagnosed_service_by_service(
    cluster: str | None,
    two_clusters: World,
    known: Knowledge,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = tmp_path / "facts.json"
    live = Engine(known, save=kept).diagnose_all(cluster)
    away(two_clusters.lab, monkeypatch)
    again = Engine(known, replay=kept)
    assert [one.target for one in again.diagnose_saved()] == [one.target for one in live]
    assert [one.verdicts for one in again.diagnose_saved()] == [one.verdicts for one in live]
    assert len(live) == (2 if cluster else 3)
    # And one of them alone.
    web = again.diagnose(WEB)
    assert web.findings == live[1].findings
    with pytest.raises(UsageError, match="nobody"):
        again.diagnose(Target(cluster="prod", service="nobody"))


@pytest.mark.slow
def test_what_came_in_pages_is_complete_when_it_is_read_again(
    broken: World, known: Knowledge, tmp_path: Path
) -> None:
    broken.service("many", desired=103).settle()
    kept = tmp_path / "facts.json"
    live = Engine(known, save=kept).diagnose(Target(cluster="prod", service="many"))
    again = Engine(known, replay=kept).diagnose(Target())
    assert again.unread == live.unread == ()
    assert again.findings == live.findings


@pytest.mark.slow
def test_what_diagnose_reads_is_kept_without_being_asked_for(
    broken: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["diagnose", "--cluster", "prod", "--service", "web", "--json"]
    assert main(command) == 1
    live = json.loads(capsys.readouterr().out)
    (path,) = saving.folder().iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "correct-horse" not in path.read_text()
    away(broken.lab, monkeypatch)
    assert main(["diagnose", "--from", "last", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"] == live["findings"]
    assert main(["diagnose", "--from", "last", "--cluster", "other"]) == 2
    assert "nothing was kept of other" in capsys.readouterr().err


@pytest.mark.slow
def test_what_the_guided_session_reads_is_kept_too(
    broken: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    live = Stage(Options()).engine.diagnose(WEB)
    away(broken.lab, monkeypatch)
    assert main(["diagnose", "--from", "last", "--json"]) == 1
    causes = {one["cause"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert set(proven(live)) <= causes


HEAD = {"region": "eu-west-1", "partition": "aws", "target": {"cluster": "prod"}, "whole": None}
ANSWER = {"call": "ecs:ListTasks", "params": {}, "answer": {}}


def keep_one(**changes: object) -> Path:
    file = saving.keep({**HEAD, **changes})
    assert file
    file.add(ANSWER)
    file.done()
    saving.tidy()
    return file.path


def test_only_the_newest_few_are_kept() -> None:
    paths = [keep_one() for _ in range(12)]
    assert sorted(saving.folder().iterdir()) == paths[-8:]
    assert saving.last() == paths[-1]


def test_the_newest_of_what_is_named_is_found() -> None:
    web = keep_one(target={"cluster": "prod", "service": "web"})
    cluster = keep_one(whole="cluster")
    api = keep_one(target={"cluster": "prod", "service": "api"})
    assert saving.last() == api
    assert saving.last("prod") == cluster
    assert saving.last("prod", "api") == api
    arn = "arn:aws-cn:ecs:cn-north-1:123456789012:service/prod/web"
    assert saving.last("prod", arn) == cluster
    cluster.unlink()
    assert saving.last("prod", arn) == web
    for missing in (("prod", "other"), ("test",)):
        with pytest.raises(UsageError, match="nothing was kept of"):
            saving.last(*missing)


def test_a_state_directory_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FARGATE_WIZARD_STATE", str(tmp_path / "file"))
    assert saving.keep(HEAD) is None
    saving.tidy()
    with pytest.raises(UsageError, match="nothing was kept yet"):
        saving.last()


def test_a_file_that_grows_too_large_is_given_up(tmp_path: Path) -> None:
    file = saving.Snapshot(tmp_path / "facts.json", HEAD, 1000)
    for _ in range(30):
        file.add(ANSWER)
    file.done()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["none/facts.json", ""])
def test_a_file_that_cannot_be_written_is_wrong_usage(
    where: str, lab: Lab, tmp_path: Path, known: Knowledge
) -> None:
    with pytest.raises(UsageError, match=r"--save .*: [A-Za-z]"):
        Engine(known, save=tmp_path / where).diagnose(WEB)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 99, "region": "", "partition": "", "target": {}, "answers": []}',
        '{"format": 1, "region": "", "partition": "", "target": {}, "answers": [1]}',
        '{"format": 1, "region": "", "partition": "", "target": {}, "answers": 5}',
        '{"format": 1, "region": "", "partition": "", "target": "prod", "answers": []}',
        '{"format": 1, "region": "", "partition": "", "target": {"cluster": 7}, "answers": []}',
        '{"format": 1, "region": "", "partition": "", "target": {}, '
        '"answers": [{"call": "ecs:ListTasks", "params": {}}]}',
        '{"format": 1, "region": "", "partition": "", "target": {}, '
        '"answers": [{"call": "ecs:ListTasks", "params": {}, "refused": "no"}]}',
        "[" * 100_000,
        "\x00\x01",
    ],
)
def test_a_file_that_is_none_is_a_usage_error_with_its_name(
    text: str, tmp_path: Path, known: Knowledge
) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"facts\.json") as caught:
        Engine(known, replay=path).diagnose(WEB)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [5, [7], None])
def test_a_list_of_services_that_cannot_be_read_is_a_usage_error(
    damage: object, tmp_path: Path, known: Knowledge
) -> None:
    params = {"cluster": "prod", "maxResults": 100}
    answer = {"call": "ecs:ListServices", "params": params, "answer": {"serviceArns": damage}}
    document = {"format": 1, "region": "eu-west-1", "partition": "aws", "whole": "cluster"}
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({**document, "target": {"cluster": "prod"}, "answers": [answer]}))
    with pytest.raises(UsageError, match=r"facts\.json") as caught:
        Engine(known, replay=path).diagnose_saved()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [5, None, ["x", 7], [{}]])
async def test_tasks_that_cannot_be_read_leave_a_cluster_without_them(damage: object) -> None:
    source = Scripted({"ecs:ListTasks": {"taskArns": damage}})
    found = await tasks_by_group(Calls(source, 20), "prod")
    assert found == Unread("ecs:DescribeTasks", "unexpected-answer")


def test_members_of_a_later_version_are_no_obstacle(tmp_path: Path, known: Knowledge) -> None:
    target = {"cluster": "prod", "service": "web", "colour": "blue"}
    document = {"format": 1, "region": "eu-west-1", "partition": "aws", "target": target}
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({**document, "answers": [], "mood": "good"}))
    found = Engine(known, replay=path).diagnose(Target())
    assert (found.target.cluster, found.target.service) == ("prod", "web")


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
