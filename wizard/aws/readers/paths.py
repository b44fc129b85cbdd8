"""By which way a task's calls come, in the condition keys that policies ask for."""

from wizard.aws.reading import Reading
from wizard.core.unread import Unread
from wizard.network.types import NetworkView, Reach
from wizard.network.types import Unread as Unseen
from wizard.policy.types import ContextValue

_SERVICES = ("ssmmessages", "logs", "secretsmanager", "ssm", "s3")
_PUBLIC = ("internet-gateway", "nat-gateway", "nat-instance")
_PRIVATE = ("interface-endpoint", "gateway-endpoint")


def _service(action: str) -> str:
    """The end of the name of the endpoint that carries the call."""
    prefix = action.partition(":")[0]
    if prefix == "ecr":
        return "ecr.api" if action == "ecr:GetAuthorizationToken" else "ecr.dkr"
    return prefix if prefix in _SERVICES else ""


async def context_of_way(reading: Reading, action: str) -> dict[str, ContextValue] | Unread:
    """Return aws:SourceVpc and aws:SourceVpce as the task's call of `action` carries them; None
    for a key that it lacks since it comes over the internet; empty where the way is not known,
    or what kept it from being read.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    service = _service(action)
    found, view = await reading.part("reaches"), await reading.part("network-view")
    for one in (found, view):
        if isinstance(one, Unread):
            return one
    if not service or not isinstance(view, NetworkView):
        return {}
    mine = [one for one in found if one.need.service == service]
    unread = next((one.unread[0] for one in mine if one.unread), None)
    if unread:
        return Unread(unread.call, unread.why)
    ways = [_carried(one, view, service) for one in mine]
    if not ways or any(one is None or one != ways[0] for one in ways):
        return {}
    vpc, endpoint = ways[0] or (None, None)
    return {"aws:SourceVpc": vpc, "aws:SourceVpce": endpoint}


def _carried(reach: Reach, view: NetworkView, service: str) -> tuple[str | None, str | None] | None:
    if reach.state != "open":
        return None
    if reach.way in _PUBLIC:
        return None, None
    if reach.way not in _PRIVATE or isinstance(view.endpoints, Unseen):
        return None
    through = [
        one
        for one in view.endpoints
        if str(one.get("ServiceName", "")).endswith(f".{service}")
        and str(one.get("State", "")).lower() == "available"
    ]
    if len(through) != 1:
        return None
    return str(through[0].get("VpcId")), str(through[0].get("VpcEndpointId"))
