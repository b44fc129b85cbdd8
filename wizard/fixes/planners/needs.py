"""What a role or user needs for a goal, as statements: the whole set, not one action of it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wizard.core.facts import Caller, Cluster, Secret, Service
from wizard.fixes.planners.common import arn, fact, known, role_fact
from wizard.fixes.planners.holders import CALLER, EXECUTION, TASK, Holder
from wizard.fixes.request import FixRequest, Refused
from wizard.fixes.words import say
from wizard.policy.documents import document, statement
from wizard.policy.execution import execution_role
from wizard.policy.least import (
    ECS_TASKS,
    ExecSession,
    Statements,
    enable_exec,
    exec_task_role,
    push,
    use_exec,
)
from wizard.policy.references import Place
from wizard.policy.statements import as_list
from wizard.policy.wildcard import matches

_REGISTRY = re.compile(r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.")


def statements_for(request: FixRequest, holder: Holder) -> Statements:
    """Return the statements that give `holder` all that the goal needs of it.

    What is missing beside the known sets is added on the resources that were named. Refuses where
    what is needed cannot be read.
    """
    makers = {CALLER: _caller, EXECUTION: _execution, TASK: _task}
    made = makers[holder.who](request, holder)
    rest = [one for one in holder.missing if not _given(made, one)]
    if rest:
        # The wizard knows no resource for an action that it did not expect.
        resources = _resources_of(rest, holder.resources) or ("*",)
        made = (*made, statement("AlsoNeeded", rest, resources))
    return made


def goals_of(request: FixRequest, holder: Holder) -> list[str]:
    """Return the goals that the caller lacks something for: the asked one, or those that show."""
    if request.goal != "all":
        return [request.goal]
    found = []
    if any(one.startswith("ecr:") for one in holder.missing):
        found.append("push")
    if _SHELL & set(holder.missing):
        found.append("exec")
    return found or ["start"]


_SHELL = {
    "ecs:ExecuteCommand",
    "ecs:DescribeTasks",
    "ecs:UpdateService",
    "kms:GenerateDataKey",
    "ssm:StartSession",
}
"""What a caller lacks who is to open a shell."""


def _caller(request: FixRequest, holder: Holder) -> Statements:
    made: list[dict[str, Any]] = []
    goals = goals_of(request, holder)
    if "push" in goals:
        made += push([_repository(request)])
    if "exec" in goals:
        made += _exec(request)
    caller = fact(request, CALLER, Caller)
    if caller is not None and caller.pass_role_denied:
        made.append(_pass(caller.pass_role_denied))
    return tuple(made)


def _pass(roles: Iterable[str]) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html"""
    condition = {"StringEquals": {"iam:PassedToService": ECS_TASKS}}
    return statement("EcsPassRole", ("iam:PassRole",), roles, condition)


def _repository(request: FixRequest) -> str:
    target = request.target
    found = _REGISTRY.match(target.registry or "")
    account = found["account"] if found else target.account or "*"
    region = found["region"] if found else target.region or "*"
    name = target.repository or "*"
    return f"arn:{target.partition or 'aws'}:ecr:{region}:{account}:repository/{name}"


def _exec(request: FixRequest) -> Statements:
    cluster = cluster_name(request)
    tasks = arn(request, "ecs", f"task/{cluster}/*")
    service = arn(request, "ecs", f"service/{cluster}/{request.target.service or '*'}")
    session = _exec_session(request)
    whole = arn(request, "ecs", f"cluster/{cluster}")
    return (*use_exec(whole, [tasks], session.kms_key), *enable_exec(service))


def cluster_name(request: FixRequest) -> str:
    """Return the cluster's name, also where the target gives its ARN."""
    return (request.target.cluster or "default").rpartition("/")[2]


def _task(request: FixRequest, holder: Holder) -> Statements:
    if holder.missing and not any(_about_exec(one) for one in holder.missing):
        return ()
    return exec_task_role(_exec_session(request))


