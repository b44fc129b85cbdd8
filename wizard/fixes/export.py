"""A plan for somebody with more rights: a shell script, CloudFormation, Terraform."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

from wizard.core.plan import LOCAL, Change, Later, Plan, shell_command
from wizard.fixes.words import say

FORMATS = ("cli", "cloudformation", "terraform")
_NEW_ENDPOINT = "VpcEndpoint.VpcEndpointId"
_MARK = re.compile(r"LATER(\d+)END")


def export(plan: Plan, form: str, lang: str) -> str:
    """Return `plan` in `form`, one of `FORMATS`, with its comments in `lang`.

    What a form cannot express (a change of something that the template would not own) is a comment
    that names the change and its command.
    """
    if form == "cli":
        return _script(plan, lang)
    from wizard.fixes import templates

    resources, left = templates.resources(plan, form)
    lines = [f"fargate-wizard: {plan.cause}, {plan.fix}"]
    lines += [note[lang] for note in plan.notes]
    for number in left:
        change = plan.changes[number]
        operation = f"{number + 1}. {change.operation}"
        lines.append(say("no-form", operation=operation, format=form, command=change.command)[lang])
    comments = "".join(f"# {line}\n" for text in lines for line in text.splitlines())
    return comments + templates.render(resources, form)


def _script(plan: Plan, lang: str) -> str:
    lines = ["#!/bin/sh", f"# fargate-wizard: {plan.cause}, {plan.fix}"]
    lines += _comments(*(note[lang] for note in plan.notes))
    lines += ["set -eu", *_place(plan)]
    needed = {later.change: later.path for one in plan.changes for later in laters(one.parameters)}
    waiting: list[str] = []
    for number, change in enumerate(plan.changes):
        if change.wait is None and waiting:
            lines += ["", *waiting]
            waiting = []
        lines += ["", *_comments(f"{number + 1}. {change.effect.get(lang, '')}")]
        if change.operation == "ec2:CreateVpcEndpoint":
            needed[number] = _NEW_ENDPOINT
        lines.append(_step(number, change, needed.get(number)))
        waiting += _wait(number, change)
    return "\n".join(lines + waiting) + "\n"


def _place(plan: Plan) -> list[str]:
    """Return the lines that keep the script to the account and region of the plan."""
    lines = ["export AWS_PAGER=''"]
    if plan.target.get("region"):
        lines.append(f"export AWS_REGION={shlex.quote(plan.target['region'])}")
        lines.append('export AWS_DEFAULT_REGION="$AWS_REGION"')
    account = plan.target.get("account")
    if account:
        asked = "$(aws sts get-caller-identity --query Account --output text)"
        lines.append(
            f'[ "{asked}" = {shlex.quote(account)} ] || {{ echo "not account {account}" >&2;'
            " exit 1; }"
        )
    return lines


def _step(number: int, change: Change, path: str | None) -> str:
    """Return the command; its answer at `path` goes into a variable for later steps."""
    if change.operation.startswith(f"{LOCAL}:"):
        return change.command
    # A `Later` goes through the quoting as a mark without special letters.
    marked = shell_command(change.operation, _marked(change.parameters))
    command = _MARK.sub(_variable, marked)
    if path is None:
        return command
    return f"step{number + 1}=$({command} --query {shlex.quote(path)} --output text)"


def _variable(found: re.Match[str]) -> str:
    inside = found.string[: found.start()].count("'") % 2 == 1
    return f"'\"$step{found[1]}\"'" if inside else f'"$step{found[1]}"'


def _marked(value: Any) -> Any:
    if isinstance(value, Later):
        return f"LATER{value.change + 1}END"
    if isinstance(value, Mapping):
        return {key: _marked(one) for key, one in value.items()}
    return [_marked(one) for one in value] if isinstance(value, list) else value


def _wait(number: int, change: Change) -> list[str]:
    if change.wait != "endpoint-available":
        return []
    endpoint = shlex.quote(str(change.parameters.get("VpcEndpointId", "")))
    if change.operation == "ec2:CreateVpcEndpoint":
        endpoint = f'"$step{number + 1}"'
    ask = (
        f"aws ec2 describe-vpc-endpoints --vpc-endpoint-ids {endpoint}"
        " --query 'VpcEndpoints[0].State' --output text"
    )
    return [f'until [ "$({ask})" = available ]; do sleep 5; done']


def laters(value: Any) -> list[Later]:
    """Return every `Later` in `value`."""
    if isinstance(value, Later):
        return [value]
    if isinstance(value, Mapping):
        return [later for one in value.values() for later in laters(one)]
    return [later for one in value for later in laters(one)] if isinstance(value, list) else []


def _comments(*texts: str) -> list[str]:
    return [f"# {line}" for text in texts for line in text.splitlines()]
