"""The house rules that no linter checks: small modules and functions, documents that are true."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from wizard.cli import COMMANDS, main

TOP = Path(__file__).parent.parent
MODULES = sorted((TOP / "wizard").rglob("*.py"))
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
TABLES = {"fields.py", "facts.py", "words.py", "words_frame.py"}
"""Modules that are one table each: longer would not be harder to read."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TOP)))
def test_a_module_is_short(path: Path) -> None:
    if path.name not in TABLES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TOP)))
def test_a_function_is_short_and_a_public_one_says_what_it_does(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module says nothing of itself"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            words = ast.get_docstring(node)
            body = node.body[1:] if words else node.body
            lines = (node.end_lineno or 0) - (body[0].lineno if body else node.lineno) + 1
            assert lines <= LONGEST_FUNCTION, f"{node.name}: {lines} lines"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage: fargate-wizard" in capsys.readouterr().out


def test_the_readme_names_only_commands_and_options_that_exist() -> None:
    text = (TOP / "README.md").read_text(encoding="utf-8")
    for line in re.findall(r"^    fargate-wizard ([a-z]+)", text, re.MULTILINE):
        assert line in COMMANDS
    for path in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (TOP / path).exists(), path
    assert (TOP / "try").stat().st_mode & 0o111
    assert (TOP / "check").stat().st_mode & 0o111


def test_ci_runs_the_readmes_test_command() -> None:
    assert "sh ./check" in (TOP / ".ci" / "run").read_text(encoding="utf-8")
    assert "\n    ./check\n" in (TOP / "README.md").read_text(encoding="utf-8")


def test_every_dependency_is_pinned_in_the_constraints() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (TOP / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    for name in (*project["dependencies"], *project["optional-dependencies"]["dev"]):
        assert re.split(r"[<>=]", name)[0].lower() in pinned, name
