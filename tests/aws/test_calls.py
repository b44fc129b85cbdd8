"""Calls are made once, wide, within limits; a failing one ends nothing."""

import asyncio
from typing import Any

import pytest

from tests.aws.scripted import Scripted
from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import Calls, limit_to, together
from wizard.aws.source import Source

THROTTLED = Refused("ecs:ListTasks", "ThrottlingException", "Rate exceeded")


def calls_on(source: Source, deadline_s: float = 20) -> Calls:
    return Calls(source, deadline_s)


async def test_an_identical_call_is_made_once_and_shared() -> None:
    source = Scripted({"ecs:ListTasks": {"taskArns": ["a"]}})
    calls = calls_on(source)
    answers = await together(*(calls.call("ecs:ListTasks", cluster="prod") for _ in range(5)))
    assert answers == [{"taskArns": ["a"]}] * 5
    assert source.operations() == ["ecs:ListTasks"]
    assert calls.count == 1


async def test_other_parameters_are_another_call() -> None:
    source = Scripted({"ecs:ListTasks": {"taskArns": []}})
    calls = calls_on(source)
    await calls.call("ecs:ListTasks", cluster="prod")
    await calls.call("ecs:ListTasks", cluster="test")
    assert calls.count == 2


async def test_the_round_trips_are_the_longest_chain_and_not_the_number_of_calls() -> None:
    source = Scripted({name: {} for name in ("a:A", "a:B", "a:C", "a:D")})
    calls = calls_on(source)

    async def chain() -> None:
        await together(calls.call("a:A"), calls.call("a:B"))
        await calls.call("a:C")

    await together(chain(), calls.call("a:D"))
    assert calls.count == 4
    assert calls.round_trips == 2
    assert source.most == 3


async def test_a_shared_answer_does_not_lengthen_the_chain_of_who_waits_for_it() -> None:
    source = Scripted({name: {} for name in ("a:A", "a:B")})
    calls = calls_on(source)

    async def second() -> None:
        await calls.call("a:A")
        await calls.call("a:B")

    await together(second(), second(), calls.call("a:B"))
    assert calls.round_trips == 1


async def test_all_pages_are_read_and_joined() -> None:
    pages: list[Answer | Refused] = [{"taskArns": ["a"], "nextToken": "t"}, {"taskArns": ["b"]}]
    source = Scripted({"ecs:ListTasks": pages})
    calls = calls_on(source)
    answer = await calls.call("ecs:ListTasks", cluster="prod")
    assert isinstance(answer, dict)
    # No token is left: an answer that is kept must not ask for a page that it holds.
    assert answer == {"taskArns": ["a", "b"]}
    assert source.asked[1][1] == {"cluster": "prod", "nextToken": "t"}
    assert (calls.count, calls.round_trips) == (2, 2)


async def test_a_throttled_call_is_asked_again() -> None:
    source = Scripted({"ecs:ListTasks": [THROTTLED, THROTTLED, {"taskArns": []}]})
    calls = calls_on(source)
    assert await calls.call("ecs:ListTasks") == {"taskArns": []}
    assert calls.count == 1
    assert calls.retried == 2


async def test_a_call_that_is_always_throttled_is_given_up_and_says_why() -> None:
    source = Scripted({"ecs:ListTasks": THROTTLED})
    calls = calls_on(source, deadline_s=2)
    answer = await calls.call("ecs:ListTasks")
    assert isinstance(answer, Refused)
    assert answer.code in ("ThrottlingException", "timeout")
    assert len(source.asked) <= 8


async def test_a_denied_call_is_not_asked_again() -> None:
    source = Scripted({})
    calls = calls_on(source)
    answer = await calls.call("iam:GetRole", RoleName="x")
    assert isinstance(answer, Refused)
    assert answer.code == "AccessDeniedException"
    assert not answer.absent
    assert len(source.asked) == 1


class Stuck(Scripted):
    """Never answers."""

    async def fetch(self, operation: str, params: dict[str, Any]) -> Any:
        """Wait for what never comes."""
        await asyncio.get_running_loop().create_future()


