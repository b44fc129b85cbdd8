"""The log groups that the task definition names."""

from dataclasses import replace

from wizard.aws.answers import Refused
from wizard.aws.calls import together
from wizard.aws.reading import Reading, reader
from wizard.aws.source import REGION
from wizard.core.facts import LogGroup, Maybe, Unread

GROUPS = "logs:DescribeLogGroups"


@reader("log_groups", calls=(GROUPS,))
async def log_groups(reading: Reading) -> Maybe[tuple[LogGroup, ...]]:
    """Each awslogs group: there or not, and whether the driver is told to create it."""
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return definition or Unread("ecs:DescribeTaskDefinition", "none")
    found: dict[tuple[str, str], LogGroup] = {}
    region = reading.calls.source.region
    for container in definition["containerDefinitions"]:
        logging = container.get("logConfiguration") or {}
        options = logging.get("options") or {}
        name = options.get("awslogs-group")
        if logging.get("logDriver") != "awslogs" or not name:
            continue
        where = options.get("awslogs-region") or region
        creates = str(options.get("awslogs-create-group", "")).lower() == "true"
        found.setdefault(
            (name, where), LogGroup(name, where, True, creates, str(container["name"]))
        )
    return tuple(await together(*(_read(reading, one, region) for one in found.values())))


async def _read(reading: Reading, group: LogGroup, region: str) -> LogGroup:
    where = {} if group.region == region else {REGION: group.region}
    answer = await reading.call(GROUPS, logGroupNamePrefix=group.log_group, **where)
    if isinstance(answer, Refused):
        return replace(group, exists=answer.unread)
    exists = group.log_group in [one["logGroupName"] for one in answer.get("logGroups", ())]
    phrase = "log-group-there" if exists else "log-group-missing"
    about, values = {"log_group": group.log_group}, {"group": group.log_group}
    reading.note("log_groups.exists", GROUPS, phrase, about, **values, region=group.region)
    return replace(group, exists=exists)
