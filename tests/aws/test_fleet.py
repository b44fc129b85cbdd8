"""A cluster of many services: shared facts once, described things in batches, nobody forgotten."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.aws.asking import proven
from tests.aws.fleets import Fleet, build, ideal, made
from wizard.aws.answers import Outcome, Refused
from wizard.aws.calls import Calls
from wizard.aws.catalogue import Catalogue
from wizard.aws.engine import Engine
from wizard.aws.fleet import diagnose_fleet
from wizard.aws.machine import PROBES
from wizard.aws.reading import operations
from wizard.aws.sessions import read_session
from wizard.aws.source import LiveSource
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.lab import Lab
from wizard.lab.world import World

pytestmark = pytest.mark.slow
SERVICES = 23


@pytest.fixture(scope="module")
def _built(_lab: Lab) -> Iterator[dict[bool, tuple[Fleet, str]]]:
    """A healthy fleet and one of which a third is broken, each with 115 tasks."""
    found = {}
    for broken in (False, True):
        fleet = build(_lab, SERVICES, broken=broken)
        found[broken] = (fleet, _lab.snapshot())
    yield found
    for _, kept in found.values():
        _lab.forget(kept)


@pytest.fixture
def fleet(lab: Lab, _built: dict[bool, tuple[Fleet, str]]) -> Fleet:
    """23 services with 115 tasks, all well."""
    lab.restore(_built[False][1])
    lab.calls(clear=True)
    return _built[False][0]


@pytest.fixture
def broken(lab: Lab, _built: dict[bool, tuple[Fleet, str]]) -> Fleet:
    """The same with a third broken, in five ways."""
    lab.restore(_built[True][1])
    return _built[True][0]


def test_a_fleet_takes_no_more_calls_than_batching_allows(
    fleet: Fleet, engine: Engine, lab: Lab
) -> None:
    best = ideal(fleet)
    lab.calls(clear=True)
    found = engine.diagnose_all("prod")
    asked = made(lab)
    assert len(found) == SERVICES
    assert not [one for one in found if one.problem]
    batched = [name for name in best if name.startswith("ecs:") or "TargetGroups" in name]
    assert {name: asked[name] for name in batched} == {name: best[name] for name in batched}
    assert asked["ecs:DescribeServices"] == 3
    assert asked["ecs:DescribeTasks"] == 2
    assert asked["ec2:DescribeVpcEndpoints"] == 1
    assert asked.total() <= 1.2 * best.total()
    assert engine.cost.calls == asked.total()


def test_in_a_fleet_nobody_asks_what_the_caller_may_do_with_each_role(
    fleet: Fleet, engine: Engine, lab: Lab, act_as: Callable[[str], None]
) -> None:
    iam = lab.client("iam")
    iam.create_user(UserName="ada")
    rule = {"Effect": "Allow", "Action": sorted(operations()), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [rule]})
    iam.put_user_policy(UserName="ada", PolicyName="read", PolicyDocument=document)
    act_as("user/ada")
    lab.calls(clear=True)
    assert len(engine.diagnose_all("prod", "start")) == SERVICES
    asked = [one["params"] for one in lab.calls() if one["call"] == "iam:SimulatePrincipalPolicy"]
    assert asked
    assert not [one for one in asked if "user/ada" in str(one)]


def test_each_broken_service_among_healthy_ones_is_told_its_own_cause(
    broken: Fleet, engine: Engine
) -> None:
    found = {str(one.target.service): one for one in engine.diagnose_all("prod")}
    assert len(found) == SERVICES
    told = {name: proven(one, predicted=False) for name, one in found.items() if one.problem}
    assert told == {name: [cause] for name, cause in broken.broken.items()}


class Stumbling(LiveSource):
    """Three calls of ten are throttled."""

    chance = random.Random(5)

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Refuse, or answer."""
        if not operation.startswith("local:") and self.chance.random() < 0.3:
            return Refused(operation, "ThrottlingException", "Rate exceeded")
        return await super().fetch(operation, params)


async def test_a_fleet_that_is_throttled_all_the_time_is_told_the_same(
    broken: Fleet, known: Knowledge
) -> None:
    source = Stumbling(read_session(operations=operations()), PROBES)
    calls = Calls(source, 300)
    found = await diagnose_fleet(calls, Catalogue.of(known), "prod", "all")
    source.close()
    told = {one.target.service: proven(one, predicted=False) for one in found if one.problem}
    assert told == {name: [cause] for name, cause in broken.broken.items()}
    assert calls.retried
    assert not [missing for one in found for missing in one.unread]


