"""The full screen, used as a user uses it: keys and pastes in, text out."""

import pytest
from textual.widgets import Input

from tests.faces.screens import Gate, running
from tests.session.stand_ins import (
    FOUND,
    NO_ENDPOINT,
    NO_PERMISSION,
    PULL,
    PUSH,
    Account,
    HandMade,
    every_session,
    known,
    new_session,
    walk,
)
from wizard.core import steps
from wizard.core.session import Session
from wizard.faces.tui.answers import Answers
from wizard.faces.tui.entry import PasteArea
from wizard.faces.tui.help import HelpScreen
from wizard.faces.view import view_of
from wizard.faces.words import say

SIZES = [(80, 24), (120, 40)]
TO_CONFIRM = (*FOUND, "fix:endpoint.create")


def _at(*answers: object, account: Account | None = None) -> tuple[Session, HandMade]:
    session, stage = new_session(), HandMade(account or Account())
    walk(session, stage, *answers)  # type: ignore[arg-type]
    return session, stage


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_step_shows_title_and_answers_and_something_to_read(
    lang: str, size: tuple[int, int]
) -> None:
    for session in every_session():
        if isinstance(session.step, steps.Work | steps.Over):
            continue
        async with running(session, lang=lang, size=size) as screen:
            view = view_of(session.step, known(), lang)
            text = "".join(screen.text.split())
            assert "".join(view.title.split())[:30] in text
            assert len(screen.lines) == size[1]
            assert say("keys", lang).split()[0] in screen.lines[-1]
            shown = [one for one in view.options if "".join(one.label.split())[:20] in text]
            assert len(shown) >= min(len(view.options), 5)
            body = screen.app.screen.query_one("#body")
            assert body.size.height >= 3


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("size", SIZES)
async def test_an_error_is_pasted_and_led_to_a_proven_fix(lang: str, size: tuple[int, int]) -> None:
    stage = HandMade()
    async with running(stage=stage, lang=lang, size=size) as screen:
        await screen.look_up(PULL)
        assert isinstance(screen.step, steps.Explain)
        assert "pull.registry-auth-unreachable" in screen.lines[0]
        await screen.press("enter")
        assert isinstance(screen.step, steps.Aim)
        await screen.press("enter")
        await screen.press("1")
        assert isinstance(screen.step, steps.Found)
        assert "ec2:DescribeVpcEndpoints" in screen.text
        await screen.press("1")
        assert isinstance(screen.step, steps.Confirm)
        await screen.press("up", "enter")
        assert isinstance(screen.step, steps.Result)
        assert say("verified-passed", lang) in screen.text
    assert len(stage.account.applied) == 1
    assert screen.kept[-1] == "Result"
    assert "Work" in screen.kept


async def test_enter_and_digits_alone_never_apply_a_plan() -> None:
    for keys in (["enter"], ["1"], ["1", "1", "1"], ["y"], ["space"], ["escape"], ["2"]):
        session, stage = _at(*TO_CONFIRM)
        async with running(session, stage) as screen:
            await screen.press(*keys)
        assert stage.account.applied == []


async def test_a_digit_goes_to_the_yes_and_enter_gives_it() -> None:
    session, stage = _at(*TO_CONFIRM)
    async with running(session, stage) as screen:
        await screen.press("1", "enter")
        assert isinstance(screen.step, steps.Result)
    assert len(stage.account.applied) == 1


async def test_keys_typed_during_work_confirm_nothing() -> None:
    gate = Gate("plan")
    session, stage = _at(*FOUND)
    stage.account.gate = gate
    async with running(session, stage) as screen:
        await screen.pilot.press("1")
        await screen.until(gate.reached.is_set)
        await screen.pilot.press("1", "enter", "up", "enter", "y", "1", "enter")
        gate.open.set()
        await screen.settled()
        assert isinstance(screen.step, steps.Confirm)
        assert screen.app.screen.query_one(Answers).highlighted == 1
    assert stage.account.applied == []


