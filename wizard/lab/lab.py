"""The parent's side of the embedded AWS: start it, point clients at it, break it, end it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from wizard.lab.process import LabError, close_pipes, greet, spawn
from wizard.lab.scratch import make

__all__ = ["ACCOUNT", "BIN", "Fault", "Lab", "LabError", "is_loopback"]

Fault = dict[str, Any]
Json = dict[str, Any]

ACCOUNT = "123456789012"
BIN = Path(__file__).parent / "bin"


class Lab:
    """One embedded AWS in a child process. Use it as a context manager.

    The child listens on loopback only, reads none of the machine's AWS configuration, and ends
    when its parent does, even by SIGKILL.
    """

    def __init__(
        self, process: subprocess.Popen[str], port: int, place: tuple[Path, int], region: str
    ):
        self._process = process
        self._scratch, self._held = place
        self.port = port
        self.region = region
        self.account = ACCOUNT
        self.endpoint_url = f"http://127.0.0.1:{port}"
        # boto3 sessions by principal and region, kept by wizard.lab.clients.
        self.sessions: dict[tuple[str, str], Any] = {}

    @classmethod
    def start(
        cls,
        region: str = "ap-northeast-1",
        *,
        speed: float = 100.0,
        port: int = 0,
        settings: Json | None = None,
    ) -> Self:
        """Starts a lab and waits until it answers.

        Args:
            region: the region of clients made by :meth:`client` and :meth:`env`.
            speed: how many nominal seconds of AWS's own doings pass in one real second.
            port: a fixed port; 0 takes a free one.
            settings: see :meth:`settings`.

        Raises:
            LabError: the child did not come up; the text holds what it wrote.
        """
        scratch, held = make()
        log = scratch / "child.log"
        process = spawn(log, held)
        request = {"region": region, "speed": speed, "port": port, "scratch": str(scratch)}
        try:
            lab = cls(process, greet(process, request), (scratch, held), region)
        except (LabError, OSError, ValueError) as error:
            text = log.read_text() if log.exists() else ""
            process.kill()
            close_pipes(process)
            shutil.rmtree(scratch, ignore_errors=True)
            os.close(held)
            raise LabError(f"the embedded AWS did not start: {error}\n{text[-4000:]}") from error
        if settings:
            lab.settings(**settings)
        return lab

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child and removes its files. May be called twice."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
        close_pipes(self._process)
        shutil.rmtree(self._scratch, ignore_errors=True)
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    @property
    def bastion(self) -> Path:
        """The directory that holds the stand-in bastion: its users' homes, its Docker."""
        return self._scratch / "bastion"

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def credentials(self, principal: str = "root", *, account: str | None = None) -> Json:
        """Keys of a principal: ``root[/ACCOUNT]``, ``user/NAME`` or ``role/NAME[/SESSION]``.

        ``111122223333:role/NAME`` is a role of another account.
        A role is given as an instance or a federation would have it, without asking its trust.
        Out come ``access_key``, ``secret`` and ``token`` (None for long-lived keys).
        """
        return self.ask("credentials", principal=principal, account=account, region=self.region)

    def env(
        self,
        principal: str = "root",
        *,
        base: dict[str, str] | None = None,
        without: tuple[str, ...] = (),
    ) -> dict[str, str]:
        """The environment that points any AWS client, and the stand-in tools, at this lab.

        Holds only the variables to set; merge it over ``os.environ`` (or over *base*, which then
        is returned with the machine's own AWS settings removed). ``without`` names stand-in
        tools that the bastion shall not have (``session-manager-plugin``).
        """
        keys = self.credentials(principal)
        path = (base or os.environ).get("PATH", os.defpath)
        tools = self._tools(without)
        made = {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret"],
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "PATH": f"{tools}{os.pathsep}{path}",
            "FARGATE_WIZARD_LAB_HOME": str(self.bastion),
            **_people(self.bastion),
            "FARGATE_WIZARD_LAB_PYTHON": sys.executable,
        }
        if keys["token"]:
            made["AWS_SESSION_TOKEN"] = keys["token"]
        if base is None:
            return made
        kept = {k: v for k, v in base.items() if not k.startswith("AWS_")}
        return kept | made

    def _tools(self, without: tuple[str, ...]) -> Path:
        if not without:
            return BIN
        directory = self._scratch / ("bin-without-" + "-".join(sorted(without)))
        directory.mkdir(exist_ok=True)
        for tool in BIN.iterdir():
            link = directory / tool.name
            if tool.name not in without and not link.exists():
                link.symlink_to(tool)
        return directory

    def client(self, service: str, principal: str = "root", *, region: str | None = None) -> Any:
        """A boto3 client of this lab that cannot leave loopback, without retries or waiting."""
        from wizard.lab.clients import make

        return make(self, service, principal, region or self.region)

    def reset(self) -> None:
        """Back to an empty account and bastion: state, faults, call log and clock."""
        self.ask("reset")
        shutil.rmtree(self.bastion, ignore_errors=True)
        self._forget_sessions()

    def snapshot(self) -> str:
        """Keeps the present state; :meth:`restore` brings it back any number of times."""
        return str(self.ask("snapshot")["id"])

    def restore(self, snapshot: str) -> None:
        """Goes back to a state that :meth:`snapshot` kept."""
        self.ask("restore", id=snapshot)
        self._forget_sessions()

    def forget(self, snapshot: str) -> None:
        """Lets go of a state that :meth:`snapshot` kept, which takes a few MB of memory."""
        self.ask("forget", id=snapshot)
        shutil.rmtree(self.bastion.with_name(f"bastion-{snapshot}"), ignore_errors=True)

    def _forget_sessions(self) -> None:
        """Root's keys are always the same; all others went with the state."""
        for key in [k for k in self.sessions if not k[0].startswith("root")]:
            del self.sessions[key]

    def faults(self, *faults: Fault) -> None:
        """Replaces the faults; none: no faults.

        Each is ``{"match": "ecs:Describe*", "kind": K, "times": n}`` with K one of ``latency``
        (``seconds``), ``throttle``, ``error`` (``code``, ``message``, ``status``),
        ``unavailable``, ``reset``, ``clock`` (``seconds`` by which the callers' clock is ahead of
        AWS's; negative: behind). ``spares_root`` leaves root alone. The first that matches and
        has some left is used.
        """
        self.ask("faults", set=list(faults))

    def expire(self, access_key: str) -> None:
        """Ends the time of a session's (or user's) access key."""
        self.ask("expire", access_key=access_key)

    def calls(self, *, clear: bool = False) -> list[Json]:
        """The calls so far: ``call`` (``ecs:ListTasks``), ``status``, ``error``, ``params``, …"""
        found: list[Json] = self.ask("calls", clear=clear)["calls"]
        return found

    def clock(self, speed: float | None = None, *, advance: float = 0.0) -> float:
        """Sets the speed and moves time forward by *advance* seconds; gives the lab's time."""
        request: Json = {"advance": advance} if advance else {}
        if speed is not None:
            request["speed"] = speed
        return float(self.ask("clock", **request)["now"])

    def settle(self, seconds: float = 300.0) -> int:
        """Lets *seconds* of AWS's nominal time pass at once, whatever the speed.

        Use it instead of waiting: after it a rollout is through, or has failed a few times.
        Gives the number of things that happened.
        """
        return int(self.ask("settle", seconds=seconds)["happened"])

    def settings(self, **changes: Any) -> Json:
        """Changes settings of the world and gives them all (``cloud/state.py`` lists them)."""
        return self.ask("settings", **changes)

    def ask(self, verb: str, **request: Any) -> Json:
        """One request to the lab's own door. Raises LabError when it is refused."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", f"/_lab/{verb}", json.dumps(request))
            response = connection.getresponse()
            data: Json = json.loads(response.read())
        except OSError as error:
            raise LabError(f"the embedded AWS does not answer: {error}") from error
        finally:
            connection.close()
        if response.status != 200:
            raise LabError(str(data.get("error")))
        return data


def is_loopback(url: str) -> bool:
    """True when *url* names this very machine."""
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


def _people(bastion: Path) -> dict[str, str]:
    """Tells any reader of docker configurations who the bastion's users are."""
    homes = {"ec2-user": bastion / "home" / "ec2-user", "root": bastion / "root"}
    return {
        "FARGATE_WIZARD_HOMES": os.pathsep.join(f"{user}={home}" for user, home in homes.items()),
        "FARGATE_WIZARD_USER": "ec2-user",
    }
