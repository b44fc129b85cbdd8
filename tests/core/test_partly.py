"""What is known in part: proven as far as it goes, and never refuted."""

import pytest

from wizard.catalog.store import knowledge
from wizard.core.condition import holds
from wizard.core.diagnosis import diagnose, judge
from wizard.core.facts import Caller, Facts, Obstacle, Repository, Role, Service
from wizard.core.findings import Observed
from wizard.core.knowledge import Knowledge
from wizard.core.unread import Unread, merged

SERVICES = Unread("ecs:DescribeServices", "AccessDenied")
POLICY = Unread("ecr:GetRepositoryPolicy", "AccessDenied")
TASKS = Unread("ecs:DescribeTasks", "AccessDenied")
TABLES = Unread("ec2:DescribeRouteTables", "UnauthorizedOperation")
TOKEN = ("ecr:GetAuthorizationToken",)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge(())


def status(known: Knowledge, cause: str, facts: Facts) -> list[tuple[str, frozenset[Unread]]]:
    return [(one.status, one.unread) for one in judge(known.cause(cause), facts)]


def test_several_refusals_are_one_value_and_each_is_told() -> None:
    both = merged(POLICY, TASKS, merged(TASKS, POLICY))
    assert both == Unread(POLICY.call, POLICY.why, (TASKS,))
    facts: Facts = {"service": Service("web", exists=both)}
    assert holds({"service.exists": True}, facts) == frozenset({POLICY, TASKS})


def test_what_is_lacking_is_proven_and_what_may_be_lacking_besides_is_told(
    known: Knowledge,
) -> None:
    role = Role(named=True, lacking_actions=TOKEN, partly=(("lacking_actions", POLICY),))
    found = status(known, "execution-role.permission-missing", {"execution_role": role})
    assert found == [("confirmed", frozenset({POLICY}))]


def test_an_empty_field_that_is_known_in_part_refutes_nothing(known: Knowledge) -> None:
    caller = Caller("arn", missing_actions=TOKEN, partly=(("denied_actions", POLICY),))
    found = status(known, "caller.explicit-deny", {"caller": caller})
    assert found == [("unknown", frozenset({POLICY}))]
    assert status(known, "task.role-pass-denied", {"caller": caller})[0][0] == "ruled-out"


def test_what_could_not_be_read_beside_a_proven_item_is_told_with_it(known: Knowledge) -> None:
    missing = Repository("app", exists=False)
    facts: Facts = {"repositories": (Repository("base", exists=POLICY), missing)}
    found = status(known, "ecr.repository-missing", facts)
    assert found == [("confirmed", frozenset({POLICY}))]


def test_a_service_that_could_not_be_read_may_start_other_tasks_than_the_one_that_was_seen(
    known: Knowledge,
) -> None:
    facts: Facts = {
        "service": Service("web", exists=SERVICES, in_force=SERVICES),
        "repositories": (Repository("app"),),
        "execution_role": Role(named=True),
        "obstacles": TASKS,
    }
    for cause in ("ecr.image-missing", "execution-role.missing"):
        assert status(known, cause, facts) == [("unknown", frozenset({SERVICES}))]
    (network,) = judge(known.cause("network.subnet-full"), facts)
    assert network.unread == {TASKS, SERVICES}
    facts["repositories"] = (Repository("app", exists=False),)
    assert status(known, "ecr.repository-missing", facts)[0][0] == "confirmed"


def test_the_task_that_runs_is_known_whatever_its_service_would_start(known: Knowledge) -> None:
    facts: Facts = {
        "service": Service("web", exists=SERVICES, in_force=SERVICES),
        "containers": (),
    }
    assert status(known, "exec.read-only-root", facts)[0][0] == "ruled-out"


def test_what_may_be_behind_a_symptom_is_present_though_its_stage_could_not_be_read(
    known: Knowledge,
) -> None:
    seen = Observed("pull.registry-auth-unreachable", "task stoppedReason", "", {})
    found = diagnose(known, {"obstacles": TABLES}, [seen], "start")
    suspected = [one for one in found if one.cause == "network.endpoint-missing"]
    assert [(one.status, one.predicted) for one in suspected] == [("suspected", False)]
    later = Obstacle("network.endpoint-missing", TABLES, "logger", service="logs")
    found = diagnose(known, {"obstacles": (later,)}, [seen], "start")
    assert [one.predicted for one in found if one.status == "suspected"] == [True]
