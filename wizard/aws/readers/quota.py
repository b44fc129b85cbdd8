"""The vCPU quota of Fargate: AWS says when it is used up; no API tells how much is in use."""

from collections.abc import Iterator

from wizard.aws.answers import Refused
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Maybe, Quota, Unread

VALUE = "servicequotas:GetServiceQuota"
_CODE = "L-3032A538"
"""Fargate On-Demand vCPU resource count
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html)."""
_SAID = "reached the limit on the number of"


@reader("quota", calls=(VALUE,))
async def quota(reading: Reading) -> Maybe[Quota]:
    """Whether AWS has refused a task for want of quota, and the quota's value if so."""
    if "start" not in await reading.part("goals"):
        return Unread(VALUE, "not-asked")
    service, tasks = await reading.part("service-answer"), await reading.part("task-answers")
    texts = [*(one.text for one in reading.observed), *_said(service, tasks)]
    if not any(_SAID in text for text in texts):
        return Quota("Fargate On-Demand vCPUs", reached=False)
    answer = await reading.call(VALUE, ServiceCode="fargate", QuotaCode=_CODE)
    value = "" if isinstance(answer, Refused) else f" {answer['Quota']['Value']:g}"
    said = next(text for text in texts if _SAID in text)
    reading.note("quota", "ecs:DescribeServices", "said", text=said[:300])
    return Quota(f"Fargate On-Demand vCPUs{value}", reached=True)


def _said(service: object, tasks: object) -> Iterator[str]:
    if isinstance(service, dict):
        for event in service.get("events", ())[:30]:
            message = str(event.get("message", ""))
            if "has reached a steady state" in message:
                break
            yield message
    if isinstance(tasks, list):
        yield from (str(one.get("stoppedReason") or "") for one in tasks[:20])
