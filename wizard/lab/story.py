"""The world of the article: three stumbling blocks, one after another, each really there.

1. Push. ``ec2-role`` may only ask for a token. ``docker login`` as ec2-user, ``sudo docker push``
   as root: ``no basic auth credentials``. With the right login: denied, for want of push rights.
2. ECS Exec into ``sample-service`` (public subnet). UpdateService is denied. Once allowed, Exec is
   enabled but the running task is older than that: a new deployment is needed.
3. ``sample-private-service`` in private subnets without NAT: no way to ECR (api, dkr, s3), then
   none to CloudWatch Logs, then ExecuteCommand's "The specified task was not found" for want of
   the ssmmessages endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wizard.lab.lab import Lab
from wizard.lab.world import EXEC_ACTIONS, World, allow

REGION = "ap-northeast-1"
INSTANCE = "i-055e1e744dd8ab549"
REPOSITORY = "sample-repository"
CLUSTER = "sample-cluster"
SERVICE = "sample-service"
PRIVATE_SERVICE = "sample-private-service"
CONTAINER = "sample-container"
LOG_GROUP = "/ecs/sample-task"
PUSH_ACTIONS = (
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
    "ecr:BatchCheckLayerAvailability",
)


@dataclass
class Story:
    """The built world and the names in it."""

    lab: Lab
    world: World
    # The private half of the VPC: its subnets, their route table, and the tasks' group.
    private_subnets: list[str] = field(default_factory=list)
    private_route_table: str = ""
    # Principals for Lab.env and Lab.client: the bastion, and somebody who may mend things.
    bastion: str = f"role/ec2-role/{INSTANCE}"
    admin: str = "role/admin-role/wizard"

    @property
    def registry(self) -> str:
        """The registry's host."""
        return f"{self.lab.account}.dkr.ecr.{self.lab.region}.amazonaws.com"

    @property
    def image(self) -> str:
        """The image that is to be pushed."""
        return f"{self.registry}/{REPOSITORY}:latest"

    def task(self, service: str = SERVICE) -> str:
        """The id of the service's newest running task. Raises IndexError when there is none."""
        running = [t for t in self.world.tasks(service) if t["lastStatus"] == "RUNNING"]
        running.sort(key=lambda t: t["createdAt"])
        return str(running[-1]["taskArn"]).rsplit("/", 1)[-1]

    @property
    def push_commands(self) -> list[str]:
        """The article's commands, the wrong login included."""
        login = f"docker login --username AWS --password-stdin {self.registry}"
        return [
            f"aws ecr get-login-password --region {self.lab.region} | {login}",
            f"sudo docker build -t {REPOSITORY} .",
            f"sudo docker tag {REPOSITORY}:latest {self.image}",
            f"sudo docker push {self.image}",
        ]

    @property
    def right_login(self) -> str:
        """The login that the push needs."""
        return self.push_commands[0].replace("| docker", "| sudo docker")

    @property
    def enable_exec(self) -> str:
        """The article's command to switch ECS Exec on."""
        return (
            f"aws ecs update-service --region {self.lab.region} --cluster {CLUSTER}"
            f" --service {SERVICE} --enable-execute-command"
        )

    def execute(self, task: str, command: str = "/bin/sh") -> str:
        """The article's command to get into a container."""
        return (
            f"aws ecs execute-command --region {self.lab.region} --cluster {CLUSTER}"
            f' --task {task} --container {CONTAINER} --interactive --command "{command}"'
        )


def build(lab: Lab) -> Story:
    """Builds the article's world in an empty lab and lets it come to rest."""
    lab.settings(exec_unreachable="not-found", wording="2024")
    world = World(lab, CLUSTER).network(public=True)
    world.bastion(inline=allow("ecr:GetAuthorizationToken"))
    world.role("admin-role", service="ec2.amazonaws.com", managed=("AdministratorAccess",))
    world.role("AWSServiceRoleForECS", service="ecs.amazonaws.com")
    world.roles(task=False)
    world.task_role = world.role("sample-task-role", inline=allow(*EXEC_ACTIONS))
    world.repository(REPOSITORY, tags=["latest"]).log_group(LOG_GROUP)
    world.task_definition("sample-task", [world.container(CONTAINER)])
    world.service(SERVICE, exec_=False)
    story = Story(lab, world)
    _private_half(story)
    world.settle(120)
    return story


def _private_half(story: Story) -> None:
    world = story.world
    public_subnets, public_table = world.subnets, world.route_table
    world.add_private_subnets()
    story.private_subnets, story.private_route_table = world.subnets, world.route_table
    world.public = False
    world.service(PRIVATE_SERVICE, exec_=True)
    world.public_subnets = public_subnets
    world.public_route_table = public_table
