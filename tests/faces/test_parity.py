"""The faces cannot drift apart: every step is drawn, every answer taken, every word in both."""

import ast
import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import wizard
from tests.session.stand_ins import every_session, known
from wizard.core import steps
from wizard.core.plan import Plan
from wizard.core.session import Session
from wizard.core.words import placeholders
from wizard.faces.drawing import DRAWERS
from wizard.faces.drawing_fix import difference
from wizard.faces.layout import lay_out
from wizard.faces.prompts.render import as_lines
from wizard.faces.report.diagnosis_words import WORDS as REPORT_WORDS
from wizard.faces.tui.blocks import as_text, block_text
from wizard.faces.view import Block, View, view_of
from wizard.faces.words import WORDS, say

KINDS = ("text", "quote", "note", "head", "good", "bad", "rows", "command", "diff", "links")
SESSIONS = list(every_session())


def _named(session: Session) -> str:
    return type(session.step).__name__


def test_every_kind_of_step_has_a_drawer() -> None:
    assert set(DRAWERS) == set(get_args(steps.Step))


def test_the_sessions_of_these_tests_stand_at_every_kind_of_step() -> None:
    assert {type(session.step) for session in SESSIONS} == set(get_args(steps.Step))


@pytest.mark.parametrize("session", SESSIONS, ids=_named)
def test_every_answer_that_is_drawn_is_taken(session: Session) -> None:
    view = view_of(session.step, known(), "en")
    keys = [option.key for option in view.options if option.enabled]
    for key in [*keys, *([view.entry] if view.entry else [])]:
        one = copy.deepcopy(session, {id(session.knowledge): session.knowledge})
        before = one.step
        one.answer(key, "some text")
        assert one.step is not before


@pytest.mark.parametrize("session", SESSIONS, ids=_named)
def test_every_step_but_work_and_the_end_has_an_answer_and_leads_home(session: Session) -> None:
    view = view_of(session.step, known(), "en")
    if isinstance(session.step, steps.Work | steps.Over):
        assert not view.options
        assert view.busy == isinstance(session.step, steps.Work)
    else:
        assert {"home", "quit", "no"} & {option.key for option in view.options}


@pytest.mark.parametrize("session", SESSIONS, ids=_named)
def test_both_languages_offer_the_same_answers(session: Session) -> None:
    english, japanese = (view_of(session.step, known(), lang) for lang in ("en", "ja"))
    assert [one.key for one in english.options] == [one.key for one in japanese.options]
    assert [one.kind for one in english.blocks] == [one.kind for one in japanese.blocks]
    assert english.title
    assert all(option.label for option in (*english.options, *japanese.options))


@pytest.mark.parametrize("session", SESSIONS, ids=_named)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_both_faces_show_all_of_every_step(session: Session, lang: str) -> None:
    view = view_of(session.step, known(), lang)
    plain = _squeezed("\n".join(as_lines(view, [])))
    for block in view.blocks:
        screen = _squeezed(block_text(block)(70).plain)
        for part in (block.text, *(word for row in block.rows for word in row)):
            for line in part.splitlines():
                assert _squeezed(line) in plain
                assert _squeezed(line) in screen


def _squeezed(text: str) -> str:
    """Return `text` without what a layout may add: spaces, line ends, the marks of a quote."""
    return re.sub(r"\s+|^> ", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_block_reaches_screen_lines_and_clipboard(kind: str) -> None:
    block = (
        Block(kind, rows=(("label", "value"), ("alone", ""), ("", "text")))
        if kind == "rows"
        else Block(kind, "+ first words\n  second words")
    )
    view = View("title", (block,))
    texts = ("\n".join(as_lines(view, [])), block_text(block)(60).plain, as_text(view))
    for word in ("label", "value", "alone", "text") if kind == "rows" else ("first", "second"):
        assert all(word in text for text in texts)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [20, 43, 78])
