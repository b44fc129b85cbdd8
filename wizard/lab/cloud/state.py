"""What the front remembers besides moto: one :class:`Cloud` per child process."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from wizard.lab.cloud.clock import Clock

Record = dict[str, Any]
DEFAULT_ACCOUNT = "123456789012"


@dataclass
class Settings:
    """What a world may choose. All of it can be set over ``/_lab/settings``."""

    # Which generation of refusal texts Fargate speaks: 2020, 2024 or 2025; with 2026
    # denials name the policy besides.
    wording: str = "2024"
    # What ExecuteCommand says when the agent of a running, enabled task has no way out:
    # "not-running", "not-connected" or "not-found" (the words of the article).
    exec_unreachable: str = "not-running"
    # Service control policies of the account: [{"name": …, "document": {…}}]; none: no SCP.
    scps: list[Record] = field(default_factory=list)
    # vCPUs of Fargate On-Demand the account may run at once; None: no limit.
    fargate_vcpus: float | None = None
    # Zones in which Fargate has no capacity left.
    no_capacity_in: list[str] = field(default_factory=list)
    # Zones in which Fargate Spot has none: its tasks there are interrupted at once.
    no_spot_in: list[str] = field(default_factory=list)


@dataclass
class Expiry:
    """Access keys whose time the world has ended early."""

    keys: set[str] = field(default_factory=set)


@dataclass
class Remembered:
    """The part of the state that a snapshot keeps."""

    settings: Settings = field(default_factory=Settings)
    # ECS: (account, region) -> kind -> arn -> record; see wizard.lab.cloud.ecs.store.
    ecs: dict[tuple[str, str], Any] = field(default_factory=dict)
    # Uploads of ECR layers in progress, and the small blobs (image configurations).
    uploads: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    # CloudTrail's management events, newest first.
    trail: deque[Record] = field(default_factory=lambda: deque(maxlen=5000))
    expired: Expiry = field(default_factory=Expiry)
    # Things due: (when, serial, kind, key…), a heap.
    agenda: list[tuple[float, int, str, tuple[Any, ...]]] = field(default_factory=list)
    serial: int = 0
    # Facts of EC2 that moto does not keep, by resource id.
    ec2: dict[str, Record] = field(default_factory=dict)
    # Exec sessions and Fargate's own small counters.
    notes: dict[str, Any] = field(default_factory=dict)


class Cloud:
    """Everything the child process holds, and the lock that guards it (and moto with it)."""

    def __init__(self, region: str, speed: float = 100.0) -> None:
        self.region = region
        self.clock = Clock(speed)
        self.memory = Remembered()
        self.faults: list[Record] = []
        self.calls: deque[Record] = deque(maxlen=20000)
        self.lock = threading.RLock()

    @property
    def settings(self) -> Settings:
        return self.memory.settings
