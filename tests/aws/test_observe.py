"""Symptoms found live: text first, stopCode second, nothing of what is over."""

from datetime import UTC, datetime, timedelta

import pytest

import wizard.aws.readers  # noqa: F401
from tests.aws.scripted import Scripted
from wizard.aws.answers import Answer
from wizard.aws.calls import Calls
from wizard.aws.observe import (
    CONTAINER,
    EVENT,
    ROLLOUT,
    TASK,
    failing,
    observe,
    of_tasks,
    once,
    recent,
    steady,
)
from wizard.aws.reading import Reading
from wizard.core.facts import Target
from wizard.core.findings import Observed
from wizard.core.knowledge import Knowledge

ARN = "arn:aws:ecs:eu-west-1:123456789012:task/prod/" + "0" * 32
NO_WAY = (
    "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull "
    "registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. "
    "Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded "
    "maximum number of attempts, 3"
)


def stopped(reason: str, **more: object) -> Answer:
    return {"taskArn": ARN, "lastStatus": "STOPPED", "stoppedReason": reason, **more}


def service(**more: object) -> Answer:
    primary = {"id": "ecs-svc/2", "status": "PRIMARY", "rolloutState": "IN_PROGRESS"}
    return {
        "serviceName": "web",
        "desiredCount": 1,
        "runningCount": 0,
        "deployments": [primary],
        **more,
    }


def test_a_stopped_reason_is_classified_by_its_text(known: Knowledge) -> None:
    (seen,) = of_tasks(known, [stopped(NO_WAY, stopCode="TaskFailedToStart")])
    assert seen.symptom == "pull.registry-auth-unreachable"
    assert seen.source == TASK
    assert seen.fields["task"] == "0" * 32


def test_a_containers_reason_goes_before_the_tasks(known: Knowledge) -> None:
    memory = "OutOfMemoryError: Container killed due to memory usage"
    task = stopped(
        "Essential container in task exited",
        stopCode="EssentialContainerExited",
        containers=[{"name": "app", "reason": memory, "exitCode": 137}],
    )
    first, *_ = of_tasks(known, [task])
    assert (first.symptom, first.source) == ("start.out-of-memory", CONTAINER)
    assert first.text == memory


def test_an_unknown_text_falls_back_to_the_stop_code(known: Knowledge) -> None:
    (seen,) = of_tasks(known, [stopped("gone", stopCode="SpotInterruption")])
    assert seen.symptom == "start.spot-interrupted"


def test_an_unknown_text_and_code_show_nothing(known: Knowledge) -> None:
    assert list(of_tasks(known, [stopped("no words known", stopCode="TaskFailedToStart")])) == []


def test_a_running_task_shows_nothing(known: Knowledge) -> None:
    assert list(of_tasks(known, [{"taskArn": ARN, "lastStatus": "RUNNING"}])) == []


def test_presigned_urls_in_a_reason_are_redacted(known: Knowledge) -> None:
    task = stopped(NO_WAY + " https://x.s3.amazonaws.com/?X-Amz-Signature=0123456789abcdef")
    # Answers are made safe where they come in, so the task is read as the source gives it.
    from wizard.aws.answers import safe

    (seen,) = of_tasks(known, [safe(task)])
    assert "0123456789abcdef" not in seen.text


@pytest.mark.parametrize(
    ("changes", "is_steady"),
    [
        ({"runningCount": 1, "deployments": [{"rolloutState": "COMPLETED"}]}, True),
        ({"runningCount": 1}, False),
        ({"runningCount": 0, "deployments": [{"rolloutState": "COMPLETED"}]}, False),
        ({"desiredCount": 0, "deployments": [{"rolloutState": "COMPLETED"}]}, True),
    ],
)
def test_a_service_is_steady_with_one_completed_deployment_and_all_its_tasks(
    changes: Answer, is_steady: bool
) -> None:
    assert steady(service(**changes)) is is_steady


async def seen_by(known: Knowledge, described: Answer, tasks: list[Answer]) -> list[str]:
    replies = {
        "ecs:DescribeServices": {"services": [described]},
        "ecs:ListTasks": {"taskArns": [one["taskArn"] for one in tasks]},
        "ecs:DescribeTasks": {"tasks": tasks},
    }
    reading = Reading(
        Calls(Scripted(replies), 20),
        Target(cluster="prod", service="web"),
        given={"observed-goals": frozenset()},
    )
    return [f"{one.symptom} {one.source}" for one in await observe(reading, known)]


