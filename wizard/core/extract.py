"""Fields read from an error text: who, what, on which, where. Values stand as in the text.

Masks that people put in (`***`, `<account>`, `XXXX`) are values like any other. A value that is
not there is not invented. Texts must be readable (see `wizard.core.unwrap`) and of bounded length.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

LONGEST = 12_000
"""The longest readable text, in characters, that fields are read from."""

_ACCOUNT = r"[\w<>*＊.-]{1,40}"
_ARN = r"arn:[\w*<>-]{1,20}:[\w*<>-]{1,30}:[\w*<>-]{0,30}:[^\s\"',;()\[\]{}]{1,300}"
_HOST = r"[\w<>*-]{1,80}(?:\.[\w<>*-]{1,80}){2,12}"
_REGISTRY = (
    r"[\w<>*-]{1,40}\.dkr[.-]ecr(?:-fips)?\.[\w<>*-]{1,30}\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
)
_NAME = r"[\w<>*][\w<>*./-]{0,200}"
_ID = r"[0-9a-zA-Z*<>-]{3,40}"

# Field, then its regexes in the order of trust; the first group is the value.
_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "error_code",
        (
            r"error occurred \((\w{3,60})\)",
            r"api error (\w{3,60})",
            r"status ?code:? ?\d{3}, request id:? ?[\w-]{1,80},? (?:api error )?(\w{3,60}):",
            r"\"?errorCode\"?: ?\"([\w.]{3,60})\"",
            r"\"__type\": ?\"(?:[\w.]{1,80}#)?(\w{3,60})\"",
            r"\b((?:ResourceInitialization|CannotPull(?:Container|Image)?(?:Image)?"
            r"|CannotStartContainer|CannotCreateContainer|CannotInspectContainer|OutOfMemory"
            r"|ContainerRuntime(?:Timeout)?|DockerTimeout|TaskFailedToStart)Error)\b",
            r"\b([A-Z]\w{2,50}(?:Exception|Fault))\b",
            r"\b((?:Client\.)?(?:UnauthorizedOperation|AccessDenied|NoSuchEntity|AuthFailure"
            r"|InvalidClientTokenId|ExpiredToken|SignatureDoesNotMatch|RequestLimitExceeded"
            r"|RouteAlreadyExists|DuplicateSubnetsInSameZone|InvalidServiceName"
            r"|RequestTimeTooSkewed|Throttling))\b",
            r"\((?!service )(?:Service: [^)]{0,200}Error Code: )(\w{3,60})",
            r"\b((?:Invalid\w{2,30}|DependencyViolation)\.\w{3,30})\b",
        ),
    ),
    (
        "operation",
        (
            r"calling the (\w{3,60}) operation",
            r"operation error [\w ]{2,40}: (\w{3,60})",
            r"\"?eventName\"?: ?\"(\w{3,60})\"",
            r"\b(?:ecs|ecr|iam|sts|ec2|logs|ssm|kms|elbv2) (?:\w{1,20} )?(execute-command"
            r"|update-service|create-service|run-task|get-login-password|create-vpc-endpoint)\b",
        ),
    ),
    (
        "principal",
        (
            rf"[Uu]ser: ({_ARN})",
            rf"\b({_ARN.replace('arn:', 'arn:', 1)}) is not authorized",
            r"\"arn\": ?\"(arn:[\w-]{1,20}:(?:sts|iam)::[^\"]{3,300})\"",
        ),
    ),
    (
        "action",
        (
            r"perform:? ?'?\"?([a-z0-9-]{2,40}:[A-Za-z]{2,60})",
            r"allows? the ([a-z0-9-]{2,40}:[A-Za-z]{2,60}) action",
        ),
    ),
    (
        "resource",
        (rf"on resource:? ?\"?'?({_ARN}|\*)", r"on resource:? ?\"?'?([\w:/.*<>-]{2,300})"),
    ),
    (
        "cluster",
        (
            rf"--cluster[ =]\"?'?(?:arn:\S{{1,80}}:cluster/)?({_NAME})",
            r":cluster/([\w<>*-]{1,255})",
            r"\"cluster\": ?\"([\w-]{1,255})\"",
            r":(?:service|task|container-instance)/([\w<>*-]{1,255})/[\w<>*-]{1,255}",
        ),
    ),
    (
        "service",
        (
            rf"--services?(?:-name)?[ =]\"?'?(?:arn:\S{{1,200}}/)?({_NAME})",
            r":service/(?:[\w<>*-]{1,255}/)?([\w<>*-]{1,255})",
            r"\(service:? ([\w<>*-]{1,255})[,)]",
            r"\bservice \(?([\w<>*-]{1,255})\)? (?:was|has|is|failed|operations|did|deployment)\b",
            r"\bservice ([\w<>*-]{1,255}) in (?:environment|cluster)\b",
            r"\"?serviceName\"?: ?\"([\w-]{1,255})\"",
        ),
    ),
    (
        "task",
        (
            r"--tasks?[ =]\"?'?(?:arn:\S{1,200}/)?([\w<>*-]{1,60})",
            r":task/(?:[\w<>*-]{1,255}/)?([\w<>*-]{3,60})",
            r"\(task ([0-9a-f]{32}|[0-9a-f-]{36})\)",
            r"\btask ([0-9a-f]{32})\b",
        ),
    ),
    (
        "container",
        (
            r"--container[ =]\"?'?([\w<>*-]{1,255})",
            r"container with name:? ?\"?'?([\w-]{1,255})",
            r"[Cc]ontainer ['\"]([\w-]{1,255})['\"]",
            r"\bcontainer ([\w-]{1,255}) (?:does|did|is|was|has|in)\b(?! task)",
            r"in container ([\w-]{1,255})\b",
            r"\"containers\": ?\[.{0,600}?\"name\": ?\"([\w-]{1,255})\"",
            r"containers: ?- .{0,200}?\bname: ([\w-]{1,255})",
        ),
    ),
    (
        "log_group",
        (
            r"--log-group(?:-name)?[ =]\"?'?([\w./#<>*-]{1,512})",
            r":log-group:([\w./#<>*-]{1,512})",
            r"log group (?:named? )?[\"']([\w./#<>*-]{1,512})[\"']",
            r"awslogs-group\"?'?[:=] ?\"?'?([\w./#<>*-]{1,512})",
        ),
    ),
    (
        "secret",
        (
            r"(arn:[\w-]{1,20}:secretsmanager:[\w*<>-]{1,30}:[^\s\"',;()\[\]]{3,300})",
            r"(arn:[\w-]{1,20}:ssm:[\w*<>-]{1,30}:[^\s\"',;()\[\]]{3,300})",
            r"invalid ssm parameters: ?\[?([\w./<>*-]{1,300})",
        ),
    ),
    (
        "role",
        (
            r"assume (?:the )?role:? ?\"?'?(arn:[^\s\"',;()]{5,300})",
            r"[Rr]ole '?\"?(arn:[^\s\"',;()]{5,300})",
            r"[Rr]ole with name ([\w+=,.@<>*-]{1,128}) cannot be found",
            r"(arn:[\w-]{1,20}:iam::[\w<>*-]{1,20}:role/[\w+=,.@/<>*-]{1,200})",
        ),
    ),
    (
        "exit_code",
        (
            r"(?:exit code|exitCode|ExitCode|Exit Code|exit status)\"?'?:? ?\"?(-?\d{1,3})\b",
            r"exited with (?:code |status |exit code )?(-?\d{1,3})\b",
            r"終了コード[はがを: :]{0,3}(-?\d{1,3})(?!\d)",
        ),
    ),
    (
        "host",
        (
            rf"lookup ({_HOST})",
            rf"(?:Post|Get|Head|Put|GET|HEAD|endpoint URL)[: ]{{1,2}}\"?'?https?://({_HOST})",
        ),
    ),
    (
        "endpoint",
        (
            rf"endpoint URL:? ?\"?'?(https?://{_HOST}[\w/.-]{{0,200}})",
            r"\b(vpce-[0-9a-f*]{3,17})\b",
        ),
    ),
    ("vpc", (r"\b(vpc-[0-9a-fx*]{3,17})\b",)),
    ("subnet", (r"\b(subnet-[0-9a-fx*]{3,17})\b",)),
    ("security_group", (r"\b(sg-[0-9a-fx*]{3,17})\b",)),
    ("route_table", (r"\b(rtb-[0-9a-fx*]{3,17})\b",)),
    ("file_system", (r"\b(fs-[0-9a-fx*]{3,17})\b",)),
    (
        "target_group",
        (
            r"(arn:[\w-]{1,20}:elasticloadbalancing:[^\s\"',;()]{3,120}:targetgroup/[\w/<>*-]{1,80})",
            r"\(target-group ([^\s()]{3,200})\)",
        ),
    ),
    (
        "key",
        (
            r"(arn:[\w-]{1,20}:kms:[\w*<>-]{1,30}:[^\s\"',;()\[\]]{3,120})",
            r"json key \"?'?([\w.<>*-]{1,100})",
        ),
    ),
    (
        "platform",
        (r"platform \"?'?((?:linux|windows)/[a-z0-9/]{2,20})", r"(linux/(?:amd64|arm64)(?:/v\d)?)"),
    ),
)
_REGION = r"(?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-iso)-(?:[a-z]{4,9}|gov-[a-z]{4,9})-\d"
_IMAGE = re.compile(
    rf"(?P<registry>{_REGISTRY})/(?P<repository>[a-z0-9<>*_][\w<>*./-]{{0,200}}?)"
    r"(?:@sha256:[0-9a-f]{8,64}|:(?P<tag>[\w<>*][\w<>*.-]{0,127}))?(?=[\s\"',;)\]:]|\.?$)"
)
_OTHER_IMAGE = re.compile(
    r"(?:failed to resolve ref|pulling image|pull image manifest from|pull image|image)[: ]{1,2}"
    r"[\"']?(?P<image>(?:[\w-]{1,60}\.)*[\w-]{1,60}(?::\d{2,5})?/[\w./-]{1,200}(?::[\w.-]{1,128})?"
    r"(?:@sha256:[0-9a-f]{8,64})?)"
)
_DENIED_BY = (
    ("service control policy", "SCP"),
    ("resource control policy", "RCP"),
    ("vpc endpoint policy", "VPC endpoint policy"),
    ("permissions boundary", "permissions boundary"),
    ("session policy", "session"),
    ("resource-based policy", "resource-based"),
    ("identity-based policy", "identity-based"),
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def read_fields(text: str) -> dict[str, str | list[str]]:
    """Return the fields that can be read from readable `text`, by the contract's field names."""
    text = text[:LONGEST]
    found: dict[str, str | list[str]] = {}
    for name, patterns in _RULES:
        value = _first(patterns, text)
        if value:
            found[name] = value
    if "operation" in found and "-" in found["operation"]:
        found["operation"] = "".join(part.title() for part in str(found["operation"]).split("-"))
    _images(text, found)
    _denial(text, found)
    _place(text, found)
    return found


