"""Snapshot and restore of everything: moto's backends and what the front remembers.

A backend's state is its ``__dict__``. Its members point back at the backend, so the copy is made
with a memo in which every backend stands for itself.
"""

from __future__ import annotations

import copy
import sys
import threading
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.s3.models import s3_backends

from wizard.lab.cloud.state import Cloud

_kept: dict[str, tuple[dict[tuple[str, str, str], dict[str, Any]], Any]] = {}
# Which account has which bucket: moto keeps that beside its backends.
_buckets: dict[str, dict[str, tuple[str, str]]] = {}
_serial = 0


def _backends() -> dict[tuple[str, str, str], BaseBackend]:
    found: dict[tuple[str, str, str], BaseBackend] = {}
    every: list[Any] = list(vars(BackendDict)["_instances"])
    for services in every:
        for account, regions in services.items():
            for region, backend in regions.items():
                found[services.service_name, account, region] = backend
    return found


def _memo(backends: dict[tuple[str, str, str], BaseBackend]) -> dict[int, Any]:
    memo: dict[int, Any] = {id(b): b for b in backends.values()}
    for table in (RegionsAndZonesBackend.zones, RegionsAndZonesBackend.regions):
        memo[id(table)] = table
    for zones in RegionsAndZonesBackend.zones.values():
        memo |= {id(zone): zone for zone in zones}
    return memo


def _copy_parameters(value: Any, memo: dict[int, Any]) -> Any:
    """moto's ParameterDict is a defaultdict whose constructor takes other arguments."""
    made = value.__class__.__new__(value.__class__)
    memo[id(value)] = made
    made.default_factory = value.default_factory
    made.__dict__.update(copy.deepcopy(value.__dict__, memo))
    for key in value:
        made[key] = copy.deepcopy(dict.__getitem__(value, key), memo)
    return made


class _Locks:
    """Lets copy.deepcopy pass locks and threads through instead of failing on them."""

    _kinds = (type(threading.Lock()), type(threading.RLock()), threading.Thread)

    def __enter__(self) -> None:
        table: dict[Any, Any] = copy._deepcopy_dispatch  # type: ignore[attr-defined]
        self._added: list[Any] = [kind for kind in self._kinds if kind not in table]
        for kind in self._added:
            table[kind] = lambda value, memo: value
        ssm = sys.modules.get("moto.ssm.models")
        if ssm is not None and ssm.ParameterDict not in table:
            table[ssm.ParameterDict] = _copy_parameters
            self._added.append(ssm.ParameterDict)

    def __exit__(self, *_: object) -> None:
        table: dict[Any, Any] = copy._deepcopy_dispatch  # type: ignore[attr-defined]
        for kind in self._added:
            table.pop(kind, None)


def _copy(states: Any, memory: Any, memo: dict[int, Any]) -> tuple[Any, Any]:
    with _Locks():
        # One deep copy of both, so that what they share stays shared.
        copied = copy.deepcopy((states, memory), memo)
    return copied[0], copied[1]


def take(cloud: Cloud, name: str | None = None) -> str:
    """Keeps the present state; gives the name under which :func:`restore` finds it."""
    global _serial
    _serial += 1
    backends = _backends()
    states = {key: backend.__dict__ for key, backend in backends.items()}
    key = name or f"s{_serial}"
    _kept[key] = _copy(states, cloud.memory, _memo(backends))
    _buckets[key] = dict(s3_backends.bucket_accounts)
    return key


def restore(cloud: Cloud, name: str) -> bool:
    """Goes back to a kept state; False when there is none of that name."""
    if name not in _kept:
        return False
    states, memory = _kept[name]
    backends = _backends()
    fresh, cloud.memory = _copy(states, memory, _memo(backends))
    for key, backend in backends.items():
        if key in fresh:
            backend.__dict__.clear()
            backend.__dict__.update(fresh[key])
        else:
            backend.reset()
    s3_backends.bucket_accounts = dict(_buckets[name])
    return True


def forget(name: str) -> bool:
    """Lets go of a kept state; False when there is none of that name."""
    _buckets.pop(name, None)
    return _kept.pop(name, None) is not None
