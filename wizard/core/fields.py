"""Which fields are read how: field, the text that must be there, the regex (group 1 is the value).

The rows of a field are in the order of trust. The text that must be there is looked for first,
so that a cold look-up compiles few regexes.
"""

ACCOUNT = r"[\w<>*＊.-]{1,40}"
MASK = r"(?:\$?\{{1,2}[\w. -]{1,40}\}{1,2}|\[[\w* -]{1,40}\])"
"""What people and tools put where an account was: `[MASKED]`, `{{account_id}}`, `${ACCOUNT}`."""
ARN = (
    rf"arn:[\w*<>-]{{1,20}}:[\w*<>-]{{1,30}}:[\w*<>-]{{0,30}}:{MASK}?"
    rf"[^\s\"',;()\[\]{{}}]{{1,300}}"
)
HOST = r"[\w<>*-]{1,80}(?:\.[\w<>*-]{1,80}){2,12}"
REGISTRY = (
    rf"(?:[\w<>*-]{{1,40}}|{MASK})"
    r"\.dkr[.-]ecr(?:-fips)?\.[\w<>*-]{1,30}\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
)
REGION = r"(?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov|us-iso)-(?:[a-z]{4,9}|gov-[a-z]{4,9})-\d"
_BARE_CODES = (
    "UnauthorizedOperation",
    "AccessDenied",
    "NoSuchEntity",
    "AuthFailure",
    "InvalidClientTokenId",
    "ExpiredToken",
    "SignatureDoesNotMatch",
    "RequestLimitExceeded",
    "RouteAlreadyExists",
    "DuplicateSubnetsInSameZone",
    "InvalidServiceName",
    "RequestTimeTooSkewed",
    "Throttling",
)
ID = r"(?:[0-9a-fxX*]{3,17}\b|[*X]{3,17}|<[\w -]{1,20}>)"
NAME = r"[\w<>*][\w<>*./-]{0,200}"

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("error_code", ("error occurred (",), r"error occurred \((\w{3,60})\)"),
    ("error_code", ("api error ",), r"api error (\w{3,60})"),
    (
        "error_code",
        ("tatus",),
        r"status ?code:? ?\d{3}, request id:? ?[\w-]{1,80},? (?:api error )?(\w{3,60}):",
    ),
    ("error_code", ("rrorCode",), r"\"?errorCode\"?: ?\"([\w.]{3,60})\""),
    ("error_code", ("__type",), r"\"__type\": ?\"(?:[\w.]{1,80}#)?(\w{3,60})\""),
    (
        "error_code",
        ("Error",),
        r"\b((?:ResourceInitialization|CannotPull(?:Container|Image)?(?:Image)?"
        r"|CannotStartContainer|CannotCreateContainer|CannotInspectContainer|OutOfMemory"
        r"|ContainerRuntime(?:Timeout)?|DockerTimeout|TaskFailedToStart)Error)\b",
    ),
    ("error_code", ("Exception", "Fault"), r"\b([A-Z]\w{2,50}(?:Exception|Fault))\b"),
    ("error_code", _BARE_CODES, rf"\b((?:Client\.)?(?:{'|'.join(_BARE_CODES)}))\b"),
    (
        "error_code",
        ("Error Code: ",),
        r"\((?!service )(?:Service: [^)]{0,200}Error Code: )(\w{3,60})",
    ),
    (
        "error_code",
        ("Invalid", "DependencyViolation"),
        r"\b((?:Invalid\w{2,30}|DependencyViolation)\.\w{3,30})\b",
    ),
    ("operation", ("calling the ",), r"calling the (\w{3,60}) operation"),
    ("operation", ("operation error ",), r"operation error [\w ]{2,40}: (\w{3,60})"),
    ("operation", ("eventName",), r"\"?eventName\"?: ?\"(\w{3,60})\""),
    (
        "operation",
        (
            "execute-command",
            "update-service",
            "create-service",
            "run-task",
            "get-login-password",
            "create-vpc-endpoint",
        ),
        r"\b(?:ecs|ecr|iam|sts|ec2|logs|ssm|kms|elbv2) (?:\w{1,20} )?(execute-command"
        r"|update-service|create-service|run-task|get-login-password|create-vpc-endpoint)\b",
    ),
    ("principal", ("ser: ",), rf"[Uu]ser: ({ARN})"),
    ("principal", ("is not authorized",), rf"\b({ARN}) is not authorized"),
    ("principal", ('"arn"',), r"\"arn\": ?\"(arn:[\w-]{1,20}:(?:sts|iam)::[^\"]{3,300})\""),
    ("action", ("perform",), r"perform:? ?'?\"?([a-z0-9-]{2,40}:[A-Za-z]{2,60})"),
    ("action", ("allow",), r"allows? the ([a-z0-9-]{2,40}:[A-Za-z]{2,60}) action"),
    ("resource", ("on resource",), rf"\bon resource:? ?\"?'?({ARN}|\*)"),
    ("resource", ("on resource",), r"\bon resource:? ?\"?'?([\w:/.*<>-]{2,300})"),
    ("cluster", ("--cluster",), rf"--cluster[ =]\"?'?(?:arn:\S{{1,80}}:cluster/)?({NAME})"),
    ("cluster", (":cluster/",), r":cluster/([\w<>*-]{1,255})"),
    ("cluster", ('"cluster"',), r"\"cluster\": ?\"([\w-]{1,255})\""),
    (
        "cluster",
        (":service/", ":task/", ":container-instance/"),
        r":(?:service|task|container-instance)/([\w<>*-]{1,255})/[\w<>*-]{1,255}",
    ),
    ("service", ("--service",), rf"--services?(?:-name)?[ =]\"?'?(?:arn:\S{{1,200}}/)?({NAME})"),
    ("service", (":service/",), r":service/(?:[\w<>*-]{1,255}/)?([\w<>*-]{1,255})"),
    ("service", ("(service",), r"\(service:? ([\w<>*-]{1,255})[,)]"),
    (
        "service",
        ("ervice ",),
        r"\bservice (?!call )\(?([\w<>*-]{1,255})\)?"
        r" (?:was|has|is|failed|operations|did|deployment)\b",
    ),
    ("service", ("service ",), r"\bservice ([\w<>*-]{1,255}) in (?:environment|cluster)\b"),
    ("service", ("serviceName",), r"\"?serviceName\"?: ?\"([\w-]{1,255})\""),
    ("task", ("--task",), r"--tasks?[ =]\"?'?(?:arn:\S{1,200}/)?([\w<>*-]{1,60})"),
    ("task", (":task/",), r":task/(?:[\w<>*-]{1,255}/)?([\w<>*-]{3,60})"),
    ("task", ("(task",), r"\(task ([0-9a-f]{32}|[0-9a-f-]{36})\)"),
    ("task", ("task ",), r"\btask ([0-9a-f]{32})\b"),
    ("container", ("--container",), r"--container[ =]\"?'?([\w<>*-]{1,255})"),
    ("container", ("container with name",), r"container with name:? ?\"?'?([\w-]{1,255})"),
    ("container", ("ontainer ",), r"[Cc]ontainer ['\"]([\w-]{1,255})['\"]"),
    (
        "container",
        ("container ",),
        r"\bcontainer ([\w-]{1,255}) (?:does|did|is|was|has|in)\b(?! task)",
    ),
    ("container", ("in container ",), r"in container ([\w-]{1,255})\b"),
    ("container", ('"containers"',), r"\"containers\": ?\[.{0,600}?\"name\": ?\"([\w-]{1,255})\""),
    ("container", ("containers:",), r"containers: ?- .{0,200}?\bname: ([\w-]{1,255})"),
    ("log_group", ("--log-group",), r"--log-group(?:-name)?[ =]\"?'?([\w./#<>*-]{1,512})"),
    ("log_group", (":log-group:",), r":log-group:([\w./#<>*-]{1,512})"),
    ("log_group", ("log group ",), r"log group (?:named? )?[\"']([\w./#<>*-]{1,512})[\"']"),
    ("log_group", ("awslogs-group",), r"awslogs-group\"?'?[:=] ?\"?'?([\w./#<>*-]{1,512})"),
    (
        "secret",
        (":secretsmanager:",),
        r"(arn:[\w-]{1,20}:secretsmanager:[\w*<>-]{1,30}:[^\s\"',;()\[\]]{3,300})",
    ),
    ("secret", (":ssm:",), r"(arn:[\w-]{1,20}:ssm:[\w*<>-]{1,30}:[^\s\"',;()\[\]]{3,300})"),
    ("secret", ("invalid ssm parameters",), r"invalid ssm parameters: ?\[?([\w./<>*-]{1,300})"),
    ("role", ("assume ",), r"assume (?:the )?role:? ?\"?'?(arn:[^\s\"',;()]{5,300})"),
    ("role", ("ole ",), r"[Rr]ole '?\"?(arn:[^\s\"',;()]{5,300})"),
    ("role", ("ole with name ",), r"[Rr]ole with name ([\w+=,.@<>*-]{1,128}) cannot be found"),
    ("role", (":role/",), r"(arn:[\w-]{1,20}:iam::[\w<>*-]{1,20}:role/[\w+=,.@/<>*-]{1,200})"),
    (
        "exit_code",
        ("xit", "Exit"),
        r"(?:[Ee]xit ?[Cc]ode|exit[_-]code|exit status)\"?'?\s?[:=|]?\s?\"?(-?\d{1,3})\b",
    ),
    ("exit_code", ("exited with ",), r"exited with (?:code |status |exit code )?(-?\d{1,3})\b"),
    ("exit_code", ("終了コード",), r"終了コード[はがを: :]{0,3}(-?\d{1,3})(?!\d)"),
    ("host", ("lookup ",), rf"lookup ({HOST})"),
    ("host", ("validation failed for",), rf"validation failed for https?://({HOST})"),
    ("host", ("ConnectionPool(host=",), rf"ConnectionPool\(host='({HOST})'"),
    (
        "host",
        ("://",),
        rf"(?:Post|Get|Head|Put|GET|HEAD|endpoint URL)[: ]{{1,2}}\"?'?https?://({HOST})",
    ),
    ("endpoint", ("endpoint URL",), rf"endpoint URL:? ?\"?'?(https?://{HOST}[\w/.-]{{0,200}})"),
    ("endpoint", ("vpce-",), r"\b(vpce-[0-9a-f*]{3,17})\b"),
    ("vpc", ("vpc-",), rf"\b(vpc-{ID})"),
    ("subnet", ("subnet-",), rf"\b(subnet-{ID})"),
    ("subnet", ("subnet ID '",), r"subnet ID '([\w-]{1,60})'"),
    ("security_group", ("sg-",), rf"\b(sg-{ID})"),
    ("route_table", ("rtb-",), r"\b(rtb-[0-9a-fx*]{3,17})\b"),
    ("file_system", ("fs-",), r"\b(fs-[0-9a-fx*]{3,17})\b"),
    (
        "target_group",
        (":targetgroup/",),
        r"(arn:[\w-]{1,20}:elasticloadbalancing:[^\s\"',;()]{3,120}:targetgroup/[\w/<>*-]{1,80})",
    ),
    ("target_group", ("target-group ",), r"\(?target-group ([^\s()]{3,200})(?:\)| due)"),
    ("key", (":kms:",), r"(arn:[\w-]{1,20}:kms:[\w*<>-]{1,30}:[^\s\"',;()\[\]]{3,120})"),
    ("key", ("json key ",), r"json key \"?'?([\w.<>*-]{1,100})"),
    ("platform", ("platform ",), r"platform \"?'?((?:linux|windows)/[a-z0-9/]{2,20})"),
    ("platform", ("linux/",), r"(linux/(?:amd64|arm64)(?:/v\d)?)"),
    (
        "image",
        ("ref ", "image"),
        r"(?:failed to resolve ref|pulling image|pull image manifest from|pull image|image)"
        r"[: ]{1,2}"
        r"[\"']?((?:[\w-]{1,60}\.){0,8}[\w-]{1,60}(?::\d{2,5})?/[\w./-]{1,200}(?::[\w.-]{1,128})?"
        r"(?:@sha256:[0-9a-f]{8,64})?)",
    ),
    ("registry", (".dkr",), rf"({REGISTRY})"),
    (
        "repository",
        ("epository",),
        r"repository (?:with name |named )?['\"]?([a-z0-9<>*][\w<>*./-]{1,255}?)['\"]?"
        r" (?:does not|in )",
    ),
    ("repository", ("' repository",), r"in the ['\"]([a-z0-9][\w./-]{1,255})['\"] repository"),
    ("repository", (":repository/",), r":repository/([\w<>*./-]{1,255})"),
    ("repository", ("--repository-name",), r"--repository-name[ =]([\w<>*./-]{1,255})"),
    ("tag", ("already exists",), r"(?:image|tag) (?:tag )?'([\w.<>*-]{1,128})' already exists"),
    ("region", ("--region",), rf"--region[ =]\"?'?({REGION})"),
    ("region", ("arn:",), rf"arn:[\w-]{{1,20}}:[\w-]{{1,30}}:({REGION}):"),
    ("region", ("amazonaws", ".on.aws", ".vpce"), rf"[./]({REGION})\.(?:amazonaws|on\.aws|vpce)"),
    ("region", ("-starport",), rf"-({REGION})-starport"),
    ("region", ("com.amazonaws.",), rf"\bcom\.amazonaws\.({REGION})\."),
    ("region", ("awsRegion",), rf"awsRegion\"?: ?\"({REGION})"),
    ("region", ("_REGION",), rf"AWS_(?:DEFAULT_)?REGION[=:] ?\"?({REGION})"),
    ("region", ("in ",), rf"\bin (?:region )?({REGION})\b"),
    (
        "account",
        ("arn:",),
        rf"arn:[\w*<>-]{{1,20}}:[\w*<>-]{{1,30}}:[\w*<>-]{{0,30}}:({ACCOUNT}|{MASK}):",
    ),
    ("account", (".dkr",), rf"(?<![\w<>*-])([\w<>*-]{{1,40}}|{MASK})\.dkr[.-]ecr"),
    ("account", ("registry with id",), r"registry with id ['\"]([\w<>*-]{1,40})['\"]"),
)
