"""Whether this machine reaches the registry, and what its logins are worth."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.parts import REGION, read
from tests.aws.scripted import Reply
from wizard.aws.doorways import registry
from wizard.core.facts import Bastion, Target
from wizard.core.findings import Observed
from wizard.core.unread import Unread

HOST = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
NOON = 1767268800  # of the day at which the written answers were given


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without proxies and settings of its own."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECR", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


@pytest.fixture
def door() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door


def port_of(door: socket.socket) -> int:
    port: int = door.getsockname()[1]
    return port


def test_an_open_port_is_open(door: socket.socket) -> None:
    assert registry({"host": f"127.0.0.1:{port_of(door)}"}) == {"state": "open", "why": ""}


def test_a_closed_port_is_closed(door: socket.socket) -> None:
    port = port_of(door)
    door.close()
    assert registry({"host": f"127.0.0.1:{port}"}) == {"state": "closed", "why": "refused"}


def test_a_name_that_nobody_knows_is_closed() -> None:
    assert registry({"host": "registry.invalid"})["state"] == "closed"


def test_where_aws_is_elsewhere_its_names_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert registry({"host": "127.0.0.1:1"})["state"] == "elsewhere"


@pytest.mark.parametrize(
    ("answer", "state"),
    [(b"200 OK", "open"), (b"403 Forbidden", "closed"), (b"407 Proxy", "unknown")],
)
def test_a_proxy_is_asked_for_the_way(
    door: socket.socket, monkeypatch: pytest.MonkeyPatch, answer: bytes, state: str
) -> None:
    heard = []

    def serve() -> None:
        way, _ = door.accept()
        with way:
            heard.append(way.recv(200).split(b"\r\n")[0])
            way.sendall(b"HTTP/1.1 " + answer + b"\r\n\r\n")

    proxy = threading.Thread(target=serve)
    proxy.start()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port_of(door)}")
    assert registry({"host": HOST})["state"] == state
    proxy.join()
    assert heard == [f"CONNECT {HOST}:443 HTTP/1.1".encode()]


def test_a_proxy_that_is_not_there_closes_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert registry({"host": HOST}) == {"state": "closed", "why": "proxy"}


def test_a_host_that_is_excepted_from_the_proxy_is_tried_itself(
    door: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert registry({"host": f"127.0.0.1:{port_of(door)}"})["state"] == "open"


def bastion(
    logins: list[dict[str, Any]],
    *said: Observed,
    hidden: tuple[str, ...] = (),
    more: dict[str, Reply] | None = None,
) -> Bastion:
    replies: dict[str, Reply] = {
        "local:Docker": {"state": "up", "group": True},
        "local:Cli": {"version": "2.27.0", "present": True},
        "local:Plugin": {"path": "/usr/bin/session-manager-plugin"},
        "local:Logins": {"me": "taro", "logins": logins, "hidden": list(hidden)},
        "local:Registry": {"state": "elsewhere", "why": ""},
        **(more or {}),
    }
    target = Target(goal="push", registry=HOST, repository="app")
    found: Bastion = read("bastion", replies, target, said, target=target).value
    return found


def login(registry: str = HOST, expires: int | None = NOON + 60, **more: Any) -> dict[str, Any]:
    return {"user": "taro", "registry": registry, "expires": expires, "helper": False, **more}


def test_the_age_of_a_login_counts_at_the_time_of_the_answers() -> None:
    assert bastion([login()]).login_fresh is True
    assert bastion([login(expires=NOON - 60)]).login_fresh is False


def test_a_login_in_a_credential_store_does_not_tell_its_age() -> None:
    assert isinstance(bastion([login(expires=None)]).login_fresh, Unread)
    assert bastion([login(expires=None, helper=True)]).login_fresh is True
    assert bastion([login(expires=None), login()]).login_fresh is True


OTHER = HOST.replace(REGION, "us-east-1")
SUDO = Observed("ecr.no-basic-auth", "paste", f"$ sudo docker push {HOST}/app\nno basic auth")
PLAIN = Observed("ecr.no-basic-auth", "paste", f"$ docker push {HOST}/app\nno basic auth")


def test_a_login_elsewhere_proves_nothing_of_a_pusher_whose_configuration_is_hidden() -> None:
    assert isinstance(bastion([login(OTHER)], SUDO, hidden=("root",)).other_registry, Unread)
    assert bastion([login(OTHER)], PLAIN, hidden=("root",)).other_registry == OTHER
    assert bastion([login(OTHER)], SUDO).other_registry == OTHER


@pytest.mark.parametrize(
    ("version", "push", "shell"),
    [("1.17.9", True, True), ("1.18.5", False, True), ("2.0.30", False, True), ("2.27.0", 0, 0)],
)
def test_a_version_is_too_old_for_what_it_lacks(version: str, push: bool, shell: bool) -> None:
    cli: dict[str, Reply] = {"local:Cli": {"version": version, "present": True}}
    assert bastion([login()], more=cli).cli_outdated is bool(push)
    target = Target(goal="exec", cluster="prod")
    replies: dict[str, Reply] = {"local:Plugin": {"path": None}, **cli}
    assert read("bastion", replies, target, target=target).value.cli_outdated is bool(shell)


CLOSED: dict[str, Reply] = {"local:Registry": {"state": "closed", "why": "timeout"}}


def test_a_closed_registry_is_proven_where_docker_says_so_too() -> None:
    alone = bastion([login()], more=CLOSED)
    assert (alone.registry_reachable, alone.unreachable) == (False, ())
    stuck = Observed("ecr.registry-unreachable", "paste", "dial tcp: i/o timeout")
    assert bastion([login()], stuck, more=CLOSED).unreachable == ("ecr.dkr",)
    assert isinstance(bastion([login()]).registry_reachable, Unread)