def test_no_line_is_wider_than_the_terminal(kind: str, width: int) -> None:
    long = "+ 長い文章と a long text, arn:aws:iam::123456789012:role/x 、" * 6
    rows = (("elasticloadbalancing:DescribeTargetHealth", long), ("ok", long)) * 2
    block = Block(kind, rows=rows) if kind == "rows" else Block(kind, long)
    if kind == "links":
        return
    for line in lay_out(block, width):
        if not line.lead.strip().startswith("elastic"):
            assert block_text(Block("text", str(line)))(500).cell_length <= width


def test_only_the_plan_to_be_confirmed_is_dangerous_and_it_can_be_refused() -> None:
    for session in SESSIONS:
        view = view_of(session.step, known(), "en")
        assert view.danger == isinstance(session.step, steps.Confirm)
        if view.danger:
            assert [option.key for option in view.options] == ["yes", "no"]


def test_a_plan_shows_every_change_with_its_command_effect_cost_and_undo() -> None:
    confirm = next(one.step for one in SESSIONS if isinstance(one.step, steps.Confirm))
    assert isinstance(confirm, steps.Confirm)
    text = as_text(view_of(confirm, known(), "en"))
    plan: Plan = confirm.plan
    assert len(plan.changes) == 2
    for change in plan.changes:
        for part in (change.operation, change.command, change.effect["en"], change.cost["en"]):
            assert part in text
        assert str(change.undo) in text
        assert f'"ServiceName": "{change.parameters["ServiceName"]}"' in text
    assert set(plan.permissions) <= set(text.split())


def test_a_difference_shows_what_changes_and_no_more_than_its_surroundings() -> None:
    before = {"Statement": [{"Sid": str(number)} for number in range(60)]}
    after = {"Statement": [*before["Statement"], {"Sid": "new"}]}
    lines = difference(before, after)
    assert '+       "Sid": "new"' in lines
    assert not any('"Sid": "3"' in line for line in lines)
    assert len(lines) < 20
    assert difference(None, {"a": 1}) == ["+ {", '+   "a": 1', "+ }"]
    assert difference(None, None) == []


@pytest.mark.parametrize("key", sorted(WORDS))
def test_words_are_there_in_both_languages_with_the_same_placeholders(key: str) -> None:
    words = WORDS[key]
    assert set(words) == {"en", "ja"}
    assert all(text.strip() for text in words.values())
    assert placeholders(words["en"]) == placeholders(words["ja"])


def _words_said() -> Iterator[tuple[str, str]]:
    """Yield each folder and the word keys that its code says."""
    top = Path(wizard.__file__).parent
    for path in sorted([*top.glob("faces/**/*.py"), *top.glob("commands/*.py")]):
        text = path.read_text(encoding="utf-8")
        if path.parent.name == "commands" and "from wizard.faces.words import" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = {"say": 0, "choose": 1}.get(name)
            if at is None or len(node.args) <= at:
                continue
            key = node.args[at]
            for one in (key.body, key.orelse) if isinstance(key, ast.IfExp) else (key,):
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield path.parent.name, one.value


def test_every_word_that_the_code_says_exists() -> None:
    said = [one for one in _words_said() if re.fullmatch(r"[a-z]+(-[a-z]+)*", one[1])]
    assert len(said) > 60
    words = {"report": {**WORDS, **REPORT_WORDS}}
    assert [one for one in said if one[1] not in words.get(one[0], WORDS)] == []


def test_words_made_of_a_steps_value_exist_for_each_value() -> None:
    works = ("failures", "listen", "choices", "diagnose", "plan", "finish", "undo", "apply")
    keys = [f"work-{kind}" for kind in (*works, "verify")]
    keys += [f"verified-{one}" for one in ("passed", "failed", "pending", "skipped")]
    keys += [f"status-{one}" for one in ("confirmed", "suspected")]
    keys += [f"{word}-{one}" for word in ("which", "type") for one in ("cluster", "service")]
    keys += [f"goal-{one}" for one in ("push", "start", "exec", "all")]
    for key in keys:
        assert say(key, "en") != say(key, "ja")


def test_a_word_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no-such-word", "en")
