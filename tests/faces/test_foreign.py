"""Foreign text on the screen: shown as it is, never acted on, whatever is in it."""

import pytest

from tests.faces.screens import running
from tests.session.stand_ins import FOUND, PULL, Account, HandMade, new_session, walk
from wizard.capture.command import Captured
from wizard.core import steps
from wizard.core.answer import Choice
from wizard.core.facts import Target
from wizard.faces.tui.entry import SHOWN, PasteArea
from wizard.fixes.request import Outcome

EVIL = [
    "\x1b[2J\x1b[H\x1b[?1049l",
    "\x1b]0;title\x07\x1b]52;c;Y3VybCBldmls\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
    "\x9b2J\x9d0;x\x9c",
    "[/usr/bin/x]",
    "[ERROR] [main] [i] [/red] [bold]",
    "[@click=app.bell]x[/]",
    "\u202eabc\u202c\u2066\u200f\ufeff",
    "a\x00b\x00",
    "[" * 500,
    "\\[x] ${y} {z} {0} %s",
    "\ud800",
    "\r\r\nab\x08\x7f",
]
SHOWN_AS_IT_IS = ("[/usr/bin/x]", "[ERROR]", "[@click=app.bell]x[/]", "\\[x]")


def _assert_harmless(text: str) -> None:
    for one in text:
        assert one == "\n" or ord(one) >= 32, repr(one)
        assert not 0x7F <= ord(one) < 0xA0, repr(one)
        assert one not in "\u202e\u2066\u200f\ufeff\u202c"


@pytest.mark.parametrize("evil", EVIL)
async def test_a_paste_of_anything_changes_nothing_but_the_text(evil: str) -> None:
    async with running() as screen:
        await screen.paste(evil)
        assert isinstance(screen.step, steps.Home)
        _assert_harmless(screen.text)
        await screen.look_up(f" {evil}\n{PULL} {evil}")
        assert isinstance(screen.step, steps.Explain)
        _assert_harmless(screen.text)
        await screen.press("f3")
        _assert_harmless(screen.app.clipboard)


@pytest.mark.parametrize("evil", EVIL)
async def test_what_aws_and_commands_say_is_as_harmless(evil: str) -> None:
    class Named(HandMade):
        def listen(self, command: str) -> Captured:
            return Captured(command, 0, evil)

    account = Account(clusters=(evil, evil), broken={"apply": RuntimeError(evil)})
    session = new_session(tries=(evil,), kept={"text": evil, "symptom": evil})
    stage = Named(account)
    async with running(session, stage) as screen:
        for answers in (
            (),
            ("try:0",),
            ("home", "live"),
            ("home", ("paste", PULL), "read"),
            (("value", "prod"), ("value", "web"), "fix:endpoint.create", "yes"),
        ):
            walk(session, stage, *answers)
            screen.app.show()
            await screen.pilot.pause()
            _assert_harmless(screen.text)
            await screen.press("ctrl+p", "x")
            await screen.app.workers.wait_for_complete()
            await screen.pilot.pause()
            _assert_harmless(screen.text)
            await screen.press("escape")


async def test_brackets_are_shown_not_parsed() -> None:
    outcome = Outcome("e1", False, says={"en": " ".join(SHOWN_AS_IT_IS), "ja": "x"})
    session = new_session()
    walk(session, HandMade(Account(outcome=outcome)), *FOUND, "fix:endpoint.create", "yes")
    async with running(session) as screen:
        for part in SHOWN_AS_IT_IS:
            assert part in screen.text


async def test_labels_with_brackets_are_shown_not_parsed() -> None:
    session = new_session()
    session.step = steps.Aim("cluster", tuple(Choice(one, one) for one in SHOWN_AS_IT_IS))
    session.context = session.context.__class__(target=Target(goal="start"))
    async with running(session) as screen:
        for part in SHOWN_AS_IT_IS:
            assert screen.text.count(part) == 2
        await screen.press("ctrl+p")
        await screen.until(lambda: "Search commands" in screen.text)
        for part in SHOWN_AS_IT_IS:
            assert part in screen.text


async def test_the_same_choice_twice_is_no_trouble() -> None:
    session = new_session()
    session.step = steps.Aim("cluster", (Choice("prod"), Choice("prod")))
    async with running(session) as screen:
        assert screen.text.count("prod") == 2


async def test_five_megabytes_are_looked_up_whole_and_shown_in_part() -> None:
    line = "2026-11-22 INFO nothing to see [ERROR] here \x1b[31m\n"
    text = line * (2_500_000 // len(line)) + PULL + "\n" + line * (2_500_000 // len(line))
    async with running() as screen:
        await screen.paste(text)
        area = screen.app.screen.query_one(PasteArea)
        assert len(area.text) <= SHOWN + 10
        assert len(area.whole) > 4_000_000
        await screen.look_up("")
        assert isinstance(screen.step, steps.Explain)
        assert screen.step.symptom == "pull.registry-auth-unreachable"


async def test_a_huge_paste_can_be_taken_back() -> None:
    async with running() as screen:
        await screen.paste("x" * (SHOWN + 1))
        await screen.press("backspace")
        assert screen.app.screen.query_one(PasteArea).whole == ""


@pytest.mark.parametrize("nothing", ["", " \n\t ", "\x1b[2J", "\x00\x00", "\u202e"])
async def test_nothing_at_all_is_not_looked_up(nothing: str) -> None:
    async with running() as screen:
        await screen.look_up(nothing)
        for _ in range(20):
            await screen.pilot.pause()
        assert isinstance(screen.step, steps.Home)


async def test_a_paste_where_a_name_is_asked_for_gives_its_first_words() -> None:
    session = new_session()
    walk(session, HandMade(Account(broken={"choices": RuntimeError("x")})), ("paste", PULL), "read")
    async with running(session) as screen:
        await screen.paste("\n\x1b[31m  prod\x1b[0m\nrm -rf\n")
        assert isinstance(screen.step, steps.Aim)
        _assert_harmless(screen.text)
        await screen.press("enter")
        assert session.context.target.cluster == "prod"


async def test_a_paste_on_a_screen_that_takes_none_is_dropped() -> None:
    session, stage = new_session(), HandMade()
    confirm = walk(session, stage, *FOUND, "fix:endpoint.create")
    async with running(session, stage) as screen:
        await screen.paste("1\n\n1\n")
        assert screen.step is confirm