def own_fields(patterns: Iterable[str], text: str) -> dict[str, str]:
    """Return the named groups of a symptom's own regexes found in readable `text`."""
    found: dict[str, str] = {}
    for pattern in patterns:
        match = _compiled(pattern).search(text[:LONGEST])
        if match:
            found |= {k: _trim(v) for k, v in match.groupdict().items() if v and k not in found}
    return found


def _first(patterns: Iterable[str], text: str) -> str | None:
    for pattern in patterns:
        match = _compiled(pattern).search(text)
        if match:
            return _trim(match.group(1)) or None
    return None


def _trim(value: str) -> str:
    value = value.rstrip(".,:;!?\\")
    if value.endswith(")") and "(" not in value:
        value = value[:-1]
    return value


def _images(text: str, found: dict[str, str | list[str]]) -> None:
    match = _IMAGE.search(text)
    if match:
        found["image"] = _trim(match.group(0))
        found |= {name: _trim(part) for name, part in match.groupdict().items() if part}
        return
    registry = _compiled(rf"({_REGISTRY})").search(text)
    if registry:
        found["registry"] = registry.group(1)
    other = _OTHER_IMAGE.search(text)
    if other:
        found["image"] = _trim(other.group("image"))
    name = _compiled(r"in the ['\"]([a-z0-9][\w./-]{1,255})['\"] repository").search(text)
    name = (
        name
        or _compiled(
            r"repository (?:with name |named )?['\"]?([a-z0-9<>*][\w<>*./-]{1,255}?)['\"]?"
            r" (?:does not|in )"
        ).search(text)
        or _compiled(r":repository/([\w<>*./-]{1,255})").search(text)
    )
    if name:
        found["repository"] = _trim(name.group(1))
    tag = _compiled(r"(?:image|tag) (?:tag )?'([\w.<>*-]{1,128})' already exists").search(text)
    if tag:
        found["tag"] = tag.group(1)


