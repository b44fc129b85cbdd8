"""Deployments roll, stall, trip and roll back as AWS's do."""

from __future__ import annotations

from typing import Any

from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, World, healthy


def _events(world: World) -> list[str]:
    return [e["message"] for e in world.describe()["events"]]


def test_a_new_service_reaches_a_steady_state_with_events_in_ecs_words(lab: Lab) -> None:
    world = healthy(lab)
    steady, completed, started = _events(world)
    assert steady == "(service web) has reached a steady state."
    assert completed.startswith("(service web) (deployment ecs-svc/")
    assert completed.endswith(") deployment completed.")
    assert started.startswith("(service web) has started 1 tasks: (task ")


def test_during_a_rollout_there_is_a_primary_and_an_active_deployment(lab: Lab) -> None:
    world = healthy(lab)
    ecs = lab.client("ecs")
    old = world.tasks()[0]["taskArn"]
    ecs.update_service(cluster="prod", service="web", forceNewDeployment=True)
    deployments = world.describe()["deployments"]
    assert [(d["status"], d["rolloutState"]) for d in deployments] == [
        ("PRIMARY", "IN_PROGRESS"),
        ("ACTIVE", "COMPLETED"),
    ]
    world.settle()
    assert [d["status"] for d in world.describe()["deployments"]] == ["PRIMARY"]
    assert [t["taskArn"] for t in world.tasks()] != [old]
    assert any("has stopped 1 running tasks" in e for e in _events(world))


def test_switching_exec_on_changes_no_running_task(lab: Lab) -> None:
    world = healthy(lab, exec_=False)
    ecs = lab.client("ecs")
    before = world.tasks()[0]["taskArn"]
    ecs.update_service(cluster="prod", service="web", enableExecuteCommand=True)
    world.settle()
    service = world.describe()
    assert service["enableExecuteCommand"] is True
    assert len(service["deployments"]) == 1
    task = world.tasks()[0]
    assert (task["taskArn"], task["enableExecuteCommand"]) == (before, False)

    world.redeploy()
    task = world.tasks()[0]
    assert task["enableExecuteCommand"] is True
    assert [a["lastStatus"] for a in task["containers"][0]["managedAgents"]] == ["RUNNING"]


def _breaking(world: World, **breaker: Any) -> None:
    world.task_definition(containers=[world.container(image=f"{world.image}-missing")])
    world.client("ecs").update_service(
        cluster="prod",
        service="web",
        taskDefinition=world.definition,
        deploymentConfiguration={"deploymentCircuitBreaker": breaker},
    )
    world.settle(900)


def test_without_a_breaker_a_broken_rollout_goes_on_and_the_old_tasks_stay(lab: Lab) -> None:
    world = healthy(lab)
    old = world.tasks()[0]["taskArn"]
    _breaking(world, enable=False, rollback=False)
    primary = world.describe()["deployments"][0]
    assert primary["rolloutState"] == "IN_PROGRESS"
    assert primary["failedTasks"] >= 3
    assert old in [t["taskArn"] for t in world.tasks()]
    assert any("is unable to consistently start tasks successfully." in e for e in _events(world))
    assert any("was unable to place a task. Reason: CannotPull" in e for e in _events(world))


def test_the_breaker_stops_a_rollout(lab: Lab) -> None:
    world = healthy(lab)
    _breaking(world, enable=True, rollback=False)
    primary = world.describe()["deployments"][0]
    assert primary["rolloutState"] == "FAILED"
    assert primary["rolloutStateReason"] == (
        "ECS deployment circuit breaker: tasks failed to start."
    )
    assert primary["failedTasks"] == 3
    assert any("deployment failed: tasks failed to start." in e for e in _events(world))


def test_the_breaker_rolls_back_to_what_worked(lab: Lab) -> None:
    world = healthy(lab)
    good = world.describe()["taskDefinition"]
    _breaking(world, enable=True, rollback=True)
    service = world.describe()
    assert service["taskDefinition"] == good
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert any("rolling back to deployment ecs-svc/" in e for e in _events(world))
    records = lab.client("ecs").list_service_deployments(cluster="prod", service="web")
    states = [d["status"] for d in records["serviceDeployments"]]
    assert states == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]


def test_a_deployment_without_room_to_move_says_so(lab: Lab) -> None:
    world = healthy(lab)
    lab.client("ecs").update_service(
        cluster="prod",
        service="web",
        forceNewDeployment=True,
        deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 100},
    )
    world.settle(120)
    assert any("unable to stop or start tasks during a deployment" in e for e in _events(world))


def test_a_crashing_program_stops_its_task_and_is_replaced(lab: Lab) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository(tags=[]).log_group()
    world.push("team/app", "v1", labels={"lab.exit-code": "3", "lab.log": "config missing"})
    world.image = world.image.replace(":latest", ":v1")
    world.service().settle(120)
    task = world.tasks(status="STOPPED")[0]
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 3
    streams = lab.client("logs").describe_log_streams(logGroupName="/ecs/web")["logStreams"]
    name = f"ecs/app/{task['taskArn'].rsplit('/', 1)[-1]}"
    assert name in [s["logStreamName"] for s in streams]
    events = lab.client("logs").get_log_events(logGroupName="/ecs/web", logStreamName=name)
    assert [e["message"] for e in events["events"]] == ["config missing"]

    world.push("team/app", "v1")
    world.redeploy()
    assert world.describe()["runningCount"] == 1


def test_a_program_that_needs_more_memory_is_killed(lab: Lab) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository(tags=[]).log_group()
    world.push("team/app", "latest", labels={"lab.memory-mib": "900"})
    world.service().settle(120)
    container = world.tasks(status="STOPPED")[0]["containers"][0]
    assert container["exitCode"] == 137
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"

    world.task_definition(memory="1024")
    lab.client("ecs").update_service(cluster="prod", service="web", taskDefinition=world.definition)
    world.settle()
    assert world.describe()["runningCount"] == 1


def test_time_runs_by_itself_at_the_speed_of_the_clock(lab: Lab) -> None:
    world = healthy(lab)
    lab.clock(speed=100_000)
    lab.client("ecs").update_service(cluster="prod", service="web", forceNewDeployment=True)
    waiter = lab.client("ecs").get_waiter("services_stable")
    waiter.wait(cluster="prod", services=["web"], WaiterConfig={"Delay": 0.02, "MaxAttempts": 500})
    assert world.describe()["deployments"][0]["rolloutState"] == "COMPLETED"
