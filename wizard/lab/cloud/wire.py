"""Reading an HTTP request as an AWS call and writing an AWS answer, by botocore's models.

The parsers and serializers are moto's, so every protocol is spoken exactly as moto speaks it.
"""

from __future__ import annotations

import io
import re
import sys
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from botocore.model import OperationNotFoundError
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from wizard.lab.cloud import shapes
from wizard.lab.cloud.errors import AwsError

Environ = dict[str, Any]

# The name in a signature's scope, where botocore calls the service otherwise.
SERVICE_OF_SCOPE = {
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "elasticfilesystem": "efs",
    "tagging": "resourcegroupstaggingapi",
    "servicequotas": "service-quotas",
    "application-autoscaling": "application-autoscaling",
}
_SCOPE = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([^/]*)/([^/]+)/aws4_request")


@dataclass
class Answer:
    """What goes back over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Call:
    """One AWS call as it came in."""

    service: str
    operation: str
    region: str
    access_key: str
    token: str | None
    environ: Environ
    body: bytes
    params: dict[str, Any] = field(default_factory=dict)
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def action(self) -> str:
        """The IAM action's usual name, ``service:Operation``."""
        return f"{self.service}:{self.operation}"

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov`` by the call's region."""
        return partition_of(self.region)


def partition_of(region: str) -> str:
    """The partition that *region* lies in (https://docs.aws.amazon.com/whitepapers/latest/
    aws-fault-isolation-boundaries/partitions.html)."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def fresh(environ: Environ, body: bytes) -> Environ:
    """A copy of *environ* whose body can be read (again)."""
    copy = dict(environ)
    copy["wsgi.input"] = io.BytesIO(body)
    copy["CONTENT_LENGTH"] = str(len(body))
    return copy


def read(environ: Environ, body: bytes) -> Call | None:
    """The AWS call in a request; None when the request is none that is signed for AWS."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return None
    access_key, _, region, name = scope.groups()
    call = Call(
        service=_service(name, body),
        operation="",
        region=region,
        access_key=access_key,
        token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN"),
        environ=environ,
        body=body,
    )
    request = Request(fresh(environ, body))
    uri: dict[str, Any] = {}
    call.operation, uri = _operation(call, request)
    if call.operation:
        call.params = _params(call, request, uri)
    return call


def _service(name: str, body: bytes) -> str:
    if name == "elasticloadbalancing" and b"Version=2012-06-01" in body:
        return "elb"
    return SERVICE_OF_SCOPE.get(name, name)


def _operation(call: Call, request: Request) -> tuple[str, dict[str, Any]]:
    target = call.environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.rsplit(".", 1)[-1], {}
    if call.environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(call.body.decode("utf-8", "replace")).get("Action")
        if action:
            return action[0], {}
    try:
        operation, uri = get_service_router(call.service).match(request)
    except (HTTPException, NotImplementedError, ValueError, KeyError):
        return "", {}
    except Exception:  # an unknown service: botocore has its own exception for that
        return "", {}
    return operation.name, dict(uri)


def _params(call: Call, request: Request, uri: dict[str, Any]) -> dict[str, Any]:
    model = operation_model(call.service, call.operation)
    if model is None:
        return {}
    protocol = determine_request_protocol(model.service_model, request.content_type)
    parsed = PROTOCOL_PARSERS[protocol](model).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": call.body,
            "url_path": request.path,
            "url_params": uri,
        }
    )
    return dict(parsed)


def service_model(service: str) -> ServiceModel:
    """botocore's model of *service*."""
    return get_service_model(service)


def operation_model(service: str, operation: str) -> OperationModel | None:
    """botocore's model of one operation; None when it has none."""
    try:
        found: OperationModel = get_service_model(service).operation_model(operation)
    except OperationNotFoundError:
        return None
    return found


def _serialize(call: Call, result: Any) -> Answer:
    model = operation_model(call.service, call.operation)
    if model is None:
        model = OperationModel({}, get_service_model(call.service))
    protocol = determine_request_protocol(model.service_model, call.environ.get("CONTENT_TYPE", ""))
    serializer = get_serializer_class(call.service, protocol)(model)
    serializer.context.request_id = call.request_id
    made = serializer.serialize(result)
    body = made["body"]
    headers = {str(k): str(v) for k, v in made["headers"].items()}
    headers["x-amzn-RequestId"] = call.request_id
    return Answer(made["status_code"], headers, body.encode() if isinstance(body, str) else body)


def success(call: Call, result: dict[str, Any]) -> Answer:
    """*result*, which has the shape of the operation's output, as an HTTP answer.

    Raises:
        AwsError: InternalFailure with the path of what is not as botocore's model says; it is
            a defect of the lab, and goes to the child's log as well.
    """
    model = operation_model(call.service, call.operation)
    wrong = None if model is None else shapes.problem(model, result)
    if wrong is not None:
        text = f"The lab's answer to {call.action} is not as botocore's model says: {wrong}"
        print(text, file=sys.stderr, flush=True)
        raise AwsError("InternalFailure", text, 500)
    return _serialize(call, result)


def refusal(call: Call, error: AwsError) -> Answer:
    """A refusal as an HTTP answer, in the protocol of the call."""
    answer = _serialize(call, error)
    if error.status is not None:
        answer.status = error.status
    if call.environ.get("REQUEST_METHOD") == "HEAD":
        answer.body = b""
    return answer
