"""Worlds in which the bastion's tools, its clock, its way out or its credentials are at fault."""

from __future__ import annotations

from wizard.lab.world import World, allow
from wizard.lab.worlds.bases import grant, private
from wizard.lab.worlds.bastion import PASSWORD, mark, ready, unmark
from wizard.lab.worlds.goals import command
from wizard.lab.worlds.model import Act, BrokenWorld, Planted

_ROLE = "ec2-role"


def _environment(**changes: str | None) -> Act:
    def act(world: World) -> None:
        world.notes["environment"] = changes

    return act


def _without_keys(world: World) -> None:
    ready(world)
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    world.notes["environment"] = dict.fromkeys(names)


def _with_stale_keys(world: World) -> None:
    ready(world)
    keys = world.lab.credentials(f"role/{_ROLE}/i-055e1e744dd8ab549")
    world.lab.expire(keys["access_key"])
    world.notes["environment"] = {
        "AWS_ACCESS_KEY_ID": keys["access_key"],
        "AWS_SECRET_ACCESS_KEY": keys["secret"],
        "AWS_SESSION_TOKEN": keys["token"],
    }


def _unreachable(world: World) -> None:
    """The discard port of this machine, at which nobody listens, in place of the endpoint."""
    ready(world)
    world.notes["environment"] = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}


def _skewed(world: World) -> None:
    """The bastion's clock is half an hour slow: its signatures are too old."""
    ready(world)
    clock = {"match": "*", "kind": "clock", "seconds": -1800, "spares_root": True}
    world.lab.faults(clock)


def _no_plugin(world: World) -> None:
    private(world).bastion(inline=allow("ecs:*"))
    world.service().settle()
    world.notes["without"] = ["session-manager-plugin"]
    task = str(world.tasks()[0]["taskArn"]).rsplit("/", 1)[-1]
    world.notes["line"] = (
        f"aws ecs execute-command --cluster {{cluster}} --task {task} --interactive"
        " --command '/bin/echo hello'"
    )


def _plugin(world: World) -> None:
    world.notes["without"] = []


WORLDS = (
    BrokenWorld(
        name="session-manager-plugin-missing",
        symptom="exec.plugin-missing",
        text=r"SessionManagerPlugin is not found",
        build=_no_plugin,
        causes=(Planted("bastion.plugin-missing", _plugin),),
        decoy=grant(_ROLE, "ssm:*"),
        goal=command("false"),
    ),
    BrokenWorld(
        name="cli-too-old",
        symptom="aws.cli-outdated",
        text=r"Invalid choice: 'get-login-password', maybe you meant",
        build=mark("cli.old"),
        causes=(Planted("bastion.cli-outdated", unmark("cli.old")),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(PASSWORD),
    ),
    BrokenWorld(
        name="clock-of-the-bastion-slow",
        symptom="aws.clock-skew",
        text=r"InvalidSignatureException.*Signature expired: \d+T\d+Z is now earlier than",
        build=_skewed,
        causes=(Planted("bastion.clock-skew", lambda w: w.lab.faults()),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(PASSWORD),
    ),
    BrokenWorld(
        name="bastion-cannot-reach-ecr",
        symptom="aws.endpoint-unreachable",
        text=r'Could not connect to the endpoint URL: "http',
        build=_unreachable,
        causes=(
            Planted(
                "bastion.endpoint-unreachable", _environment(), lambda w: {"service": "ecr.api"}
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(PASSWORD),
    ),
    BrokenWorld(
        name="bastion-without-credentials",
        symptom="aws.no-credentials",
        text=r"Unable to locate credentials",
        build=_without_keys,
        causes=(Planted("caller.credentials-missing", _environment()),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(PASSWORD),
    ),
    BrokenWorld(
        name="bastion-with-stale-credentials",
        symptom="aws.credentials-expired",
        text=r"ExpiredTokenException.*The security token included in the request is expired",
        build=_with_stale_keys,
        causes=(Planted("caller.credentials-stale", _environment()),),
        decoy=grant(_ROLE, "ecr:*"),
        goal=command(PASSWORD),
    ),
)
