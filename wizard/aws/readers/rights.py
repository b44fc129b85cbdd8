"""What the caller may do beside what the goal needs: worth knowing, and no fault."""

from wizard.aws.calls import both, together
from wizard.aws.judged import SIMULATE, Judged
from wizard.aws.permission import ROLE_CALLS, USER_CALLS, Principal, judge
from wizard.aws.questions import Question
from wizard.aws.readers.caller import PASS, principal_of, who_is
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Rights
from wizard.core.unread import Maybe, Unread
from wizard.policy.least import ECS_TASKS

_SESSION = "ssm:StartSession"
_REGISTER = "ecs:RegisterTaskDefinition"


@reader("rights", calls={*ROLE_CALLS, *USER_CALLS})
async def rights(reading: Reading) -> Maybe[Rights]:
    """The rights of who asks; of root, who may all, there is nothing to tell."""
    arn = await principal_of(reading)
    if isinstance(arn, Unread):
        return arn
    who = await who_is(reading, arn)
    place = await reading.part("place")
    if who is None or (place.account and place.account not in arn):
        return Unread(SIMULATE, "not-evaluable")
    sessions, passing = await both(_sessions(reading, who), _not_passed(reading, who))
    return Rights(arn, sessions, passing)


async def _sessions(reading: Reading, who: Principal) -> Maybe[bool]:
    """Whether the caller may start sessions on the cluster's tasks without ECS Exec.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html: such sessions may
    not be logged, and AWS recommends to deny them.
    """
    cluster, place = await reading.part("cluster-name"), await reading.part("place")
    if "exec" not in await reading.part("goals") or isinstance(cluster, Unread):
        return False
    task = f"arn:{place.partition}:ecs:{place.region}:{place.account}:task/{cluster}/{'0' * 32}"
    found = await judge(reading, who, [Question((_SESSION,), (task,))])
    if found.unread:
        return found.unread
    if _lacks(found, _SESSION):
        return False
    reading.note("rights.starts_sessions", found.call, "may", who=who.name, actions=_SESSION)
    return True


async def _not_passed(reading: Reading, who: Principal) -> Maybe[tuple[str, ...]]:
    """The roles of the task definition that the caller may not hand on to tasks
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html)."""
    definition = await reading.part("task-definition")
    if "start" not in await reading.part("goals") or not isinstance(definition, dict):
        return ()
    named = (definition.get("executionRoleArn"), definition.get("taskRoleArn"))
    roles = tuple(dict.fromkeys(str(arn) for arn in named if arn))
    if not roles:
        return ()
    context = {"iam:PassedToService": ECS_TASKS}
    asked = (Question((_REGISTER,)), *(Question((PASS,), (arn,), context) for arn in roles))
    registers, *passes = await together(*(judge(reading, who, [one]) for one in asked))
    if registers.unread or _lacks(registers, _REGISTER):
        return registers.unread or ()
    kept = [arn for arn, one in zip(roles, passes, strict=True) if _lacks(one, PASS)]
    if kept:
        part, call = "rights.roles_not_passed", passes[0].call
        reading.note(part, call, "actions-missing", who=who.name, actions=(PASS,))
    return tuple(kept)


def _lacks(found: Judged, action: str) -> bool:
    return action in found.missing or action in found.denied
