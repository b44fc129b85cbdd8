"""Whether this machine finds a way to a registry: name, connection, and the proxy on the way.

A docker daemon may have a proxy of its own that nobody here can see
(https://docs.docker.com/engine/daemon/proxy/): what is found here is a hint, not a proof.
"""

import os
import queue
import socket
import threading
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

TIME_LIMIT_S = 2.0
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECR")


def registry(params: dict[str, Any]) -> dict[str, Any]:
    """Return `state` of the registry `host` (`NAME` or `NAME:PORT`): open, closed, unknown (a proxy
    wants a password) or elsewhere (AWS's own addresses are not in use); and `why` it is closed:
    name, refused, timeout or proxy. Answers within two seconds."""
    if _elsewhere():
        return {"state": "elsewhere", "why": ""}
    answers: queue.Queue[dict[str, Any]] = queue.Queue()

    def ask() -> None:
        answers.put(_ask(str(params["host"])))

    # The look-up of a name has no time limit of its own.
    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=TIME_LIMIT_S + 0.5)
    except queue.Empty:
        return {"state": "closed", "why": "timeout"}


def _elsewhere() -> bool:
    """Whether AWS is somewhere else than its names say, an emulator for example
    (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html)."""
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return False
    if any(os.environ.get(name) for name in _ENDPOINTS):
        return True
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        settings = Session().get_scoped_config()
    except BotoCoreError:
        return False
    return bool(settings.get("endpoint_url") or settings.get("services"))


def _ask(host: str) -> dict[str, Any]:
    name, _, port = host.partition(":")
    number = int(port) if port.isdigit() else 443
    proxy = None if proxy_bypass(name) else getproxies().get("https")
    try:
        if proxy:
            return _through(proxy, name, number)
        with socket.create_connection((name, number), TIME_LIMIT_S):
            return {"state": "open", "why": ""}
    except socket.gaierror:
        return {"state": "closed", "why": "proxy" if proxy else "name"}
    except TimeoutError:
        return {"state": "closed", "why": "proxy" if proxy else "timeout"}
    except (OSError, ValueError):
        return {"state": "closed", "why": "proxy" if proxy else "refused"}


def _through(proxy: str, name: str, port: int) -> dict[str, Any]:
    """Ask the proxy for a tunnel, as docker does (RFC 9110, CONNECT)."""
    where = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if where.scheme != "http" or where.username:
        return {"state": "unknown", "why": "proxy"}
    with socket.create_connection((where.hostname or "", where.port or 80), TIME_LIMIT_S) as way:
        way.sendall(f"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n\r\n".encode())
        answer = way.recv(64).split()
    status = answer[1] if len(answer) > 1 else b""
    if status == b"200":
        return {"state": "open", "why": ""}
    return {"state": "unknown" if status == b"407" else "closed", "why": "proxy"}
