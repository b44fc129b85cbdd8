"""What a role or user may do: asked of IAM where that may be asked, else read from its policies.

SimulatePrincipalPolicy knows boundaries and service control policies, but only the condition keys
that it is told (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html).
A principal that it calls denied for want of a key is *unknown*, not denied. It names an
organization or a boundary that stands in the way
(https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html): a denial for which
it names neither, while all of the principal's policies were read and allow, is unknown too.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wizard.aws.answers import Refused
from wizard.aws.arns import part
from wizard.aws.calls import both, together
from wizard.aws.judged import SIMULATE, Judged, Pair, doubt_forms, sum_up
from wizard.aws.policies import read_policies
from wizard.aws.questions import Question
from wizard.aws.reading import Reading
from wizard.aws.things import THING_CALLS, has_policy, thing_policy, with_thing
from wizard.core.unread import Unread, merged
from wizard.policy.evaluation import evaluate
from wizard.policy.simulate import answer_for, context_entries, read_simulation, settle
from wizard.policy.types import ContextValue, Decision, Document, Policies, Request
from wizard.policy.types import Unread as Unseen

READ = "iam:GetPolicyVersion"
ROLE_CALLS = (
    SIMULATE,
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    *THING_CALLS,
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
_TAG = "aws:principaltag/"
_WAY_KEYS = ("aws:sourcevpc", "aws:sourcevpce")

Context = Mapping[str, ContextValue]
Way = Callable[[str], Awaitable[Context | Unread]]
"""Gives the condition keys that say by which way an action's call comes."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A role or user: its IAM ARN, `kind` (role or user) and name.

    `certain`: it exists, whatever IAM says of this ARN (whose path may be unknown). `told` are
    actions that AWS has said were refused, with the kind of policy that it named. `session` are
    condition keys of its sessions; None for one that they never carry. `tagged`: its sessions
    carry the tags of the role and no others.
    """

    arn: str
    kind: str
    name: str
    certain: bool = False
    told: Mapping[str, str] = field(default_factory=dict)
    session: Context = field(default_factory=dict)
    tagged: bool = False


async def judge(
    reading: Reading, who: Principal, questions: Sequence[Question], way: Way | None = None
) -> Judged:
    """Return what `who` lacks of `questions`."""
    simulated, things = await both(
        together(*(_simulate(reading, who, one) for one in questions)),
        _things(reading, {r for q in questions for r in q.resources if has_policy(r, eager=True)}),
    )
    refused = [one for one in simulated if isinstance(one, Refused)]
    if who.certain:
        refused = [replace(one, code="path-unknown") if one.absent else one for one in refused]
    if any(one.absent for one in refused):
        return Judged(unread=refused[0].unread, exists=False)
    pairs = list(_pairs(questions, simulated))
    await _read_own(reading, who, pairs, way)
    denied = {
        one.resource
        for one in pairs
        if one.own and not one.own.allowed and has_policy(one.resource, eager=False)
    }
    things |= await _things(reading, denied - set(things))
    account = (await reading.part("place")).account
    for one in pairs:
        one.final = one.own or Decision("unknown", why="not-evaluable")
        if one.resource in things:
            asked = _request(reading, who, one)
            one.final = with_thing(one.final, things[one.resource], asked, account)
            if way and one.final.effect == "unknown" and _asks_for_way(one.final):
                one.final = await _thing_by_way(one, things[one.resource], asked, account, way)
        if one.unsure and not one.final.allowed:
            unseen = (Unseen(one.unsure.call, one.unsure.why),)
            one.final = Decision("unknown", "identity", unread=unseen)
    doubt_forms(pairs)
    found = _every_refusal(sum_up(pairs, who.told, refused), pairs, refused)
    return replace(found, call=READ) if refused and len(refused) == len(questions) else found


def _every_refusal(found: Judged, pairs: Sequence[Pair], refused: Sequence[Refused]) -> Judged:
    """Tell of each refusal that keeps an action open: the simulation would decide it, and so would
    the policies; what a thing's own policy says no simulation knows."""
    opened: dict[str, Unread] = {}
    for one in pairs:
        if one.action in found.open and one.final and one.final.effect == "unknown":
            known = opened.get(one.action, found.open[one.action])
            asked = () if known.call in THING_CALLS else refused
            named = [Unread(each.call, each.why) for each in one.final.unread if each.call]
            opened[one.action] = merged(known, *(each.unread for each in asked), *named)
    opened = {**found.open, **opened}
    return replace(found, open=opened, unread=next(iter(opened.values()), found.unread))


