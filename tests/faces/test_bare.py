"""The bare face: numbered menus on lines alone, for a terminal that can do nothing else."""

from io import StringIO

import pytest

from tests.session.stand_ins import PULL, HandMade, every_session, known, new_session
from wizard.core import steps
from wizard.core.session import Session
from wizard.faces.prompts.bare import BareAsker
from wizard.faces.prompts.loop import converse
from wizard.faces.view import view_of
from wizard.faces.words import say


def _talk(
    lines: str, session: Session | None = None, lang: str = "en", stage: HandMade | None = None
) -> tuple[Session, str]:
    """Type `lines` at the bare face until they end; return the session and all that was written."""
    session, out = session or new_session(), StringIO()
    asker = BareAsker(StringIO(lines), out)

    def write(line: str) -> None:
        out.write(line + "\n")

    with pytest.raises(EOFError):
        converse(session, stage or HandMade(), asker, write, lang, lambda one: None)
    return session, out.getvalue()


def _number(session: Session, key: str) -> str:
    keys = [option.key for option in view_of(session.step, known(), "en").options]
    return f"{keys.index(key) + 1}\n"


def test_an_error_is_pasted_in_several_lines_ended_by_a_dot() -> None:
    session, out = _talk(f"first line\n\n{PULL}\n.\n")
    assert isinstance(session.step, steps.Explain)
    assert session.context.text == f"first line\n\n{PULL}"
    assert "ResourceInitializationError" in out


def test_a_paste_without_its_dot_is_taken_at_the_end_of_input() -> None:
    session, _ = _talk(PULL)
    assert isinstance(session.step, steps.Explain)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_whole_way_to_a_proven_fix_by_numbers(lang: str) -> None:
    stage = HandMade()
    session, out = _talk(f"{PULL}\n.\n1\n1\nweb\n1\n1\n", lang=lang, stage=stage)
    assert isinstance(session.step, steps.Result)
    assert session.step.all_mended
    assert say("verified-passed", lang) in out
    assert "ec2:DescribeVpcEndpoints" in out


@pytest.mark.parametrize("wrong", ["0", "99", "-1", "x", "1.5", "9" * 5_000, "", "１"])
def test_what_is_no_number_of_the_menu_is_asked_for_again(wrong: str) -> None:
    session, out = _talk(f"{PULL}\n.\n{wrong}\n")
    assert isinstance(session.step, steps.Explain)
    assert say("no-such-number", "en") in out


def test_an_answer_that_cannot_be_given_is_not_taken() -> None:
    session = new_session()
    for one in every_session():
        view = view_of(one.step, known(), "en")
        closed = [option for option in view.options if not option.enabled]
        if closed:
            session = one
            number = view.options.index(closed[0]) + 1
    before = session.step
    _talk(f"{number}\n", session)
    assert session.step is before


def test_an_empty_line_never_confirms() -> None:
    stage = HandMade()
    session, _ = _talk(f"{PULL}\n.\n1\n1\nweb\n1\n\n\n \n", stage=stage)
    assert isinstance(session.step, steps.Confirm)
    assert stage.account.applied == []


def test_letters_go_back_help_change_the_language_and_quit() -> None:
    session, out = _talk(f"{PULL}\n.\nb\nl\nh\n")
    assert isinstance(session.step, steps.Home)
    assert say("home-title", "ja") in out
    assert "プロンプト" not in out
    out_file = StringIO()
    asker = BareAsker(StringIO("q\n"), out_file)
    session = new_session()
    assert converse(session, HandMade(), asker, print, "ja", lambda one: None) == "ja"
    assert isinstance(session.step, steps.Over)


def test_the_session_is_kept_after_every_step() -> None:
    kept: list[str] = []
    asker = BareAsker(StringIO(f"{PULL}\n.\n1\n"), StringIO())
    with pytest.raises(EOFError):
        converse(
            new_session(),
            HandMade(),
            asker,
            lambda line: None,
            "en",
            lambda one: kept.append(type(one.step).__name__),
        )
    assert kept == ["Home", "Explain", "Work", "Aim"]


_EVIL = "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x9b31m\u202e\x00\x08[/usr/bin/x] [ERROR] "


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_escape_sequence_is_ever_written(lang: str) -> None:
    stage = HandMade()
    stage.account.clusters = (f"{_EVIL}prod",)
    lines = f"{_EVIL}{PULL}{_EVIL}\n.\n1\n{_EVIL}prod\nweb\n1\n2\nh\nb\nb\nb\nl\nb\nb\n{_EVIL}\n.\n"
    _, out = _talk(lines, lang=lang, stage=stage)
    bad = [one for one in out if (ord(one) < 32 and one not in "\n") or 0x7F <= ord(one) < 0xA0]
    assert bad == []
    assert "\u202e" not in out


def test_menus_fit_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    _, out = _talk(f"{PULL}\n.\n1\n1\nweb\n1\n")
    tall = [line for line in out.splitlines() if len(line) > 40 and "https://" not in line]
    assert [line for line in tall if not line.startswith(say("choose-number", "en"))] == []
