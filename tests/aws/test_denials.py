"""Who denies what: texts of AWS told from permissions that nobody can judge from here."""

import asyncio
import json
from typing import Any, ClassVar

import pytest

from tests.aws.asking import fields, pasted, proven, status
from wizard.aws.answers import Outcome, Refused
from wizard.aws.calls import Calls
from wizard.aws.catalogue import Catalogue
from wizard.aws.diagnosing import diagnose_one
from wizard.aws.engine import DEADLINE_S, Engine
from wizard.aws.machine import PROBES
from wizard.aws.reading import operations
from wizard.aws.sessions import read_session
from wizard.aws.source import LiveSource
from wizard.core.answer import Diagnosis
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.lab.world import ALL_ENDPOINTS, EXEC_ACTIONS, World, allow

pytestmark = pytest.mark.slow
WEB = Target(cluster="prod", service="web")
SESSION = "arn:aws:sts::123456789012:assumed-role/ec2-role/i-0abc"
SERVICE = "arn:aws:ecs:ap-northeast-1:123456789012:service/prod/web"
WHY = {
    "scp": "with an explicit deny in a service control policy",
    "rcp": "with an explicit deny in a resource control policy",
    "boundary": "because no permissions boundary allows the ecs:UpdateService action",
    "session": "because no session policy allows the ecs:UpdateService action",
    "endpoint": "because no VPC endpoint policy allows the ecs:UpdateService action",
    "resource": "because no resource-based policy allows the ecs:UpdateService action",
    "explicit-deny": "with an explicit deny in an identity-based policy",
}


@pytest.fixture
def bastion(world: World) -> World:
    """A healthy service, and a bastion's role whose own policies allow all of ECS."""
    made = world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    return made.bastion(inline=allow("ecs:*")).service(exec_=False).settle()


def denial(why: str) -> str:
    return (
        "An error occurred (AccessDeniedException) when calling the UpdateService operation: User:"
        f" {SESSION} is not authorized to perform: ecs:UpdateService on resource: {SERVICE} {why}"
    )


@pytest.mark.parametrize("by", WHY)
def test_the_kind_of_policy_that_a_text_names_is_the_one_that_denies(
    by: str, bastion: World, engine: Engine, known: Knowledge
) -> None:
    found = engine.diagnose(WEB, pasted(known, denial(WHY[by])))
    assert proven(found) == ["caller.explicit-deny"]
    assert fields(found, "caller.explicit-deny", "denied_by") == [by]
    assert fields(found, "caller.explicit-deny", "action") == ["ecs:UpdateService"]


def test_a_policy_that_only_lacks_an_action_is_no_denial(
    bastion: World, engine: Engine, known: Knowledge
) -> None:
    bastion.client("iam").delete_role_policy(RoleName="ec2-role", PolicyName="inline")
    why = "because no identity-based policy allows the ecs:UpdateService action"
    found = engine.diagnose(WEB, pasted(known, denial(why)))
    assert proven(found) == ["caller.permission-missing"]


def test_what_a_task_was_denied_is_not_the_callers_lack(
    bastion: World, engine: Engine, known: Knowledge
) -> None:
    role = "arn:aws:sts::123456789012:assumed-role/app-task-role/" + "0a" * 16
    why = "because no identity-based policy allows the ecs:UpdateService action"
    found = engine.diagnose(WEB, pasted(known, denial(why).replace(SESSION, role)))
    assert [one for one in proven(found) if one.startswith("caller.")] == []


class AsAws(LiveSource):
    """The embedded AWS leaves out the context keys that a simulation lacked; AWS names them."""

    lacking: ClassVar[list[str]] = []

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        outcome = await super().fetch(operation, params)
        if operation == "iam:SimulatePrincipalPolicy" and not isinstance(outcome, Refused):
            for one in outcome["EvaluationResults"]:
                one["MissingContextValues"] = self.lacking
        return outcome


def asked_as_aws(known: Knowledge, lacking: str) -> Diagnosis:
    class Lacking(AsAws):
        pass

    Lacking.lacking = [lacking]

    async def job() -> Diagnosis:
        source = Lacking(read_session(operations=operations()), PROBES)
        try:
            return await diagnose_one(Calls(source, DEADLINE_S), Catalogue.of(known), WEB)
        finally:
            source.close()

    return asyncio.run(job())


def with_condition(world: World, key: str, value: str) -> None:
    """A service with ECS Exec whose task role has its four actions on a condition."""
    policy = json.loads(allow(*EXEC_ACTIONS))
    policy["Statement"][0]["Condition"] = {"StringEquals": {key: value}}
    world.task_role = world.role("app-task-role", inline=json.dumps(policy))
    world.repository().log_group().service().settle()


def test_a_missing_context_value_is_reported_and_is_no_denial(
    world: World, known: Knowledge
) -> None:
    made = world.network(endpoints=ALL_ENDPOINTS).roles(task=False)
    with_condition(made, "aws:PrincipalOrgID", "o-1")
    found = asked_as_aws(known, "aws:PrincipalOrgID")
    assert proven(found) == []
    assert status(found, "task-role.permission-missing") is None
    assert "task-role.permission-missing" in found.unchecked
    assert ("iam:SimulatePrincipalPolicy", "context:aws:PrincipalOrgID") in [
        (one.call, one.why) for one in found.unread
    ]


def test_the_vpc_that_a_policy_asks_for_is_read_from_the_way_that_the_call_takes(
    world: World, known: Knowledge
) -> None:
    made = world.network(endpoints=ALL_ENDPOINTS).roles(task=False)
    with_condition(made, "aws:SourceVpc", made.vpc)
    found = asked_as_aws(known, "aws:SourceVpc")
    assert proven(found) == []
    assert "task-role.permission-missing" in found.checked


def test_a_call_over_the_internet_carries_no_vpc(world: World, known: Knowledge) -> None:
    made = world.network(nat=True).roles(task=False)
    with_condition(made, "aws:SourceVpc", made.vpc)
    found = asked_as_aws(known, "aws:SourceVpc")
    assert proven(found) == ["task-role.permission-missing"]
