"""Worlds in which a deployment is held up by its own settings or the account's, and in which the
user names what is not there."""

from __future__ import annotations

from typing import Any

from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, private
from wizard.lab.worlds.goals import calls, deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Planted


def _inactive(world: World) -> None:
    private(world)
    world.service(exec_=False).settle()
    world.client("ecs").deregister_task_definition(taskDefinition=world.definition)


def _register_anew(world: World) -> None:
    world.task_definition()


def _register_another(world: World) -> None:
    kept = world.definition
    world.task_definition("api")
    world.definition = kept


def _deadlock(world: World) -> None:
    """One task, 100 percent at least and at most: no room to replace it."""
    private(world)
    fixed = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    world.service(exec_=False, deploymentConfiguration=fixed).settle()


def _percent(**changes: int) -> Act:
    def mend(world: World) -> None:
        world.notes["update"] = {"deploymentConfiguration": changes}

    return mend


def _no_vcpus(world: World) -> None:
    private(world)
    world.lab.settings(fargate_vcpus=0.2)


def _more_vcpus(world: World) -> None:
    world.lab.settings(fargate_vcpus=6.0)


def _running(**notes: str) -> Act:
    """A service that runs, and what the user takes it for."""

    def build(world: World) -> None:
        private(world)
        world.service().settle()
        world.notes |= {"cluster": world.cluster, "service_name": "web", "region": None} | notes

    return build


def _call_it(**notes: Any) -> Act:
    return lambda world: world.notes.update(notes)


def _ask(world: World) -> None:
    """UpdateService with the names, and in the region, that the user has in mind."""
    ecs = world.lab.client("ecs", region=world.notes["region"])
    ecs.update_service(
        cluster=world.notes["cluster"], service=world.notes["service_name"], desiredCount=1
    )


def _by_arn(world: World) -> None:
    _running(region="us-west-2")(world)
    found = world.client("ecs").describe_clusters(clusters=[world.cluster])
    world.notes["cluster"] = found["clusters"][0]["clusterArn"]


def _other_task(world: World) -> None:
    _running()(world)
    world.notes["task"] = "0123456789abcdef0123456789abcdef"


def _right_task(world: World) -> None:
    world.notes["task"] = str(world.tasks()[0]["taskArn"]).rsplit("/", 1)[-1]


def _open_shell(world: World) -> None:
    world.client("ecs").execute_command(
        cluster=world.cluster, task=world.notes["task"], interactive=True, command="/bin/sh"
    )


def _told(world: World) -> dict[str, str]:
    region = str(world.notes["region"] or world.lab.region)
    return {"cluster": str(world.notes["cluster"]), "region": region}


WORLDS = (
    BrokenWorld(
        name="task-definition-inactive",
        symptom="api.task-definition-not-found",
        text=r"TaskDefinition is inactive",
        build=_inactive,
        causes=(Planted("deploy.task-definition-inactive", _register_anew),),
        decoy=_register_another,
        goal=deploy,
    ),
    BrokenWorld(
        name="no-room-to-deploy",
        symptom="deploy.percent-deadlock",
        text=r"was unable to stop or start tasks during a deployment because of the service depl",
        build=_deadlock,
        causes=(Planted("deploy.percent-deadlock", _percent(maximumPercent=200)),),
        decoy=_percent(maximumPercent=150),
        goal=deploy,
    ),
    BrokenWorld(
        name="vcpu-quota-reached",
        symptom="start.quota-reached",
        text=r"You've reached the limit on the number of vCPUs you can run concurrently",
        build=_no_vcpus,
        causes=(Planted("quota.fargate", _more_vcpus),),
        decoy=lambda w: w.task_definition(memory="1024"),
        goal=deploy,
    ),
    BrokenWorld(
        name="cluster-name-mistyped",
        symptom="api.cluster-not-found",
        text=r"ClusterNotFoundException.*Cluster not found",
        build=_running(cluster="prdo"),
        causes=(Planted("target.cluster-missing", _call_it(cluster="prod"), _told),),
        decoy=grant("app-task-role", "ecs:*"),
        goal=calls(_ask),
    ),
    BrokenWorld(
        name="region-of-another-cluster",
        symptom="api.cluster-not-found",
        text=r"ClusterNotFoundException.*Cluster not found",
        build=_by_arn,
        causes=(
            Planted(
                "target.region-wrong",
                _call_it(region=None),
                lambda w: _told(w) | {"told_region": w.lab.region},
            ),
        ),
        decoy=_call_it(cluster="prod"),
        goal=calls(_ask),
    ),
    BrokenWorld(
        name="service-name-mistyped",
        symptom="api.service-not-found",
        text=r"ServiceNotFoundException.*Service not found",
        build=_running(service_name="wbe"),
        causes=(
            Planted(
                "target.service-missing",
                _call_it(service_name="web"),
                lambda w: {"service": str(w.notes["service_name"]), "cluster": w.cluster},
            ),
        ),
        decoy=grant("app-task-role", "ecs:*"),
        goal=calls(_ask),
    ),
    BrokenWorld(
        name="task-id-mistyped",
        symptom="exec.task-not-found",
        text=r"The specified task was not found\. Specify a valid task ID and try again",
        build=_other_task,
        causes=(
            Planted(
                "target.task-missing",
                _right_task,
                lambda w: {"task": str(w.notes["task"]), "cluster": w.cluster},
            ),
        ),
        decoy=grant("app-task-role", "ssm:*"),
        goal=calls(_open_shell),
    ),
)
