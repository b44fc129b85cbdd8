"""What cannot be read ends nothing, is named, and is never taken for "not there"."""

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

import wizard.aws.readers  # noqa: F401
from tests.aws.asking import proven, status
from tests.aws.harsh_source import Elsewhere, Memory, Pool, Spoilt, denial
from wizard.aws.calls import Calls, is_local
from wizard.aws.catalogue import Catalogue
from wizard.aws.diagnosing import diagnose_one
from wizard.aws.engine import Engine
from wizard.aws.errors import AwsUnavailableError
from wizard.aws.reading import operations
from wizard.core.facts import Target
from wizard.core.knowledge import Knowledge
from wizard.lab.world import ALL_ENDPOINTS, World

pytestmark = pytest.mark.slow
WEB = Target(cluster="prod", service="web")
ActAs = Callable[[str], None]
PLANTED = ["network.endpoint-missing", "task-role.permission-missing"]


def allowed(world: World, actions: list[str]) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": [*actions, "ecs:ExecuteCommand"], "Resource": "*"}
        ],
    }
    world.client("iam").put_user_policy(
        UserName="reader", PolicyName="read", PolicyDocument=json.dumps(policy)
    )


class Recorded:
    """The calls that a diagnosis makes: for each operation the parameters of one of them."""

    def __init__(self) -> None:
        self.calls: dict[str, dict[str, Any]] = {}

    def read(self, live: Elsewhere, known: Knowledge) -> None:
        """Diagnose, and remember what is asked on the way."""

        async def job() -> None:
            calls = Calls(Spoilt(Memory(live)), 45.0)
            await diagnose_one(calls, Catalogue.of(known), WEB)
            made = [one for one in calls.made.values() if not is_local(one.operation)]
            self.calls = {one.operation: one.params for one in made}

        asyncio.run(job())


@pytest.fixture
def broken(world: World) -> World:
    """No endpoint for logs and ssmmessages, and a task role without its four actions."""
    world.network(endpoints=("ecr.api", "ecr.dkr", "s3")).roles(exec_=False)
    world.repository().log_group().service().settle()
    world.client("iam").create_user(UserName="reader")
    return world


def test_the_denials_of_the_matrix_of_worlds_are_those_of_the_embedded_aws(
    broken: World, act_as: ActAs, known: Knowledge
) -> None:
    memory = Recorded()
    with closing(Pool()) as pool:
        memory.read(pool.asking(), known)
        act_as("user/reader")
        stranger = pool.asking()
        codes = {
            operation: getattr(stranger.ask(operation, params), "code", "answered")
            for operation, params in memory.calls.items()
            if operation != "sts:GetCallerIdentity"
        }
    assert len(codes) > 20
    assert codes == {operation: denial(operation).code for operation in codes}


def test_a_caller_who_may_not_simulate_gets_the_same_verdict_from_the_policies(
    broken: World, engine: Engine, act_as: ActAs
) -> None:
    act_as("user/reader")
    allowed(broken, sorted(operations() - {"iam:SimulatePrincipalPolicy"}))
    found = engine.diagnose(WEB)
    assert proven(found) == PLANTED
    assert ("iam:SimulatePrincipalPolicy", ()) in [(m.call, m.needed_for) for m in found.unread]


def test_a_caller_who_may_read_nothing_is_told_so(
    broken: World, engine: Engine, act_as: ActAs
) -> None:
    act_as("user/reader")
    found = engine.diagnose(WEB)
    assert set(proven(found)) <= {"caller.permission-missing"}
    assert status(found, "network.endpoint-missing") is None
    assert "ecs:DescribeServices" in {one.call for one in found.unread}
    assert "network.endpoint-missing" in found.unchecked


def test_throttled_calls_are_asked_again_and_the_verdict_stays(
    broken: World, engine: Engine
) -> None:
    calm = engine.diagnose(WEB)
    broken.lab.faults(
        *({"match": f"{one}:*", "kind": "throttle", "times": 4} for one in ("ecs", "ec2", "iam"))
    )
    found = engine.diagnose(WEB)
    broken.lab.faults()
    assert proven(found) == proven(calm)
    assert found.unread == calm.unread
    assert found.calls == calm.calls


def test_a_service_that_is_down_costs_its_own_facts_only(broken: World, engine: Engine) -> None:
    broken.lab.faults({"match": "iam:*", "kind": "unavailable"})
    found = engine.diagnose(WEB)
    broken.lab.faults()
    assert proven(found) == ["network.endpoint-missing"]
    assert {one.why for one in found.unread if one.call.startswith("iam:")} == {"unavailable"}


def test_expired_credentials_end_in_one_line_with_their_kind(
    broken: World, engine: Engine, act_as: ActAs
) -> None:
    broken.client("iam").create_role(
        RoleName="short", AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}'
    )
    keys = broken.lab.env("role/short/one")
    act_as("role/short/one")
    broken.lab.expire(keys["AWS_ACCESS_KEY_ID"])
    # The keys in force were made by act_as; both are expired to be sure.
    import os

    broken.lab.expire(os.environ["AWS_ACCESS_KEY_ID"])
    with pytest.raises(AwsUnavailableError) as caught:
        engine.diagnose(WEB)
    assert caught.value.kind == "credentials-expired"
    assert caught.value.diagnosis is not None
    assert status(caught.value.diagnosis, "caller.credentials-stale") == "confirmed"


def test_no_way_to_aws_is_told_as_such(
    known: Knowledge, broken: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(AwsUnavailableError) as caught:
        Engine(known).diagnose(WEB)
    assert caught.value.kind == "unreachable"
    assert caught.value.exit_code == 3


def test_without_credentials_this_machine_is_diagnosed_all_the_same(
    known: Knowledge, broken: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsUnavailableError) as caught:
        Engine(known).diagnose(Target(goal="exec", cluster="prod", service="web"))
    assert caught.value.kind == "no-credentials"
    assert caught.value.diagnosis is not None
    assert status(caught.value.diagnosis, "caller.credentials-missing") == "confirmed"


def test_every_call_waits_at_most_for_those_it_depends_on(world: World, engine: Engine) -> None:
    world.network(endpoints=ALL_ENDPOINTS).roles().repository().log_group().service().settle()
    found = engine.diagnose(WEB)
    # The longest: service, definition, manifest, and the configuration that the manifest names.
    assert found.round_trips <= 4
    assert found.calls <= 40