async def test_a_call_without_an_answer_ends_with_the_deadline() -> None:
    calls = calls_on(Stuck({}), deadline_s=0.05)
    answer = await calls.call("ecs:ListTasks")
    assert answer == Refused("ecs:ListTasks", "timeout", "the time of the diagnosis is over")


async def test_things_asked_for_at_the_same_time_go_in_one_call() -> None:
    source = Scripted({"ecs:DescribeServices": {"services": []}})
    calls = calls_on(source)
    names = [f"s{number:02}" for number in range(25)]
    await together(
        *(calls.one_of("ecs:DescribeServices", "services", one, 10, cluster="c") for one in names)
    )
    asked = [params["services"] for _, params in source.asked]
    assert [len(some) for some in asked] == [10, 10, 5]
    assert sorted(name for some in asked for name in some) == names
    assert calls.round_trips == 1


async def test_a_thing_that_was_in_a_batch_is_not_asked_for_again() -> None:
    source = Scripted({"ecs:DescribeServices": {"services": []}})
    calls = calls_on(source)

    async def ask(*names: str) -> None:
        await together(
            *(calls.one_of("ecs:DescribeServices", "services", one, 10) for one in names)
        )

    await ask("a", "b")
    await ask("b", "c")
    assert [params["services"] for _, params in source.asked] == [["a", "b"], ["c"]]


async def test_a_forbidden_batch_fails_those_who_wait_for_it() -> None:
    calls = calls_on(Scripted({}))
    limit_to(frozenset())
    with pytest.raises(AssertionError, match="ecs:DescribeServices"):
        await calls.one_of("ecs:DescribeServices", "services", "a", 10)


async def test_branches_share_answers_and_each_counts_its_own() -> None:
    source = Scripted({"ecs:ListTasks": {"taskArns": ["a"]}, "ecs:ListServices": {}})
    calls = calls_on(source)
    one, other = calls.branch(), calls.branch()
    await together(one.call("ecs:ListTasks"), other.call("ecs:ListTasks"))
    await other.call("ecs:ListServices")
    assert len(source.asked) == 2
    assert (one.count, other.count, calls.count) == (1, 2, 2)


async def test_branches_count_the_batches_that_they_were_part_of() -> None:
    source = Scripted({"ecs:DescribeServices": {"services": []}})
    calls = calls_on(source)
    one, other = calls.branch(), calls.branch()
    await together(
        one.one_of("ecs:DescribeServices", "services", "a", 10),
        other.one_of("ecs:DescribeServices", "services", "b", 10),
    )
    assert len(source.asked) == 1
    assert (one.count, other.count, calls.count) == (1, 1, 1)


async def test_a_released_branch_keeps_its_count_and_no_answers() -> None:
    source = Scripted({"ecs:ListTasks": {"taskArns": ["a"]}})
    calls = calls_on(source)
    branch = calls.branch()
    await branch.call("ecs:ListTasks")
    await branch.call("ecs:ListServices")
    branch.release()
    kept = {one.operation: one.outcome for one in calls.made.values()}
    assert kept["ecs:ListTasks"] == {}
    assert isinstance(kept["ecs:ListServices"], Refused)
    assert calls.count == 2
    assert await calls.call("ecs:ListTasks") == {"taskArns": ["a"]}


async def test_a_reader_that_calls_what_it_does_not_declare_is_stopped() -> None:
    calls = calls_on(Scripted({}))

    async def reader() -> None:
        limit_to(frozenset({"ecs:ListTasks"}))
        await calls.call("ecs:StopTask")

    with pytest.raises(AssertionError, match="ecs:StopTask"):
        await asyncio.create_task(reader())


async def test_progress_is_told_call_by_call() -> None:
    told: list[tuple[str, str]] = []
    source = Scripted({"ecs:ListTasks": {"taskArns": []}})
    calls = Calls(source, 20, lambda call, state: told.append((call, state)))
    await calls.call("ecs:ListTasks")
    await calls.call("ecs:ListServices")
    assert told == [
        ("ecs:ListTasks", "asked"),
        ("ecs:ListTasks", "read"),
        ("ecs:ListServices", "asked"),
        ("ecs:ListServices", "unread"),
    ]
