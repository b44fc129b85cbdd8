"""Keys as they come from a terminal: pastes whole, and none that was meant for another screen."""

from io import StringIO

import pytest
from textual import events
from textual.message import Message

from tests.faces.screens import running
from tests.session.stand_ins import FOUND, PULL, HandMade, new_session, walk
from wizard.core import steps
from wizard.faces.prompts.loop import forget_typed
from wizard.faces.tui.entry import PasteArea
from wizard.faces.tui.settling import Settling
from wizard.faces.tui.terminal import PasteParser

START, END = "\x1b[200~", "\x1b[201~"
TEXT = "\x1b[31mred\x1b[0m \x00 [/x] \x11 \x1b[200 日本\r\n"


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _fed(*parts: str) -> list[Message]:
    parser = PasteParser()
    return [event for part in parts for event in parser.feed(part)]


def test_a_paste_is_one_event_with_exactly_its_text() -> None:
    (event,) = _fed(START + TEXT + END)
    assert isinstance(event, events.Paste)
    assert event.text == TEXT


@pytest.mark.parametrize("size", [1, 2, 3, 7, 11])
def test_a_paste_may_come_in_pieces_of_any_size(size: int) -> None:
    stream = TEXT + END + "x"
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    paste, key = _fed(START, *pieces)
    assert isinstance(paste, events.Paste)
    assert paste.text == TEXT
    assert isinstance(key, events.Key)


def test_keys_around_pastes_stay_in_their_order() -> None:
    found = _fed("a" + START + "1" + END + "\r" + START + END + "\x1b[A")
    kinds = [one.key if isinstance(one, events.Key) else one.text for one in found]  # type: ignore[attr-defined]
    assert kinds == ["a", "1", "enter", "", "up"]


def test_a_paste_of_megabytes_is_not_looked_at_letter_by_letter() -> None:
    text = "x[ERROR]\n" * 600_000
    parts = [(START + text + END)[at : at + 65_536] for at in range(0, len(text) + 12, 65_536)]
    (event,) = _fed(*parts)
    assert isinstance(event, events.Paste)
    assert event.text == text


def test_what_answers_is_dropped_until_there_was_a_pause() -> None:
    clock = Clock()
    settling = Settling(0.25, clock)
    settling.shown()
    clock.now += 0.1
    assert not settling.takes("enter")
    clock.now += 0.2
    assert not settling.takes("1"), "the pause begins anew with every key"
    clock.now += 0.3
    assert settling.takes("1")
    assert settling.takes("enter")
    settling.shown()
    assert not settling.takes("enter")


def test_moving_about_is_never_held_up() -> None:
    settling = Settling(0.25, Clock())
    settling.shown()
    assert all(settling.takes(key) for key in ("up", "down", "pagedown", "tab"))


async def test_a_paste_key_by_key_answers_nothing_on_the_screens_it_brings_up() -> None:
    clock, stage = Clock(), HandMade()
    async with running(stage=stage, settling=Settling(0.25, clock)) as screen:
        clock.now += 1
        await screen.pilot.press(*"no basic auth credentials", "enter")
        await screen.until(lambda: isinstance(screen.step, steps.Explain))
        for key in ("1", "enter", "1", "space", "y", "enter", "escape", "f2", "question_mark"):
            clock.now += 0.02
            await screen.press(key)
        assert isinstance(screen.step, steps.Explain)
        assert screen.app.lang == "en"
        clock.now += 1
        await screen.press("2")
        assert isinstance(screen.step, steps.Question)


async def test_enters_inside_a_paste_key_by_key_are_line_ends() -> None:
    async with running() as screen:
        await screen.pilot.press(*"ab", "enter", *"1", "enter", "enter", *"c")
        assert isinstance(screen.step, steps.Home)
        assert screen.app.screen.query_one(PasteArea).text == "ab\n1\n\nc"


async def test_a_paste_key_by_key_confirms_no_plan() -> None:
    clock, session, stage = Clock(), new_session(), HandMade()
    walk(session, stage, *FOUND)
    async with running(session, stage, settling=Settling(0.25, clock)) as screen:
        clock.now += 1
        await screen.press("1")
        assert isinstance(screen.step, steps.Confirm)
        for key in ("1", "enter", "up", "enter", "1", "enter"):
            clock.now += 0.05
            await screen.press(key)
        assert isinstance(screen.step, steps.Confirm)
        await screen.press("ctrl+q")
    assert stage.account.applied == []


def test_typing_ahead_is_forgotten_on_a_terminal_and_kept_in_a_pipe() -> None:
    lines = StringIO(f"{PULL}\n")
    forget_typed(lines)
    assert lines.readline().strip() == PULL


@pytest.mark.parametrize("goal", ["2", " 2 "])
async def test_the_number_of_an_answer_typed_where_an_error_may_be_pasted_chooses_it(
    goal: str,
) -> None:
    async with running() as screen:
        await screen.look_up(goal)
        assert isinstance(screen.step, steps.See)
        assert screen.step.goal == "start"


async def test_a_number_that_no_answer_has_is_looked_up_like_any_text() -> None:
    async with running() as screen:
        await screen.look_up("404")
        assert isinstance(screen.step, steps.Unknown)
