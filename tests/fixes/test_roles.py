"""Fixes that give permissions, on the embedded AWS."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.fixes.conftest import Diagnose, become, world_of
from wizard.core.answer import Diagnosis
from wizard.core.facts import Caller, Role, Target
from wizard.core.plan import Plan
from wizard.fixes.desk import FixDesk
from wizard.fixes.request import Refused
from wizard.lab import Lab
from wizard.lab.world import World, allow

pytestmark = pytest.mark.slow


CALLER = "caller.permission-missing"
ACCOUNT = "123456789012"
PUSH = {
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
}


def lacking(
    caller: Caller, *, goal: str = "push", partition: str = "aws", region: str = "ap-northeast-1"
) -> Diagnosis:
    """Return a diagnosis that says that `caller` lacks what it says."""
    target = Target(
        goal=goal,
        cluster="prod",
        service="web",
        repository="team/app",
        account=ACCOUNT,
        region=region,
        partition=partition,
    )
    return Diagnosis(target, (), (), (), (), (), 0, 0, 0.0, {"caller": caller})


def pusher(**changes: Any) -> Caller:
    """Return a role on the bastion that may not push."""
    base = Caller(
        principal=f"arn:aws:sts::{ACCOUNT}:assumed-role/ec2-role/i-0abc",
        role="ec2-role",
        missing_actions=tuple(sorted(PUSH)),
        stage="push",
    )
    return replace(base, **changes)


def statements(plan: Plan) -> list[dict[str, Any]]:
    found = plan.changes[0].after["Statement"]
    assert isinstance(found, list)
    return found


def allowed(plan: Plan) -> set[str]:
    return {action for one in statements(plan) for action in one["Action"]}


@pytest.fixture
def bastion(lab: Lab) -> Lab:
    World(lab).bastion(inline=allow("ecr:GetAuthorizationToken"))
    return lab


def test_the_pusher_gets_the_token_on_everything_and_the_push_on_its_repository(
    bastion: Lab, desk: FixDesk
) -> None:
    plan = desk.plan(lacking(pusher()), CALLER)
    login, push = statements(plan)
    assert (login["Action"], login["Resource"]) == (["ecr:GetAuthorizationToken"], "*")
    assert set(push["Action"]) >= PUSH
    assert push["Resource"] == f"arn:aws:ecr:ap-northeast-1:{ACCOUNT}:repository/team/app"


def test_the_whole_set_is_granted_though_the_message_named_one_action(
    bastion: Lab, desk: FixDesk
) -> None:
    plan = desk.plan(lacking(pusher(missing_actions=("ecr:PutImage",))), CALLER)
    assert allowed(plan) >= PUSH


def test_a_role_that_was_mended_may_push_at_once(lab: Lab, bastion: Lab, desk: FixDesk) -> None:
    world = World(lab).repository("team/app")
    assert desk.apply(desk.plan(lacking(pusher()), CALLER)).applied
    ecr = lab.client("ecr", "role/ec2-role/i-0abc")
    assert ecr.initiate_layer_upload(repositoryName="team/app")["uploadId"]
    assert world.image


def test_other_policies_of_the_role_are_not_touched(bastion: Lab, desk: FixDesk) -> None:
    iam = bastion.client("iam")
    before = iam.get_role_policy(RoleName="ec2-role", PolicyName="inline")["PolicyDocument"]
    desk.apply(desk.plan(lacking(pusher()), CALLER))
    names = iam.list_role_policies(RoleName="ec2-role")["PolicyNames"]
    assert sorted(names) == ["fargate-wizard", "inline"]
    after = iam.get_role_policy(RoleName="ec2-role", PolicyName="inline")["PolicyDocument"]
    assert after == before


def test_a_second_goal_is_merged_into_the_wizards_own_policy(bastion: Lab, desk: FixDesk) -> None:
    desk.apply(desk.plan(lacking(pusher()), CALLER))
    shell = pusher(missing_actions=("ecs:UpdateService", "ecs:ExecuteCommand"), stage="exec")
    plan = desk.plan(lacking(shell, goal="exec"), CALLER)
    assert plan.changes[0].before is not None
    assert allowed(plan) >= PUSH | {"ecs:UpdateService", "ecs:ExecuteCommand"}
    assert desk.apply(plan).applied
    assert desk.apply(desk.undo_plan()).applied
    kept = bastion.client("iam").get_role_policy(RoleName="ec2-role", PolicyName="fargate-wizard")
    assert kept["PolicyDocument"] == plan.changes[0].before


def test_undo_deletes_the_policy_that_was_not_there_before(bastion: Lab, desk: FixDesk) -> None:
    desk.apply(desk.plan(lacking(pusher()), CALLER))
    back = desk.undo_plan()
    assert [one.operation for one in back.changes] == ["iam:DeleteRolePolicy"]
    assert desk.apply(back).applied
    names = bastion.client("iam").list_role_policies(RoleName="ec2-role")["PolicyNames"]
    assert names == ["inline"]


@pytest.mark.parametrize(
    ("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_arns_are_of_the_targets_partition(
    bastion: Lab, desk: FixDesk, partition: str, region: str
) -> None:
    for fix in ("role.attach-least-policy", "role.attach-managed-policy"):
        diagnosis = lacking(pusher(), partition=partition, region=region)
        plan = desk.plan(diagnosis, CALLER, fix)
        assert f"arn:{partition}:" in plan.changes[0].command
        assert "arn:aws:" not in plan.changes[0].command


def test_the_managed_policy_is_the_second_choice_and_says_what_it_opens(
    bastion: Lab, desk: FixDesk
) -> None:
    plan = desk.plan(lacking(pusher()), CALLER, "role.attach-managed-policy")
    arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser"
    assert plan.changes[0].parameters == {"RoleName": "ec2-role", "PolicyArn": arn}
    assert "far more than the goal needs" in plan.changes[0].effect["en"]
    assert desk.apply(plan).applied
    again = desk.plan(lacking(pusher()), CALLER, "role.attach-managed-policy")
    assert again.changes == ()
    assert desk.apply(desk.undo_plan()).applied
    attached = bastion.client("iam").list_attached_role_policies(RoleName="ec2-role")
    assert attached["AttachedPolicies"] == []


def test_an_iam_user_gets_the_policy_itself(bastion: Lab, desk: FixDesk) -> None:
    bastion.client("iam").create_user(UserName="taro")
    caller = pusher(principal=f"arn:aws:iam::{ACCOUNT}:user/taro", role=None, user="taro")
    plan = desk.plan(lacking(caller), CALLER, "user.attach-least-policy")
    assert plan.changes[0].operation == "iam:PutUserPolicy"
    assert desk.apply(plan).applied
    assert desk.apply(desk.undo_plan()).applied


def test_a_users_policies_must_stay_within_iams_limit(bastion: Lab, desk: FixDesk) -> None:
    iam = bastion.client("iam")
    iam.create_user(UserName="taro")
    long = allow("s3:GetObject", resource=[f"arn:aws:s3:::bucket-{n:04}/*" for n in range(60)])
    iam.put_user_policy(UserName="taro", PolicyName="long", PolicyDocument=long)
    caller = pusher(principal=f"arn:aws:iam::{ACCOUNT}:user/taro", role=None, user="taro")
    with pytest.raises(Refused, match="2048 characters"):
        desk.plan(lacking(caller), CALLER, "user.attach-least-policy")


@pytest.mark.parametrize("role", ["AWSReservedSSO_Dev_0123456789abcdef", "AWSServiceRoleForECS"])
def test_roles_of_identity_center_and_of_services_are_refused(desk: FixDesk, role: str) -> None:
    with pytest.raises(Refused, match=role):
        desk.plan(lacking(pusher(role=role)), CALLER)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("explicit-deny", "denies it explicitly"),
        ("scp", "service control policy"),
        ("boundary", "permissions boundary"),
        ("session", "session policy"),
        ("endpoint", "VPC endpoint"),
    ],
)
def test_what_is_denied_elsewhere_is_not_mended_by_attaching(
    desk: FixDesk, by: str, words: str
) -> None:
    caller = pusher(
        missing_actions=("ecr:PutImage",), denied_actions=("ecr:PutImage",), denied_by=by
    )
    with pytest.raises(Refused, match=words):
        desk.plan(lacking(caller), CALLER)


def test_a_denial_beside_a_lack_is_said_in_the_plan(bastion: Lab, desk: FixDesk) -> None:
    caller = pusher(denied_actions=("ecr:DeleteRepository",), denied_by="scp")
    plan = desk.plan(lacking(caller), CALLER)
    assert plan.changes
    assert "service control policy" in plan.notes[0]["en"]


def test_who_may_not_read_policies_still_gets_a_plan_to_hand_over(
    bastion: Lab, desk: FixDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(bastion, monkeypatch, "role/ec2-role/i-0abc")
    plan = desk.plan(lacking(pusher()), CALLER)
    change = plan.changes[0]
    assert change.before == {"unread": "iam:GetRolePolicy", "why": "AccessDenied"}
    assert change.parameters["PolicyName"].startswith("fargate-wizard-")
    outcome = desk.apply(plan)
    assert not outcome.applied
    assert "--export cli" in outcome.says["en"]


def test_the_execution_role_gets_what_its_task_definition_needs(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = World(lab).network(endpoints=("ecr.api", "ecr.dkr", "s3", "logs", "ssmmessages"))
    world.roles(execution=False).repository("team/app").log_group()
    world.execution_role = world.role("bare-role")
    world.service("web").settle()
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, "execution-role.permission-missing")
    assert allowed(plan) >= {"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "logs:PutLogEvents"}
    assert plan.changes[-1].parameters.get("forceNewDeployment") is True
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"
    assert world.describe()["runningCount"] == 1


def test_the_task_role_gets_the_four_actions_of_ecs_exec_and_new_tasks(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = world_of(lab, "ecr.api", "ecr.dkr", "s3", "logs", "ssmmessages")
    world.task_role = world.role("bare-task-role")
    world.service("web").settle()
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, "task-role.permission-missing")
    assert {one for one in allowed(plan) if one.startswith("ssmmessages:")} == {
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"
    with pytest.raises(Refused, match="no AWS managed policy"):
        world.client("iam").delete_role_policy(
            RoleName="bare-task-role", PolicyName="fargate-wizard"
        )
        desk.plan(diagnose(), "task-role.permission-missing", "role.attach-managed-policy")


def test_trust_is_added_to_and_nobody_loses_it(lab: Lab, desk: FixDesk, diagnose: Diagnose) -> None:
    world = world_of(lab, "ecr.api", "ecr.dkr", "s3", "logs", "ssmmessages")
    managed = ("service-role/AmazonECSTaskExecutionRolePolicy",)
    world.execution_role = world.role("other", service="ec2.amazonaws.com", managed=managed)
    world.service("web").settle()
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, "execution-role.trust-invalid")
    services = [one["Principal"]["Service"] for one in plan.changes[0].after["Statement"]]
    assert services[-1] == "ecs-tasks.amazonaws.com"
    assert "ec2.amazonaws.com" in json.dumps(services)
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"
    assert desk.apply(desk.undo_plan()).applied
    trust = world.client("iam").get_role(RoleName="other")["Role"]["AssumeRolePolicyDocument"]
    assert trust == plan.changes[0].before


def test_a_role_that_is_named_and_missing_is_created_under_its_name_and_path(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world = world_of(lab, "ecr.api", "ecr.dkr", "s3", "logs", "ssmmessages")
    world.execution_role = f"arn:aws:iam::{ACCOUNT}:role/team/gone-role"
    world.service("web").settle()
    diagnosis = diagnose()
    plan = desk.plan(diagnosis, "execution-role.missing")
    assert [one.operation for one in plan.changes[:2]] == ["iam:CreateRole", "iam:PutRolePolicy"]
    assert plan.changes[0].parameters["Path"] == "/team/"
    outcome = desk.apply(plan)
    assert desk.verify(plan, diagnosis, entry=outcome.entry) == "passed"
    assert desk.apply(desk.undo_plan()).applied
    roles = [one["RoleName"] for one in world.client("iam").list_roles()["Roles"]]
    assert "gone-role" not in roles


def test_a_task_definition_without_an_execution_role_is_left_to_its_owner(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    facts: dict[str, Any] = {"execution_role": Role(named=False)}
    target = Target(goal="start", cluster="prod", service="web", account=ACCOUNT)
    diagnosis = Diagnosis(target, (), (), (), (), (), 0, 0, 0.0, facts)
    with pytest.raises(Refused, match="names no execution role"):
        desk.plan(diagnosis, "execution-role.missing")


def test_pass_role_is_granted_on_exactly_the_roles_that_were_named(
    bastion: Lab, desk: FixDesk
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/app-task-role"
    caller = pusher(missing_actions=(), pass_role_denied=(role,))
    (statement,) = statements(desk.plan(lacking(caller, goal="start"), "task.role-pass-denied"))
    assert (statement["Action"], statement["Resource"]) == (["iam:PassRole"], role)
    assert statement["Condition"] == {
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    }
