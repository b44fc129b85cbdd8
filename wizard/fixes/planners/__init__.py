"""The planners: from the findings of one cause to a plan. Importing this registers all of them."""

from wizard.fixes.planners import (
    bastion,
    endpoint_repairs,
    endpoints,
    manual,
    missing_roles,
    network,
    pulling,
    resources,
    roles,
    routes,
    services,
    trust,
)

__all__ = [
    "bastion",
    "endpoint_repairs",
    "endpoints",
    "manual",
    "missing_roles",
    "network",
    "pulling",
    "resources",
    "roles",
    "routes",
    "services",
    "trust",
]
