"""`diagnose` on many: what is broken first, what was not read apart, never green by silence."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest

from wizard.cli import main
from wizard.commands.counting import Counting
from wizard.core.answer import Diagnosis, Missing, Verdict
from wizard.core.facts import Target
from wizard.core.findings import CONFIRMED, Finding
from wizard.faces.report.fleet import Cost, all_json, all_markdown, all_text, fitted
from wizard.faces.wrap import cells
from wizard.world import World

COST = Cost(101, 7, 2.5)
DENIED = Missing("ecs:DescribeServices", "AccessDeniedException")
UNRELATED = Missing("iam:SimulatePrincipalPolicy", "AccessDeniedException")


def diagnosis(
    service: str | None,
    causes: Sequence[str] = (),
    unread: Sequence[Missing] = (),
    cluster: str = "prod",
    **fields: Any,
) -> Diagnosis:
    """A diagnosis that proves `causes`."""
    verdicts = tuple(
        Verdict(Finding(cause=one, status=CONFIRMED, predicted=False, stage="start", fields=fields))
        for one in causes
    )
    target = Target(cluster=cluster, service=service, region="ap-northeast-1")
    return Diagnosis(target, (), verdicts, tuple(unread), ("a.b",) * 60, (), 30, 3, 0.5)


LOST = "logs.group-missing"
FLEET = [
    diagnosis("alpha"),
    diagnosis("beta", [LOST], log_group="/ecs/x", region="eu-west-1"),
    diagnosis("gamma", unread=[DENIED]),
    diagnosis("delta", [LOST], log_group="/ecs/x", region="eu-west-1"),
    diagnosis("epsilon", unread=[UNRELATED]),
]


def test_the_broken_come_first_and_what_could_not_be_read_before_what_is_well() -> None:
    lines = all_text(FLEET, COST, World()).splitlines()
    assert lines[0] == (
        "prod (ap-northeast-1): 2 of 5 services have a problem, 1 could not be read"
    )
    assert [line.split()[:2] for line in lines[2:7]] == [
        ["✗", "beta"],
        ["✗", "delta"],
        ["·", "gamma"],
        ["✓", "alpha"],
        ["✓", "epsilon"],
    ]
    assert "Not read: ecs:DescribeServices: AccessDeniedException" in lines[4]


def test_a_cause_that_several_share_is_told_once_with_all_whom_it_concerns() -> None:
    text = all_text(FLEET, COST, World())
    assert text.count(f"[{LOST}]") == 1
    assert "Concerns 2: beta, delta" in text


def test_the_sum_stands_at_the_end_too_with_what_it_cost() -> None:
    last = all_text(FLEET, COST, World()).splitlines()[-1]
    assert "2 of 5 services have a problem" in last
    assert "(101 calls, 7 round trips, 2.5 s)" in last


def test_what_was_checked_and_what_could_not_be_is_said() -> None:
    text = all_text(FLEET, COST, World())
    assert "60 causes were looked for at each service" in text
    assert "Not read: iam:SimulatePrincipalPolicy: AccessDeniedException ×1" in text


def test_clusters_without_services_and_those_that_are_not_there_have_their_line() -> None:
    empty = diagnosis(None, cluster="empty")
    lost = diagnosis(None, ["target.cluster-missing"], cluster="lost", region="ap-northeast-1")
    lines = all_text([*FLEET, empty, lost], COST, World()).splitlines()
    assert lines[0].startswith("3 clusters (ap-northeast-1): 2 of 5 services have a problem")
    assert [line.split()[1] for line in lines if line.startswith(("–", "✗ lost"))] == [
        "lost",
        "empty",
    ]
    assert all_text([empty], COST, World()).startswith("empty (ap-northeast-1): no service")
    assert "There is no cluster" in all_text([], COST, World())


def test_the_json_holds_each_service_by_name_and_the_sum() -> None:
    found = all_json([*FLEET, diagnosis(None, cluster="empty")], COST, World())
    assert [one["target"]["service"] for one in found["diagnoses"]] == [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
    ]
    assert found["summary"] == {
        "services": 5,
        "problems": 2,
        "unreadable": 1,
        "well": 2,
        "empty_clusters": ["empty"],
    }
    assert (found["calls"], found["round_trips"]) == (101, 7)
    json.dumps(found)


def test_the_report_is_a_table_and_a_section_for_each_cause() -> None:
    secret = diagnosis("z|<b>", ["secret.missing"], secret="AKIAIOSFODNN7EXAMPLE")
    report = all_markdown([*FLEET, secret], COST, World())
    assert report.count("\n### ") == 2
    assert "| ✗ | beta |" in report
    assert "AKIAIOSFODNN7EXAMPLE" not in report
    assert "z\\|&lt;b>" in report


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_line_fits_and_no_word_is_lost(lang: str, width: int) -> None:
    text = all_text(FLEET, COST, World(lang))
    lines = fitted(text, width).split("\n")
    assert max(map(cells, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_what_continues_a_line_is_indented_below_it() -> None:
    assert fitted("  see: one two three four", 16) == "  see: one two\n    three four"


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def counted(world: World) -> str:
    with Counting(world) as counting:
        counting.call("ecs:ListServices", "asked")
        counting.count(0, 200)
        counting.call("ecs:ListServices", "read")
    told: Any = world.err
    return str(told.getvalue())


def test_progress_is_one_line_on_a_terminal_and_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    told = counted(World(err=Terminal()))
    assert "diagnosing: 0 of 200 services, 0 calls" in told
    assert "\n" not in told
    assert told.endswith("\r\x1b[K")
    assert "サービス 200 個のうち 0 個" in counted(World("ja", err=Terminal()))


@pytest.mark.parametrize("term", ["dumb", ""])
def test_without_cursor_control_there_is_no_progress_line(
    term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    assert counted(World(err=Terminal(), plain=not term)) == ""


def test_into_a_file_goes_no_progress_and_with_verbose_each_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert counted(World(err=io.StringIO())) == ""
    assert counted(World(err=Terminal(), verbose=True)) == "ecs:ListServices read\n"


def test_the_help_says_what_is_kept_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["diagnose", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "`last`" in told
    assert "state directory" in told


def test_nothing_kept_is_one_line_and_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "--from", "last"]) == 2
    assert capsys.readouterr().err == "--from last: nothing was kept yet\n"
