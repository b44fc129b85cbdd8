"""A backstage made by hand: an account with causes in it, an engine that reads it, a desk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from wizard.capture.command import Captured
from wizard.catalog.store import knowledge
from wizard.core import steps
from wizard.core.answer import Choice, Diagnosis, Evidence, Failure, Missing, Verdict
from wizard.core.facts import Target
from wizard.core.findings import CONFIRMED, Finding, Observed, Offered
from wizard.core.knowledge import Knowledge
from wizard.core.plan import Change, Later, Plan
from wizard.core.session import Session
from wizard.errors import NoAws
from wizard.fixes.request import Outcome, Progress
from wizard.runner import run, settle

PULL = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 "
    "time(s): RequestError: send request failed caused by: Post "
    '"https://api.ecr.ap-northeast-1.amazonaws.com/": dial tcp 99.77.58.40:443: i/o timeout. '
    "Please check your task network configuration."
)
PUSH = "$ sudo docker push 1.dkr.ecr.ap-northeast-1.amazonaws.com/web\nno basic auth credentials"
NO_ENDPOINT = Finding(
    "network.endpoint-missing",
    CONFIRMED,
    "registry-auth",
    {"service": "ecr.api", "vpc": "vpc-0a1b2c3d", "subnet": "subnet-0e4f5a6b"},
    fixes=(Offered("endpoint.create", True),),
)
NO_LOGS = Finding(
    "network.endpoint-missing",
    CONFIRMED,
    "logger",
    {"service": "logs", "vpc": "vpc-0a1b2c3d", "subnet": "subnet-0e4f5a6b"},
    fixes=(Offered("endpoint.create", True),),
    predicted=True,
)
NO_PERMISSION = Finding(
    "task-role.permission-missing",
    CONFIRMED,
    "exec",
    {"role": "sample-task-role", "actions": ["ssmmessages:CreateControlChannel"]},
    fixes=(
        Offered("role.attach-least-policy", True),
        Offered(
            "role.attach-managed-policy", False, {"en": "There is none.", "ja": "ありません。"}
        ),
    ),
    predicted=True,
)
_SAYS = {
    "en": "vpc-0a1b2c3d has no endpoint for {}",
    "ja": "vpc-0a1b2c3d に {} のエンドポイントなし",
}


def _endpoint(number: int, service: str) -> Change:
    name = f"com.amazonaws.ap-northeast-1.{service}"
    parameters = {
        "VpcId": "vpc-0a1b2c3d",
        "VpcEndpointType": "Interface",
        "ServiceName": name,
        "SubnetIds": ["subnet-0e4f5a6b", "subnet-0c7d8e9f"],
        "PrivateDnsEnabled": True,
    }
    return Change(
        "ec2:CreateVpcEndpoint",
        parameters,
        after=parameters,
        undo="ec2:DeleteVpcEndpoints",
        undo_parameters={"VpcEndpointIds": [Later(number, "VpcEndpoint.VpcEndpointId")]},
        effect={"en": "Tasks that start from now on reach it.", "ja": "以後のタスクから届きます。"},
        cost={"en": "About 0.01 USD an hour per zone.", "ja": "1 ゾーンにつき毎時約 0.01 USD。"},
    )


_POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"}]}
_ATTACH = Change(
    "iam:PutRolePolicy",
    {"RoleName": "sample-task-role", "PolicyName": "exec", "PolicyDocument": _POLICY},
    before={"Version": "2012-10-17", "Statement": []},
    after=_POLICY,
    undo="iam:DeleteRolePolicy",
)


@dataclass
class Account:
    """What is wrong in it; what was asked of it; what was written. `broken` makes a work raise."""

    wrong: list[Finding] = field(default_factory=lambda: [NO_ENDPOINT, NO_LOGS])
    clusters: tuple[str, ...] = ("prod", "staging")
    applied: list[Plan] = field(default_factory=list)
    broken: dict[str, Exception] = field(default_factory=dict)
    outcome: Outcome | None = None
    verified: str = "passed"
    symptoms: tuple[Observed, ...] = ()
    output: Captured = field(default_factory=lambda: Captured("true", 0, "all well\n"))
    gate: Callable[[str], None] = lambda work: None

    def called(self, work: str) -> None:
        """Let the test see, hold or break a work."""
        self.gate(work)
        if work in self.broken:
            raise self.broken[work]


class Engine:
    """Reads the account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def failures(self, cluster: str | None, tell: Any) -> list[Failure]:
        """Return one failure for each cluster while anything is wrong."""
        self.account.called("failures")
        tell("ecs:ListTasks", "asked")
        seen = Observed("pull.registry-auth-unreachable", "task stoppedReason", PULL, {})
        where = [Target(cluster=one, service="web") for one in self.account.clusters]
        return [Failure(seen, one, "2026-11-22 10:00") for one in where if self.account.wrong]

    def choices(self, what: str, target: Target) -> list[Choice]:
        """Return what there is to choose from."""
        self.account.called("choices")
        names = self.account.clusters if what == "cluster" else ("web", "worker")
        return [Choice(name, "3 of 3 running") for name in names]

    def diagnose(
        self, target: Target, observed: tuple[Observed, ...] = (), tell: Any = None
    ) -> Diagnosis:
        """Return what is wrong now."""
        self.account.called("diagnose")
        if tell:
            tell("ec2:DescribeVpcEndpoints", "asked")
        verdicts = tuple(Verdict(one, self._evidence(one)) for one in self.account.wrong)
        unread = (Missing("iam:SimulatePrincipalPolicy", "AccessDenied", ("task-role.missing",)),)
        return Diagnosis(
            target,
            observed or self.account.symptoms,
            verdicts,
            unread,
            ("network.vpc-dns-off",),
            ("task-role.missing",),
            calls=9,
            round_trips=3,
            elapsed_s=0.2,
        )

    def _evidence(self, finding: Finding) -> tuple[Evidence, ...]:
        service = finding.fields.get("service", "?")
        says = {lang: text.format(service) for lang, text in _SAYS.items()}
        route = {"en": "10.0.0.0/16 only, no way out", "ja": "10.0.0.0/16 のみ、出口なし"}
        return Evidence("ec2:DescribeVpcEndpoints", says), Evidence(
            "ec2:DescribeRouteTables", route
        )


