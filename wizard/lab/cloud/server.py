"""The child process: binds loopback, serves the front, and dies with its parent."""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import socket
import sys
import threading
import time
from typing import Any

HOST = "127.0.0.1"
_HERE = (HOST, "::1", "localhost", "")


def main() -> None:
    """Runs until standard input ends, which it does when the parent dies, however it dies."""
    request = json.loads(sys.stdin.readline())
    scratch = str(request["scratch"])
    forbid_the_outside()
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"
    _read_each_model_once()
    server = _serve(request)
    gc.collect()
    gc.freeze()
    watcher = threading.Thread(target=_watch, args=(os.getppid(), scratch), daemon=True)
    watcher.start()
    print(json.dumps({"port": server.server_port, "pid": os.getpid()}), flush=True)
    server.serve_forever()


def forbid_the_outside() -> None:
    """No connection of this process may leave the machine, whatever moto or botocore try.

    Nor may a name be looked up, since that asks a server elsewhere.
    """

    def hook(event: str, args: tuple[Any, ...]) -> None:
        host: Any = None
        if event == "socket.connect" and args[0].family in (socket.AF_INET, socket.AF_INET6):
            host = args[1][0]
        elif event == "socket.getaddrinfo":
            host = args[0]
        if host is not None and host not in _HERE:
            raise PermissionError(f"the lab does not connect to {host}")

    sys.addaudithook(hook)


def _read_each_model_once() -> None:
    """moto asks botocore for the large EC2 model four times at start, each time from the file."""
    from botocore.loaders import JSONFileLoader

    read: Any = JSONFileLoader._load_file  # type: ignore[attr-defined]
    kept: dict[str, Any] = {}

    def once(loader: Any, path: str, open_method: Any) -> Any:
        if path not in kept:
            kept[path] = read(loader, path, open_method)
        return kept[path]

    JSONFileLoader._load_file = once  # type: ignore[attr-defined]


def _serve(request: dict[str, Any]) -> Any:
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import ThreadedWSGIServer

    from wizard.lab.cloud.front import Front
    from wizard.lab.cloud.identity.managed import forget_source, load_common
    from wizard.lab.cloud.snapshot import take
    from wizard.lab.cloud.state import DEFAULT_ACCOUNT, Cloud
    from wizard.lab.cloud.wire import partition_of

    class Handler(MotoRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
            self.close_connection = True

        def send_response(self, code: int, message: str | None = None) -> None:
            """Without a Date: the front dates its answers, by the time that AWS shall have."""
            self.send_response_only(code, message)
            self.send_header("Server", self.version_string())

        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            pass

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    cloud = Cloud(str(request["region"]), float(request["speed"]))
    load_common(DEFAULT_ACCOUNT, partition_of(cloud.region))
    forget_source()
    front = Front(cloud)
    take(cloud, "pristine")
    server = ThreadedWSGIServer(HOST, int(request.get("port") or 0), front, handler=Handler)
    server.daemon_threads = True
    return server


def _watch(parent: int, scratch: str) -> None:
    """Ends the process when the pipe from the parent closes or the parent is another."""
    gone = threading.Event()

    def drain() -> None:
        while sys.stdin.read(1):
            pass
        gone.set()

    threading.Thread(target=drain, daemon=True).start()
    while not gone.wait(1.0):
        if os.getppid() != parent:
            break
    shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    time.sleep(0)
    os._exit(0)


if __name__ == "__main__":
    main()
