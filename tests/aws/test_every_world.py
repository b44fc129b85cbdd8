"""Every world of the embedded AWS: the planted causes are proven, all of them and no other, and
also by somebody who may not read everything, and through throttling.

Here each world loses a quarter of its permissions, one by one, others in each world;
`python -m tests.aws.harsh` takes away all of them.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.aws.harsh import (
    Study,
    base_complaints,
    denied_complaints,
    throttled_complaints,
)
from tests.aws.harsh_source import Pool
from wizard.core.knowledge import Knowledge
from wizard.lab import Lab
from wizard.lab.worlds import HEALTHY, WORLDS

pytestmark = pytest.mark.slow

ONE_IN = 12


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab.start(region="ap-northeast-1", speed=1.0) as lab:
        yield lab


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with closing(Pool()) as pool:
        yield pool


@pytest.fixture(scope="module", params=[*WORLDS, *HEALTHY])
def study(
    request: pytest.FixtureRequest, lab: Lab, pool: Pool, known: Knowledge
) -> Iterator[Study]:
    """Each world, staged once for all tests of it."""
    study = Study(known, lab, pool, request.param)
    yield study
    study.close()


def test_what_was_planted_is_proven_in_its_order_and_nothing_else(study: Study) -> None:
    assert base_complaints(study) == []


def test_a_permission_that_is_missing_proves_nothing_and_refutes_nothing(study: Study) -> None:
    sample = study.sample(ONE_IN)
    assert [one for each in sample for one in denied_complaints(study, each)] == []


def test_throttling_changes_no_verdict(study: Study) -> None:
    assert throttled_complaints(study) == []


def test_enough_is_asked_for_these_tests_to_mean_something(study: Study) -> None:
    offline = study.calm.calls == 0 or study.wanted.goal == "push"
    assert offline or len(study.asked) > 5
    assert offline or study.throttled()[1].refused > 0
