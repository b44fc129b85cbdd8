"""What a caller needs who opens a shell in a container."""

from wizard.aws.questions import Question
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Service, Task
from wizard.core.unread import Unread
from wizard.policy.references import Place


@reader("exec-by-caller")
async def exec_by_caller(reading: Reading) -> bool:
    """Whether the caller is meant to open a shell: the goal says so, or a symptom of it."""
    return reading.target.goal in ("exec", "all") or "exec" in reading.given["observed-goals"]


async def shell_questions(reading: Reading, place: Place) -> dict[str, Question]:
    """ExecuteCommand, and UpdateService where exec has to be enabled.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html (a key for the
    sessions is used by the caller, too) and
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """
    cluster, service, task = (
        await reading.part("cluster-name"),
        await reading.part("service"),
        await reading.part("task"),
    )
    if isinstance(cluster, Unread):
        return {}
    where = f"arn:{place.partition}:ecs:{place.region}:{place.account}"
    inside = {"ecs:cluster": f"{where}:cluster/{cluster}"}
    name = task.id if isinstance(task, Task) else "0" * 32
    arn = f"{where}:task/{cluster}/{name}"
    both = (inside["ecs:cluster"], arn)
    asked = {**inside, "ecs:task": arn, **await _container(reading)}
    found = {"exec": Question(("ecs:ExecuteCommand",), both, asked)}
    key = await reading.part("session-key")
    if isinstance(key, str):
        found["key"] = Question(("kms:GenerateDataKey",), (key,))
    if isinstance(service, Service) and (
        service.exec_enabled is False or (isinstance(task, Task) and task.predates_exec is True)
    ):
        target = f"{where}:service/{cluster}/{service.name}"
        asked = {**inside, "ecs:enable-execute-command": "true", "ecs:service": target}
        found["enable"] = Question(("ecs:UpdateService",), (target,), asked)
    return found


async def _container(reading: Reading) -> dict[str, str]:
    """The container that a shell is opened in, where the task has only one."""
    definition = await reading.part("task-definition")
    names = [
        str(one.get("name"))
        for one in (
            definition.get("containerDefinitions", ()) if isinstance(definition, dict) else ()
        )
    ]
    return {"ecs:container-name": names[0]} if len(names) == 1 else {}
