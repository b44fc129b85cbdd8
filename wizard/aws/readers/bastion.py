"""The machine the wizard runs on: docker, plugin, CLI, clock and logins to the registry."""

import re
from fnmatch import fnmatch
from typing import Any

from wizard.aws.answers import Answer, Outcome, Refused
from wizard.aws.calls import together
from wizard.aws.reading import Reading, got, reader
from wizard.core.facts import Bastion, Target
from wizard.core.unread import Maybe, Unread
from wizard.policy.references import Place

DOCKER, PLUGIN, CLI, LOGINS = "local:Docker", "local:Plugin", "local:Cli", "local:Logins"
REGISTRY = "local:Registry"
_STUCK = ("ecr.registry-unreachable", "ecr.push-stalled")
"""Symptoms by which docker itself says that it does not reach the registry."""

_PUSH = re.compile(
    r"(?P<sudo>\bsudo\s{1,4}(?:-\S{1,20}\s{1,4}){0,4})?\b(?:docker|podman|nerdctl)"
    r"\s{1,4}(?:image\s{1,4}|compose\s{1,4}|buildx\s{1,4})?(?:push|pull|build)\b"
)
_SHELL = {1: (1, 19, 28), 2: (2, 1, 30)}
"""ECS Exec came with these versions; older ones lack `execute-command`
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html)."""
_LOGIN = {1: (1, 17, 10), 2: (2, 0, 0)}
"""The same for `ecr get-login-password`
(https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html)."""


@reader("bastion", calls=(DOCKER, PLUGIN, CLI, LOGINS, REGISTRY))
async def bastion(reading: Reading) -> Bastion:
    """What this machine has, as far as the goal asks for it."""
    target, place = await reading.part("target"), await reading.part("place")
    registry = wanted_registry(target, place)
    identity = await reading.part("identity") if registry is None else None
    nowhere = identity if isinstance(identity, Unread) else Unread(LOGINS, "none")
    docker, plugin, cli, logins, door = await _probe(reading, registry)
    version: Maybe[str | None] = got(cli, "version")
    outdated: Maybe[bool] = (
        version if isinstance(version, Unread) else _outdated(version, _oldest(reading))
    )
    if _saw(reading, "aws.cli-outdated"):
        outdated = True
    _note(reading, docker, plugin, version)
    skew = reading.calls.source.clock_skew_s
    if skew is not None:
        reading.note("bastion.clock_skew_s", "sts:GetCallerIdentity", "clock", seconds=round(skew))
    return Bastion(
        docker=got(docker, "state"),
        docker_group=got(docker, "group"),
        plugin=plugin.unread if isinstance(plugin, Refused) else plugin["path"] is not None,
        cli_version=version,
        cli_outdated=outdated,
        clock_skew_s=Unread("local:Clock", "not-asked") if skew is None else abs(skew),
        **_docker_login(reading, logins, registry, docker, nowhere),
        **_registry_way(reading, door, registry),
    )


def _goals(reading: Reading) -> set[str]:
    """What this machine is needed for."""
    wanted = {reading.target.goal, *reading.given["observed-goals"]}
    if reading.target.goal == "all" and reading.target.repository:
        wanted.add("push")
    return wanted


async def _probe(reading: Reading, registry: str | None) -> list[Outcome]:
    """Ask this machine what the goals need; what they do not need is not asked, it takes time."""
    wanted = _goals(reading)
    push, shell = "push" in wanted, "exec" in wanted
    calls = {DOCKER: push, PLUGIN: shell, CLI: push or shell, LOGINS: push}
    door = push and registry is not None
    return await together(
        *(reading.call(call) if needed else _not_asked(call) for call, needed in calls.items()),
        reading.call(REGISTRY, host=registry) if door else _not_asked(REGISTRY),
    )


