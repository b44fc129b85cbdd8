"""Lines: no word is torn in English, no line begins with what Japanese must not begin with."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.faces.wrap import cells, cut_left, wrap

JAPANESE = "「はい」と答えたときだけ適用し、undo で元に戻せます。エンドポイント（api.ecr）です。"


def test_english_breaks_between_words() -> None:
    assert wrap("the quick brown fox jumps", 11) == ("the quick", "brown fox", "jumps")


@pytest.mark.parametrize("width", range(12, 40))
def test_no_japanese_line_begins_or_ends_where_it_must_not(width: int) -> None:
    lines = wrap(JAPANESE, width)
    assert "".join(line.replace(" ", "") for line in lines) == JAPANESE.replace(" ", "")
    assert not [line for line in lines if line[0] in "、。）」ーょッ"]
    assert not [line for line in lines if line[-1] in "「（"]


def test_what_is_longer_than_a_line_is_cut_and_nothing_lost() -> None:
    name = "arn:aws:iam::123456789012:role/" + "x" * 90
    lines = wrap(f"see {name} there", 30)
    assert name in "".join(lines)
    assert max(map(len, lines)) <= 30


def test_indents_and_empty_lines_stay() -> None:
    assert wrap("a\n\n    b", 20) == ("a", "", "    b")


def test_wide_characters_take_two_cells_and_marks_none() -> None:
    assert [cells(one) for one in ("abc", "日本", "e\u0301", "ｱ", "…")] == [3, 4, 1, 1, 1]


def test_the_end_of_a_path_stays_visible() -> None:
    assert cut_left("Start > one > two", 30) == "Start > one > two"
    assert cut_left("Start > one > two", 9) == "... > two"


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(4, 40))
def test_no_line_is_too_wide_and_no_character_lost(text: str, width: int) -> None:
    text = text.replace("\r", "")
    lines = wrap(text, width)
    kept = "".join("".join(lines).split())
    assert kept == "".join("".join(line.split()) for line in text.expandtabs(4).split("\n"))
    assert all(cells(line) <= width for line in lines)