def _denial(text: str, found: dict[str, str | list[str]]) -> None:
    low = text.lower()
    if "is not authorized to perform" not in low and "explicit deny" not in low:
        return
    kind = next((name for words, name in _DENIED_BY if words in low), None)
    if kind:
        found["denied_by"] = kind
        found["reason"] = "explicit deny" if "explicit deny" in low else "implicit deny"
    actions = dict.fromkeys(re.findall(r"perform:? ?'?\"?([a-z0-9-]{2,40}:[A-Za-z]{2,60})", text))
    if len(actions) > 1:
        found["actions"] = list(actions)


def _place(text: str, found: Mapping[str, str | list[str]] | dict[str, str | list[str]]) -> None:
    assert isinstance(found, dict)
    region = (
        _compiled(rf"--region[ =]\"?'?({_REGION})").search(text)
        or _compiled(rf"arn:[\w-]{{1,20}}:[\w-]{{1,30}}:({_REGION}):").search(text)
        or _compiled(rf"[./]({_REGION})\.(?:amazonaws|on\.aws|vpce)").search(text)
        or _compiled(rf"-({_REGION})-starport").search(text)
        or _compiled(rf"\bcom\.amazonaws\.({_REGION})\.").search(text)
        or _compiled(rf"awsRegion\"?: ?\"({_REGION})").search(text)
        or _compiled(rf"\bin (?:region )?({_REGION})\b").search(text)
        or _compiled(rf"AWS_(?:DEFAULT_)?REGION[=:] ?\"?({_REGION})").search(text)
    )
    if region:
        found["region"] = region.group(1)
    account = _compiled(
        rf"arn:[\w*<>-]{{1,20}}:[\w*<>-]{{1,30}}:[\w*<>-]{{0,30}}:({_ACCOUNT}):"
    ).search(text) or _compiled(
        r"\b([\w<>*-]{1,40})\.dkr[.-]ecr|registry with id ['\"]([\w<>*-]{1,40})['\"]"
    ).search(text)
    if account:
        found["account"] = next(group for group in account.groups() if group)