def _registry_way(reading: Reading, door: Outcome, registry: str | None) -> dict[str, Any]:
    """Whether the registry can be reached. That docker has said so, too, makes it certain: the
    daemon may go by a proxy of its own."""
    unread = Unread(REGISTRY, "not-asked")
    if isinstance(door, Refused) or door["state"] not in ("open", "closed"):
        return {"registry_reachable": unread}
    reachable = door["state"] == "open"
    phrase, values = f"registry-{door['state']}", {"host": registry, "why": door["why"]}
    reading.note("bastion.registry_reachable", REGISTRY, phrase, **values)
    if not reachable and any(_saw(reading, one) for one in _STUCK):
        reading.note("bastion.unreachable", REGISTRY, phrase, **values)
        return {"registry_reachable": False, "unreachable": ("ecr.dkr",)}
    return {"registry_reachable": reachable}


async def _not_asked(call: str) -> Outcome:
    return Refused(call, "not-asked")


def _note(reading: Reading, docker: Any, plugin: Any, version: Any) -> None:
    if isinstance(docker, dict):
        reading.note("bastion.docker", DOCKER, "docker-" + str(docker["state"]))
    if isinstance(plugin, dict):
        found = plugin["path"]
        reading.note(
            "bastion.plugin", PLUGIN, "plugin-there" if found else "plugin-missing", path=found
        )
    if isinstance(version, str):
        reading.note("bastion.cli_outdated", CLI, "cli-version", version=version)


def _oldest(reading: Reading) -> dict[int, tuple[int, int, int]]:
    """The versions that the goals need: a login to ECR asks for less than a shell."""
    return _SHELL if "exec" in _goals(reading) else _LOGIN


def _outdated(version: str | None, oldest: dict[int, tuple[int, int, int]]) -> bool:
    if version is None:
        return False
    numbers = tuple(int(one) for one in version.split("."))
    return numbers < oldest.get(numbers[0], (0,))


def wanted_registry(target: Target, place: Place) -> str | None:
    """Return the registry that is pushed to: the named one, else the account's own.

    Host names: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
    """
    if target.registry:
        return target.registry
    if not place.account:
        return None
    suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
    return f"{place.account}.dkr.ecr.{place.region}.{suffix}"


def _docker_login(
    reading: Reading, answer: Any, registry: str | None, docker: Outcome, nowhere: Unread
) -> dict[str, Any]:
    """What the logins tell; `nowhere` is why it is not known which registry is meant."""
    pushes_as = _told_user(reading, None if isinstance(answer, Refused) else str(answer["me"]))
    if isinstance(answer, Refused) or registry is None:
        unread = answer.unread if isinstance(answer, Refused) else nowhere
        return {
            "registry": registry,
            "push_user": pushes_as,
            "login_user": unread,
            "login_users": unread,
            "login_fresh": unread,
            "user_mismatch": unread,
            "other_registry": unread,
        }
    entries: list[Answer] = [one for one in answer["logins"] if not one.get("lacks")]
    fitting = [one for one in entries if registry and fnmatch(registry, one["registry"])]
    users = tuple(sorted({str(one["user"]) for one in fitting}))
    others = sorted({one["registry"] for one in entries if _is_ecr(one["registry"])} - {registry})
    me, unread = str(answer["me"]), Unread(LOGINS, "AccessDenied")
    pushes_as = pushes_as or _likely_pusher(reading, me, users)
    _note_logins(reading, users, others, registry, answer["hidden"])
    for program in sorted({one["lacks"] for one in answer["logins"] if one.get("lacks")}):
        reading.note("bastion.login_users", LOGINS, "helper-missing", program=program)
    _note_mismatch(reading, pushes_as, users, registry)
    # A machine without docker pushes nothing: that nobody is logged in there means nothing.
    elsewhere = isinstance(docker, dict) and docker["state"] == "absent"
    old = _saw(reading, "ecr.token-expired")  # ECR itself has said so
    hidden = not users and (bool(answer["hidden"]) or elsewhere)
    return {
        "registry": registry,
        "push_user": pushes_as,
        "login_user": next((one for one in users if one != pushes_as), None),
        "login_users": unread if hidden else users,
        "login_fresh": unread if hidden else False if old else _fresh(reading, fitting),
        "other_registry": _other(others, users, pushes_as, answer["hidden"]),
        "user_mismatch": _mismatch(reading, pushes_as, users, answer["hidden"]),
    }


