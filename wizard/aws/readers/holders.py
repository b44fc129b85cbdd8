"""Roles by name: which one the task uses, whose it is to edit, what its sessions carry."""

from wizard.aws.reading import Reading
from wizard.policy.types import ContextValue

TASK_SESSION: dict[str, ContextValue] = {
    "aws:PrincipalType": "AssumedRole",
    "aws:SourceAccount": None,
    "aws:SourceArn": None,
}
"""What is known of a task's own calls: they are its role's, not a service's
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)."""


def editable(name: str, arn: str | None) -> bool:
    """Whether a role's policies are its account's to change: not those of IAM Identity Center or
    of a service (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html)."""
    reserved = name.startswith(("AWSReservedSSO_", "AWSServiceRoleFor"))
    kept = ("/aws-service-role/", "/aws-reserved/")
    return not reserved and not any(path in (arn or "") for path in kept)


async def role_arn(reading: Reading, name: str) -> str | None:
    """The task's own role (an override), else the definition's; a short name as the ARN it means
    (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html)."""
    definition, task = await reading.part("task-definition"), await reading.part("task-answer")
    override = task.get("overrides", {}).get(name) if isinstance(task, dict) else None
    found = override or definition.get(name) or None
    if not found or str(found).startswith("arn:"):
        return found
    place = await reading.part("place")
    return f"arn:{place.partition}:iam::{place.account}:role/{found}"
