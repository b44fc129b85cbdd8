"""Moments as a person reads them."""

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from wizard.faces.times import short_time

NOW = datetime(2026, 11, 22)


@pytest.fixture(autouse=True)
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        ("2026-11-22T05:03:09.123456+00:00", "22 Nov 14:03", "11/22 14:03"),
        ("2026-11-21T22:30:00Z", "22 Nov 07:30", "11/22 07:30"),
        ("2025-12-31T03:00:00+09:00", "31 Dec 2025 03:00", "2025/12/31 03:00"),
        ("just now", "just now", "just now"),
    ],
)
def test_a_moment_is_said_in_local_time_to_the_minute(
    text: str, english: str, japanese: str
) -> None:
    assert short_time(text, "en", NOW) == english
    assert short_time(text, "ja", NOW) == japanese
