"""`lookup` through its door: the contract's JSON, exit codes, any input."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from wizard.cli import main

ERROR = (
    "$ aws ecs execute-command --cluster prod --task 0f9de17a6465404e8b1b2356dc13c2f8 "
    "--interactive --command sh\n\nAn error occurred (InvalidParameterException) when calling the "
    "ExecuteCommand operation: The execute command failed because execute command was not enabled "
    "when the task was run or the execute command agent isn’t running. Wait and try again or run "
    "a new task with execute command enabled and try again."
)


def _stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def _lookup(
    text: str | bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, object]]:
    _stdin(monkeypatch, text if isinstance(text, bytes) else text.encode())
    code = main(["lookup", "--json"])
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, answer


def test_the_answer_has_the_shape_of_the_contract(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _stdin(monkeypatch, ERROR.encode())
    assert main(["lookup", "--json"]) == 0
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert err == ""
    match = answer["matches"][0]
    assert set(match) >= {
        "symptom", "score", "title", "excerpt", "span", "fields", "causes", "explanation",
        "references",
    }  # fmt: skip
    assert match["symptom"] == "exec.not-enabled"
    assert 0.5 < match["score"] <= 1
    assert (
        match["fields"]
        | {
            "error_code": "InvalidParameterException",
            "operation": "ExecuteCommand",
            "cluster": "prod",
            "task": "0f9de17a6465404e8b1b2356dc13c2f8",
        }
        == match["fields"]
    )
    start, end = match["span"]
    assert "execute command was not enabled" in ERROR[start:end]
    assert {"cause", "title"} <= set(match["causes"][0])
    assert match["causes"][0]["cause"] == "exec.disabled-on-service"
    assert match["references"][0].startswith("https://docs.aws.amazon.com/")
    assert answer["read"]["operation"] == "ExecuteCommand"


@pytest.mark.parametrize("text", ["", "hello", "deploy finished, all tasks are RUNNING"])
def test_what_is_not_known_gives_no_match_and_exit_1(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = _lookup(text, monkeypatch, capsys)
    assert code == 1
    assert answer == {"matches": [], "read": {}}


def test_the_articles_own_spelling_is_recognised(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = _lookup("no basic auth credetials", monkeypatch, capsys)
    assert code == 0
    matches = answer["matches"]
    assert isinstance(matches, list)
    assert matches[0]["symptom"] == "ecr.no-basic-auth"


@pytest.mark.parametrize(
    "raw",
    [
        b"\x1b[31mno basic auth credentials\x1b[2J\x1b]0;x\x07",
        b"[/usr/bin/x] [ERROR] [@click=app.bell]x[/] no basic auth credentials",
        "\u202eno basic auth credentials\u202c".encode(),
        b"no basic\x00 auth credentials\x00",
        b"\xff\xfe" + "no basic auth credentials".encode("utf-16-le"),
        b"\xff\xfa\xfe no basic auth credentials \xc3",
        b"x" * 5_000_000 + b" no basic auth credentials " + b"y" * 1000,
    ],
    ids=["escapes", "markup", "bidi", "nul", "utf-16", "not utf-8", "5 MB"],
)
def test_any_bytes_are_looked_up_and_nothing_raw_comes_out(
    raw: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in (["--json"], []):
        _stdin(monkeypatch, raw)
        assert main(["lookup", *options]) == 0
        out = capsys.readouterr().out
        assert "ecr.no-basic-auth" in out
        assert not {"\x1b", "\x00", "\u202e", "\x07"} & set(out)


def test_a_reason_printed_again_as_the_containers_reason_shows_nothing_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com"
    image = f"{registry}/team/app:v1@sha256:{'71ee0c06fb703b54' * 4}"
    reason = (
        f"CannotPullContainerError: The task cannot pull {image} from the registry {image}. There "
        "is a connection issue between the task and the registry. Check your task network "
        "configuration. : failed to copy: httpReadSeeker: failed open: failed to do request: Get "
        f"{image}: dial tcp 52.217.251.125:443: i/o timeout"
    )
    _, answer = _lookup(f"{reason}\n{reason}\n", monkeypatch, capsys)
    matches = cast(list[dict[str, object]], answer["matches"])
    assert [one["symptom"] for one in matches] == ["pull.layer-unreachable"]


def test_secrets_in_a_paste_do_not_come_out_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "password=hunter2secret no basic auth credentials X-Amz-Signature=abcdef0123456789"
    _stdin(monkeypatch, text.encode())
    main(["lookup"])
    out = capsys.readouterr().out
    assert "hunter2secret" not in out
    assert "abcdef0123456789" not in out


def test_batch_answers_each_line_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"id": 1, "text": "no basic auth credentials"},
        {"id": "b", "text": "all is well"},
        {"id": None, "text": ERROR},
    ]
    _stdin(monkeypatch, "\n".join(map(json.dumps, lines)).encode())
    assert main(["lookup", "--batch"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["id"] for answer in answers] == [1, "b", None]
    assert [bool(answer["matches"]) for answer in answers] == [True, False, True]


@pytest.mark.parametrize("line", ["not json", "[]", '{"id": 1}', '{"text": 5}', "[" * 100_000])
def test_a_bad_batch_line_is_one_line_that_says_where(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _stdin(monkeypatch, b'{"id": 1, "text": "x"}\n' + line.encode())
    assert main(["lookup", "--batch"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("lookup --batch: line 2 of stdin: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["/no/such/file", "/", "a\x00b"])
def test_a_bad_file_is_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", name]) == 2
    err = capsys.readouterr().err
    assert err.startswith("lookup: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["lookup", "--nonsense"], ["--lang", "fr", "lookup"], ["knowledge", "nonsense"]],
)
def test_wrong_usage_is_one_line_and_exit_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


def test_files_are_read_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "error.txt"
    file.write_text(ERROR, encoding="utf-8")
    assert main(["--lang", "ja", "lookup", str(file)]) == 0
    assert "考えられる原因" in capsys.readouterr().out
    assert main(["--lang", "en", "lookup", str(file)]) == 0
    assert "Possible causes" in capsys.readouterr().out


def test_a_closed_pipe_and_a_missing_terminal_end_quietly(tmp_path: Path) -> None:
    file = tmp_path / "error.txt"
    file.write_text(ERROR, encoding="utf-8")
    shell = f"{sys.executable} -m wizard lookup {file} | head -1"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, check=True, text=True)
    assert done.stderr == ""
    alone = subprocess.run(
        [sys.executable, "-m", "wizard"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert alone.returncode == 2
    assert "lookup" in alone.stderr
    assert alone.stderr.count("\n") == 1
