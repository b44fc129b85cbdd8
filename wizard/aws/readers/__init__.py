"""The readers, one module per area; importing this package registers all of them."""

from wizard.aws.readers import (  # noqa: F401
    bastion,
    caller,
    containers,
    goals,
    images,
    logs,
    network,
    roles,
    service,
    target,
    task,
)
