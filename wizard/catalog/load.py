"""A folder of knowledge, read and checked as a whole."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wizard.catalog.shape import check_shape
from wizard.catalog.source import Problem, Source, read

KINDS = ("symptoms", "causes", "notices", "fixes")
GUIDE = "guide"


@dataclass
class Folder:
    """The files of a folder, by kind and id. `problems` holds what is wrong with their shape.

    A file with a problem is left out of `sources`, so that it costs nothing but itself.
    """

    root: Path
    sources: dict[str, dict[str, Source]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def data(self) -> dict[str, dict[str, Any]]:
        """Return kind to id to the file's content; the guide's under its own kind."""
        found: dict[str, dict[str, Any]] = {
            kind: {key: source.data for key, source in self.sources.get(kind, {}).items()}
            for kind in KINDS
        }
        guide = self.sources.get(GUIDE, {})
        found[GUIDE] = guide[GUIDE].data if guide else {}
        return found


def load(root: Path, label: str | None = None) -> Folder:
    """Return the folder at `root`; `label` stands for its path in messages (default: the path)."""
    folder = Folder(root)
    prefix = label if label is not None else str(root)
    for kind in KINDS:
        for path in sorted((root / kind).rglob("*.yaml")):
            _add(folder, kind, path, prefix)
        for path in sorted((root / kind).rglob("*.yml")):
            name = f"{prefix}/{path.relative_to(root).as_posix()}"
            folder.problems.append(Problem(name, 1, 1, "must end in .yaml"))
    if (root / "guide.yaml").is_file():
        source = read(root / "guide.yaml", f"{prefix}/guide.yaml")
        _keep(folder, GUIDE, GUIDE, source)
    return folder


def _add(folder: Folder, kind: str, path: Path, prefix: str) -> None:
    relative = path.relative_to(folder.root)
    source = read(path, f"{prefix}/{relative.as_posix()}")
    key = ".".join((*relative.parts[1:-1], path.stem))
    if isinstance(source.data, dict) and source.data.get("id", key) != key:
        says = f"the id is {source.data['id']!r} but the path says '{key}'"
        folder.problems.append(source.problem(("id",), says))
    _keep(folder, kind, key, source)


def _keep(folder: Folder, kind: str, key: str, source: Source) -> None:
    problems = check_shape(source, kind)
    folder.problems += problems
    if not problems:
        folder.sources.setdefault(kind, {})[key] = source
