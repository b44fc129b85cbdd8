"""EFS volumes read from written answers: what refuses the mount, and which call says so."""

import json
from typing import Any

import pytest

import wizard.aws.readers  # noqa: F401
from tests.aws.scripted import Reply, Scripted
from wizard.aws.answers import Refused
from wizard.aws.calls import Calls
from wizard.aws.reading import Reading
from wizard.core.facts import FileSystem, Target
from wizard.core.unread import Unread
from wizard.network import Need, Obstacle, Reach
from wizard.network.types import Evidence
from wizard.policy.references import Place

Json = dict[str, Any]
POLICY = "elasticfilesystem:DescribeFileSystemPolicy"
POINTS = "elasticfilesystem:DescribeAccessPoints"
ROLE = "arn:aws:iam::111122223333:role/task"
OTHER = ROLE.replace("task", "batch")
SYSTEM = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1"
NO_POLICY = Refused(POLICY, "PolicyNotFound")
WITH_ROLE = {"transitEncryption": "ENABLED", "authorizationConfig": {"iam": "ENABLED"}}
OPEN = Reach(Need("efs", file_system="fs-1"), "open", "vpc")
ALLOW: Json = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": SYSTEM}


def policy(*statements: Json) -> Json:
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def simulated(decision: str) -> Json:
    """An answer of SimulatePrincipalPolicy for ClientMount."""
    one = {
        "EvalActionName": "elasticfilesystem:ClientMount",
        "EvalResourceName": SYSTEM,
        "EvalDecision": decision,
        "MatchedStatements": [],
        "MissingContextValues": [],
    }
    return {"EvaluationResults": [one], "IsTruncated": False}


def identity(*actions: str) -> dict[str, Reply]:
    """The role's own policies, one inline."""
    statements = [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}] if actions else []
    document = {"Version": "2012-10-17", "Statement": statements}
    return {
        "iam:SimulatePrincipalPolicy": simulated("allowed" if actions else "implicitDeny"),
        "iam:GetRole": {"Role": {"RoleName": "task", "Arn": ROLE}},
        "iam:ListAttachedRolePolicies": {"AttachedPolicies": []},
        "iam:ListRolePolicies": {"PolicyNames": ["own"]},
        "iam:GetRolePolicy": {"PolicyDocument": document},
    }


async def read(
    volume: Json, replies: dict[str, Reply], reach: Reach = OPEN
) -> tuple[FileSystem, str]:
    """What is found of the volume, and the English evidence."""
    settings = {"fileSystemId": "fs-1", **volume}
    definition = {
        "containerDefinitions": [],
        "taskRoleArn": ROLE,
        "volumes": [{"name": "data", "efsVolumeConfiguration": settings}],
    }
    given = {
        "task-definition": definition,
        "goals": frozenset({"start"}),
        "place": Place("aws", "eu-west-1", "111122223333"),
        "reaches": [reach],
    }
    reading = Reading(Calls(Scripted(replies), 20), Target(), (), given)
    (found,) = await reading.part("file_systems")
    assert reading.faults == []
    return found, "\n".join(f"{n.evidence.call}: {n.evidence.says['en']}" for n in reading.notes)


async def test_a_file_system_without_a_policy_lets_in_whoever_reaches_it() -> None:
    for volume in ({}, WITH_ROLE):
        found, _ = await read(volume, {POLICY: NO_POLICY})
        assert found.problem is None


@pytest.mark.parametrize(
    ("volume", "statements", "own", "problem"),
    [
        ({}, [ALLOW], (), None),
        ({}, [ALLOW | {"Principal": {"AWS": ROLE}}], (), "denied"),
        ({}, [ALLOW | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}], (), "denied"),
        (WITH_ROLE, [ALLOW | {"Principal": {"AWS": ROLE}}], (), None),
        (WITH_ROLE, [ALLOW | {"Principal": {"AWS": OTHER}}], (), "denied"),
        (WITH_ROLE, [ALLOW | {"Principal": {"AWS": OTHER}}], ("elasticfilesystem:*",), None),
        (
            WITH_ROLE,
            [ALLOW | {"Effect": "Deny", "Principal": {"AWS": ROLE}}],
            ("elasticfilesystem:*",),
            "denied",
        ),
        (
            WITH_ROLE,
            [ALLOW | {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}],
            ("elasticfilesystem:ClientMount",),
            None,
        ),
    ],
)
async def test_the_file_systems_policy_and_the_roles_own_decide_together(
    volume: Json, statements: list[Json], own: tuple[str, ...], problem: str | None
) -> None:
    found, said = await read(volume, {POLICY: policy(*statements), **identity(*own)})
    assert found.problem == problem
    assert (POLICY in said) == (problem is not None)


async def test_a_role_whose_policies_may_not_be_read_is_not_called_denied() -> None:
    statement = ALLOW | {"Principal": {"AWS": OTHER}}
    found, _ = await read(WITH_ROLE, {POLICY: policy(statement)})
    assert isinstance(found.problem, Unread)


async def test_a_condition_that_cannot_be_judged_is_not_a_denial() -> None:
    known = ALLOW | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
    found, _ = await read(WITH_ROLE, {POLICY: policy(known)})
    assert isinstance(found.problem, Unread)


POINT = {"transitEncryption": "ENABLED", "authorizationConfig": {"accessPointId": "fsap-1"}}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"AccessPoints": [{"AccessPointId": "fsap-1", "FileSystemId": "fs-1"}]}, None),
        ({"AccessPoints": [{"AccessPointId": "fsap-1"}]}, None),
        ({"AccessPoints": [{"AccessPointId": "fsap-1", "FileSystemId": "fs-2"}]}, "missing"),
        ({"AccessPoints": []}, "missing"),
        (Refused(POINTS, "AccessPointNotFound"), "missing"),
    ],
)
async def test_the_access_point_must_be_there_and_of_this_file_system(
    answer: Json | Refused, problem: str | None
) -> None:
    found, said = await read(POINT, {POLICY: NO_POLICY, POINTS: answer})
    assert found.problem == problem
    assert (f"{POINTS}: fs-1: missing (fsap-1)" in said) == (problem == "missing")


async def test_an_access_point_that_may_not_be_read_is_not_missing() -> None:
    found, _ = await read(POINT, {POLICY: NO_POLICY})
    assert found.problem == Unread(POINTS, "AccessDeniedException")


async def test_a_file_system_that_is_not_there_is_missing() -> None:
    found, _ = await read({}, {POLICY: Refused(POLICY, "FileSystemNotFound")})
    assert found.problem == "missing"


async def test_a_closed_way_is_proven_even_where_the_policy_may_not_be_read() -> None:
    fields = {"file_system": "fs-1", "reason": "no-mount-target", "zone": "eu-west-1a"}
    told = Evidence("elasticfilesystem:DescribeMountTargets", fields)
    shut = Obstacle("storage.efs-unreachable", fields, (told,), first=True)
    found, said = await read({}, {}, Reach(OPEN.need, "blocked", "vpc", (shut,)))
    assert found.problem == "unreachable"
    assert "DescribeMountTargets: fs-1: unreachable (no-mount-target eu-west-1a)" in said


async def test_a_file_system_in_another_vpc_is_neither_well_nor_unreachable() -> None:
    found, _ = await read({}, {POLICY: NO_POLICY}, Reach(OPEN.need, "unverified", "vpc"))
    assert isinstance(found.problem, Unread)