class Desk:
    """Plans, applies and verifies on the account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def plan(self, diagnosis: Diagnosis, cause: str, fix: str) -> Plan:
        """Return a plan for all findings of `cause`."""
        self.account.called("plan")
        found = [one for one in diagnosis.findings if one.cause == cause]
        if not found or fix.startswith("bastion."):
            return Plan(cause, fix, (), notes=({"en": "docker login", "ja": "docker login"},))
        if fix.startswith("role."):
            changes: tuple[Change, ...] = (_ATTACH,)
        else:
            services = [one.fields["service"] for one in found]
            changes = tuple(_endpoint(number, name) for number, name in enumerate(services))
        permissions = tuple({one.operation for one in changes})
        return Plan(cause, fix, changes, permissions, {"cluster": "prod"})

    def finish_plan(self, entry: str) -> Plan:
        """Return the rest of an entry."""
        self.account.called("finish")
        return Plan("network.endpoint-missing", "endpoint.create", (_endpoint(0, "logs"),))

    def undo_plan(self, entry: str) -> Plan:
        """Return the way back."""
        self.account.called("undo")
        change = Change("ec2:DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-1"]}, before="vpce-1")
        back = {"undoes": entry}
        return Plan("network.endpoint-missing", "undo", (change,), target=back)

    def apply(self, plan: Plan, tell: Any) -> Outcome:
        """Mend what the plan is for."""
        for state in ("calling", "calling", "done"):
            tell(Progress(state, 1, len(plan.changes), plan.changes[0]))
        self.account.called("apply")
        self.account.applied.append(plan)
        if self.account.outcome:
            return self.account.outcome
        self.account.wrong = [one for one in self.account.wrong if one.cause != plan.cause]
        return Outcome("2026-11-22T10-00-00-k3f9", True, plan.changes)

    def verify(self, plan: Plan, diagnosis: Diagnosis, tell: Any, *, entry: str | None) -> str:
        """Return what the test wants it to be."""
        self.account.called("verify")
        return self.account.verified


@dataclass
class HandMade:
    """A backstage on an `Account`."""

    account: Account = field(default_factory=Account)

    def listen(self, command: str) -> Captured:
        """Return what the account says that a command prints."""
        self.account.called("listen")
        return self.account.output

    @property
    def engine(self) -> Engine:
        """The engine."""
        return Engine(self.account)

    @property
    def desk(self) -> Desk:
        """The desk."""
        return Desk(self.account)


@cache
def known() -> Knowledge:
    """Return the built-in knowledge, loaded once."""
    return knowledge()


def new_session(**options: Any) -> Session:
    """Return a session at home."""
    return Session(known(), Target(region="ap-northeast-1"), **options)


def work(session: Session, stage: HandMade) -> list[str]:
    """Do all the work that the session has; return what was told meanwhile."""
    told: list[str] = []
    while isinstance(session.step, steps.Work):
        settle(session, run(session.step, stage, "en", told.append))
    return told


def walk(session: Session, stage: HandMade, *answers: str | tuple[str, str]) -> steps.Step:
    """Give the answers one after the other, work done in between; return the step arrived at."""
    for answer in answers:
        key, text = (answer, "") if isinstance(answer, str) else answer
        if isinstance(session.step, steps.NoneLeft):
            break
        session.answer(key, text)
        work(session, stage)
    return session.step


def every_session() -> Iterator[Session]:
    """Yield sessions that stand at a step of each kind, some kinds in several states."""
    yield new_session(
        unfinished=(steps.Unfinished("e1", "endpoint.create", "network.endpoint-missing"),),
        tries=("docker push web",),
        kept={"text": "", "symptom": "ecr.no-basic-auth"},
    )
    for account, answers in _walks():
        session = new_session(tries=("docker push web",))
        walk(session, HandMade(account), *answers)
        yield session
    reading = new_session()
    reading.answer("live")
    yield reading


def _walks() -> Iterator[tuple[Account, tuple[Any, ...]]]:
    for answers in _WALKS:
        yield Account(), answers
    yield Account([]), FOUND
    yield Account([NO_PERMISSION]), FOUND
    yield Account([NO_ENDPOINT, NO_PERMISSION]), FOUND
    yield Account([NO_ENDPOINT, NO_PERMISSION]), (*FOUND, "fix:endpoint.create", "yes")
    yield Account(verified="pending"), (*FOUND, "fix:endpoint.create", "yes")
    failed = Outcome("e7", False, says={"en": "denied", "ja": "拒否"})
    yield Account(outcome=failed), (*FOUND, "fix:endpoint.create", "yes")
    yield Account(broken={"failures": NoAws("network", "no route")}), ("live",)
    yield Account(broken={"choices": RuntimeError("denied")}), (("paste", PULL), "read")
    yield Account(broken={"apply": RuntimeError("reset")}), (*FOUND, "fix:endpoint.create", "yes")
    yield Account(clusters=()), ("live",)


FOUND = (("paste", PULL), "read", ("value", "prod"), ("value", "web"))
"""The answers that lead from home to the first cause found."""
_WALKS: tuple[tuple[Any, ...], ...] = (
    ("quit",),
    ("try:0",),
    ("live",),
    (("paste", "it does not work"),),
    ("goal:push",),
    (("paste", PULL),),
    (("paste", PULL), "read"),
    FOUND,
    (("paste", PUSH), "ask"),
    (("paste", PUSH), "ask", "yes"),
    (("paste", PUSH), "ask", *["no"] * 9),
    (*FOUND, "fix:endpoint.create"),
    (*FOUND, "fix:role.attach-least-policy"),
    (*FOUND, "fix:bastion.login-as-pusher"),
    (*FOUND, "fix:endpoint.create", "yes"),
)
