"""Fixes that make a thing that is named and not there: a log group, a repository."""

import re

from wizard.core.facts import LogGroup, Repository
from wizard.core.plan import Change, Plan, shell_command
from wizard.fixes.planners.common import deployment, now, plan_of
from wizard.fixes.registry import fix
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say

_REGISTRY = re.compile(r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.")


@fix("logs.create-group", permissions=("logs:CreateLogGroup", "ecs:UpdateService"))
def create_log_group(request: FixRequest) -> Plan:
    """Create every log group that the task definition names and that is not there."""
    changes = []
    for name, region in dict.fromkeys(_log_groups(request)):
        parameters = {"logGroupName": name}
        if request.target.region and region and region != request.target.region:
            command = shell_command("logs:CreateLogGroup", parameters | {"region": region})
            raise Refused(say("other-region", log_group=name, region=region, command=command))
        if now(request, "logs:CreateLogGroup", parameters) is None:
            changes.append(
                Change(
                    operation="logs:CreateLogGroup",
                    parameters=parameters,
                    before=None,
                    after=parameters,
                    undo="logs:DeleteLogGroup",
                    undo_parameters=parameters,
                    effect=request.effect(log_group=name),
                    cost=request.cost(log_group=name),
                )
            )
    more, notes = deployment(request) if changes else ([], [])
    return plan_of(request, changes + more, notes)


def _log_groups(request: FixRequest) -> list[tuple[str, str]]:
    items = [(one.log_group, one.region) for one in request.items if isinstance(one, LogGroup)]
    if items:
        return items
    fields = [one.fields for one in request.findings]
    return [
        (str(one["log_group"]), str(one.get("region", ""))) for one in fields if "log_group" in one
    ]


@fix("ecr.create-repository", permissions=("ecr:CreateRepository",))
def create_repository(request: FixRequest) -> Plan:
    """Create every repository that is pushed to or pulled from here and is not there."""
    changes = []
    for name, registry in dict.fromkeys(_repositories(request)):
        _refuse_foreign(request, name, registry)
        parameters = {"repositoryName": name}
        if now(request, "ecr:CreateRepository", parameters) is None:
            changes.append(
                Change(
                    operation="ecr:CreateRepository",
                    parameters=parameters,
                    before=None,
                    after=parameters,
                    undo="ecr:DeleteRepository",
                    undo_parameters=parameters,
                    effect=request.effect(repository=name),
                    cost=request.cost(repository=name),
                )
            )
    return plan_of(request, changes)


def _repositories(request: FixRequest) -> list[tuple[str, str]]:
    items = [one for one in request.items if isinstance(one, Repository)]
    if items:
        return [(one.repository, one.registry or "") for one in items]
    fields = [one.fields for one in request.findings]
    named = [one for one in fields if "repository" in one]
    return [(str(one["repository"]), str(one.get("registry", ""))) for one in named]


def _refuse_foreign(request: FixRequest, repository: str, registry: str) -> None:
    found = _REGISTRY.match(registry)
    if found is None:
        return
    target = request.target
    here = (target.account or found["account"], target.region or found["region"])
    if here != (found["account"], found["region"]):
        account = f"{found['account']} ({found['region']})"
        raise Refused(say("other-account", repository=repository, account=account))
