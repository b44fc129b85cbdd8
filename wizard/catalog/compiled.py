"""The compiled form: what a look-up loads instead of parsing YAML.

Two files. `head.json` holds the phrases of all symptoms and where each entry stands in
`entries.json`, from which only the entries that are wanted are parsed. Built into the wheel; in a
checkout, made anew when the YAML changes, and kept in memory only where the folder cannot be
written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping

from wizard.core.match import phrases_of

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost a look-up three milliseconds
    from typing import Any

FORMAT = 5
_DROPPED = ("examples", "scenarios", "id")
_KINDS = ("symptoms", "causes", "notices", "fixes")
_GUIDE = "guide"

PACKAGE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
COMPILED = os.path.join(PACKAGE, "_compiled")


def source_folder() -> str:
    """Return the folder of the built-in knowledge: the checkout's, else the installed one."""
    top = os.path.dirname(PACKAGE)
    if os.path.isfile(os.path.join(top, "pyproject.toml")):
        return os.path.join(top, "knowledge")
    return os.path.join(PACKAGE, "_knowledge")


def fingerprint(root: str) -> list[int]:
    """Return what changes when a file under `root` does: count, newest change, sizes added up."""
    count, newest, size = 0, 0, 0
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith(".yaml"):
                    stat = entry.stat()
                    count, size = count + 1, size + stat.st_size
                    newest = max(newest, stat.st_mtime_ns)
    return [FORMAT, count, newest, size]


class Entries(Mapping[str, "Any"]):
    """Entries by id, each parsed when it is first asked for."""

    def __init__(self, blob: bytes, places: dict[str, list[int]]) -> None:
        self._blob = blob
        self._places = places
        self._parsed: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._parsed:
            start, end = self._places[key]
            self._parsed[key] = json.loads(self._blob[start:end])
        return self._parsed[key]

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def pack(data: dict[str, dict[str, Any]], mark: list[int]) -> tuple[bytes, bytes]:
    """Return the two files for `data` (kind to id to entry), marked with the fingerprint `mark`."""
    blob = bytearray()
    places: dict[str, dict[str, list[int]]] = {}
    for kind in (*_KINDS, _GUIDE):
        places[kind] = {}
        for key, entry in (data[kind] if kind != _GUIDE else {_GUIDE: data[kind]}).items():
            kept = {name: value for name, value in entry.items() if name not in _DROPPED}
            start = len(blob)
            blob += json.dumps(kept, ensure_ascii=False).encode()
            places[kind][key] = [start, len(blob)]
    phrases = [
        [anchor.decode(), phrase.decode(), symptom, number, words]
        for anchor, phrase, symptom, number, words in phrases_of(data["symptoms"])
    ]
    head = {"mark": mark, "phrases": phrases, "places": places}
    return json.dumps(head, ensure_ascii=False).encode(), bytes(blob)


def unpack(head: bytes, blob: bytes) -> dict[str, Any]:
    """Return the data that `pack` was given, entries parsed late, with the `phrases` made."""
    loaded = json.loads(head)
    data: dict[str, Any] = {kind: Entries(blob, loaded["places"][kind]) for kind in _KINDS}
    guide = Entries(blob, loaded["places"][_GUIDE])
    phrases = [
        (anchor.encode(), phrase.encode(), symptom, number, words)
        for anchor, phrase, symptom, number, words in loaded["phrases"]
    ]
    return data | {_GUIDE: guide[_GUIDE], "phrases": phrases}


def built_in() -> dict[str, Any]:
    """Return the built-in knowledge, compiled anew if its YAML has changed."""
    root = source_folder()
    in_checkout = os.path.dirname(root) != PACKAGE
    mark = _prefix(fingerprint(root)) if in_checkout else b""
    try:
        head = _read("head.json")
        if head.startswith(mark):
            return unpack(head, _read("entries.json"))
    except (OSError, ValueError, KeyError):
        pass
    return unpack(*build(root, COMPILED))


def _prefix(mark: list[int]) -> bytes:
    return json.dumps({"mark": mark}).encode()[:-1]


def _read(name: str) -> bytes:
    with open(os.path.join(COMPILED, name), "rb") as file:
        return file.read()


def build(root: str, into: str) -> tuple[bytes, bytes]:
    """Compile the folder `root`, write both files to `into` if possible, and return them."""
    from pathlib import Path

    from wizard.catalog.load import load

    head, blob = pack(load(Path(root)).data(), fingerprint(root))
    try:
        os.makedirs(into, exist_ok=True)
        # The entries first: a reader that sees the new head must find the new entries.
        _write(into, "entries.json", blob)
        _write(into, "head.json", head)
    except OSError:
        pass
    return head, blob


def _write(folder: str, name: str, content: bytes) -> None:
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, os.path.join(folder, name))
