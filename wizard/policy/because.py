"""Reads AWS's access-denied messages.

    User: P is not authorized to perform: A on resource: R because no T policy allows the A action
    User: P is not authorized to perform: A on resource: R with an explicit deny in a T policy

T is identity-based, resource-based, session, service control, resource control or VPC endpoint
policy, or permissions boundary; newer messages name the policy's ARN after a colon. Older messages
end after the resource. EC2 answers with an encoded text.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html and
https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wizard.policy.types import By

_AUTHORIZED = re.compile(
    r"(?:User:\s{0,4}(?P<principal>[^\s\"'<>]{1,512}) is |(?P<role>arn:[^\s\"'<>]{1,512}) is |)"
    r"not authorized to perform:?\s{1,4}[\"'`]?(?P<action>[A-Za-z0-9-]{1,64}:[A-Za-z0-9*]{1,128})",
    re.IGNORECASE,
)
_RESOURCE = re.compile(
    r"^[\"'`]?[,;]?\s{0,4}(?:on|with) (?:the )?resources?:?\s{0,4}"
    r"(?:[\"'`](?P<quoted>[^\"'`]{1,2048})[\"'`]|(?P<plain>(?:(?:role|user|group|policy)\s)?[^\s\"'`<>]{1,2048}))",
    re.IGNORECASE,
)
_KIND = (
    r"(?P<kind>identity[- ]based|resource[- ]based|resource control|service control|session|"
    r"permissions? boundary|VPC endpoint|(?:role )?trust)"
)
_IMPLICIT = re.compile(
    rf"because no {_KIND}(?: policy| policies)? (?:allows?|grants?)\b", re.IGNORECASE
)
_EXPLICIT = re.compile(
    rf"explicit deny(?: in (?:an?|the) {_KIND}(?: policy| policies)?)?", re.IGNORECASE
)
_POLICY_ARN = re.compile(
    r"policy:?\s\(?(?P<arn>arn:[a-z-]{2,16}:(?:iam|organizations):[^\s\"'`<>,)]{1,512})"
)
_ENCODED = re.compile(
    r"Encoded authorization failure message:?\s{0,4}(?P<encoded>[A-Za-z0-9_=+/-]{16,})",
    re.IGNORECASE,
)
_OPERATION = re.compile(
    r"when calling the (?P<call>[A-Za-z0-9]{2,64}) operation|"
    r"operation error [A-Za-z0-9 ]{2,64}: (?P<go>[A-Za-z0-9]{2,64}),"
)
_ACCOUNT = re.compile(r"^arn:[a-z-]{2,16}:(?:iam|sts)::(\d{12}):")
_WINDOW = 3000

_KINDS: tuple[tuple[str, By], ...] = (
    ("identity", "identity"),
    ("resource control", "rcp"),
    ("service control", "scp"),
    ("resource", "resource"),
    ("session", "session"),
    ("boundary", "boundary"),
    ("endpoint", "endpoint"),
    ("trust", "trust"),
)


@dataclass(frozen=True, slots=True)
class Denial:
    """What an access-denied message says.

    Empty where it does not say it. `denied_by`: the kind of policy, as `Decision.by`. `explicit`:
    True for a deny statement, False where nothing allows, None where the message does not tell.
    `account` is the principal's. `operation`: the API call, as an SDK or the CLI reports it.
    `encoded`: the text for sts:DecodeAuthorizationMessage.
    """

    principal: str = ""
    action: str = ""
    resource: str = ""
    denied_by: By = ""
    explicit: bool | None = None
    policy_arn: str = ""
    account: str = ""
    operation: str = ""
    encoded: str = ""


def _kind(text: str) -> By:
    folded = text.lower()
    return next((by for name, by in _KINDS if name in folded), "")


def _reason(rest: str) -> tuple[By, bool | None, str]:
    implicit, explicit = _IMPLICIT.search(rest), _EXPLICIT.search(rest)
    named = _POLICY_ARN.search(rest)
    arn = named.group("arn").rstrip(".") if named else ""
    if implicit and not (explicit and explicit.start() < implicit.start()):
        return _kind(implicit.group("kind")), False, arn
    if explicit:
        return _kind(explicit.group("kind") or ""), True, arn
    return "", None, ""


def _resource(rest: str) -> tuple[str, int]:
    found = _RESOURCE.match(rest)
    if not found:
        return "", 0
    text = found.group("quoted") or found.group("plain") or ""
    return text.rstrip(".,;)"), found.end()


def _operation(before: str) -> str:
    """The call that was named last before the denial."""
    operations = list(_OPERATION.finditer(before))
    return (operations[-1].group("call") or operations[-1].group("go")) if operations else ""


def _one(found: re.Match[str], rest: str, before: str) -> Denial:
    principal = found.group("principal") or found.group("role") or ""
    resource, end = _resource(rest)
    denied_by, explicit, policy_arn = _reason(rest[end:])
    owner = _ACCOUNT.match(principal)
    return Denial(
        principal=principal,
        action=found.group("action"),
        resource=resource,
        denied_by=denied_by,
        explicit=explicit,
        policy_arn=policy_arn,
        account=owner.group(1) if owner else "",
        operation=_operation(before),
    )


def read_denials(text: str) -> tuple[Denial, ...]:
    """Every denial that a text tells of, in order. Line breaks count as blanks.

    The text should be clean (no escape sequences) and unwrapped where a line broke inside a word.
    """
    flat = " ".join(text.split())
    found = list(_AUTHORIZED.finditer(flat))
    starts = [match.start() for match in found] + [len(flat)]
    denials = []
    previous = 0
    for match, following in zip(found, starts[1:], strict=True):
        rest = flat[match.end() : min(following, match.end() + _WINDOW)]
        before = flat[max(previous, match.start() - _WINDOW) : match.start()]
        denials.append(_one(match, rest, before))
        previous = match.end()
    encoded = _ENCODED.search(flat)
    if not encoded:
        return tuple(denials)
    return _with_encoded(denials, encoded.group("encoded"), flat[: encoded.start()])


def _with_encoded(denials: list[Denial], encoded: str, before: str) -> tuple[Denial, ...]:
    if not denials:
        return (Denial(operation=_operation(before), encoded=encoded),)
    return (*denials[:-1], replace(denials[-1], encoded=encoded))


def read_denial(text: str) -> Denial | None:
    """The first denial of a text, or None."""
    found = read_denials(text)
    return found[0] if found else None
