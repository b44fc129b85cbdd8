"""The part of a world builder that makes roles."""

from __future__ import annotations

from typing import Self

from wizard.lab.building.base import EXEC_ACTIONS, EXECUTION_POLICY, Base, allow, trust


class Identity(Base):
    """Roles: of the task's execution, of the task, of the bastion."""

    def role(
        self,
        name: str,
        *,
        service: str = "ecs-tasks.amazonaws.com",
        managed: tuple[str, ...] = (),
        inline: str | None = None,
        trust_policy: str | None = None,
    ) -> str:
        """A role; gives its ARN. ``managed`` are names of AWS managed policies."""
        iam = self.client("iam")
        made = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=trust_policy or trust(service)
        )
        for policy in managed:
            arn = f"arn:{self.partition}:iam::aws:policy/{policy}"
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        if inline:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=inline)
        return str(made["Role"]["Arn"])

    def roles(self, *, execution: bool = True, task: bool = True, exec_: bool = True) -> Self:
        """The execution role with AWS's managed policy, and a task role fit for ECS Exec."""
        if execution:
            self.execution_role = self.role("ecsTaskExecutionRole", managed=(EXECUTION_POLICY,))
        if task:
            inline = allow(*EXEC_ACTIONS) if exec_ else None
            self.task_role = self.role("app-task-role", inline=inline)
        return self

    def bastion(self, *, inline: str | None = None, managed: tuple[str, ...] = ()) -> Self:
        """The bastion's role ``ec2-role`` in its instance profile."""
        self.role("ec2-role", service="ec2.amazonaws.com", inline=inline, managed=managed)
        iam = self.client("iam")
        iam.create_instance_profile(InstanceProfileName="ec2-role")
        iam.add_role_to_instance_profile(InstanceProfileName="ec2-role", RoleName="ec2-role")
        return self
