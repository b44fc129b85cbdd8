"""From facts and symptoms to findings: what is wrong now, and what would fail next."""

import pytest

from wizard.catalog.store import knowledge
from wizard.core.diagnosis import diagnose
from wizard.core.facts import LogGroup, Obstacle, Repository, Role, Secret, Service
from wizard.core.findings import Finding, Observed
from wizard.core.knowledge import Knowledge


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge(())


def seen(symptom: str) -> Observed:
    return Observed(symptom, "paste", "", {})


def endpoint(service: str, stage: str) -> Obstacle:
    return Obstacle("network.endpoint-missing", "confirmed", stage, service=service, vpc="vpc-1")


def told(findings: list[Finding]) -> list[tuple[str, bool]]:
    return [
        (str(one.fields.get("service") or one.cause), one.predicted)
        for one in findings
        if one.status == "confirmed"
    ]


def test_what_shows_later_than_the_symptom_is_predicted(known: Knowledge) -> None:
    facts = {"obstacles": (endpoint("logs", "logger"), endpoint("ecr.api", "registry-auth"))}
    found = diagnose(known, facts, [seen("pull.registry-auth-unreachable")], "start")
    assert told(found) == [("ecr.api", False), ("logs", True)]


def test_a_deployment_that_fails_says_nothing_of_where_its_tasks_do(known: Knowledge) -> None:
    facts = {"obstacles": (endpoint("logs", "logger"), endpoint("ecr.api", "registry-auth"))}
    found = diagnose(known, facts, [seen("deploy.start-impaired")], "start")
    assert told(found) == [("ecr.api", False), ("logs", True)]


def test_what_a_failing_task_got_past_is_met_by_the_next_one(known: Knowledge) -> None:
    facts = {
        "log_groups": (LogGroup("/ecs/web", "eu-west-1", exists=False),),
        "obstacles": (endpoint("s3", "layers"),),
    }
    found = diagnose(known, facts, [seen("logs.group-missing")], "start")
    assert told(found) == [("logs.group-missing", False), ("s3", True)]


def test_what_a_task_got_past_is_present_where_nothing_else_explains_its_failure(
    known: Knowledge,
) -> None:
    facts = {"obstacles": (endpoint("s3", "layers"),)}
    found = diagnose(known, facts, [seen("logs.group-missing")], "start")
    assert told(found) == [("s3", False)]


def test_a_symptom_that_says_where_tasks_fail_counts_before_one_that_does_not(
    known: Knowledge,
) -> None:
    facts = {
        "repositories": (Repository("team/app", exists=False),),
        "secrets": (Secret("db", problem="missing"),),
    }
    both = [seen("deploy.start-impaired"), seen("pull.image-not-found")]
    found = diagnose(known, facts, both, "start")
    assert told(found) == [("ecr.repository-missing", False), ("secret.missing", True)]


def test_what_is_wrong_with_another_thing_than_the_one_that_is_named_comes_next(
    known: Knowledge,
) -> None:
    gone = (Repository(name, exists=False) for name in ("team/proxy", "team/app"))
    facts = {"repositories": tuple(gone)}
    named = Observed("pull.image-not-found", "task stoppedReason", "", {"repository": "team/app"})
    found = diagnose(known, facts, [named], "start")
    proven = [one for one in found if one.status == "confirmed"]
    assert [(one.fields["repository"], one.predicted) for one in proven] == [
        ("team/app", False),
        ("team/proxy", True),
    ]
    unnamed = diagnose(known, facts, [seen("pull.image-not-found")], "start")
    assert not any(one.predicted for one in unnamed if one.status == "confirmed")


def test_a_service_that_wants_no_tasks_fails_nowhere_yet(known: Knowledge) -> None:
    groups = (LogGroup("/ecs/web", "eu-west-1", exists=False),)
    for desired, predicted in ((0, True), (1, False)):
        facts = {"service": Service("web", exists=True, desired=desired), "log_groups": groups}
        found = diagnose(known, facts, [], "start")
        assert told(found) == [("logs.group-missing", predicted)]


def test_of_two_failing_tasks_each_has_its_present_cause(known: Knowledge) -> None:
    facts = {
        "log_groups": (LogGroup("/ecs/web", "eu-west-1", exists=False),),
        "obstacles": (endpoint("s3", "layers"),),
    }
    both = [seen("logs.group-missing"), seen("pull.layer-unreachable")]
    found = diagnose(known, facts, both, "start")
    assert sorted(told(found)) == [("logs.group-missing", False), ("s3", False)]


def test_what_is_missing_before_the_start_is_present_where_only_a_deployment_is_seen_to_fail(
    known: Knowledge,
) -> None:
    groups = (LogGroup("/ecs/web", "eu-west-1", exists=False),)
    impaired = [seen("deploy.start-impaired")]
    found = diagnose(known, {"log_groups": groups}, impaired, "start")
    assert told(found) == [("logs.group-missing", False)]
    # An image is what such a deployment is thought to fail by; what lies before it goes first.
    facts = {"log_groups": groups, "repositories": (Repository("team/app", exists=False),)}
    found = diagnose(known, facts, impaired, "start")
    assert told(found) == [("ecr.repository-missing", False), ("logs.group-missing", True)]
    facts["secrets"] = (Secret("db", problem="missing"),)
    found = diagnose(known, facts, impaired, "start")
    assert [predicted for _, predicted in told(found)] == [False, True, True]
    assert told(found)[0][0] == "secret.missing"


def test_within_a_stage_the_way_comes_before_the_right(known: Knowledge) -> None:
    lacking = ("ecr:GetAuthorizationToken",)
    facts = {
        "obstacles": (endpoint("ecr.api", "registry-auth"),),
        "execution_role": Role(
            named=True, name="r", missing_actions=lacking, lacking_actions=lacking
        ),
    }
    found = diagnose(known, facts, [seen("pull.registry-auth-unreachable")], "start")
    assert told(found) == [("ecr.api", False), ("execution-role.permission-missing", True)]


def test_what_is_switched_off_never_asks_for_a_way(known: Knowledge) -> None:
    facts = {
        "service": Service("web", exists=True, exec_enabled=False),
        "obstacles": (endpoint("ssmmessages", "exec"),),
    }
    found = diagnose(known, facts, [seen("exec.not-enabled")], "exec")
    assert [one.predicted for one in found if one.status == "confirmed"] == [False, True]


def test_the_cause_of_the_symptom_is_present_even_where_it_shows_later_in_a_tasks_life(
    known: Knowledge,
) -> None:
    facts = {
        "service": Service("web", exists=True),
        "execution_role": Role(named=False, stage="registry-auth"),
        "obstacles": (endpoint("logs", "logger"),),
    }
    found = diagnose(known, facts, [seen("api.execution-role-required")], "start")
    assert told(found) == [("execution-role.missing", False), ("logs", True)]
