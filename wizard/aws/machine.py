"""What this machine tells of itself: docker, the plugin, the AWS CLI, logins to registries.

Nothing is run with more rights than the wizard has (`sudo` is never called), nothing is written,
and of a docker configuration only registry names and a token's expiry are kept.
"""

import base64
import binascii
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from wizard.aws.answers import Answer
from wizard.aws.doorways import registry

HOMES = "FARGATE_WIZARD_HOMES"
"""Environment variable: the users to look at instead of this machine's, `alice=/home/alice:…`."""

_TIME_LIMIT_S = 5


def docker(params: dict[str, Any]) -> Answer:
    """Return `state` (up, down, denied, absent) and `group`: whether this user is in `docker`."""
    if shutil.which("docker") is None:
        return {"state": "absent", "group": _in_docker_group()}
    code, text = _run("docker", "version", "--format", "{{.Server.Version}}")
    if code == 0:
        state = "up"
    elif "permission denied" in text.lower():
        state = "denied"
    else:
        state = "down"
    return {"state": state, "group": _in_docker_group(), "says": text.strip()[:300]}


def _in_docker_group() -> bool:
    import grp

    try:
        docker_group = grp.getgrnam("docker").gr_gid
    except KeyError:
        return False
    return os.geteuid() == 0 or docker_group in os.getgroups()


def plugin(params: dict[str, Any]) -> Answer:
    """Return whether session-manager-plugin can be found, where the AWS CLI looks for it."""
    return {"path": shutil.which("session-manager-plugin")}


def cli(params: dict[str, Any]) -> Answer:
    """Return the AWS CLI's version, from where it lies if that tells, else by asking it, which
    takes a second."""
    found = shutil.which("aws")
    if found is None:
        return {"version": None, "present": False}
    # The installer of version 2 keeps each version in a folder of its name.
    told = re.search(r"/aws-cli/v2/(\d+\.\d+\.\d+)/", str(Path(found).resolve()))
    if told:
        return {"version": told.group(1), "present": True}
    beside = {told.group(1) for told in map(_PIP.search, _beside(found)) if told}
    if len(beside) == 1:
        return {"version": beside.pop(), "present": True}
    _, text = _run(found, "--version")
    said = re.search(r"aws-cli/(\d+\.\d+\.\d+)", text)
    return {"version": said.group(1) if said else None, "present": True}


_PIP = re.compile(r"awscli-(\d+\.\d+\.\d+)\.(?:dist|egg)-info$")


def _beside(program: str) -> Iterator[str]:
    """Yield the packages that pip or the system keeps for the Python of `program`."""
    prefix = Path(program).resolve().parent.parent
    return map(str, prefix.glob("lib/python*/*-packages/awscli-*-info"))


def logins(params: dict[str, Any]) -> Answer:
    """Return the registries that each readable docker configuration holds a login for."""
    found: list[dict[str, Any]] = []
    hidden: list[str] = []
    for user, home in homes():
        folder = Path(home) / ".docker"
        if user == me() and os.environ.get("DOCKER_CONFIG") and HOMES not in os.environ:
            folder = Path(os.environ["DOCKER_CONFIG"])
        try:
            text = (folder / "config.json").read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError):
            hidden.append(user)
            continue
        found += [{"user": user, **one} for one in read_config(text)]
    return {"me": me(), "logins": found, "hidden": hidden}


def me() -> str:
    """Return the name of the user that the wizard runs as."""
    import pwd

    named = os.environ.get("FARGATE_WIZARD_USER")
    if named:
        return named
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def homes() -> Iterator[tuple[str, str]]:
    """Yield the users whose docker configuration may matter, and their homes."""
    told = os.environ.get(HOMES)
    if told:
        for pair in told.split(os.pathsep):
            user, _, home = pair.partition("=")
            yield user, home
        return
    import pwd

    for entry in pwd.getpwall():
        if entry.pw_uid in (0, os.geteuid()) or 1000 <= entry.pw_uid < 60000:
            own = os.environ.get("HOME") if entry.pw_uid == os.geteuid() else None
            yield entry.pw_name, own or entry.pw_dir


def read_config(text: str) -> list[dict[str, Any]]:
    """Return the logins of a docker configuration: `registry`, `expires` (epoch), `helper`.

    A credential helper for one registry counts as a login, since it fetches one by itself; a
    credential store keeps the secret elsewhere and leaves an empty entry. Either is a program;
    `lacks` names it where it is not on the PATH, and docker then fails
    (https://docs.docker.com/reference/cli/docker/login/).
    """
    try:
        document = json.loads(text)
    except ValueError:
        return []
    if not isinstance(document, dict):
        return []
    store = document.get("credsStore")
    made: list[dict[str, Any]] = []
    for name, entry in (document.get("auths") or {}).items():
        secret = entry.get("auth") if isinstance(entry, dict) else None
        if secret or store:
            kept = {"expires": _expiry(secret), "helper": False}
            made.append({"registry": _host(name), **kept, **({} if secret else _lacks(store))})
    for name, helper in (document.get("credHelpers") or {}).items():
        fetched = {"expires": None, "helper": bool(helper), **_lacks(helper)}
        made.append({"registry": _host(name), **fetched})
    if store == "ecr-login":
        made.append({"registry": "*.dkr.ecr.*", "expires": None, "helper": True, **_lacks(store)})
    return made


def _lacks(helper: Any) -> dict[str, str]:
    program = f"docker-credential-{helper}"
    return {} if shutil.which(program) else {"lacks": program}


def _host(name: str) -> str:
    return str(name).removeprefix("https://").removeprefix("http://").partition("/")[0].lower()


def _expiry(secret: Any) -> int | None:
    """Return when an ECR password ends: it is base64 JSON with an `expiration`. It is not kept."""
    try:
        password = base64.b64decode(str(secret)).decode().partition(":")[2]
        content = json.loads(base64.b64decode(password + "=" * (-len(password) % 4)))
        return int(content["expiration"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return None


def _run(*command: str) -> tuple[int, str]:
    """Return exit code and output of `command`; a command that hangs counts as failed."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_TIME_LIMIT_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, "no answer in time"
    return done.returncode, done.stdout + done.stderr


Probe = Callable[[dict[str, Any]], Answer]
PROBES: dict[str, Probe] = {
    "Docker": docker,
    "Plugin": plugin,
    "Cli": cli,
    "Logins": logins,
    "Registry": registry,
}
"""The `local:` calls of the readers."""
