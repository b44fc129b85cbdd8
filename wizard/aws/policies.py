"""The policies that hang on a role or user, as far as they may be read."""

from typing import Any

from wizard.aws.answers import Refused
from wizard.aws.calls import both, together
from wizard.aws.reading import Reading
from wizard.policy.types import Document, Policies
from wizard.policy.types import Unread as Unseen


async def read_policies(
    reading: Reading, kind: str, name: str
) -> tuple[Policies, dict[str, str] | None]:
    """Return the policies of the `role` or `user` called `name`: attached, inline, of the user's
    groups, and the permissions boundary; and its tags by their names in lower case, None where
    they are not known. What may not be read stands in the policies as `Unread`."""
    jobs = [_of(reading, kind.title(), name)]
    groups: list[str] | Unseen = []
    if kind == "user":
        answer = await reading.call("iam:ListGroupsForUser", UserName=name)
        if isinstance(answer, Refused):
            groups = Unseen(answer.call, answer.code)
        else:
            groups = [str(one["GroupName"]) for one in answer.get("Groups", ())]
            jobs += [_of(reading, "Group", one) for one in groups]
    some, limits = await both(together(*jobs), _limits(reading, kind.title(), name))
    found = [document for few in some for document in few]
    if isinstance(groups, Unseen):
        found.append(groups)
    boundary, tags = limits
    return Policies(identity=found, boundary=boundary), tags


async def _limits(
    reading: Reading, kind: str, name: str
) -> tuple[Document | None, dict[str, str] | None]:
    answer = await reading.call(f"iam:Get{kind}", **{f"{kind}Name": name})
    if isinstance(answer, Refused):
        return Unseen(answer.call, answer.code), None
    known = answer.get(kind, {})
    tags = {str(one["Key"]).lower(): str(one["Value"]) for one in known.get("Tags", ())}
    arn = (known.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return (await _managed(reading, arn) if arn else None), tags


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
        every = attached.get("AttachedPolicies", ())
        jobs += [_managed(reading, one["PolicyArn"]) for one in every]
    if isinstance(inline, Refused):
        found.append(Unseen(inline.call, inline.code))
    else:
        jobs += [_inline(reading, kind, who, one) for one in inline.get("PolicyNames", ())]
    return found + list(await together(*jobs))


async def _inline(reading: Reading, kind: str, who: dict[str, str], name: str) -> Document:
    operation = f"iam:Get{kind}Policy"
    answer = await reading.call(operation, **who, PolicyName=name)
    if isinstance(answer, Refused):
        return Unseen(answer.call, answer.code)
    return _document(operation, answer)


async def _managed(reading: Reading, arn: str) -> Document:
    answer = await reading.call("iam:GetPolicy", PolicyArn=arn)
    if isinstance(answer, Refused):
        return Unseen(answer.call, answer.code)
    version = answer.get("Policy", {}).get("DefaultVersionId", "v1")
    operation = "iam:GetPolicyVersion"
    answer = await reading.call(operation, PolicyArn=arn, VersionId=version)
    if isinstance(answer, Refused):
        return Unseen(answer.call, answer.code)
    return _document(operation, answer.get("PolicyVersion", {}), "Document")


def _document(operation: str, answer: dict[str, Any], key: str = "PolicyDocument") -> Document:
    found: Document | None = answer.get(key)
    return found if found else Unseen(operation, "unexpected-answer")
