"""Pacing keeps to the rates that AWS documents and gives way when AWS refuses."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wizard.aws.readers  # noqa: F401
from wizard.aws.pace import Pace, Paces, bucket
from wizard.aws.reading import operations


class Clock:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_goes_at_once_and_what_follows_at_the_rate(clock: Clock) -> None:
    pace = Pace(10.0, 3.0, clock=clock)
    assert [pace.take() for _ in range(5)] == pytest.approx([0, 0, 0, 0.1, 0.2])
    clock.now += 60
    assert [pace.take() for _ in range(4)] == pytest.approx([0, 0, 0, 0.1])


@given(st.lists(st.floats(0, 2), min_size=1, max_size=120))
def test_no_second_ever_holds_more_calls_than_burst_and_refill(gaps: list[float]) -> None:
    clock = Clock()
    pace = Pace(7.5, 30.0, clock=clock)
    sent = []
    for gap in gaps:
        clock.now += gap
        sent.append(clock.now + pace.take())
    for first, last in itertools.combinations(range(len(sent)), 2):
        assert last - first + 1 <= 30 + 7.5 * (sent[last] - sent[first]) + 1.001


def test_thirty_refusals_at_once_halve_the_rate_once(clock: Clock) -> None:
    pace = Pace(16.0, 30.0, clock=clock)
    for _ in range(30):
        pace.slow()
    assert pace.rate == 8
    assert pace.take() > 0  # the burst is given up: the service's bucket is empty
    clock.now += 1.5
    pace.slow()
    assert pace.rate == 4


def test_the_rate_never_falls_to_nothing_and_comes_back(clock: Clock) -> None:
    pace = Pace(16.0, 30.0, clock=clock)
    for _ in range(20):
        clock.now += 2
        pace.slow()
    assert pace.rate == 2
    for _ in range(20):
        pace.well()
    assert pace.rate == 16


def test_three_refusals_of_ten_do_not_starve_what_answers(clock: Clock) -> None:
    pace = Pace(15.0, 30.0, clock=clock)
    for number in range(300):
        clock.now += pace.take()
        if number % 10 < 3:
            pace.slow()
        else:
            pace.well()
    assert clock.now - 100 < 60


@pytest.mark.parametrize(
    ("operation", "name", "rate", "burst"),
    [
        ("ecs:DescribeServices", "ecs service read", 20, 100),
        ("ecs:ListTasks", "ecs cluster resource read", 20, 100),
        ("ecs:DescribeTaskDefinition", "ecs task definition read", 20, 50),
        ("ec2:DescribeSubnets", "ec2:DescribeSubnets", 20, 100),
        ("elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing", 10, 40),
        ("logs:DescribeLogGroups", "logs:DescribeLogGroups", 10, 10),
    ],
)
def test_each_operation_is_counted_in_the_bucket_that_aws_documents(
    operation: str, name: str, rate: float, burst: float
) -> None:
    assert bucket(operation) == (name, rate, burst)


def test_every_operation_of_ecs_that_is_called_has_a_documented_bucket() -> None:
    called = [one for one in operations() if one.startswith("ecs:")]
    assert called
    assert all(bucket(one)[0].endswith(" read") for one in called)


def test_operations_of_one_bucket_share_a_pace_and_regions_do_not() -> None:
    paces = Paces()
    assert paces.of("ecs:ListTasks") is paces.of("ecs:DescribeTasks")
    assert paces.of("ecs:ListTasks") is not paces.of("ecs:ListServices")
    assert paces.of("ecs:ListTasks") is not paces.of("ecs:ListTasks", "eu-west-1")
    assert paces.of("ecs:ListTasks").burst < 100