async def test_escape_leaves_reading_and_its_result_is_not_taken() -> None:
    gate = Gate()
    session, stage = _at(("paste", PULL))
    stage.account.gate = gate
    async with running(session, stage) as screen:
        await screen.pilot.press("1")
        await screen.until(gate.reached.is_set)
        assert say("work-choices", "en") in screen.text
        await screen.pilot.press("escape")
        gate.open.set()
        for _ in range(20):
            await screen.pilot.pause()
        assert isinstance(screen.step, steps.Explain)


async def test_escape_does_not_leave_a_change_in_the_middle() -> None:
    gate = Gate("apply")
    session, stage = _at(*TO_CONFIRM)
    stage.account.gate = gate
    async with running(session, stage) as screen:
        await screen.pilot.press("up", "enter")
        await screen.until(gate.reached.is_set)
        await screen.pilot.press("escape", "escape")
        assert isinstance(screen.step, steps.Work)
        gate.open.set()
        await screen.settled()
        assert isinstance(screen.step, steps.Result)


async def test_back_with_escape_all_the_way_home() -> None:
    session, stage = _at(*TO_CONFIRM)
    async with running(session, stage) as screen:
        for _ in range(len(TO_CONFIRM) + 2):
            await screen.press("escape")
        assert isinstance(screen.step, steps.Home)


async def test_the_language_changes_and_the_step_stays() -> None:
    session, stage = _at(*FOUND)
    before = session.step
    async with running(session, stage) as screen:
        assert say("evidence", "en") in screen.text
        await screen.press("f2")
        assert session.step is before
        assert say("evidence", "ja") in screen.text
        await screen.press("f2")
        assert say("evidence", "en") in screen.text


async def test_progress_survives_a_change_of_language() -> None:
    gate = Gate("verify")
    session, stage = _at(*TO_CONFIRM)
    stage.account.gate = gate
    async with running(session, stage, lang="ja") as screen:
        await screen.pilot.press("up", "enter")
        await screen.until(gate.reached.is_set)
        await screen.pilot.press("f2")
        await screen.until(lambda: say("work-verify", "en") in screen.text)
        gate.open.set()
        await screen.settled()


async def test_what_is_shown_is_copied_with_commands_in_one_piece() -> None:
    session, stage = _at(*TO_CONFIRM)
    assert isinstance(session.step, steps.Confirm)
    async with running(session, stage) as screen:
        await screen.press("f3")
        assert session.step.plan.changes[0].command in screen.app.clipboard
        assert "\x1b" not in screen.app.clipboard


async def test_help_opens_and_closes_and_answers_nothing() -> None:
    session, stage = _at(*TO_CONFIRM)
    async with running(session, stage, lang="ja") as screen:
        await screen.press("f1")
        assert isinstance(screen.app.screen, HelpScreen)
        await screen.press("1", "up", "enter")
        assert isinstance(screen.step, steps.Confirm)
        assert not isinstance(screen.app.screen, HelpScreen)
    assert stage.account.applied == []


async def test_work_that_ends_under_the_help_shows_its_result() -> None:
    gate = Gate()
    session, stage = _at(("paste", PULL))
    stage.account.gate = gate
    async with running(session, stage) as screen:
        await screen.pilot.press("1")
        await screen.until(gate.reached.is_set)
        await screen.pilot.press("f1")
        gate.open.set()
        await screen.settled()
        assert isinstance(screen.step, steps.Aim)
        assert say("which-cluster", "en") in screen.text
        await screen.press("1")
        await screen.press("escape")
        assert isinstance(screen.step, steps.Aim)


async def test_the_palette_answers_but_never_applies() -> None:
    session, stage = _at(*TO_CONFIRM)
    async with running(session, stage) as screen:
        await screen.press("ctrl+p")
        await screen.until(lambda: say("do-not-apply", "en") in screen.text)
        assert say("apply-this", "en") not in "\n".join(screen.lines[:20])
        await screen.pilot.press(*"change")
        await screen.until(lambda: say("copy", "en") not in "\n".join(screen.lines[:20]))
        await screen.pilot.press("down", "enter")
        await screen.until(lambda: isinstance(screen.step, steps.Found))
    assert stage.account.applied == []


