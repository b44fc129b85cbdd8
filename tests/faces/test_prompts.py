"""The prompts face with arrow keys, typed at through a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.session.stand_ins import PULL, HandMade, every_session, known, new_session, walk
from wizard.core import steps
from wizard.faces.prompts.ask import QuestionaryAsker
from wizard.faces.prompts.loop import Reply, converse
from wizard.faces.view import view_of

DOWN, ENTER, ESCAPE, INTERRUPT = "\x1b[B", "\r", "\x1b", "\x03"
TO_CONFIRM = (("paste", PULL), "read", ("value", "prod"), ("value", "web"), "fix:endpoint.create")


@contextmanager
def _keyboard() -> Iterator[tuple[PipeInput, QuestionaryAsker]]:
    with create_pipe_input() as keys:
        yield keys, QuestionaryAsker(input=keys, output=DummyOutput())


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_step_that_asks_can_be_asked(lang: str) -> None:
    for session in every_session():
        view = view_of(session.step, known(), lang)
        if view.options:
            with _keyboard() as (keys, asker):
                keys.send_text(DOWN + ENTER)
                assert asker.ask(view, lang).key


def test_text_is_asked_for_where_it_may_be_pasted() -> None:
    with _keyboard() as (keys, asker):
        keys.send_text(ENTER + "\x1b[200~two\nlines\x1b[201~" + ESCAPE + ENTER)
        reply = asker.ask(view_of(new_session().step, known(), "en"), "en")
    assert reply == Reply("paste", "two\nlines")


def test_enter_alone_refuses_a_plan() -> None:
    session = new_session()
    walk(session, HandMade(), *TO_CONFIRM)
    with _keyboard() as (keys, asker):
        keys.send_text(ENTER)
        assert asker.ask(view_of(session.step, known(), "en"), "en") == Reply("no")


def test_an_answer_that_cannot_be_given_is_skipped() -> None:
    session = new_session()
    for one in every_session():
        if any(not option.enabled for option in view_of(one.step, known(), "en").options):
            session = one
    view = view_of(session.step, known(), "en")
    closed = {option.key for option in view.options if not option.enabled}
    assert closed
    for presses in range(len(view.options) + 4):
        with _keyboard() as (keys, asker):
            keys.send_text(DOWN * presses + ENTER)
            assert asker.ask(view, "en").key not in closed


def test_an_interrupt_is_no_answer() -> None:
    with _keyboard() as (keys, asker):
        keys.send_text(INTERRUPT)
        with pytest.raises(KeyboardInterrupt):
            asker.ask(view_of(new_session().step, known(), "en"), "en")


class _Script:
    """Answers with what it was given; ends the input then."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def ask(self, view: object, lang: str) -> Reply:
        if not self.replies:
            raise EOFError
        return self.replies.pop(0)


def _converse(*replies: Reply) -> steps.Step:
    session = new_session()
    with pytest.raises(EOFError):
        converse(session, HandMade(), _Script(*replies), lambda line: None, "en", lambda one: None)
    return session.step


def test_nothing_pasted_stays_where_it_is() -> None:
    for nothing in ("", "  \n ", "\x1b[2J", "\x00"):
        assert isinstance(_converse(Reply("paste", nothing)), steps.Home)


def test_what_is_pasted_is_cleaned_before_the_session_has_it() -> None:
    step = _converse(Reply("paste", f"\x1b[31m{PULL}\x1b[0m"))
    assert isinstance(step, steps.Explain)
    assert "\x1b" not in step.excerpt


def test_back_and_help_and_the_language_are_no_answers() -> None:
    replies = (Reply("paste", PULL), Reply("help"), Reply("lang"), Reply("lang"), Reply("back"))
    assert isinstance(_converse(*replies), steps.Home)
