"""The stand-in tools print what the real ones print."""

from __future__ import annotations

import json
import shutil

from wizard.lab import Lab
from wizard.lab.world import World, allow, healthy

from .helpers import shell

REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com"
LOGIN = f"aws ecr get-login-password | docker login --username AWS --password-stdin {REGISTRY}"


def test_docker_push_knows_its_own_mistakes(lab: Lab) -> None:
    shell(lab, LOGIN)
    missing = shell(lab, f"docker push {REGISTRY}/nosuch:v1")
    assert f"An image does not exist locally with the tag: {REGISTRY}/nosuch" in missing.stderr
    assert "No such image: nosuch:latest" in shell(lab, "docker tag nosuch a:b").stderr
    assert "invalid reference format" in shell(lab, "docker build -t /nosuch:v1 .").stderr
    shell(lab, f"docker build -t {REGISTRY}/nosuch:v1 .")
    unknown = shell(lab, f"docker push {REGISTRY}/nosuch:v1")
    assert unknown.returncode == 1
    assert (
        "name unknown: The repository with name 'nosuch' does not exist in the registry with id"
        " '123456789012'"
    ) in unknown.stderr


def test_a_login_without_a_password_and_one_with_a_wrong_one(lab: Lab) -> None:
    empty = shell(lab, f"docker login --username AWS --password-stdin {REGISTRY} < /dev/null")
    assert "Cannot perform an interactive login from a non TTY device" in empty.stderr
    wrong = shell(lab, f"echo x | docker login --username AWS --password-stdin {REGISTRY}")
    assert "failed with status: 401 Unauthorized" in wrong.stderr.replace(
        "UNAUTHORIZED", "Unauthorized"
    )


def test_a_token_is_good_for_twelve_hours(lab: Lab) -> None:
    lab.client("ecr").create_repository(repositoryName="app")
    shell(lab, LOGIN)
    shell(lab, f"docker build -t {REGISTRY}/app:v1 .")
    lab.clock(advance=13 * 3600)
    pushed = shell(lab, f"docker push {REGISTRY}/app:v1")
    assert "Your authorization token has expired. Reauthenticate and try again." in pushed.stderr


def test_an_immutable_tag_is_not_overwritten(lab: Lab) -> None:
    lab.client("ecr").create_repository(repositoryName="app", imageTagMutability="IMMUTABLE")
    shell(lab, LOGIN)
    for _ in range(2):
        shell(lab, f"docker build -t {REGISTRY}/app:v1 .")
        pushed = shell(lab, f"docker push {REGISTRY}/app:v1")
    assert "tag invalid: The image tag 'v1' already exists in the 'app'" in pushed.stderr


def test_an_image_pushed_by_docker_runs_on_fargate(lab: Lab) -> None:
    world = World(lab).network(public=True).roles().repository("app", tags=[]).log_group()
    world.image = f"{REGISTRY}/app:v1"
    world.service().settle(120)
    assert world.reasons()[0].endswith(": not found")
    shell(lab, f"{LOGIN}; docker build -t {world.image} .; docker push {world.image}")
    assert world.redeploy().describe()["runningCount"] == 1


def test_a_push_that_only_lacks_the_layer_check_ends_in_a_bare_403(lab: Lab) -> None:
    world = World(lab).repository("app", tags=[])
    world.bastion(
        inline=allow(
            "ecr:GetAuthorizationToken",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
            "ecr:PutImage",
        )
    )
    shell(lab, LOGIN, "role/ec2-role/i-0")
    shell(lab, f"docker build -t {REGISTRY}/app:v1 .", "role/ec2-role/i-0")
    pushed = shell(lab, f"docker push {REGISTRY}/app:v1", "role/ec2-role/i-0")
    assert pushed.stderr.strip().endswith("403 Forbidden")


def test_without_the_plugin_execute_command_says_so(lab: Lab) -> None:
    world = healthy(lab)
    task = world.tasks()[0]["taskArn"]
    command = f"aws ecs execute-command --cluster prod --task {task} --interactive --command sh"
    done = shell(lab, command, without=("session-manager-plugin",))
    assert "SessionManagerPlugin is not found." in done.stderr


def test_a_shell_that_the_image_lacks_ends_the_session(lab: Lab) -> None:
    world = healthy(lab)
    task = world.tasks()[0]["taskArn"]
    command = f"aws ecs execute-command --cluster prod --task {task} --interactive --command"
    done = shell(lab, f"{command} /bin/bash")
    assert (
        "Unable to start command: Failed to start pty: fork/exec /bin/bash: no such file or"
        " directory"
    ) in done.stdout
    assert "# " in shell(lab, f"{command} /bin/sh", text="exit\n").stdout


def test_the_real_aws_cli_lives_a_whole_life_against_the_lab(lab: Lab) -> None:
    assert shutil.which("aws")
    world = World(lab).network(endpoints=["ecr.api", "ecr.dkr", "s3", "ssmmessages"]).roles()
    world.log_group()

    def aws(line: str) -> dict[str, object]:
        done = shell(lab, f"aws {line}")
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout or "{}")
        return found

    aws("ecr create-repository --repository-name team/app")
    image = f"{REGISTRY}/team/app:v1"
    pushed = shell(lab, f"{LOGIN} && docker build -t {image} . && docker push {image}")
    assert pushed.returncode == 0, pushed.stderr
    assert aws("ecr describe-images --repository-name team/app --query 'imageDetails[0]'")
    world.image = image
    containers = json.dumps([world.container()])
    aws(
        "ecs register-task-definition --family web --requires-compatibilities FARGATE"
        f" --network-mode awsvpc --cpu 256 --memory 512 --container-definitions '{containers}'"
        f" --execution-role-arn {world.execution_role} --task-role-arn {world.task_role}"
    )
    aws("ecs create-cluster --cluster-name prod")
    network = json.dumps(world.network_configuration)
    aws(
        "ecs create-service --cluster prod --service-name web --task-definition web"
        f" --desired-count 1 --launch-type FARGATE --enable-execute-command"
        f" --network-configuration '{network}'"
    )
    lab.settle(200)
    tasks = "ecs list-tasks --cluster prod --desired-status STOPPED --query 'taskArns[0]'"
    arn = shell(lab, f"aws {tasks} --output text").stdout.strip()
    broken = aws(f"ecs describe-tasks --cluster prod --tasks {arn} --query 'tasks[0]'")
    assert "connection issue between the task and Amazon CloudWatch" in str(broken["stoppedReason"])
    aws(
        f"ec2 create-vpc-endpoint --vpc-id {world.vpc} --vpc-endpoint-type Interface"
        f" --service-name com.amazonaws.{lab.region}.logs --subnet-ids {' '.join(world.subnets)}"
        f" --security-group-ids {world.endpoint_group}"
    )
    lab.settle(60)
    aws("ecs update-service --cluster prod --service web --force-new-deployment")
    lab.settle()
    service = aws("ecs describe-services --cluster prod --services web --query 'services[0]'")
    assert service["runningCount"] == 1
    task = str(world.tasks()[0]["taskArn"])
    opened = shell(
        lab,
        f"aws ecs execute-command --cluster prod --task {task} --interactive"
        " --command '/bin/echo hello'",
    )
    assert "Starting session with SessionId: ecs-execute-command-" in opened.stdout
    assert "hello" in opened.stdout
    refused = shell(lab, "aws ecs describe-services --cluster nosuch --services web")
    assert (
        "An error occurred (ClusterNotFoundException) when calling the DescribeServices operation:"
        " Cluster not found."
    ) in refused.stderr