async def test_what_was_listed_and_described_is_let_go_of(fleet: Fleet, known: Knowledge) -> None:
    source = LiveSource(read_session(operations=operations()), PROBES)
    calls = Calls(source, 300)
    found = await diagnose_fleet(calls, Catalogue.of(known), "prod", "all")
    source.close()
    many = ("ecs:ListServices", "ecs:ListTasks", "ecs:DescribeServices", "ecs:DescribeTasks")
    outcomes = {one.operation: one.outcome for one in calls.made.values()}
    assert [outcomes[name] for name in many] == [{}] * 4
    assert not [one for one in found if one.facts]
    # That they were asked for is not forgotten.
    assert calls.count > SERVICES // 10


def test_the_time_limit_holds_and_what_was_not_read_by_then_is_named(
    fleet: Fleet, known: Knowledge, lab: Lab
) -> None:
    lab.faults({"match": "ecs:DescribeTasks", "kind": "latency", "seconds": 30})
    found = Engine(known, fleet_deadline_s=1.5).diagnose_all("prod")
    lab.faults()
    # On a slow machine not even the services are listed by then.
    assert len(found) in (1, SERVICES)
    whys = Counter(missing.why for one in found for missing in one.unread)
    assert set(whys) == {"timeout"}
    assert not [one for one in found if one.problem]


def test_progress_is_told_by_services(fleet: Fleet, engine: Engine) -> None:
    told: list[tuple[int, int]] = []
    engine.diagnose_all("prod", on_count=lambda done, known: told.append((done, known)))
    assert told[0] == (0, SERVICES)
    assert told[-1] == (SERVICES, SERVICES)


def test_one_whose_description_is_denied_keeps_its_line(fleet: Fleet, engine: Engine) -> None:
    fault = {"match": "ecs:DescribeServices", "kind": "error", "code": "AccessDeniedException"}
    fleet.world.lab.faults({**fault, "message": "no", "times": 1})
    found = engine.diagnose_all("prod")
    fleet.world.lab.faults()
    assert len(found) == SERVICES
    blind = [one for one in found if "ecs:DescribeServices" in [m.call for m in one.unread]]
    assert len(blind) >= 3
    assert not [one for one in found if one.problem]


def test_a_region_is_read_cluster_by_cluster_with_the_shared_facts_once(
    fleet: Fleet, engine: Engine, lab: Lab
) -> None:
    other = fleet.world.cluster
    fleet.world.cluster = "second"
    fleet.world.service("lonely").settle()
    fleet.world.cluster = other
    lab.client("ecs").create_cluster(clusterName="third")
    lab.calls(clear=True)
    found = engine.diagnose_all(None)
    asked = made(lab)
    where = Counter(one.target.cluster for one in found)
    assert where == {"prod": SERVICES, "second": 1, "third": 1}
    assert [one.target.service for one in found][-2:] == ["lonely", None]
    assert asked["ec2:DescribeVpcEndpoints"] == 1
    assert asked["ecs:DescribeTaskDefinition"] == 3


def test_a_cluster_that_is_not_there_is_told_as_such(lab: Lab, engine: Engine) -> None:
    lab.client("ecs").create_cluster(clusterName="prod")
    (one,) = engine.diagnose_all("prdo")
    assert proven(one) == ["target.cluster-missing"]


def test_a_caller_who_may_list_nothing_is_told_so(
    fleet: Fleet, engine: Engine, act_as: Callable[[str], None], lab: Lab
) -> None:
    lab.client("iam").create_user(UserName="nobody")
    act_as("user/nobody")
    for cluster, call in (("prod", "ecs:ListServices"), (None, "ecs:ListClusters")):
        (one,) = engine.diagnose_all(cluster)
        assert call in [missing.call for missing in one.unread]


def test_the_failing_service_is_what_the_home_screen_shows(broken: Fleet, engine: Engine) -> None:
    found = engine.failures()
    assert {one.target.service for one in found} == set(broken.broken)
    assert {one.target.cluster for one in found} == {"prod"}


def test_nothing_fails_in_a_healthy_fleet(fleet: Fleet, engine: Engine) -> None:
    assert engine.failures() == []


def test_there_is_something_to_pick_from(world: World, engine: Engine, lab: Lab) -> None:
    world.network(nat=True).roles().repository().log_group().service("s00", desired=2).settle()
    assert [one.id for one in engine.choices("cluster", Target())] == ["prod"]
    (service,) = engine.choices("service", Target(cluster="prod"))
    assert (service.id, service.note) == ("s00", "2 of 2 running")
    tasks = engine.choices("task", Target(cluster="prod", service="s00"))
    assert len(tasks) == 2
    target = Target(cluster="prod", task=tasks[0].id)
    assert [one.id for one in engine.choices("container", target)] == ["app"]
    assert [one.id for one in engine.choices("repository", Target())] == ["team/app"]
    assert engine.identity().account == lab.account
