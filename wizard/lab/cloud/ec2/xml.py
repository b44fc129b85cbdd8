"""EC2's XML, written straight from botocore's model.

moto's serializer asks each object for every member that the model knows, which costs several
milliseconds for a handful of endpoints; here only what is there is looked at.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/making-api-requests.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from wizard.lab.cloud.wire import Answer, Call, operation_model

_SPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


def answer(call: Call, result: Mapping[str, Any]) -> Answer:
    """*result*, which has the shape of the operation's output, as EC2's answer."""
    model = operation_model(call.service, call.operation)
    shape: Any = model.output_shape if model else None
    body = _members(shape, result) if shape else ""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{call.operation}Response xmlns="{_SPACE}">'
        f"<requestId>{call.request_id}</requestId>{body}</{call.operation}Response>"
    )
    headers = {"Content-Type": "text/xml;charset=UTF-8", "x-amzn-RequestId": call.request_id}
    return Answer(200, headers, text.encode())


def _members(shape: Any, value: Mapping[str, Any]) -> str:
    parts = []
    for name, member in value.items():
        if member is not None:
            inner = shape.members[name]
            tag = inner.serialization.get("name", name)
            parts.append(f"<{tag}>{_value(inner, member)}</{tag}>")
    return "".join(parts)


def _value(shape: Any, value: Any) -> str:
    if isinstance(value, Mapping):
        return _members(shape, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        tag = shape.member.serialization.get("name", "member")
        return "".join(f"<{tag}>{_value(shape.member, one)}</{tag}>" for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return escape(str(value))