async def test_page_keys_scroll_the_text_while_the_answers_have_the_focus() -> None:
    session, stage = _at(*TO_CONFIRM)
    async with running(session, stage) as screen:
        assert isinstance(screen.app.focused, Answers)
        body = screen.app.screen.query_one("#body")
        await screen.press("pagedown")
        assert body.scroll_y > 0
        assert screen.app.focused.highlighted == 1
        await screen.press("pageup")
        assert body.scroll_y == 0


async def test_a_name_is_typed_where_none_can_be_listed() -> None:
    stage = HandMade(Account(broken={"choices": RuntimeError("denied")}))
    session = new_session()
    walk(session, stage, ("paste", PULL), "read")
    async with running(session, stage) as screen:
        assert isinstance(screen.app.focused, Input)
        await screen.press("enter")
        assert isinstance(screen.step, steps.Aim), "no name was given"
        await screen.press(*"prod", "enter")
        assert session.context.target.cluster == "prod"


async def test_arrows_lead_from_the_text_to_the_answers_and_back() -> None:
    async with running() as screen:
        assert isinstance(screen.app.focused, PasteArea)
        await screen.press("down")
        assert isinstance(screen.app.focused, Answers)
        await screen.press("up")
        assert isinstance(screen.app.focused, PasteArea)
        await screen.press("tab", "1")
        assert isinstance(screen.step, steps.See)


async def test_digits_typed_into_the_text_choose_nothing() -> None:
    async with running() as screen:
        await screen.press("1", "2")
        assert isinstance(screen.step, steps.Home)
        assert screen.app.screen.query_one(PasteArea).text == "12"


async def test_an_answer_that_cannot_be_given_is_not_taken() -> None:
    session, stage = _at(*FOUND, account=Account([NO_PERMISSION]))
    async with running(session, stage) as screen:
        assert "There is none." in screen.text
        await screen.press("2")
        assert isinstance(screen.step, steps.Found)


async def test_an_answer_given_twice_counts_once() -> None:
    session, stage = _at(("paste", PUSH), "ask")
    async with running(session, stage) as screen:
        page = screen.app.screen
        page.choose(2)  # type: ignore[attr-defined]
        page.choose(2)  # type: ignore[attr-defined]
        await screen.settled()
        assert isinstance(screen.step, steps.Question)
        assert screen.step.number == 1


async def test_the_screen_follows_the_terminals_size() -> None:
    session, stage = _at(*FOUND, account=Account([NO_ENDPOINT, NO_PERMISSION]))
    async with running(session, stage, lang="ja") as screen:
        for size in ((60, 20), (40, 12), (120, 40), (80, 24)):
            await screen.pilot.resize_terminal(*size)
            await screen.pilot.pause()
            assert len(screen.lines) == size[1]
            assert "ec2:DescribeVpc" in screen.text or size[1] < 21


async def test_control_c_ends_nothing_and_says_how_to_end() -> None:
    session, stage = _at(*FOUND)
    async with running(session, stage) as screen:
        await screen.press("ctrl+c")
        await screen.until(lambda: "Ctrl+Q quits" in screen.text)
        assert isinstance(screen.step, steps.Found)


async def test_quitting_keeps_the_place() -> None:
    session, stage = _at(*FOUND)
    async with running(session, stage) as screen:
        await screen.press("ctrl+q")
    assert session.saved() is not None


async def test_colours_are_left_out_where_they_are_not_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    session, stage = _at(*FOUND)
    async with running(session, stage) as screen:
        for strip in screen.app.screen._compositor.render_strips():
            for segment in strip.apply_filter(
                screen.app._filters[-1], screen.app.background_colors[0]
            ):
                color = segment.style and segment.style.color
                if color and color.triplet:
                    assert len(set(color.triplet)) == 1


async def test_nothing_drawn_is_of_ambiguous_width() -> None:
    for session in every_session():
        async with running(session, lang="en") as screen:
            drawn = {one for one in screen.text if "\u2500" <= one <= "\u25ff"}
            assert drawn == set()