def _note_mismatch(
    reading: Reading, pusher: str | None, users: tuple[str, ...], registry: str | None
) -> None:
    """Say whose configurations hold a login, and who pushes."""
    if not users:
        return
    part, names = "bastion.user_mismatch", ", ".join(users)
    reading.note(part, LOGINS, "logged-in", users=names, registry=registry)
    if pusher:
        reading.note(part, LOGINS, "pushes-as", user=pusher)


def _likely_pusher(reading: Reading, me: str, users: tuple[str, ...]) -> str | None:
    """Return who pushes where no command tells: whoever runs the wizard, unless their login would
    have served; then it was done with sudo."""
    if users and me not in users:
        return me
    return "root" if users and _refused_push(reading) and me != "root" else None


def _refused_push(reading: Reading) -> bool:
    """Whether docker was seen to have no login for the registry."""
    return _saw(reading, "ecr.no-basic-auth")


def _saw(reading: Reading, symptom: str) -> bool:
    return any(one.symptom == symptom for one in reading.observed)


def _mismatch(
    reading: Reading, pusher: str | None, users: tuple[str, ...], hidden: list[str]
) -> Maybe[bool]:
    """Whether one user has the login and another pushes.

    That the pusher has none is proven by their configuration, or by docker having said so.
    """
    if not users or pusher in users:
        return False
    if pusher is None:
        return Unread(LOGINS, "no-way")
    if pusher in hidden and not _refused_push(reading):
        return Unread(LOGINS, "AccessDenied")
    return True


def _told_user(reading: Reading, me: str | None) -> str | None:
    """Return who pushed by the pasted command: root with sudo; None where no command is seen."""
    for one in reading.observed:
        found = _PUSH.search(one.text)
        if found:
            return "root" if found["sudo"] else me
    return None


def _is_ecr(registry: str) -> bool:
    return ".dkr.ecr" in registry and "*" not in registry


def _fresh(reading: Reading, entries: list[Answer]) -> Maybe[bool]:
    """Whether some login may still be used: an ECR token lives 12 hours
    (https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html).

    A credential helper gets a new one each time; how old the token is that a credential store
    keeps, it does not say.
    """
    now = reading.calls.source.now.timestamp()
    if not entries or any(
        one["helper"] or (one["expires"] is not None and one["expires"] > now) for one in entries
    ):
        return bool(entries)
    return Unread(LOGINS, "no-way") if any(one["expires"] is None for one in entries) else False


def _other(
    others: list[str], users: tuple[str, ...], pusher: str | None, hidden: list[str]
) -> Maybe[str | None]:
    """The registry that there is a login for while there is none for the wanted one; not known
    where whoever pushes may have one in a configuration that cannot be read."""
    if not others or users:
        return None
    unseen = bool(hidden) and (pusher is None or pusher in hidden)
    return Unread(LOGINS, "AccessDenied") if unseen else others[0]


def _note_logins(
    reading: Reading, users: tuple[str, ...], others: list[str], registry: str | None, hidden: Any
) -> None:
    if users:
        reading.note(
            "bastion.login_users", LOGINS, "logged-in", users=", ".join(users), registry=registry
        )
    else:
        reading.note("bastion.login_users", LOGINS, "not-logged-in", registry=registry)
    if others:
        for part in ("bastion.login_users", "bastion.other_registry"):
            reading.note(part, LOGINS, "logged-in-elsewhere", registry=", ".join(others[:4]))
    if hidden:
        reading.note("bastion.login_users", LOGINS, "logins-hidden", users=", ".join(hidden))