def _about_exec(action: str) -> bool:
    return action.startswith(("ssmmessages:", "logs:", "s3:", "kms:"))


def _exec_session(request: FixRequest) -> ExecSession:
    """Return where sessions of the cluster are encrypted and logged, as ARNs.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html
    """
    cluster = fact(request, "cluster", Cluster)
    key = cluster.exec_key if cluster is not None else None
    group = cluster.exec_log_group if cluster is not None else None
    answer = request.look(
        "ecs:DescribeClusters", clusters=[cluster_name(request)], include=["CONFIGURATIONS"]
    )
    found = answer["clusters"][0] if isinstance(answer, Mapping) and answer["clusters"] else {}
    settings = (found.get("configuration") or {}).get("executeCommandConfiguration") or {}
    # The log configuration counts only where it overrides the containers' own.
    logs = (settings.get("logConfiguration") or {}) if settings.get("logging") == "OVERRIDE" else {}
    key, group = settings.get("kmsKeyId") or key, logs.get("cloudWatchLogGroupName") or group
    bucket = logs.get("s3BucketName")
    partition = request.target.partition or "aws"
    return ExecSession(
        kms_key=_key(request, key) if key else "",
        log_group=arn(request, "logs", f"log-group:{group}") if group else "",
        bucket=f"arn:{partition}:s3:::{bucket}" if bucket else "",
        prefix=logs.get("s3KeyPrefix") or "",
        bucket_encrypted=bool(logs.get("s3EncryptionEnabled")),
    )


def _key(request: FixRequest, key: str) -> str:
    """Return the ARN of a key given as ARN, id or alias; IAM allows keys by their ARN alone."""
    if ":key/" in key:
        return key
    if "alias/" in key:
        answer = known(request.look("kms:DescribeKey", KeyId=key))
        return str(answer["KeyMetadata"]["Arn"]) if answer else ""
    return arn(request, "kms", f"key/{key}")


def _execution(request: FixRequest, holder: Holder) -> Statements:
    service = fact(request, "service", Service)
    named = service.task_definition if service is not None else None
    named = named or _definition_of_task(request)
    if not named:
        role = role_fact(request, EXECUTION)
        why = role.stage if role is not None else "task definition"
        raise Refused(say("nothing-to-grant", name=holder.name, why=why))
    answer = known(request.look("ecs:DescribeTaskDefinition", taskDefinition=named))
    definition = (answer or {}).get("taskDefinition") or {}
    target = request.target
    place = Place(target.partition or "aws", target.region or "*", target.account or "*")
    keys = [one for one in (*holder.resources, *_secret_keys(request)) if ":kms:" in one]
    return execution_role(definition, place, keys)


def _secret_keys(request: FixRequest) -> list[str]:
    keys = [getattr(one, "kms_key", None) for one in request.items if isinstance(one, Secret)]
    return [one for one in keys if isinstance(one, str)]


def _definition_of_task(request: FixRequest) -> str | None:
    if not request.target.task:
        return None
    answer = request.look(
        "ecs:DescribeTasks", cluster=cluster_name(request), tasks=[request.target.task]
    )
    tasks = answer.get("tasks") if isinstance(answer, Mapping) else None
    return str(tasks[0]["taskDefinitionArn"]) if tasks else None


def _given(made: Statements, action: str) -> bool:
    allowed = [one for part in document(made)["Statement"] for one in as_list(part["Action"])]
    return any(matches(one, action, ignore_case=True) for one in allowed)


def _resources_of(actions: Iterable[str], resources: Iterable[str]) -> list[str]:
    """Return those resources that belong to the services of `actions`."""
    services = {action.partition(":")[0] for action in actions}
    named = [one for one in resources if one.startswith("arn:")]
    fitting = [one for one in named if one.split(":")[2] in services]
    return fitting if {one.split(":")[2] for one in fitting} == services else []
