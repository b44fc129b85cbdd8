"""The article's three stumbling blocks happen one after another and go away when mended."""

from __future__ import annotations

from wizard.lab import Lab, story
from wizard.lab.world import allow

from .helpers import refused, shell

EXEC_NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or"
    " the execute command agent isn’t running. Wait and try again or run a new task with execute"
    " command enabled and try again."
)


def test_a_push_as_root_after_a_login_as_another_user_has_no_credentials(lab: Lab) -> None:
    told = story.build(lab)
    login, build, tag, push = told.push_commands

    assert "Login Succeeded" in shell(lab, login, told.bastion).stdout
    for command in (build, tag):
        assert shell(lab, command, told.bastion).returncode == 0
    pushed = shell(lab, push, told.bastion)

    assert pushed.returncode == 1
    assert "no basic auth credentials" in pushed.stderr


def test_the_push_needs_its_rights_and_then_the_image_is_in_ecr(lab: Lab) -> None:
    told = story.build(lab)
    _, build, tag, push = told.push_commands
    for command in (told.right_login, build, tag):
        shell(lab, command, told.bastion)

    denied = shell(lab, push, told.bastion)
    arn = f"arn:aws:ecr:{lab.region}:{lab.account}:repository/{story.REPOSITORY}"
    caller = f"arn:aws:sts::{lab.account}:assumed-role/ec2-role/{story.INSTANCE}"
    assert (
        f"denied: User: {caller} is not authorized to perform: ecr:InitiateLayerUpload on resource:"
        f" {arn} because no identity-based policy allows the ecr:InitiateLayerUpload action"
    ) in denied.stderr

    lab.client("iam", told.admin).put_role_policy(
        RoleName="ec2-role",
        PolicyName="push",
        PolicyDocument=allow(*story.PUSH_ACTIONS, resource=arn),
    )
    pushed = shell(lab, push, told.bastion)
    assert pushed.returncode == 0
    digest = pushed.stdout.split("digest: ")[1].split(" ")[0]
    images = lab.client("ecr").describe_images(repositoryName=story.REPOSITORY)["imageDetails"]
    assert [i["imageDigest"] for i in images if "latest" in i.get("imageTags", [])] == [digest]


def test_exec_needs_the_right_to_update_then_a_task_younger_than_the_switch(lab: Lab) -> None:
    told = story.build(lab)
    denied = shell(lab, told.enable_exec, told.bastion)
    assert denied.returncode == 254
    assert (
        "An error occurred (AccessDeniedException) when calling the UpdateService operation: User:"
        f" arn:aws:sts::{lab.account}:assumed-role/ec2-role/{story.INSTANCE} is not authorized to"
        f" perform: ecs:UpdateService on resource: arn:aws:ecs:{lab.region}:{lab.account}:service/"
        f"{story.CLUSTER}/{story.SERVICE} because no identity-based policy allows the"
        " ecs:UpdateService action"
    ) in denied.stderr

    lab.client("iam", told.admin).attach_role_policy(
        RoleName="ec2-role", PolicyArn="arn:aws:iam::aws:policy/AmazonECS_FullAccess"
    )
    assert shell(lab, told.enable_exec, told.bastion).returncode == 0
    before = told.task()
    assert EXEC_NOT_ENABLED in shell(lab, told.execute(before), told.bastion).stderr

    told.world.redeploy(story.SERVICE)
    after = told.task()
    assert after != before
    session = shell(lab, told.execute(after), told.bastion, "echo it works\nexit\n")
    assert "Starting session with SessionId: ecs-execute-command-" in session.stdout
    assert "it works" in session.stdout


def test_the_private_service_misses_one_endpoint_after_another(lab: Lab) -> None:
    told = story.build(lab)
    world, service = told.world, story.PRIVATE_SERVICE

    assert "The task cannot pull registry auth from Amazon ECR" in world.reasons(service)[0]
    for name in ("ecr.api", "ecr.dkr", "s3"):
        world.endpoint(name)
    world.redeploy(service)
    assert "failed to validate logger args" in world.reasons(service)[0]
    assert "connection issue between the task and Amazon CloudWatch" in world.reasons(service)[0]

    world.endpoint("logs").redeploy(service)
    assert world.describe(service)["runningCount"] == 1
    task = told.task(service)
    assert "The specified task was not found." in shell(lab, told.execute(task), "root").stderr

    world.endpoint("ssmmessages").settle()
    assert shell(lab, told.execute(task), "root", "exit\n").returncode == 0


def test_a_mistyped_task_is_refused_in_the_same_words_as_the_missing_endpoint(lab: Lab) -> None:
    told = story.build(lab)
    code, text = refused(
        lambda: lab.client("ecs").execute_command(
            cluster=story.CLUSTER, task="0" * 32, interactive=True, command="sh"
        )
    )
    assert told.task()
    assert code == "InvalidParameterException"
    assert text == "The specified task was not found. Specify a valid task ID and try again."
