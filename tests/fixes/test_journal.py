"""The journal on disk, and plans as it keeps them."""

import json
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.core.plan import Change, Later, Plan, plain, unplain
from wizard.fixes.journal import APPLIED, Journal
from wizard.fixes.keeping import plan_data, plan_from

TEXT = st.text(max_size=20)
LATERS = st.builds(
    Later, st.integers(0, 9), st.from_regex(r"[A-Z]\w{0,9}(\.\w{1,9})?", fullmatch=True)
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT | LATERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
PARAMETERS = st.dictionaries(TEXT, VALUES, max_size=4)
WORDS = st.fixed_dictionaries({"en": TEXT, "ja": TEXT})
CHANGES = st.builds(
    Change,
    operation=TEXT,
    parameters=PARAMETERS,
    before=VALUES,
    after=VALUES,
    undo=st.none() | TEXT,
    undo_parameters=PARAMETERS,
    effect=WORDS,
    cost=WORDS,
    wait=st.none() | TEXT,
)
PLANS = st.builds(
    Plan,
    cause=TEXT,
    fix=TEXT,
    changes=st.lists(CHANGES, max_size=3).map(tuple),
    permissions=st.lists(TEXT, max_size=3).map(tuple),
    target=st.dictionaries(TEXT, TEXT, max_size=3),
    notes=st.lists(WORDS, max_size=2).map(tuple),
)


def plan(*operations: str) -> Plan:
    return Plan("a.cause", "a.fix", tuple(Change(one, {"Name": "x"}) for one in operations))


@given(PLANS)
def test_a_plan_comes_back_from_json_as_it_was(made: Plan) -> None:
    assert plan_from(json.loads(json.dumps(plan_data(made)))) == made


@given(VALUES)
def test_a_value_comes_back_from_json_as_it_was(value: Any) -> None:
    assert unplain(json.loads(json.dumps(plain(value)))) == value


def test_nobody_else_may_read_the_journal(journal: Journal) -> None:
    running = journal.begin(plan("iam:PutRolePolicy"))
    running.intend(0, {"Name": "x"})
    modes = {stat.S_IMODE(one.stat().st_mode) for one in journal.directory.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(journal.directory.stat().st_mode) == 0o700
    running.end(APPLIED)


def test_the_journal_survives_a_power_cut(journal: Journal) -> None:
    journal.begin(plan("iam:PutRolePolicy")).end(APPLIED)
    with sqlite3.connect(journal.path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_an_intent_is_on_disk_before_its_result(journal: Journal) -> None:
    running = journal.begin(plan("iam:PutRolePolicy"))
    running.intend(0, {"Name": "x"})
    (entry,) = Journal(journal.directory).entries()
    assert [(one.state, one.parameters) for one in entry.steps] == [("intended", {"Name": "x"})]
    running.result(0, {"Id": 1})
    (entry,) = Journal(journal.directory).entries()
    assert entry.answers() == {0: {"Id": 1}}
    running.end(APPLIED)


def test_a_running_entry_is_not_unfinished_while_its_process_lives(journal: Journal) -> None:
    running = journal.begin(plan("iam:PutRolePolicy"))
    assert journal.unfinished() == []
    running.abandon()
    assert [one.id for one in journal.unfinished()] == [running.entry]


def test_an_error_is_kept_without_its_secrets(journal: Journal) -> None:
    running = journal.begin(plan("iam:PutRolePolicy"))
    running.intend(0, {})
    running.result(0, error="denied for AKIAABCDEFGHIJKLMNOP")
    (entry,) = journal.entries()
    assert entry.steps[0].error == "denied for AKIA[redacted]"
    running.end("failed")


def test_an_empty_journal_has_no_entries_and_makes_no_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "none")
    assert journal.entries() == []
    assert journal.unfinished() == []
    assert not journal.directory.exists()


def test_entry_ids_tell_the_time(journal: Journal) -> None:
    running = journal.begin(plan())
    assert running.entry.count("T") == 1
    assert len(running.entry) == len("2026-11-22T10-00-00-k3f9")
    running.end(APPLIED)


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"FARGATE_WIZARD_STATE": "own"}, "own"),
        ({"XDG_STATE_HOME": "xdg"}, "xdg/fargate-wizard"),
        ({}, "home/.local/state/fargate-wizard"),
    ],
)
def test_the_state_directory_is_where_the_system_keeps_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], place: str
) -> None:
    for name in ("FARGATE_WIZARD_STATE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    assert Journal().directory == tmp_path / place
