"""``sudo COMMAND``: the command runs as the stand-in root, who has another home directory."""

from __future__ import annotations

import os
import shutil
import sys

from wizard.lab.bastion.place import USER, fail


def main() -> None:
    """Runs the command in this process's place."""
    words = [a for a in sys.argv[1:]]
    while words and words[0].startswith("-"):
        if words[0] in ("-u", "--user") and len(words) > 1:
            os.environ[USER] = words[1]
            words = words[2:]
        else:
            words = words[1:]
    if not words:
        fail("usage: sudo [-E] [-u user] command [arg ...]")
    os.environ.setdefault(USER, "root")
    if "-u" not in sys.argv:
        os.environ[USER] = "root"
    found = shutil.which(words[0])
    if found is None:
        fail(f"sudo: {words[0]}: command not found")
    os.execv(found, words)


if __name__ == "__main__":
    main()
