"""The readers, one module per area; importing this package registers all of them."""

from wizard.aws.readers import (  # noqa: F401
    balancers,
    bastion,
    caller,
    containers,
    goals,
    images,
    infrastructure,
    logs,
    network,
    quota,
    rights,
    roles,
    secrets,
    service,
    sessions,
    storage,
    target,
    task,
    ways,
)
