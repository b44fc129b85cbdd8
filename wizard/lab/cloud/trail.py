"""CloudTrail's event history: management events with their refusals, and LookupEvents.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime
from typing import Any

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.principals import Principal
from wizard.lab.cloud.state import Cloud, Record
from wizard.lab.cloud.wire import Answer, Call

# Data events are not in the event history, nor is CloudTrail's own reading of it.
_DATA = {
    "s3:GetObject",
    "s3:PutObject",
    "s3:HeadObject",
    "s3:DeleteObject",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "sqs:DeleteMessage",
}
# A few services spell the code in the trail without "Exception".
_CODES = {
    "AccessDeniedException": "AccessDenied",
    "UnauthorizedOperation": "Client.UnauthorizedOperation",
}
_SOURCES = {"elbv2": "elasticloadbalancing", "efs": "elasticfilesystem", "cloudwatch": "monitoring"}


def plain(value: Any) -> Any:
    """Request parameters as JSON can hold them."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def error_in(answer: Answer) -> AwsError | None:
    """The refusal in an answer of moto's."""
    if answer.status < 400:
        return None
    text = answer.body.decode("utf-8", "replace")
    code = re.search(r'<Code>([^<]+)|"__type":\s*"(?:[^"#]*#)?([^"]+)', text)
    message = re.search(r'<Message>([^<]*)|"[mM]essage":\s*"((?:[^"\\]|\\.)*)', text)
    return AwsError(
        next((g for g in code.groups() if g), "Unknown") if code else "Unknown",
        next((g for g in message.groups() if g), "") if message else "",
        answer.status,
    )


def record(cloud: Cloud, call: Call, caller: Principal | None, error: AwsError | None) -> None:
    """Keeps a management event of *call*."""
    if call.action in _DATA or caller is None or call.service == "cloudtrail":
        return
    now = stamp(cloud.clock.now())
    source = f"{_SOURCES.get(call.service, call.service)}.amazonaws.com"
    event: Record = {
        "eventVersion": "1.11",
        "userIdentity": _identity(call, caller),
        "eventTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": source,
        "eventName": call.operation,
        "awsRegion": call.region,
        "sourceIPAddress": "203.0.113.25",
        "userAgent": call.environ.get("HTTP_USER_AGENT", ""),
        "requestParameters": plain(call.params) or None,
        "responseElements": None,
        "requestID": call.request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": call.operation.startswith(("Describe", "Get", "List", "Batch", "Lookup")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": caller.account,
        "eventCategory": "Management",
    }
    if error is not None:
        event["errorCode"] = _CODES.get(error.code, error.code)
        event["errorMessage"] = error.message
    cloud.memory.trail.appendleft({"time": cloud.clock.now(), "event": event})


def _identity(call: Call, caller: Principal) -> Record:
    identity: Record = {
        "type": {"root": "Root", "user": "IAMUser"}.get(caller.kind, "AssumedRole"),
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": caller.account,
        "accessKeyId": call.access_key,
    }
    if caller.kind == "user" and caller.entity is not None:
        identity["userName"] = caller.entity.name
    if caller.kind == "role" and caller.entity is not None:
        identity["sessionContext"] = {
            "sessionIssuer": {
                "type": "Role",
                "arn": caller.entity.arn,
                "accountId": caller.account,
                "userName": caller.entity.name,
            }
        }
    return identity


@handles("cloudtrail", "LookupEvents")
def lookup_events(context: Context) -> Result:
    """LookupEvents with its look-up attributes, times and pages of at most 50."""
    p = context.params
    chosen = [r for r in context.cloud.memory.trail if _wanted(r, p, context)]
    start = int(p.get("NextToken") or 0)
    size = min(int(p.get("MaxResults") or 50), 50)
    result: Result = {"Events": [_shown(r) for r in chosen[start : start + size]]}
    if start + size < len(chosen):
        result["NextToken"] = str(start + size)
    return result


def _wanted(kept: Record, p: dict[str, Any], context: Context) -> bool:
    event, when = kept["event"], stamp(kept["time"])
    if event["recipientAccountId"] != context.account or event["awsRegion"] != context.region:
        return False
    if p.get("StartTime") and when < _aware(p["StartTime"]):
        return False
    if p.get("EndTime") and when > _aware(p["EndTime"]):
        return False
    return all(
        _attribute(event, a["AttributeKey"]) == a["AttributeValue"]
        for a in p.get("LookupAttributes") or []
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=stamp(0).tzinfo)


def _user(event: Record) -> str:
    identity = event["userIdentity"]
    return str(identity.get("userName") or identity["arn"].rsplit("/", 1)[-1])


def _attribute(event: Record, key: str) -> Any:
    return {
        "EventId": event["eventID"],
        "EventName": event["eventName"],
        "ReadOnly": str(event["readOnly"]).lower(),
        "Username": _user(event),
        "EventSource": event["eventSource"],
        "AccessKeyId": event["userIdentity"]["accessKeyId"],
    }.get(key)


def _shown(kept: Record) -> Record:
    event = kept["event"]
    return {
        "EventId": event["eventID"],
        "EventName": event["eventName"],
        "ReadOnly": str(event["readOnly"]).lower(),
        "AccessKeyId": event["userIdentity"]["accessKeyId"],
        "EventTime": stamp(kept["time"]),
        "EventSource": event["eventSource"],
        "Username": _user(event),
        "Resources": [],
        "CloudTrailEvent": json.dumps(event),
    }
