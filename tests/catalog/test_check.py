"""`knowledge check`: every error of every file at once, each at its line."""

import json
import re
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from wizard.catalog.schema import document
from wizard.cli import main

BAD = Path(__file__).parent / "bad"
TOP = Path(__file__).parent.parent.parent


def _folder(name: str, root: Path) -> Path:
    text = (BAD / f"{name}.txt").read_text(encoding="utf-8")
    place = root / text.partition(":")[0]
    place.parent.mkdir(parents=True)
    shutil.copy(BAD / f"{name}.yaml", place)
    return root


@pytest.mark.parametrize("name", sorted(path.stem for path in BAD.glob("*.yaml")))
def test_a_bad_file_gives_exactly_these_messages(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder(name, tmp_path / "team")
    assert main(["knowledge", "check", str(folder)]) == 2
    told = capsys.readouterr().out.replace(f"{folder}/", "")
    assert told == (BAD / f"{name}.txt").read_text(encoding="utf-8")


def test_the_built_in_knowledge_has_no_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "check"]) == 0, capsys.readouterr().out


def test_a_broken_file_costs_itself_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _folder("many", tmp_path / "team")
    good = (BAD / "weak.yaml").read_text(encoding="utf-8")
    assert "fuse" in good
    (tmp_path / "error.txt").write_text("no basic auth credentials", encoding="utf-8")
    code = main(["--knowledge", str(folder), "lookup", "--json", str(tmp_path / "error.txt")])
    out, err = capsys.readouterr()
    assert code == 0
    assert json.loads(out)["matches"][0]["symptom"] == "ecr.no-basic-auth"
    assert "many.yaml:14:8: must not be empty" in err


def test_an_alias_is_refused_before_it_can_grow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
    )
    place = tmp_path / "symptoms" / "demo"
    place.mkdir(parents=True)
    (place / "bomb.yaml").write_text(bomb, encoding="utf-8")
    assert main(["knowledge", "check", str(tmp_path)]) == 2
    assert "aliases (*name) are not allowed" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"- just\n- a list\n", b"42\n"])
def test_any_content_gives_a_message_and_no_traceback(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "causes" / "demo"
    place.mkdir(parents=True)
    (place / "odd.yaml").write_bytes(content)
    assert main(["knowledge", "check", str(tmp_path)]) == 2
    assert re.match(r".*odd\.yaml:1:1: ", capsys.readouterr().out)


def test_a_folder_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "check", "/no/such/folder"]) == 2
    assert capsys.readouterr().err == "knowledge check: no such folder: /no/such/folder\n"


def test_the_schema_for_editors_is_not_stale() -> None:
    Draft202012Validator.check_schema(document())
    checked_in = json.loads((TOP / "knowledge" / "schema.json").read_text(encoding="utf-8"))
    assert checked_in == document(), "run: fargate-wizard knowledge schema > knowledge/schema.json"


def test_the_page_that_teaches_adding_a_symptom_is_followed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example of knowledge/README.md, put where the page says, passes and recognises."""
    page = (TOP / "knowledge" / "README.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    place = tmp_path / "symptoms" / "demo"
    place.mkdir(parents=True)
    (place / "fuse-blown.yaml").write_text(example, encoding="utf-8")
    assert main(["knowledge", "check", str(tmp_path)]) == 0, capsys.readouterr().out
    text = tmp_path / "error.txt"
    text.write_text("machine halted: fuse blown on demo machine b-12, code 7", encoding="utf-8")
    capsys.readouterr()
    assert main(["lookup", "--json", "--knowledge", str(tmp_path), str(text)]) == 0
    match = json.loads(capsys.readouterr().out)["matches"][0]
    assert (match["symptom"], match["fields"]["host"]) == ("demo.fuse-blown", "b-12")


def test_tree_and_show_tell_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "tree", "--lang", "ja"]) == 0
    assert "exec.not-enabled: " in capsys.readouterr().out
    assert main(["knowledge", "show", "exec.not-enabled"]) == 0
    assert "phrase: " in capsys.readouterr().out
    assert main(["knowledge", "show", "exec.not-enable"]) == 2
    assert "did you mean 'exec.not-enabled'?" in capsys.readouterr().err
