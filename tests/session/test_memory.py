"""What of a session outlives its terminal: kept after every step, redacted, read with care."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.stand_ins import FOUND, PULL, HandMade, new_session, walk
from wizard.core import steps
from wizard.memory import keep, kept
from wizard.stage import remember

SECRET = "AKIA" + "ABCDEFGHIJKL1234"


def test_a_session_is_gone_on_with_after_its_terminal_went_away() -> None:
    first, stage = new_session(), HandMade()
    walk(first, stage, *FOUND)
    remember(first)
    second = new_session(kept=kept())
    assert isinstance(second.step, steps.Home)
    assert second.step.resumable == "pull.registry-auth-unreachable"
    walk(second, stage, "resume")
    assert second.context.text == PULL
    assert isinstance(walk(second, stage, "read"), steps.Found)


def test_a_goal_is_gone_on_with_too() -> None:
    first = new_session()
    walk(first, HandMade(), "goal:push")
    remember(first)
    step = walk(new_session(kept=kept()), HandMade(), "resume")
    assert isinstance(step, steps.See)
    assert step.goal == "push"


def test_secrets_and_escape_sequences_do_not_reach_the_disk(own_state: Path) -> None:
    session = new_session()
    walk(session, HandMade(), ("paste", f"{PULL}\n\x1b]52;c;x\x07 key {SECRET}"))
    remember(session)
    text = (own_state / "session.json").read_text(encoding="utf-8")
    assert SECRET not in text
    assert "\\u001b" not in text
    assert "[redacted]" in text


def test_the_state_is_readable_by_its_owner_alone(own_state: Path) -> None:
    keep({"text": "x"})
    assert (own_state / "session.json").stat().st_mode & 0o077 == 0
    assert own_state.stat().st_mode & 0o077 == 0


def test_a_session_that_never_left_home_forgets_nothing() -> None:
    keep({"text": PULL})
    session = new_session(kept=kept())
    remember(session)
    assert kept() == {"text": PULL}


def test_a_mended_error_is_forgotten() -> None:
    session, stage = new_session(), HandMade()
    walk(session, stage, *FOUND)
    remember(session)
    walk(session, stage, "fix:endpoint.create", "yes")
    remember(session)
    assert kept() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"text": 1}',
        b'{"goal": "push"}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"text": "' + b"x" * 2_000_000 + b'"}',
    ],
)
def test_a_damaged_file_is_as_none(own_state: Path, content: bytes) -> None:
    own_state.mkdir(parents=True)
    (own_state / "session.json").write_bytes(content)
    assert kept() is None


def test_a_place_that_cannot_be_written_stops_nothing(own_state: Path) -> None:
    own_state.write_text("a file where the folder should be", encoding="utf-8")
    keep({"text": "x"})
    assert kept() is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_DAMAGED = st.fixed_dictionaries(
    {"text": st.text(max_size=30)},
    optional={
        "goal": _JSON | st.just("exec"),
        "symptom": _JSON | st.just("ecr.no-basic-auth"),
        "target": _JSON
        | st.dictionaries(st.sampled_from(["cluster", "goal", "region", "zone"]), _JSON),
        "trail": _JSON,
    },
)


@settings(deadline=None)
@given(_DAMAGED)
def test_whatever_the_file_holds_the_session_starts_and_goes_on(saved: dict[str, object]) -> None:
    session = new_session(kept=json.loads(json.dumps(saved)))
    walk(session, HandMade(), "resume")
    assert json.dumps(session.saved())
