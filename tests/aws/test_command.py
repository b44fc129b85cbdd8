"""`diagnose` keeps the contract: shape, exit codes, streams."""

import json
from pathlib import Path

import pytest

from tests.aws.asking import proven
from wizard.aws.engine import Engine
from wizard.cli import main
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.faces.report.diagnosis import as_markdown, as_text
from wizard.faces.report.fleet import Cost, all_markdown
from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.world import World as Wizard

Captured = pytest.CaptureFixture[str]
WEB = ["diagnose", "--cluster", "prod", "--service", "web"]


@pytest.fixture
def isolated(world: World) -> World:
    """A service in private subnets with no way out."""
    return world.network().roles().repository().log_group().service().settle()


@pytest.mark.slow
def test_the_json_answer_has_the_contracts_shape(isolated: World, capsys: Captured) -> None:
    assert main([*WEB, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    wanted = {"target", "symptoms", "findings", "unread", "calls", "round_trips", "elapsed_s"}
    assert wanted <= set(answer)
    assert answer["target"] == {
        "goal": "all",
        "cluster": "prod",
        "service": "web",
        "task": answer["target"]["task"],
        "account": isolated.lab.account,
        "region": isolated.lab.region,
        "partition": "aws",
    }
    (symptom,) = answer["symptoms"]
    assert symptom["symptom"] == "pull.registry-auth-unreachable"
    assert symptom["source"] == "task stoppedReason"
    first = answer["findings"][0]
    assert first["cause"] == "network.endpoint-missing"
    assert first["status"] == "confirmed"
    assert first["predicted"] is False
    assert first["fields"]["service"] == "ecr.api"
    assert first["evidence"][0] == {
        "call": "ec2:DescribeVpcEndpoints",
        "says": f"{isolated.vpc} has no endpoint for ecr.api",
    }
    fix = first["fixes"][0]
    assert set(fix) == {"id", "title", "applicable", "why_not"}
    assert (fix["id"], fix["applicable"], fix["why_not"]) == ("endpoint.create", True, None)
    assert answer["unread"] == []
    assert answer["calls"] > answer["round_trips"] >= 3


@pytest.mark.slow
def test_a_healthy_service_exits_with_zero_and_says_what_was_checked(
    world: World, capsys: Captured
) -> None:
    world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group().service().settle()
    assert main(WEB) == 0
    text = capsys.readouterr().out
    assert "nothing wrong was found" in text
    assert "other causes were looked for" in text


@pytest.mark.slow
def test_a_whole_cluster_gets_a_line_for_each_service(world: World, capsys: Captured) -> None:
    world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    world.service("api").service("web").settle()
    assert main(["diagnose", "--cluster", "prod"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "prod (ap-northeast-1): no problem was found in 2 services"
    assert lines[2:4] == ["✓ api", "✓ web"]
    assert main(["diagnose", "--all-clusters", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [one["target"]["service"] for one in answer["diagnoses"]] == ["api", "web"]


@pytest.mark.slow
def test_the_answer_is_also_in_japanese(isolated: World, capsys: Captured) -> None:
    assert main(["--lang", "ja", *WEB]) == 1
    text = capsys.readouterr().out
    assert "確定" in text
    assert "エンドポイントがない" in text


@pytest.mark.slow
def test_calls_are_told_on_stderr_and_stdout_holds_one_document(
    isolated: World, capsys: Captured
) -> None:
    main([*WEB, "--json", "--verbose"])
    streams = capsys.readouterr()
    json.loads(streams.out)
    assert "ecs:DescribeServices read" in streams.err


@pytest.mark.slow
def test_a_report_is_written_beside_the_answer(
    isolated: World, capsys: Captured, tmp_path: Path
) -> None:
    path = tmp_path / "report.md"
    assert main([*WEB, "--report", str(path)]) == 1
    report = path.read_text("utf-8")
    assert report.startswith("# Diagnosis of ECS on Fargate")
    assert "`network.endpoint-missing`, proven" in report
    assert "<https://docs.aws.amazon.com/" in report


def test_nothing_named_is_wrong_usage(capsys: Captured) -> None:
    assert main(["diagnose"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bad_file_is_wrong_usage_and_says_where(capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text("{")
    assert main(["diagnose", "--from", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_plainly(capsys: Captured, tmp_path: Path) -> None:
    assert main(["diagnose", "--from", str(tmp_path / "nope")]) == 2
    said = capsys.readouterr().err
    assert "No such file or directory" in said
    assert "Errno" not in said


def test_without_credentials_the_exit_code_is_three(
    lab: Lab, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert main(WEB) == 3
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.count("\n") == 1
    assert "no AWS credentials" in streams.err


def test_without_a_region_the_exit_code_is_three(
    lab: Lab, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert main(WEB) == 3
    assert "--region" in capsys.readouterr().err


@pytest.mark.slow
def test_foreign_text_cannot_break_the_reports_markdown(
    world: World, known: Knowledge, lab: Lab
) -> None:
    lab.client("ecs").create_cluster(clusterName="prod")
    found = Engine(known).diagnose(Target(cluster="prod", service="a|b`<script>"))
    assert proven(found) == ["target.service-missing"]
    for report in (
        as_markdown(found, Wizard()),
        all_markdown([found, found], Cost(1, 1, 0.1), Wizard()),
    ):
        assert "<script>" not in report
        assert "a\\|b" in report
    assert as_text(found, Wizard())
