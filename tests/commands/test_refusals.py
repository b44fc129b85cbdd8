"""What cannot be asked of AWS is one line and exit 3, in the user's language."""

import pytest

from wizard.cli import main


@pytest.fixture(autouse=True)
def nothing_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every trace of AWS credentials out of the environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("lang", "words"), [("en", "region"), ("ja", "リージョン")])
def test_no_region_is_one_line_and_exit_3(
    lang: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diagnose", "--cluster", "prod", "--lang", lang]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert words in err


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_may_come_from_either_variable(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "eu-west-1")
    assert main(["diagnose", "--cluster", "prod", "--lang", "en"]) == 3
    assert "no AWS credentials" in capsys.readouterr().err


def test_an_address_where_nobody_answers_is_exit_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert main(["diagnose", "--cluster", "prod"]) == 3
    assert capsys.readouterr().err.count("\n") == 1
