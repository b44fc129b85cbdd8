"""Causes for the tests: small ones of their own, so that words of the real ones may change."""

from typing import Any

from wizard.core.knowledge import Knowledge

WORDS = {"en": "words", "ja": "言葉"}


def cause(
    when: dict[str, Any] | list[Any], *fixes: str, each: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return a cause as the compiled knowledge holds it."""
    made: dict[str, Any] = {
        "title": WORDS,
        "explanation": WORDS,
        "stage": "start",
        "goals": ["push", "start", "exec"],
        "references": ["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"],
        "when": when,
        "fields": {},
        "fixes": [{"fix": one} for one in fixes],
        "by_hand": WORDS,
    }
    return made | ({"each": each} if each else {}) | more


def obstacle(key: str, *fixes: str) -> dict[str, Any]:
    """Return a cause that goes through the obstacles."""
    fields = {name: f"each.{name}" for name in ("service", "vpc", "endpoint", "route_table")}
    when = {"each.cause": key, "each.status": "confirmed"}
    return cause(when, *fixes, each="obstacles", stage="each.stage", fields=fields)


CAUSES: dict[str, dict[str, Any]] = {
    key: obstacle(key, fix)
    for key, fix in {
        "network.endpoint-missing": "endpoint.create",
        "network.endpoint-group-closed": "endpoint.open-group",
        "network.endpoint-private-dns-off": "endpoint.enable-private-dns",
        "network.endpoint-policy-denies": "endpoint.fix-policy",
        "network.gateway-not-associated": "endpoint.associate-route-table",
        "network.vpc-dns-off": "vpc.enable-dns",
        "network.task-group-egress-closed": "group.open-egress",
        "network.public-ip-missing": "service.assign-public-ip",
        "network.route-blackhole": "route.to-nat",
        "network.acl-blocks": "acl.open",
    }.items()
} | {
    "caller.permission-missing": cause(
        {"caller.missing_actions": {"empty": False}},
        "role.attach-least-policy",
        "role.attach-managed-policy",
        "user.attach-least-policy",
        fields={"actions": "caller.missing_actions", "principal": "caller.principal"},
    ),
    "execution-role.permission-missing": cause(
        {"execution_role.missing_actions": {"empty": False}},
        "role.attach-least-policy",
        "role.attach-managed-policy",
        stage="execution_role.stage",
        fields={"role": "execution_role.name", "actions": "execution_role.missing_actions"},
    ),
    "execution-role.trust-invalid": cause(
        {"execution_role.trusted": False},
        "role.fix-trust",
        stage="role",
        fields={"role": "execution_role.name"},
    ),
    "task-role.permission-missing": cause(
        {"task_role.missing_actions": {"empty": False}},
        "role.attach-least-policy",
        "role.attach-managed-policy",
        stage="exec",
        fields={"role": "task_role.name", "actions": "task_role.missing_actions"},
    ),
    "network.no-internet-route": cause(
        {"each.cause": "network.no-internet-route"},
        "route.to-nat",
        each="obstacles",
        stage="each.stage",
        fields={"route_table": "each.route_table"},
    ),
    "execution-role.missing": cause(
        [{"execution_role.named": False}, {"execution_role.exists": False}],
        "role.create-execution-role",
        stage="role",
        fields={"role": "execution_role.name"},
    ),
    "task.role-pass-denied": cause(
        {"caller.pass_role_denied": {"empty": False}},
        "role.attach-least-policy",
        fields={"role": "caller.pass_role_denied"},
    ),
    "ecr.repository-policy-denies": cause(
        {"each.policy_denies": True},
        "ecr.allow-pull",
        each="repositories",
        stage="each.stage",
        fields={"repository": "each.repository"},
    ),
    "exec.disabled-on-service": cause(
        {"service.exec_enabled": False},
        "service.enable-exec",
        stage="exec",
        fields={"service": "service.name"},
    ),
    "exec.task-predates-enable": cause(
        {"task.predates_exec": True},
        "service.force-deployment",
        "task.rerun-with-exec",
        stage="exec",
        fields={"task": "task.id"},
    ),
    "logs.group-missing": cause(
        {"each.exists": False, "each.creates": False},
        "logs.create-group",
        each="log_groups",
        stage="logger",
        fields={"log_group": "each.log_group", "region": "each.region"},
    ),
    "ecr.repository-missing": cause(
        {"each.exists": False},
        "ecr.create-repository",
        each="repositories",
        stage="each.stage",
        fields={"repository": "each.repository", "registry": "each.registry"},
    ),
    "bastion.docker-user-mismatch": cause(
        {"bastion.user_mismatch": True},
        "bastion.login-as-pusher",
        stage="push",
        fields={"registry": "bastion.registry"},
    ),
    "bastion.plugin-missing": cause(
        {"bastion.plugin": False}, "bastion.install-plugin", stage="exec"
    ),
}


def with_test_causes(known: Knowledge) -> Knowledge:
    """Return `known` with these causes in the place of its own, and no symptom's candidates."""
    return Knowledge(known.data | {"causes": CAUSES})
