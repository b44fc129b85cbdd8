"""``session-manager-plugin``: a session into a container that does not exist.

It knows a handful of commands, and the plugin's own words around them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from wizard.lab.bastion.place import ask

_INSTALLED = (
    "\nThe Session Manager plugin was installed successfully. Use the AWS CLI to start a session.\n"
)


def main() -> None:
    """Without arguments it says that it is there; with a session it opens it."""
    if len(sys.argv) < 2:
        print(_INSTALLED)
        return
    session = json.loads(sys.argv[1])
    name = session.get("SessionId") or session.get("sessionId")
    known = ask("session", id=name)
    print(f"\n\nStarting session with SessionId: {name}")
    try:
        _run(known)
    finally:
        ask("session-end", id=name)
        print(f"\n\nExiting session with sessionId: {name}.\n")


def _run(session: dict[str, Any]) -> None:
    if session.get("refused"):
        print(f"\n----------ERROR-------\n{session['refused']}")
        return
    words = str(session.get("command", "")).split()
    program = words[0] if words else ""
    shells = session.get("shells", ["/bin/sh"])
    is_shell = program.rsplit("/", 1)[-1] in ("sh", "bash", "ash", "zsh", "dash")
    path = program if program.startswith("/") else f"/bin/{program}"
    if is_shell and path not in shells:
        print(
            "\n----------ERROR-------"
            f"\nUnable to start command: Failed to start pty: fork/exec {path}: no such file or"
            " directory"
        )
        return
    if is_shell:
        _shell(session)
    else:
        _command(" ".join(words), session)


def _shell(session: dict[str, Any]) -> None:
    while True:
        print("# ", end="", flush=True)
        line = sys.stdin.readline()
        if not line or line.strip() in ("exit", "logout"):
            print("exit")
            return
        if line.strip():
            _command(line.strip(), session)


def _command(line: str, session: dict[str, Any]) -> None:
    name, _, rest = line.partition(" ")
    act = _BUILT_IN.get(name.rsplit("/", 1)[-1])
    print(act(rest, session) if act else f"/bin/sh: {name}: not found", flush=True)


_BUILT_IN: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "echo": lambda rest, s: rest.strip("'\""),
    "hostname": lambda rest, s: str(s.get("hostname", "localhost")),
    "whoami": lambda rest, s: "root",
    "id": lambda rest, s: "uid=0(root) gid=0(root) groups=0(root)",
    "pwd": lambda rest, s: "/",
    "ls": lambda rest, s: "app  bin  etc  home  lib  proc  root  sys  tmp  usr  var",
    "uname": lambda rest, s: "Linux",
    "true": lambda rest, s: "",
}

if __name__ == "__main__":
    main()
