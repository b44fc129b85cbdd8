"""``aws``: the four commands of the story; everything else goes to a real ``aws`` if there is one.

Prints what the AWS CLI prints, its error line above all.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from wizard.lab.bastion.place import base, endpoint, fail

# Exit statuses of the AWS CLI (https://docs.aws.amazon.com/cli/latest/topic/return-codes.html).
_NEW = {("ecr", "get-login-password"), ("ecs", "execute-command")}
_USAGE, _CONFIGURATION, _REFUSED = 252, 253, 254
# That of Amazon Linux 2's first package, which has no get-login-password.
_OLD_VERSION = "aws-cli/1.14.8 Python/2.7.14 Linux/4.14.33-59.34.amzn2.x86_64 botocore/1.8.12"
_PLUGIN = (
    "SessionManagerPlugin is not found. Please refer to SessionManager Documentation here: "
    "http://docs.aws.amazon.com/console/systems-manager/session-manager-plugin-not-found"
)


def main() -> None:
    """Does one of the stand-in's commands, or hands the command line on."""
    words = sys.argv[1:]
    options, plain = _split(words)
    act = _COMMANDS.get(tuple(plain[:2]))
    if (base() / "cli.old").exists():
        if words == ["--version"]:
            print(_OLD_VERSION)
            return
        if tuple(plain[:2]) in _NEW:
            _too_old(plain[1])
    if act is None or "help" in plain:
        _pass_on(words)
    else:
        endpoint()
        _run(act, options)


def _too_old(word: str) -> NoReturn:
    """What a CLI of 2018 says of a command that came later (its ``argparser.py``)."""
    help_ = "\n".join(
        f"  aws{words} help" for words in ("", " <command>", " <command> <subcommand>")
    )
    fail(
        "usage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\n"
        f"To see help text, you can run:\n\n{help_}\n"
        "aws: error: argument operation: Invalid choice, valid choices are:\n\n"
        "create-cluster                           | create-service\n"
        f"\n\nInvalid choice: '{word}', maybe you meant:\n\n  * get-login",
        2,
    )


def _run(act: Callable[[dict[str, str]], None], options: dict[str, str]) -> None:
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        act(options)
    except ClientError as error:
        print(f"\n{error}", file=sys.stderr)
        raise SystemExit(_REFUSED) from None
    except NoCredentialsError:
        fail(
            "\nUnable to locate credentials. You can configure credentials by running"
            ' "aws configure".',
            _CONFIGURATION,
        )
    except BotoCoreError as error:
        fail(f"\n{error}", 255)


def _split(words: list[str]) -> tuple[dict[str, str], list[str]]:
    flags = {"--interactive", "--force-new-deployment", "--enable-execute-command",
             "--no-enable-execute-command", "--no-cli-pager", "--no-force-new-deployment",
             "--debug", "--no-verify-ssl"}  # fmt: skip
    options: dict[str, str] = {}
    plain: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        if not word.startswith("--"):
            plain.append(word)
        elif "=" in word:
            name, _, value = word.partition("=")
            options[name] = value
        elif word in flags:
            options[word] = "true"
        else:
            index += 1
            options[word] = words[index] if index < len(words) else ""
        index += 1
    return options, plain


def _pass_on(words: list[str]) -> NoReturn:
    own = Path(__file__).parents[1] / "bin"
    search = [
        p
        for p in os.environ.get("PATH", "").split(os.pathsep)
        if not (Path(p) / "aws").exists() or (Path(p) / "aws").resolve().parent != own.resolve()
    ]
    found = shutil.which("aws", path=os.pathsep.join(search))
    if found is None:
        known = ", ".join(" ".join(c) for c in sorted(_COMMANDS))
        fail(f"The stand-in aws knows: {known}. Install the AWS CLI for all others.", _USAGE)
    os.execv(found, ["aws", *words])


