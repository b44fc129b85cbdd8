"""One part of a diagnosis read by itself, from answers that a test writes down."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import wizard.aws.readers  # noqa: F401
from tests.aws.scripted import Reply, Scripted
from wizard.aws.answers import Refused
from wizard.aws.calls import Calls
from wizard.aws.reading import Note, Reading
from wizard.core.facts import Target
from wizard.core.findings import Observed
from wizard.policy.references import Place

ACCOUNT, REGION = "123456789012", "eu-west-1"
PLACE = Place("aws", REGION, ACCOUNT)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/web-exec"
DENIED = Refused("x:Y", "AccessDeniedException")


class Read:
    """What a reader made of the answers: its `value`, its `notes`, and what was asked for it."""

    def __init__(self, value: Any, notes: Sequence[Note], source: Scripted) -> None:
        self.value = value
        self.source = source
        self.says = [note.evidence.says["en"] for note in notes]


def read(
    part: str,
    replies: Mapping[str, Reply],
    target: Target | None = None,
    observed: Sequence[Observed] = (),
    /,
    **given: Any,
) -> Read:
    """Read `part`; `given` are parts that are known (`_` stands for `-`)."""
    known: dict[str, Any] = {"place": PLACE, "goals": frozenset({"start"}), "task-answers": []}
    known |= {"task-answer": None, "observed-goals": frozenset()}
    known.pop(part, None)
    known |= {name.replace("_", "-"): value for name, value in given.items()}
    source = Scripted(replies, REGION)

    async def job() -> Read:
        reading = Reading(Calls(source, 20), target or Target(), observed, known)
        return Read(await reading.part(part), reading.notes, source)

    return asyncio.run(job())


def definition(**more: Any) -> dict[str, Any]:
    """A task definition of one container, whose image is no repository's of ECR."""
    container = {"name": "app", "image": "nginx", **more.pop("container", {})}
    return {"family": "web", "containerDefinitions": [container], "executionRoleArn": ROLE, **more}


def simulated(*allowed: str, resources: Sequence[str] = ("*",)) -> dict[str, Any]:
    """SimulatePrincipalPolicy's answer to anything: `allowed` actions, all others are not."""
    return {"EvaluationResults": [_result(action, "allowed") for action in allowed]}


def denied(*actions: str) -> dict[str, Any]:
    """The same that denies `actions`, in the bare form of some emulators."""
    return {"EvaluationResults": [_result(action, "implicitDeny") for action in actions]}


def _result(action: str, decision: str) -> dict[str, Any]:
    return {"EvalActionName": action, "EvalResourceName": "*", "EvalDecision": decision}


def policies(**statement: Any) -> dict[str, Reply]:
    """The answers by which a role has one inline policy of one statement; none without one."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    return {
        "iam:ListAttachedRolePolicies": {"AttachedPolicies": []},
        "iam:ListRolePolicies": {"PolicyNames": ["own"] if statement else []},
        "iam:GetRolePolicy": {"PolicyDocument": document},
        "iam:GetRole": {
            "Role": {
                "RoleName": "web-exec",
                "Arn": ROLE,
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ]
                },
            }
        },
    }
