"""A source of answers written down in a test: what AWS would say, call by call."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from wizard.aws.answers import Answer, Outcome, Refused

Reply = Answer | Refused | list[Answer | Refused]


class Scripted:
    """Answers each operation with its reply, a list of replies one after the other (the last one
    for good); everything else is denied. `asked` lists what was asked; `most` is the greatest
    number of calls that were under way at the same time."""

    def __init__(self, replies: Mapping[str, Reply], region: str = "eu-west-1") -> None:
        self.replies = {key: list(r) if isinstance(r, list) else [r] for key, r in replies.items()}
        self.region, self.partition = region, "aws"
        self.clock_skew_s: float | None = 0.0
        self.now = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.most = 0
        self._now = 0

    def warm(self, services: tuple[str, ...]) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        """Nothing to let go of."""

    async def fetch(self, operation: str, params: dict[str, Any]) -> Outcome:
        """Return the next reply."""
        self.asked.append((operation, params))
        self._now += 1
        self.most = max(self.most, self._now)
        for _ in range(5):
            await asyncio.sleep(0)
        self._now -= 1
        replies = self.replies.get(operation, [Refused(operation, "AccessDeniedException")])
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def operations(self) -> list[str]:
        """Return the operations asked, in order."""
        return [operation for operation, _ in self.asked]
