"""Parts of a reading that wait for other parts."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.aws.scripted import Scripted
from wizard.aws.calls import Calls
from wizard.aws.reading import READERS, Reading, reader
from wizard.core.facts import Target
from wizard.core.unread import Unread

Wait = Callable[..., None]


@pytest.fixture
def wait() -> Iterator[Wait]:
    """Registers, for one test, a part that waits for others, one after the other."""
    before = dict(READERS)

    def register(part: str, *others: str) -> None:
        @reader(part)
        async def read(reading: Reading) -> str:
            for other in others:
                await asyncio.sleep(0)
                await reading.part(other)
            return part

    yield register
    READERS.clear()
    READERS.update(before)


async def made(*parts: str) -> tuple[list[object], Reading]:
    reading = Reading(Calls(Scripted({}), 20), Target())
    return list(await asyncio.gather(*(reading.part(one) for one in parts))), reading


@pytest.mark.parametrize("asked", [("t-a",), ("t-b", "t-a"), ("t-c", "t-b", "t-a")])
async def test_parts_that_wait_for_each_other_end_in_an_unread_one(
    wait: Wait, asked: tuple[str, ...]
) -> None:
    wait("t-a", "t-b")
    wait("t-b", "t-c")
    wait("t-c", "t-a")
    _, reading = await asyncio.wait_for(made(*asked), 5)
    every = [await reading.part(one) for one in ("t-a", "t-b", "t-c")]
    assert sum(isinstance(one, Unread) for one in every) == 1
    assert len(reading.faults) == 1
    assert "wait for each other" in str(reading.faults[0])


async def test_parts_that_share_what_they_wait_for_do_not_wait_for_each_other(wait: Wait) -> None:
    wait("t-a", "t-b", "t-c")
    wait("t-b", "t-c")
    wait("t-c")
    values, reading = await made("t-c", "t-a", "t-b")
    assert (values, reading.faults) == (["t-c", "t-a", "t-b"], [])
