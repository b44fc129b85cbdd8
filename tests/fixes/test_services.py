"""Fixes of services, log groups and repositories, on the embedded AWS."""

import pytest

from tests.fixes.conftest import Diagnose, world_of
from wizard.fixes.desk import FixDesk
from wizard.fixes.request import Refused
from wizard.lab import Lab
from wizard.lab.world import World

pytestmark = pytest.mark.slow


ALL = ("ecr.api", "ecr.dkr", "s3", "logs", "ssmmessages")
OFF = "exec.disabled-on-service"


def test_exec_is_switched_on_and_new_tasks_have_it(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = world_of(lab, *ALL).service("web", exec_=False).settle()
    diagnosis = diagnose(goal="exec")
    plan = desk.plan(diagnosis, OFF)
    (change,) = plan.changes
    assert change.parameters["enableExecuteCommand"] is True
    assert change.parameters["forceNewDeployment"] is True
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"
    lab.settle()
    assert [task["enableExecuteCommand"] for task in world.tasks()] == [True]
    assert desk.apply(desk.undo_plan()).applied
    assert world.describe()["enableExecuteCommand"] is False


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL"])
def test_a_service_of_another_controller_refuses_a_forced_deployment(
    lab: Lab, desk: FixDesk, diagnose: Diagnose, controller: str
) -> None:
    world = world_of(lab, *ALL).task_definition()
    world.service("web", exec_=False, deploymentController={"type": controller}).settle()
    with pytest.raises(Refused, match=controller):
        desk.plan(diagnose(goal="exec"), OFF)


def test_exec_is_refused_without_a_task_role(lab: Lab, desk: FixDesk, diagnose: Diagnose) -> None:
    world = world_of(lab, *ALL)
    world.task_role = ""
    world.service("web", exec_=False).settle()
    with pytest.raises(Refused, match="names no task role"):
        desk.plan(diagnose(goal="exec"), OFF)


def test_a_task_older_than_exec_is_replaced(lab: Lab, desk: FixDesk, diagnose: Diagnose) -> None:
    world = world_of(lab, *ALL).service("web", exec_=False).settle()
    world.client("ecs").update_service(cluster="prod", service="web", enableExecuteCommand=True)
    diagnosis = diagnose(goal="exec")
    plan = desk.plan(diagnosis, "exec.task-predates-enable")
    assert "--force-new-deployment" in plan.changes[0].command
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"
    with pytest.raises(Refused, match="can be taken back"):
        desk.undo_plan()


def test_tasks_in_a_public_subnet_get_a_public_address(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = World(lab).network(public=True).roles().repository("team/app").log_group()
    world.public = False
    world.service("web").settle()
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, "network.public-ip-missing")
    (change,) = plan.changes
    assert (change.before, change.after) == (
        {"assignPublicIp": "DISABLED"},
        {"assignPublicIp": "ENABLED"},
    )
    sent = change.parameters["networkConfiguration"]["awsvpcConfiguration"]
    assert sorted(sent["subnets"]) == sorted(world.subnets)
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"


def test_the_log_group_is_created_and_the_service_tries_again(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = world_of(lab, *ALL)
    lab.client("logs").delete_log_group(logGroupName="/ecs/web")
    world.service("web").settle()
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, "logs.group-missing")
    operations = [one.operation for one in plan.changes]
    assert operations == ["logs:CreateLogGroup", "ecs:UpdateService"]
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"
    back = desk.undo_plan()
    assert [one.operation for one in back.changes] == ["logs:DeleteLogGroup"]
    assert "ecs:UpdateService" in back.notes[0]["en"]


def test_the_repository_is_created_and_taken_back_only_while_it_is_empty(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = world_of(lab, *ALL)
    world.image = world.image.replace("team/app", "team/new")
    world.service("web").settle()
    plan = desk.plan(diagnose(), "ecr.repository-missing")
    assert plan.changes[0].parameters == {"repositoryName": "team/new"}
    assert desk.apply(plan).applied
    world.push("team/new", "v1")
    outcome = desk.apply(desk.undo_plan())
    assert not outcome.applied
    assert "RepositoryNotEmptyException" in outcome.says["en"]
