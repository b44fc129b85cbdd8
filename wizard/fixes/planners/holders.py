"""Whose permissions a cause is about: the caller, the execution role or the task role."""

from dataclasses import dataclass
from typing import Any

from wizard.core.facts import Caller, Role
from wizard.core.plan import Change
from wizard.core.unread import Unread
from wizard.fixes.operations import OPERATIONS
from wizard.fixes.planners.common import fact, role_fact
from wizard.fixes.request import FixRequest, Refused, Words
from wizard.fixes.words import say
from wizard.policy.documents import text

CALLER, EXECUTION, TASK = "caller", "execution_role", "task_role"
_SSO = "AWSReservedSSO_"
_LINKED = "AWSServiceRoleFor"
_PASSING = "task.role-pass-denied"
"""A cause of a task's start that is about what the caller may not do."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A role or user and what it lacks. `who` is caller, execution_role or task_role."""

    who: str
    name: str
    missing: tuple[str, ...]
    resources: tuple[str, ...]
    denied: tuple[str, ...]
    denied_by: str | None


def role_of(request: FixRequest) -> Holder:
    """Return the role that the cause is about; refuse where it is unknown or not editable."""
    who = _who(request)
    if who == CALLER:
        caller = fact(request, CALLER, Caller)
        name = caller.role if caller is not None else None
        if not name:
            raise Refused(say("role-unknown"))
        return _holder(who, name, caller)
    role = role_fact(request, who)
    named = _field(request, "role")
    name = (role.name if role is not None else None) or (named.rpartition("/")[2] or None)
    if not name:
        raise Refused(say("role-unknown"))
    return _holder(who, name, role)


def user_of(request: FixRequest) -> Holder:
    """Return the IAM user that the cause is about; refuse where the caller is none."""
    caller = fact(request, CALLER, Caller)
    if caller is None or not caller.user:
        raise Refused(say("user-unknown"))
    return _holder(CALLER, caller.user, caller)


def _holder(who: str, name: str, found: Caller | Role | None) -> Holder:
    if name.startswith(_SSO):
        raise Refused(say("sso-role", role=name))
    if name.startswith(_LINKED) or (found is not None and not found.editable):
        raise Refused(say("service-role", role=name))
    missing = found.missing_actions if found is not None else ()
    return Holder(
        who=who,
        name=name,
        missing=() if isinstance(missing, Unread) else tuple(missing),
        resources=tuple(found.missing_resources) if found is not None else (),
        denied=tuple(found.denied_actions) if found is not None else (),
        denied_by=found.denied_by if found is not None else None,
    )


def _who(request: FixRequest) -> str:
    """The cause says whose it is; other causes (secrets, files, volumes) name the role or mean
    the execution role."""
    if request.cause == _PASSING:
        return CALLER
    family = request.cause.partition(".")[0].replace("-", "_")
    if family in (CALLER, EXECUTION, TASK):
        return family
    named = _field(request, "role").rpartition("/")[2]
    task = role_fact(request, TASK)
    if named and task is not None and task.name == named:
        return TASK
    return TASK if family in ("exec", "storage") else EXECUTION


def _field(request: FixRequest, name: str) -> str:
    return next((str(one.fields[name]) for one in request.findings if name in one.fields), "")


def denial(holder: Holder) -> Words | None:
    """Return where the change belongs where a denial is in the way, None without one."""
    if not holder.denied and not holder.denied_by:
        return None
    by = holder.denied_by if holder.denied_by in _DENIERS else "explicit-deny"
    return say(f"denied-{by}", actions=holder.denied or holder.missing)


_DENIERS = ("explicit-deny", "scp", "boundary", "session", "endpoint", "resource")
"""What may stand in the way besides the role's own policies; each has its words."""

POLICY = "fargate-wizard"
"""The inline policy that the wizard keeps on a role or user; other policies it never touches."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How inline policies of a role, or of a user, are read and written."""

    word: str
    parameter: str

    def operation(self, verb: str) -> str:
        """Return the operation: `Put` of a role is `iam:PutRolePolicy`."""
        return f"iam:{verb}{self.word}Policy"


ROLE, USER = Kind("Role", "RoleName"), Kind("User", "UserName")


def own_policy(request: FixRequest, kind: Kind, name: str) -> Any:
    """Return the wizard's own policy on the role or user, None without one, or `Unread`."""
    parameters = {kind.parameter: name, "PolicyName": POLICY}
    return OPERATIONS[kind.operation("Put")].seen(request.look, parameters)


def other_documents(request: FixRequest, kind: Kind, name: str) -> list[Any]:
    """Return the other inline policies as far as they can be read, for IAM's limit."""
    listed = request.look(f"iam:List{kind.word}Policies", **{kind.parameter: name})
    names = listed.get("PolicyNames", ()) if isinstance(listed, dict) else ()
    found = []
    for one in names:
        parameters = {kind.parameter: name, "PolicyName": one}
        document = OPERATIONS[kind.operation("Put")].seen(request.look, parameters)
        if one != POLICY and isinstance(document, dict):
            found.append(document)
    return found


def put(
    request: FixRequest,
    kind: Kind,
    holder: str,
    policy: str,
    before: Any,
    after: Any,
    *,
    words: str | None = None,
) -> Change:
    """Return the change that writes the inline policy `policy`."""
    parameters = {kind.parameter: holder, "PolicyName": policy}
    had = before if isinstance(before, dict) and "Statement" in before else None
    return Change(
        operation=kind.operation("Put"),
        parameters=parameters | {"PolicyDocument": text(after)},
        before=before,
        after=after,
        undo=kind.operation("Put" if had else "Delete"),
        undo_parameters=parameters | ({"PolicyDocument": text(had)} if had else {}),
        effect=request.effect(words, role=holder, principal=holder, policy=policy),
        cost=request.cost(words, role=holder, principal=holder, policy=policy),
    )
