"""The log groups that the task definition names, and the options that name them wrongly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from boto3.session import Session

from wizard.aws.answers import Answer, Refused
from wizard.aws.calls import together
from wizard.aws.reading import Reading, reader
from wizard.aws.source import REGION
from wizard.core.facts import LogGroup
from wizard.core.unread import Maybe, Unread

GROUPS = "logs:DescribeLogGroups"
EVENTS = "logs:GetLogEvents"
_NEEDED = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")
"""What Fargate asks of the awslogs driver
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html)."""
_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\d{1,2}")
_ELSEWHERE = Unread(GROUPS, "none")
"""Whether the group is missing is no question while the options name the wrong place."""


@dataclass(frozen=True, slots=True)
class Logging:
    """The awslogs options of a container."""

    container: str
    options: dict[str, str]

    @property
    def group(self) -> str:
        """The name of the log group, empty without one."""
        return str(self.options.get("awslogs-group") or "")

    @property
    def region(self) -> str:
        """The region that it is in, empty where none is named."""
        return str(self.options.get("awslogs-region") or "")


def loggings(definition: Answer) -> Iterator[Logging]:
    """Yield the containers that log by awslogs."""
    for container in definition.get("containerDefinitions", ()):
        logging = container.get("logConfiguration") or {}
        if logging.get("logDriver") == "awslogs":
            yield Logging(str(container.get("name")), logging.get("options") or {})


@reader("log_groups", calls=(GROUPS,))
async def log_groups(reading: Reading) -> Maybe[tuple[LogGroup, ...]]:
    """Each awslogs group: there or not, and whether the driver is told to create it."""
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return definition or Unread("ecs:DescribeTaskDefinition", "none")
    found: dict[tuple[str, str], LogGroup] = {}
    region = reading.calls.source.region
    for one in loggings(definition):
        if one.group:
            where = one.region or region
            creates = str(one.options.get("awslogs-create-group", "")).lower() == "true"
            made = LogGroup(one.group, where, True, creates, one.container)
            found.setdefault((one.group, where), made)
    return tuple(await together(*(_read(reading, one, region) for one in found.values())))


async def _read(reading: Reading, group: LogGroup, region: str) -> LogGroup:
    if not _REGION.fullmatch(group.region):
        return replace(group, exists=_ELSEWHERE)
    asked = [group.region, *([region] if group.region != region else [])]
    there, *here = await together(*(_exists(reading, group.log_group, one) for one in asked))
    if isinstance(there, bool):
        phrase = "log-group-there" if there else "log-group-missing"
        about, values = {"log_group": group.log_group}, {"group": group.log_group}
        reading.note("log_groups.exists", GROUPS, phrase, about, **values, region=group.region)
    return replace(group, exists=_ELSEWHERE if there is False and here == [True] else there)


async def _exists(reading: Reading, name: str, region: str) -> Maybe[bool]:
    where = {} if region == reading.calls.source.region else {REGION: region}
    answer = await reading.call(GROUPS, logGroupNamePrefix=name, **where)
    if isinstance(answer, Refused):
        return answer.unread
    return name in [one.get("logGroupName") for one in answer.get("logGroups", ())]


@reader("log-problems", calls=(GROUPS,))
async def log_problems(reading: Reading) -> dict[str, Maybe[str]]:
    """What is wrong with the awslogs options, by container: one is missing, the region is none,
    or the group is not in it but in the task's own region."""
    definition, groups = await reading.part("task-definition"), await reading.part("log_groups")
    if not isinstance(definition, dict):
        return {}
    here = reading.calls.source.region
    known = {} if isinstance(groups, Unread) else {(g.log_group, g.region): g for g in groups}
    found: dict[str, Maybe[str]] = {}
    for one in loggings(definition):
        lacking = next((name for name in _NEEDED if not one.options.get(name)), None)
        group = known.get((one.group, one.region))
        if lacking:
            found[one.container] = f"{lacking} missing"
        elif not _REGION.fullmatch(one.region):
            found[one.container] = f"awslogs-region {one.region}"
        elif group and group.exists == _ELSEWHERE:
            found[one.container] = f"awslogs-region {one.region}, {one.group}: {here}"
        elif group and isinstance(group.exists, Unread) and one.region != here:
            found[one.container] = group.exists
            if _is_no_region(one.region) and await _exists(reading, one.group, here) is True:
                found[one.container] = f"awslogs-region {one.region}, {one.group}: {here}"
    return found


def _is_no_region(name: str) -> bool:
    """Whether AWS's own list knows no such region: a slip of the pen, or newer than the list."""
    session = Session()
    return not any(
        name in session.get_available_regions("logs", partition)
        for partition in session.get_available_partitions()
    )


@reader("format-errors", calls=(EVENTS,))
async def format_errors(reading: Reading) -> dict[str, Maybe[bool]]:
    """Whether the log of each container that has ended ends with `exec format error`.

    That is all that is read of a log; the rest of it is dropped where the answer comes in.
    """
    definition, task = await reading.part("task-definition"), await reading.part("task-answer")
    if not isinstance(definition, dict) or not isinstance(task, dict):
        return {}
    ended = {one.get("name") for one in task.get("containers", ()) if one.get("exitCode")}
    logs = [
        one
        for one in loggings(definition)
        if one.container in ended and all(one.options.get(name) for name in _NEEDED)
    ]
    found = await together(*(_format_error(reading, one, task) for one in logs))
    return {one.container: wrong for one, wrong in zip(logs, found, strict=True)}


async def _format_error(reading: Reading, one: Logging, task: Answer) -> Maybe[bool]:
    if not _REGION.fullmatch(one.region):
        return False
    name = str(task["taskArn"]).rpartition("/")[2]
    where = {} if one.region == reading.calls.source.region else {REGION: one.region}
    answer = await reading.call(
        EVENTS,
        logGroupName=one.group,
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
        logStreamName=f"{one.options['awslogs-stream-prefix']}/{one.container}/{name}",
        limit=20,
        **where,
    )
    if isinstance(answer, Refused):
        return False if answer.absent else answer.unread
    return bool(answer.get("events"))
