"""Client-side pacing: no more calls than AWS's documented rates allow, fewer after a refusal.

AWS counts in token buckets for the whole account and region, so what others call counts too. The
paces here take no more than three quarters of a bucket's burst and of its refill, and a throttled
call is the sign that the rest is in use.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

_SHARE = 0.75

_ECS = {
    "DescribeClusters": ("ecs cluster read", 20, 50),
    "ListClusters": ("ecs cluster read", 20, 50),
    "DescribeServices": ("ecs service read", 20, 100),
    "ListServices": ("ecs service read", 20, 100),
    "DescribeTasks": ("ecs cluster resource read", 20, 100),
    "ListTasks": ("ecs cluster resource read", 20, 100),
    "DescribeTaskDefinition": ("ecs task definition read", 20, 50),
}
"""ECS has a bucket for each kind of resource: name, refill a second, burst.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html"""

_RATES = {
    # A bucket for each operation, for calls with a filter or paging:
    # https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
    "ec2": (20, 100),
    # One bucket for what does not change anything:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
    "elasticloadbalancing": (10, 40),
    # IAM publishes none and has no more than one bucket for all regions.
    "iam": (20, 40),
}
"""Refill a second and burst, by IAM's prefix."""

_OF_EACH_OPERATION = ("ec2", "logs")
_BY_OPERATION = {
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
    "logs:DescribeLogGroups": (10, 10),
    "logs:GetLogEvents": (10, 10),
    # https://docs.aws.amazon.com/general/latest/gr/servicequotas.html
    "servicequotas:GetServiceQuota": (5, 5),
}
_DEFAULT = (20, 40)

_LOWEST = 1 / 8
"""The share of the full rate below which no refusal brings it: a few calls always get through."""
_PAUSE_S = 1.0
"""A second of refusals is one sign, not thirty: buckets are filled by the second."""


@dataclass
class Pace:
    """A token bucket of `burst` that is refilled by `rate` a second.

    `slow` halves the rate (at most once a second) and gives up the burst that is left; every
    answer brings back a twentieth of the full rate.
    """

    rate: float
    burst: float
    full_rate: float = field(init=False)
    tokens: float = field(init=False)
    clock: Callable[[], float] | None = None
    _updated: float | None = field(default=None, init=False)
    _slowed: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.full_rate, self.tokens = self.rate, self.burst

    def take(self) -> float:
        """Take one token and return for how many seconds to wait until it may be used."""
        self._refill()
        self.tokens -= 1
        return max(0.0, -self.tokens / self.rate)

    async def turn(self) -> None:
        """Wait until one more call may be made."""
        wait = self.take()
        if wait:
            await asyncio.sleep(wait)

    def slow(self) -> None:
        """Halve the rate: the service has refused a call for coming too fast."""
        now = self._refill()
        if self._slowed is not None and now - self._slowed < _PAUSE_S:
            return
        self._slowed = now
        self.rate = max(self.full_rate * _LOWEST, self.rate / 2)
        self.tokens = min(self.tokens, 0.0)

    def well(self) -> None:
        """Come back to the full rate by and by: the service has answered."""
        if self.rate < self.full_rate:
            self._refill()
            self.rate = min(self.full_rate, self.rate + self.full_rate / 20)

    def _refill(self) -> float:
        now = self.clock() if self.clock else asyncio.get_running_loop().time()
        passed = 0.0 if self._updated is None else now - self._updated
        self.tokens = min(self.burst, self.tokens + passed * self.rate)
        self._updated = now
        return now


class Paces:
    """One pace for each bucket that AWS counts in."""

    def __init__(self) -> None:
        self._paces: dict[tuple[str, str], Pace] = {}

    def of(self, operation: str, region: str = "") -> Pace:
        """Return the pace of `operation` (IAM's spelling) in `region`."""
        name, rate, burst = bucket(operation)
        if (name, region) not in self._paces:
            self._paces[name, region] = Pace(rate * _SHARE, burst * _SHARE)
        return self._paces[name, region]


def bucket(operation: str) -> tuple[str, float, float]:
    """Return the bucket that AWS counts `operation` in: its name, refill a second and burst."""
    service, _, name = operation.partition(":")
    if service == "ecs" and name in _ECS:
        return _ECS[name]
    if operation in _BY_OPERATION:
        return operation, *_BY_OPERATION[operation]
    own = operation if service in _OF_EACH_OPERATION else service
    return own, *_RATES.get(service, _DEFAULT)
