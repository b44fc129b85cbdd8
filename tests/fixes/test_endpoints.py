"""Fixes of VPC endpoints, on the embedded AWS."""

from tests.fixes.conftest import Diagnose
from wizard.fixes.desk import FixDesk
from wizard.lab.world import World

MISSING = "network.endpoint-missing"


def test_one_plan_creates_every_endpoint_that_the_task_lacks(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    plan = desk.plan(diagnose(), MISSING)
    for c in plan.changes:
        print(c.command, c.cost, c.effect)
    made = [one.parameters for one in plan.changes if one.operation == "ec2:CreateVpcEndpoint"]
    assert sorted(one["ServiceName"].partition("ap-northeast-1.")[2] for one in made) == [
        "ecr.api", "ecr.dkr", "logs", "s3", "ssmmessages",
    ]
    outcome = desk.apply(plan, print)
    assert outcome.applied
    assert desk.verify(plan, diagnose(), print, entry=outcome.entry) == "passed"
    assert private_world.describe()["runningCount"] == 1
