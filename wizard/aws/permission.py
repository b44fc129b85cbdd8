"""What a role or user may do: asked of IAM where that may be asked, else read from its policies.

SimulatePrincipalPolicy knows boundaries and service control policies, but only the condition keys
that it is told (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html).
A principal that it calls denied for want of a key is *unknown*, not denied.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wizard.aws.answers import Refused
from wizard.aws.calls import together
from wizard.aws.reading import Reading
from wizard.core.facts import Maybe, Unread
from wizard.policy.evaluation import evaluate
from wizard.policy.simulate import context_entries, read_simulation, resolve
from wizard.policy.types import ContextValue, Decision, Document, Policies, Request
from wizard.policy.types import Unread as Unseen

SIMULATE = "iam:SimulatePrincipalPolicy"
READ = "iam:GetPolicyVersion"
ROLE_CALLS = (
    SIMULATE,
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
)
USER_CALLS = (
    SIMULATE,
    "iam:GetUser",
    "iam:ListAttachedUserPolicies",
    "iam:ListUserPolicies",
    "iam:GetUserPolicy",
    "iam:ListGroupsForUser",
    "iam:ListAttachedGroupPolicies",
    "iam:ListGroupPolicies",
    "iam:GetGroupPolicy",
)


@dataclass(frozen=True, slots=True)
class Question:
    """May these actions be done on these resources? `context` is what the call would carry."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    context: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Principal:
    """A role or user: its IAM ARN, `kind` (role or user) and name."""

    arn: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Actions that no policy allows, and those that something denies or limits, with what does.

    `unread` is what kept some question open, `call` what told the rest.
    """

    missing: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    denied_by: str | None = None
    unread: Unread | None = None
    exists: bool = True
    call: str = SIMULATE

    @property
    def missing_or_unread(self) -> Maybe[tuple[str, ...]]:
        """The missing actions, or what kept them from being known while none is known."""
        return self.unread if self.unread and not self.missing and not self.denied else self.missing


async def judge(reading: Reading, who: Principal, questions: Sequence[Question]) -> Judged:
    """Return what `who` lacks of `questions`."""
    simulated = await together(*(_simulate(reading, who, one) for one in questions))
    refused = [one for one in simulated if isinstance(one, Refused)]
    if any(one.absent for one in refused):
        return Judged(unread=refused[0].unread, exists=False)
    decisions: dict[tuple[str, str], Decision] = {}
    for one in simulated:
        if not isinstance(one, Refused):
            decisions |= one
    # What the simulation could not tell is read from the policies themselves.
    open_pairs = [
        (action, resource, question.context)
        for question, answer in zip(questions, simulated, strict=True)
        for action in question.actions
        for resource in question.resources
        if isinstance(answer, Refused) or _is_open(answer.get((action, resource)))
    ]
    if open_pairs:
        policies = await read_policies(reading, who)
        for action, resource, context in open_pairs:
            request = Request(who.arn, action, resource, _context(reading, context))
            read = evaluate(request, policies)
            known = decisions.get((action, resource))
            decisions[action, resource] = resolve(known, read) if known else read
    found = _sum_up(decisions, refused)
    return replace(found, call=READ) if len(refused) == len(questions) else found


def _is_open(decision: Decision | None) -> bool:
    return decision is None or decision.effect == "unknown"


async def _simulate(
    reading: Reading, who: Principal, question: Question
) -> dict[tuple[str, str], Decision] | Refused:
    answer = await reading.call(
        SIMULATE,
        PolicySourceArn=who.arn,
        ActionNames=list(question.actions),
        ResourceArns=list(question.resources),
        ContextEntries=context_entries(
            {"aws:RequestedRegion": reading.calls.source.region, **question.context}
        ),
    )
    return answer if isinstance(answer, Refused) else read_simulation(answer)


def _context(reading: Reading, context: dict[str, str]) -> dict[str, ContextValue]:
    return {"aws:RequestedRegion": reading.calls.source.region, **context}


def _sum_up(decisions: dict[tuple[str, str], Decision], refused: Sequence[Refused]) -> Judged:
    missing: dict[str, None] = {}
    resources: dict[str, None] = {}
    denied: dict[str, None] = {}
    by: str | None = None
    unread: Unread | None = None
    for (action, resource), decision in decisions.items():
        if decision.effect == "unknown":
            unread = unread or _open_because(decision, refused)
        elif decision.effect == "implicit-deny" and decision.by in ("identity", "resource", ""):
            missing[action] = resources[resource] = None
        elif decision.denied:
            denied[action] = None
            by = by or _denier(decision)
    return Judged(tuple(missing), tuple(resources), tuple(denied), by, unread)


def _denier(decision: Decision) -> str:
    own = decision.by in ("identity", "resource", "")
    return "explicit-deny" if own else decision.by


def _open_because(decision: Decision, refused: Sequence[Refused]) -> Unread:
    if refused:
        return refused[0].unread
    if decision.missing_context:
        return Unread(SIMULATE, "context:" + ",".join(decision.missing_context))
    if decision.unread:
        return Unread(decision.unread[0].call, decision.unread[0].why)
    return Unread(SIMULATE, decision.why or "not-evaluable")


async def read_policies(reading: Reading, who: Principal) -> Policies:
    """Return the policies of `who` as far as they may be read."""
    jobs = [_of(reading, who.kind.title(), who.name)]
    groups: list[str] | Unseen = []
    if who.kind == "user":
        answer = await reading.call("iam:ListGroupsForUser", UserName=who.name)
        if isinstance(answer, Refused):
            groups = Unseen(answer.call, answer.code)
        else:
            groups = [one["GroupName"] for one in answer.get("Groups", ())]
            jobs += [_of(reading, "Group", name) for name in groups]
    found = [document for some in await together(*jobs) for document in some]
    if isinstance(groups, Unseen):
        found.append(groups)
    return Policies(identity=found, boundary=await _boundary(reading, who))


async def _boundary(reading: Reading, who: Principal) -> Document | None:
    kind = who.kind.title()
    answer = await reading.call(f"iam:Get{kind}", **{f"{kind}Name": who.name})
    if isinstance(answer, Refused):
        return Unseen(answer.call, answer.code)
    arn = answer[kind].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return await _managed(reading, arn) if arn else None


async def _of(reading: Reading, kind: str, name: str) -> list[Document]:
    """Return the attached and inline policies of a Role, User or Group."""
    who = {f"{kind}Name": name}
    attached, inline = await together(
        reading.call(f"iam:ListAttached{kind}Policies", **who),
        reading.call(f"iam:List{kind}Policies", **who),
    )
    jobs: list[Any] = []
    found: list[Document] = []
    if isinstance(attached, Refused):
        found.append(Unseen(attached.call, attached.code))
    else:
        jobs += [_managed(reading, one["PolicyArn"]) for one in attached["AttachedPolicies"]]
    if isinstance(inline, Refused):
        found.append(Unseen(inline.call, inline.code))
    else:
        jobs += [_inline(reading, kind, who, one) for one in inline["PolicyNames"]]
    return found + list(await together(*jobs))


async def _inline(reading: Reading, kind: str, who: dict[str, str], name: str) -> Document:
    answer = await reading.call(f"iam:Get{kind}Policy", **who, PolicyName=name)
    if isinstance(answer, Refused):
        return Unseen(answer.call, answer.code)
    document: Document = answer["PolicyDocument"]
    return document


async def _managed(reading: Reading, arn: str) -> Document:
    answer = await reading.call("iam:GetPolicy", PolicyArn=arn)
    if isinstance(answer, Refused):
        return Unseen(answer.call, answer.code)
    version = answer["Policy"]["DefaultVersionId"]
    answer = await reading.call("iam:GetPolicyVersion", PolicyArn=arn, VersionId=version)
    if isinstance(answer, Refused):
        return Unseen(answer.call, answer.code)
    document: Document = answer["PolicyVersion"]["Document"]
    return document


def questions_of(statements: Iterable[dict[str, Any]], task: str = "0" * 32) -> list[Question]:
    """Return least-privilege `statements` as questions about things that really occur.

    A pattern such as `log-group:/ecs/web:*` stands for the streams in it, and is asked with one.
    """
    return [
        Question(
            tuple(_as_list(one["Action"])),
            tuple(_concrete(resource, task) for resource in _as_list(one["Resource"])),
        )
        for one in statements
    ]


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _concrete(resource: str, task: str) -> str:
    if ":log-group:" in resource and resource.endswith(":*"):
        return f"{resource[:-1]}log-stream:ecs/app/{task}"
    if resource != "*" and resource.endswith("/*"):
        return f"{resource[:-1]}{task}"
    return resource
