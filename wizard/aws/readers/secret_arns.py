"""Secrets by their whole ARNs: IAM compares the suffix, which a reference may leave out.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
"""

from dataclasses import replace

from wizard.aws.answers import Refused
from wizard.aws.arns import part
from wizard.aws.calls import together
from wizard.aws.questions import Question
from wizard.aws.reading import Reading
from wizard.aws.source import REGION
from wizard.core.unread import Unread
from wizard.policy.references import ANY_SUFFIX

DESCRIBE = "secretsmanager:DescribeSecret"
_SOME_SUFFIX = "-000000"


async def with_whole_arns(reading: Reading, questions: list[Question]) -> list[Question]:
    """Return the same questions, about secrets by their whole ARNs.

    Where nothing tells one and the reference leaves the suffix out, a question of its own has a
    stand-in, and is `unsure`: a policy may name the true one.
    """
    found = await together(*(_whole(reading, one) for one in questions))
    return [question for several in found for question in several]


async def _whole(reading: Reading, question: Question) -> list[Question]:
    if not any(part(one, "service") == "secretsmanager" for one in question.resources):
        return [question]
    every = await together(*(_resolved(reading, one) for one in question.resources))
    sure = tuple(resource for resource, why in every if why is None)
    made = [replace(question, resources=sure)] if sure else []
    return made + [replace(question, resources=(one,), unsure=why) for one, why in every if why]


async def _resolved(reading: Reading, resource: str) -> tuple[str, Unread | None]:
    written = resource.removesuffix(ANY_SUFFIX)
    region = part(resource, "region")
    where = {REGION: region} if region != reading.calls.source.region else {}
    answer = await reading.call(DESCRIBE, SecretId=written, **where)
    if not isinstance(answer, Refused) and answer.get("ARN"):
        return str(answer["ARN"]), None
    if written == resource:
        return resource, None
    why = answer.unread if isinstance(answer, Refused) else Unread(DESCRIBE, "none")
    return f"{written}{_SOME_SUFFIX}", why
