"""How fixes reach AWS: fresh reads through a read session, writes through one session per plan.

Answers are taken raw here, not redacted as a diagnosis shows them: a policy document that is read
to be merged must be written back as it was. boto3 is imported only when the first call is made.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wizard.core.clean import one_line
from wizard.core.plan import LOCAL
from wizard.core.redact import redact
from wizard.core.unread import Unread

READS = frozenset(
    {
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribePrefixLists",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeVpcEndpointServices",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
        "ecr:DescribeRepositories",
        "ecr:GetRepositoryPolicy",
        "ecs:DescribeClusters",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:GetUserPolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "iam:ListUserPolicies",
        "kms:DescribeKey",
        "logs:DescribeLogGroups",
        "sts:GetCallerIdentity",
    }
)
"""Every call that planning, checking and undoing may read with."""

OnCall = Callable[[str, str], None]
"""Told of each call and its state."""

_ATTEMPTS = 4


class CallFailed(Exception):
    """A write that AWS or this machine refused: its code, and its text made safe to show."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.operation = operation
        self.code = code
        self.message = message


class Reads:
    """A `Look` over the live account. Answers are kept until `fresh`; not for several threads."""

    def __init__(self, profile: str | None, region: str | None, on_call: OnCall) -> None:
        self._profile = profile
        self._region = region
        self._tell = on_call
        self._session: Any = None
        self._clients: dict[str, Any] = {}
        self._answers: dict[str, Any] = {}

    def fresh(self) -> None:
        """Forget every answer, so that the next calls ask AWS again."""
        self._answers.clear()

    def __call__(self, operation: str, /, **parameters: Any) -> Any:
        """Return the answer (all pages), None where the thing is not there, or `Unread`."""
        key = operation + json.dumps(parameters, sort_keys=True)
        if key not in self._answers:
            self._answers[key] = self._ask(operation, parameters)
        return self._answers[key]

    def _ask(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        from wizard.aws.answers import Refused

        try:
            answer = call(self._client(operation), operation, parameters)
        except CallFailed as error:
            refused = Refused(operation, error.code)
            self._tell(operation, "read" if refused.absent else f"unread ({error.code})")
            return None if refused.absent else refused.unread
        self._tell(operation, "read")
        return answer

    def _client(self, operation: str) -> Any:
        from wizard.aws.sessions import read_session

        if self._session is None:
            self._session = read_session(self._profile, self._region, operations=READS)
        service = operation.partition(":")[0]
        if service not in self._clients:
            self._clients[service] = _make_client(self._session, service)
        return self._clients[service]


class Writes:
    """Calls that write, limited to the operations of one plan."""

    def __init__(
        self,
        operations: Iterable[str],
        profile: str | None,
        region: str | None,
        on_call: OnCall,
    ) -> None:
        from wizard.aws.sessions import write_session

        allowed = set()
        for operation in operations:
            allowed |= _LOCAL_NEEDS.get(operation, set()) if _is_local(operation) else {operation}
        self._session = write_session(allowed, profile, region) if allowed else None
        self._tell = on_call
        self._clients: dict[str, Any] = {}

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Make the call and return its answer without metadata; raises `CallFailed`."""
        try:
            answer = self._make(operation, parameters)
        except CallFailed as error:
            self._tell(operation, f"refused ({error.code})")
            raise
        self._tell(operation, "written")
        return answer

    def _make(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        if _is_local(operation):
            from wizard.fixes.local import run

            return run(operation, parameters, self._client)
        return call(self._client(operation.partition(":")[0]), operation, parameters)

    def _client(self, service: str, region: str | None = None) -> Any:
        key = f"{service} {region}"
        if key not in self._clients:
            self._clients[key] = _make_client(self._session, service, region)
        return self._clients[key]


_LOCAL_NEEDS = {"local:docker-login": {"ecr:GetAuthorizationToken"}}
"""What a command on this machine calls AWS for."""

Write = Callable[[str, Mapping[str, Any]], Any]


def _is_local(operation: str) -> bool:
    return operation.startswith(f"{LOCAL}:")


def _make_client(session: Any, service: str, region: str | None = None) -> Any:
    from wizard.aws.sessions import CLIENTS, config

    limits = config(_ATTEMPTS, " fix")
    return session.client(CLIENTS.get(service, service), config=limits, region_name=region)


def call(client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
    """Return the answer of `client` to `operation`, all pages of it; raises `CallFailed`."""
    name = operation.partition(":")[2]
    method = next(one for one, api in client.meta.method_to_api_mapping.items() if api == name)
    try:
        if client.can_paginate(method):
            answer = client.get_paginator(method).paginate(**parameters).build_full_result()
        else:
            answer = getattr(client, method)(**parameters)
    except Exception as error:
        raise _failed(operation, error) from None
    answer.pop("ResponseMetadata", None)
    return answer


def _failed(operation: str, error: Exception) -> Exception:
    """Return `CallFailed` for what AWS or the network said; anything else as it is.

    The classes are told by their module, since botocore may only be imported in `wizard.aws`.
    """
    if not any(one.__module__.startswith("botocore") for one in type(error).__mro__):
        return error
    said = getattr(error, "response", {}).get("Error", {})
    code = str(said.get("Code") or type(error).__name__)
    return CallFailed(operation, code, safe_line(str(said.get("Message") or error)))


def safe_line(text: str) -> str:
    """Return foreign `text` cleaned, redacted and as one line."""
    return one_line(redact(text), 1000)


def unread_mark(unread: Unread) -> dict[str, str]:
    """Return the `before` of a change whose state could not be read, as plans show it."""
    return {"unread": unread.call, "why": unread.why}
