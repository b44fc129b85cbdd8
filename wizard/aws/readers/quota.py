"""The vCPU quotas of Fargate: AWS says when one is used up, and a service may want more than there
is; how much of it is in use no API tells.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.aws.answers import Answer, Refused
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Quota
from wizard.core.unread import Maybe, Unread

VALUE = "servicequotas:GetServiceQuota"
_SAID = "reached the limit on the number of"
_LEAST = 6
"""No account has less: the default of a new one."""


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    code: str


_ON_DEMAND = _Kind("Fargate On-Demand vCPUs", "L-3032A538")
_SPOT = _Kind("Fargate Spot vCPUs", "L-36FBB829")


@reader("quota", calls=(VALUE,))
async def quota(reading: Reading) -> Maybe[Quota]:
    """Whether AWS has refused a task for want of quota, or the service alone wants more than it."""
    if "start" not in await reading.part("goals"):
        return Unread(VALUE, "not-asked")
    service, tasks = await reading.part("service-answer"), await reading.part("task-answers")
    kind = _kind(service, tasks)
    texts = [*(one.text for one in reading.observed), *_said(service, tasks)]
    said = next((text for text in texts if _SAID in text), None)
    wanted = _wanted(service, await reading.part("task-definition"))
    if said is None and wanted <= _LEAST:
        return Quota(kind.name, reached=_silent(service, tasks))
    answer = await reading.call(VALUE, ServiceCode="fargate", QuotaCode=kind.code)
    value = None if isinstance(answer, Refused) else answer.get("Quota", {}).get("Value")
    name = kind.name if value is None else f"{kind.name} {value:g}"
    if said:
        reading.note("quota", "ecs:DescribeServices", "said", text=said[:300])
        return Quota(name, reached=True)
    if value is None:
        unread = answer.unread if isinstance(answer, Refused) else Unread(VALUE, "none")
        return Quota(name, reached=unread)
    reading.note("quota", VALUE, "quota", quota=name, wanted=f"{wanted:g}")
    return Quota(name, reached=wanted > value)


def _silent(service: object, tasks: object) -> Maybe[bool]:
    """AWS says nothing of a quota: that counts where it could be heard."""
    for one in (service, tasks):
        if isinstance(one, Unread) and one.why != "not-asked":
            return one
    return False


def _kind(service: object, tasks: object) -> _Kind:
    """Which quota counts: that of Spot where nothing but FARGATE_SPOT is asked for."""
    named = set()
    if isinstance(service, dict):
        strategy = service.get("capacityProviderStrategy", ())
        named = {one.get("capacityProvider") for one in strategy}
    elif isinstance(tasks, list) and tasks:
        named = {tasks[0].get("capacityProviderName")}
    return _SPOT if named == {"FARGATE_SPOT"} else _ON_DEMAND


def _wanted(service: object, definition: object) -> float:
    """The vCPUs of a service that has not all of its tasks; 0 for any other."""
    if not isinstance(service, dict) or not isinstance(definition, dict):
        return 0
    desired, cpu = int(service.get("desiredCount", 0)), str(definition.get("cpu", ""))
    short = int(service.get("runningCount", 0)) < desired
    return desired * int(cpu) / 1024 if short and cpu.isdigit() else 0


def _said(service: object, tasks: object) -> Iterator[str]:
    if isinstance(service, dict):
        yield from _of_events(service)
    if isinstance(tasks, list):
        yield from (str(one.get("stoppedReason") or "") for one in tasks[:20])


def _of_events(service: Answer) -> Iterator[str]:
    for event in service.get("events", ())[:30]:
        message = str(event.get("message", ""))
        if "has reached a steady state" in message:
            return
        yield message