def _client(service: str, options: dict[str, str]) -> Any:
    import botocore.session
    from botocore.config import Config

    region = options.get("--region") or os.environ.get("AWS_REGION")
    if not region:
        fail('\nYou must specify a region. You can also configure your region by running'
             ' "aws configure".', _CONFIGURATION)  # fmt: skip
    host, port = endpoint()
    config = Config(retries={"max_attempts": 0, "mode": "legacy"}, proxies={})
    return botocore.session.Session().create_client(
        service, region_name=region, endpoint_url=f"http://{host}:{port}", config=config
    )


def _show(answer: dict[str, Any], options: dict[str, str]) -> None:
    answer.pop("ResponseMetadata", None)
    shown: Any = json.loads(json.dumps(answer, default=_plain))
    if options.get("--query"):
        import jmespath  # type: ignore[import-untyped]

        shown = jmespath.search(options["--query"], shown)
    if options.get("--output") == "text" and not isinstance(shown, (dict, list)):
        print(shown)
    else:
        print(json.dumps(shown, indent=4, ensure_ascii=False))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _need(options: dict[str, str], *names: str) -> None:
    missing = [n for n in names if n not in options]
    if missing:
        fail(
            "\nusage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]"
            f"\naws: error: the following arguments are required: {', '.join(missing)}",
            _USAGE,
        )


def get_login_password(options: dict[str, str]) -> None:
    """``aws ecr get-login-password``."""
    answer = _client("ecr", options).get_authorization_token()
    token = answer["authorizationData"][0]["authorizationToken"]
    print(base64.b64decode(token).decode().partition(":")[2])


def get_caller_identity(options: dict[str, str]) -> None:
    """``aws sts get-caller-identity``."""
    _show(_client("sts", options).get_caller_identity(), options)


def update_service(options: dict[str, str]) -> None:
    """``aws ecs update-service``."""
    _need(options, "--service")
    given: dict[str, Any] = {"service": options["--service"]}
    for flag, name in (("--cluster", "cluster"), ("--task-definition", "taskDefinition")):
        if flag in options:
            given[name] = options[flag]
    if "--desired-count" in options:
        given["desiredCount"] = int(options["--desired-count"])
    if "--enable-execute-command" in options:
        given["enableExecuteCommand"] = True
    if "--no-enable-execute-command" in options:
        given["enableExecuteCommand"] = False
    if "--force-new-deployment" in options:
        given["forceNewDeployment"] = True
    _show(_client("ecs", options).update_service(**given), options)


def execute_command(options: dict[str, str]) -> None:
    """``aws ecs execute-command``: asks the API, then runs the Session Manager plugin."""
    _need(options, "--command", "--task")
    plugin = shutil.which("session-manager-plugin")
    if plugin is None:
        fail(f"\n{_PLUGIN}", 255)
    subprocess.run([plugin], check=False)
    sys.stdout.flush()
    given: dict[str, Any] = {
        "command": options["--command"],
        "task": options["--task"],
        "interactive": "--interactive" in options,
    }
    for flag in ("cluster", "container"):
        if f"--{flag}" in options:
            given[flag] = options[f"--{flag}"]
    client = _client("ecs", options)
    answer = client.execute_command(**given)
    region = client.meta.region_name
    task = answer["taskArn"].rsplit("/", 2)
    target = {"Target": f"ecs:{task[1]}_{task[2]}_{task[2]}-0"}
    words = [plugin, json.dumps(answer["session"]), region, "StartSession", "",
             json.dumps(target), f"https://ssm.{region}.amazonaws.com"]  # fmt: skip
    raise SystemExit(subprocess.run(words, check=False).returncode)


_COMMANDS: dict[tuple[str, ...], Callable[[dict[str, str]], None]] = {
    ("ecr", "get-login-password"): get_login_password,
    ("sts", "get-caller-identity"): get_caller_identity,
    ("ecs", "update-service"): update_service,
    ("ecs", "execute-command"): execute_command,
}

if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