def _pairs(
    questions: Sequence[Question], simulated: Sequence[dict[tuple[str, str], Decision] | Refused]
) -> Iterator[Pair]:
    for question, answer in zip(questions, simulated, strict=True):
        for action in question.actions:
            for resource in question.resources:
                alone = len(question.resources) == 1
                known = (
                    None
                    if isinstance(answer, Refused)
                    else answer_for(answer, action, resource, alone=alone)
                )
                yield Pair(action, resource, question.context, known, question.unsure)


async def _read_own(
    reading: Reading, who: Principal, pairs: Sequence[Pair], way: Way | None
) -> None:
    """Settle what the simulation says, with the policies themselves where it is not certain."""
    open_pairs = [one for one in pairs if _is_open(one.simulated)]
    for one in pairs:
        one.own = one.simulated
    if not open_pairs:
        return
    policies, tags = await read_policies(reading, who.kind, who.name)
    policies = replace(policies, resource=(_handed_over(who),))
    for one in open_pairs:
        request = _request(reading, who, one)
        read = evaluate(request, policies)
        if read.missing_context and who.tagged and tags is not None:
            request = _with_tags(request, read, tags)
            read = evaluate(request, policies)
        if way and read.effect == "unknown" and _asks_for_way(read):
            read = await _by_way(request, policies, way)
        one.own = settle(one.simulated, read)


def _with_tags(request: Request, read: Decision, tags: Mapping[str, str]) -> Request:
    """Add the tags that the policies ask for; those that the role lacks are not sent
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)."""
    asked = [key for key in read.missing_context if key.lower().startswith(_TAG)]
    known = {key: tags.get(key[len(_TAG) :].lower()) for key in asked}
    return replace(request, context={**request.context, **known})


def _handed_over(who: Principal) -> Document:
    """A policy of a thing by which the principal's own policies alone decide: what the thing's
    true policy says comes later (`with_thing`)."""
    root = f"arn:{part(who.arn, 'partition')}:iam::{part(who.arn, 'account')}:root"
    statement = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "*", "Resource": "*"}
    return {"Statement": [statement]}


async def _thing_by_way(
    one: Pair, document: Document | None, asked: Request, account: str, way: Way
) -> Decision:
    told = await way(one.action)
    if isinstance(told, Unread):
        return Decision("unknown", "resource", unread=(Unseen(told.call, told.why),))
    request = replace(asked, context={**asked.context, **told})
    return with_thing(one.own or Decision("unknown"), document, request, account)


async def _by_way(request: Request, policies: Policies, way: Way) -> Decision:
    told = await way(request.action)
    if isinstance(told, Unread):
        return Decision("unknown", "identity", unread=(Unseen(told.call, told.why),))
    return evaluate(replace(request, context={**request.context, **told}), policies)


def _asks_for_way(decision: Decision) -> bool:
    return any(key.lower() in _WAY_KEYS for key in decision.missing_context)


def _is_open(decision: Decision | None) -> bool:
    """Whether the principal's policies must be read, too."""
    if decision is None or decision.effect == "unknown":
        return True
    if decision.allowed:
        return bool(decision.missing_context)
    return decision.effect == "implicit-deny" and decision.by == "identity"


async def _things(reading: Reading, resources: Iterable[str]) -> dict[str, Document | None]:
    names = sorted(resources)
    found = await together(*(thing_policy(reading, name) for name in names))
    return dict(zip(names, found, strict=True))


async def _simulate(
    reading: Reading, who: Principal, question: Question
) -> dict[tuple[str, str], Decision] | Refused:
    answer = await reading.call(
        SIMULATE,
        PolicySourceArn=who.arn,
        ActionNames=list(question.actions),
        ResourceArns=list(question.resources),
        ContextEntries=context_entries(_carried(reading, who, question)),
    )
    return answer if isinstance(answer, Refused) else read_simulation(answer)


def _carried(reading: Reading, who: Principal, question: Question) -> dict[str, str]:
    """The condition keys that every call of the principal carries
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)."""
    regions = {part(one, "region") or reading.calls.source.region for one in question.resources}
    here = reading.calls.source.region
    return {
        "aws:PrincipalAccount": part(who.arn, "account") or "",
        "aws:PrincipalArn": who.arn,
        "aws:RequestedRegion": regions.pop() if len(regions) == 1 else here,
        "aws:SecureTransport": "true",
        **question.context,
    }


def _request(reading: Reading, who: Principal, one: Pair) -> Request:
    """The call as IAM would see it; the time is not told to a simulation, which is kept in files
    by its parameters."""
    question = Question((one.action,), (one.resource,), one.context)
    context: dict[str, ContextValue] = {
        "aws:CurrentTime": reading.calls.source.now.isoformat(),
        "aws:EpochTime": str(int(reading.calls.source.now.timestamp())),
        "aws:ViaAWSService": "false",
        **who.session,
        **_carried(reading, who, question),
    }
    return Request(who.arn, one.action, one.resource, context)
