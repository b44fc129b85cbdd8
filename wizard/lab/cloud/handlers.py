"""Imports every module that registers handlers, hooks or acts."""

from __future__ import annotations

import importlib

_MODULES = (
    "identity.simulate",
    "identity.api",
    "ec2.endpoints",
    "ec2.shown",
    "ec2.routes",
    "ec2.interfaces",
    "ecr",
    "corrections",
    "logs",
    "quotas",
    "trail",
    "ecs.clusters",
    "ecs.definitions",
    "ecs.services",
    "ecs.tasks",
    "ecs.exec_",
    "ecs.tags",
    "ecs.history",
    "ecs.scheduler",
    "launch.steps",
    "launch.balancing",
)


def load() -> None:
    """Makes every handler known."""
    for name in _MODULES:
        importlib.import_module(f"wizard.lab.cloud.{name}")
