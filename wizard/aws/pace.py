"""Client-side pacing: no more calls to a service than its rate allows, fewer after a refusal."""

import asyncio
from dataclasses import dataclass, field

_RATES = {"iam": (15.0, 40.0), "ecs": (20.0, 60.0), "ec2": (30.0, 100.0)}
"""Calls per second and burst. ECS:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html; EC2:
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html; IAM publishes none."""
_DEFAULT = (20.0, 40.0)
_SLOWEST = 2.0


@dataclass
class Pace:
    """A token bucket. `slow` halves the rate after a throttled call; answers bring it back."""

    rate: float
    burst: float
    full_rate: float = 0.0
    tokens: float = 0.0
    updated: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.full_rate = self.rate
        self.tokens = self.burst

    async def turn(self) -> None:
        """Wait until one more call may be made."""
        clock = asyncio.get_running_loop().time
        now = clock()
        passed = now - self.updated if self.updated else 0.0
        self.tokens = min(self.burst, self.tokens + passed * self.rate)
        self.updated = now
        self.tokens -= 1
        if self.tokens < 0:
            await asyncio.sleep(-self.tokens / self.rate)

    def slow(self) -> None:
        """Halve the rate: the service has refused a call for coming too fast."""
        self.rate = max(_SLOWEST, self.rate / 2)

    def well(self) -> None:
        """Come back to the full rate by and by: the service has answered."""
        self.rate = min(self.full_rate, self.rate * 1.1)


class Paces:
    """One pace for each service."""

    def __init__(self) -> None:
        self._paces: dict[str, Pace] = {}

    def of(self, service: str) -> Pace:
        """Return the pace of `service` (IAM's prefix)."""
        if service not in self._paces:
            self._paces[service] = Pace(*_RATES.get(service, _DEFAULT))
        return self._paces[service]
