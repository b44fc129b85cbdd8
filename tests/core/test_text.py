"""Cleaning, squashing, unwrapping and redacting: the pure handling of foreign text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.core.clean import blank, clean, one_line
from wizard.core.redact import MASK, redact
from wizard.core.squash import Squashed, level, squash
from wizard.core.unwrap import readable

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@given(st.text() | st.text(alphabet="\x1b[]\x07\x9b0;1mABC\\\u202e\r\n"))
def test_cleaned_text_holds_no_character_that_a_terminal_acts_on(text: str) -> None:
    assert not CONTROL.search(clean(text))


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text() | st.text(alphabet='\x1b[31m\\n"&quot;│> \n'))
def test_levelling_keeps_every_offset(text: str) -> None:
    assert len(level(text)) == len(text)
    assert len(blank(text)) == len(text)


@given(st.text(alphabet="aB1 .\n│\x1b[m\\é界", max_size=9000))
def test_each_squashed_letter_leads_back_to_where_it_stood(text: str) -> None:
    squashed = Squashed(text)
    for index in range(0, len(squashed.text), max(1, len(squashed.text) // 20)):
        origin = squashed.origin(index)
        assert text[origin].lower().encode() == squashed.text[index : index + 1]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]52;c;Y3VybA==\x07b", "ab"),
        ("a\x1b[2J\x1b[?1049lb", "ab"),
        ("\u202eevil\u202c", "evil"),
        ("nul\x00byte", "nulbyte"),
        ("line\r\nnext", "line\nnext"),
    ],
)
def test_what_terminals_obey_is_taken_out(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_one_line_is_cut_with_an_ellipsis() -> None:
    assert one_line("a  b\n c", 4) == "a b…"


@pytest.mark.parametrize(
    "damaged",
    [
        "execute command was not enabled",
        "│ execute com\n│ mand was n\n│ ot enabled",
        '{"message": \\"execute command\\nwas not enabled\\"}',
        "> execute **command** was\n\n> not enabled",
        "ｅｘｅｃｕｔｅ　ｃｏｍｍａｎｄ was not enabled",
        "execute&nbsp;command<br>was not enabled",
        "2026-11-22T10:00:00.1Z execute command wa\n2026-11-22T10:00:00.2Z s not enabled",
        "\x1b[31mexecute command\x1b[0m was not enabled",
    ],
)
def test_wrapping_framing_and_quoting_cannot_hide_a_phrase(damaged: str) -> None:
    assert squash("execute command was not enabled") in Squashed(damaged).text


def test_a_line_as_wide_as_the_terminal_is_joined_inside_the_word() -> None:
    whole = (
        "User is not authorized on resource arn:aws:ecs:eu-west-1:111122223333:service/prod/web "
        "because no identity-based policy allows the ecs:UpdateService action"
    )
    for width in (40, 64, 80):
        wrapped = "\n".join(whole[at : at + width] for at in range(0, len(whole), width))
        assert readable(wrapped) == whole


def test_lines_of_different_length_are_lines() -> None:
    assert readable("short line\nanother line") == "short line another line"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key ASIAQWERTYUIOPASDFGH used", "QWERTYUIOPASDFGH"),
        ("?X-Amz-Signature=0123456789abcdef&x", "0123456789abcdef"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"),
        ("Authorization: Basic QVdTOmV5SndZWGxzYjJGa0lqb2k=", "QVdTOmV5SndZWGxzYjJGa0lqb2k"),
        ("https://AWS:hunter2secret@1.dkr.ecr.eu-west-1.amazonaws.com/v2/", "hunter2secret"),
        ('"password": "hunter2secret"', "hunter2secret"),
    ],
)
def test_secrets_are_masked(text: str, secret: str) -> None:
    assert MASK in redact(text)
    assert secret not in redact(text)


def test_what_explains_an_error_is_not_masked() -> None:
    text = (
        "User: arn:aws:sts::111122223333:assumed-role/ec2-role/i-0f is not authorized to perform: "
        "ecs:UpdateService; Post https://api.ecr.eu-west-1.amazonaws.com/: no basic auth"
    )
    assert redact(text) == text