async def test_a_failing_deployment_shows_its_tasks_before_its_own_words(known: Knowledge) -> None:
    broken = service()
    broken["deployments"][0] |= {
        "rolloutState": "FAILED",
        "rolloutStateReason": "ECS deployment circuit breaker: tasks failed to start.",
    }
    task = stopped(NO_WAY, startedBy="ecs-svc/2")
    assert await seen_by(known, broken, [task]) == [
        f"pull.registry-auth-unreachable {TASK}",
        f"deploy.circuit-breaker {ROLLOUT}",
    ]


@pytest.mark.parametrize("code", ["UserInitiated", "SpotInterruption"])
def test_a_task_that_was_taken_away_tells_less_than_an_older_one_that_failed(code: str) -> None:
    taken = stopped("Task stopped by user", stopCode=code, startedBy="ecs-svc/2")
    crashed = stopped("Essential container in task exited", startedBy="ecs-svc/2")
    crashed["stopCode"] = "EssentialContainerExited"
    assert recent(service(), [taken, crashed]) == [crashed, taken]
    assert recent(service(), [taken]) == [taken]


async def test_what_was_before_the_last_steady_state_is_over(known: Knowledge) -> None:
    impaired = "(service web) is unable to consistently start tasks successfully."
    events = [
        {"message": "(service web) has started 1 tasks: (task 1)."},
        {"message": "(service web) has reached a steady state."},
        {"message": impaired},
    ]
    assert await seen_by(known, service(events=events), []) == []
    assert await seen_by(known, service(events=[{"message": impaired}]), []) == [
        f"deploy.start-impaired {EVENT}"
    ]


async def test_a_steady_services_old_failures_are_no_symptoms(known: Knowledge) -> None:
    well = service(runningCount=1, deployments=[{"status": "PRIMARY", "rolloutState": "COMPLETED"}])
    assert await seen_by(known, well, [stopped(NO_WAY)]) == []


def test_the_symptom_seen_first_stays_first_however_often_another_is_seen() -> None:
    seen = [Observed(key, EVENT, "", {}) for key in ("a.root", "b.later", "a.root")]
    assert [one.symptom for one in once(seen)] == ["a.root", "b.later"]


def test_a_symptom_is_told_once_where_it_was_seen_first(known: Knowledge) -> None:
    tasks = [stopped(NO_WAY), stopped(NO_WAY)]
    assert len(once(of_tasks(known, tasks))) == 1


def ended(started: str, stopped_at: str) -> Answer:
    return stopped(
        "Essential container in task exited",
        stopCode="EssentialContainerExited",
        startedBy="ecs-svc/2",
        startedAt=f"2026-01-01T{started}+00:00",
        stoppedAt=f"2026-01-01T{stopped_at}+00:00",
    )


def running(started: str) -> Answer:
    return {
        "taskArn": ARN,
        "lastStatus": "RUNNING",
        "startedBy": "ecs-svc/2",
        "startedAt": f"2026-01-01T{started}+00:00",
    }


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
STEADY = {
    "runningCount": 1,
    "deployments": [{"id": "ecs-svc/2", "status": "PRIMARY", "rolloutState": "COMPLETED"}],
}
TWICE = [ended("11:50:00", "11:51:00"), ended("11:55:00", "11:56:00")]


def test_a_program_that_ends_again_and_again_fails_although_it_runs_just_now() -> None:
    assert failing(service(**STEADY), [running("11:59:00"), *TWICE], NOON)


def test_a_program_that_outlives_those_before_it_has_recovered() -> None:
    young, old = NOON, NOON + timedelta(minutes=3)
    assert failing(service(**STEADY), [running("11:57:00"), *TWICE], young)
    assert not failing(service(**STEADY), [running("11:57:00"), *TWICE], old)


def test_one_end_is_no_pattern() -> None:
    assert not failing(service(**STEADY), [running("11:59:59"), TWICE[0]], NOON)


def test_ends_of_another_deployment_are_over() -> None:
    other = [one | {"startedBy": "ecs-svc/1"} for one in TWICE]
    assert not failing(service(**STEADY), [running("11:59:59"), *other], NOON)


@pytest.mark.parametrize(
    ("codes", "group", "symptoms"),
    [
        ([0], "family:batch", []),
        ([0, 143], "family:batch", []),
        ([0, 1], "family:batch", ["start.essential-exited"]),
        ([143], "family:batch", ["start.essential-exited"]),
        ([0], "service:web", ["start.essential-exited"]),
    ],
)
def test_a_task_alone_that_has_done_its_work_shows_nothing(
    known: Knowledge, codes: list[int], group: str, symptoms: list[str]
) -> None:
    containers = [{"name": f"c{place}", "exitCode": code} for place, code in enumerate(codes)]
    task = stopped(
        "Essential container in task exited",
        stopCode="EssentialContainerExited",
        group=group,
        containers=containers,
    )
    assert [one.symptom for one in of_tasks(known, [task])] == symptoms
