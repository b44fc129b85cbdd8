"""Links to the layers of images, signed for an hour, and what lies behind them.

ECR keeps layers in a bucket of each region and hands out signed links to it; here the bucket's
name is the first part of a path on loopback, as S3 takes it in path style.
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from urllib.parse import parse_qs, urlencode
from xml.sax.saxutils import escape

from wizard.lab.cloud.state import Cloud
from wizard.lab.cloud.wire import Answer, Environ

VALID_S = 3600
_PATH = re.compile(r"/prod-[a-z0-9-]+-starport-layer-bucket/\d{12}/(?P<digest>[0-9a-f]{64})")
_SECRET = secrets.token_bytes(32)


def link(environ: Environ, region: str, registry: str, digest: str, now: float) -> str:
    """A link to the layer *digest* (``sha256:…``) of *registry*, on the door that was asked."""
    path = f"/prod-{region}-starport-layer-bucket/{registry}/{digest.partition(':')[2]}"
    until = str(int(now) + VALID_S)
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Expires": str(VALID_S),
        "lab-until": until,
        "X-Amz-Signature": _signature(path, until),
    }
    return f"http://127.0.0.1:{environ['SERVER_PORT']}{path}?{urlencode(query)}"


def is_link(path: str) -> bool:
    """Whether a path is one that :func:`link` makes."""
    return _PATH.fullmatch(path) is not None


def answer(cloud: Cloud, environ: Environ) -> Answer:
    """The layer behind a link; S3's refusal when the link is over or not one of ours.

    Only blobs of up to 256 KB are kept (see :mod:`wizard.lab.cloud.ecr`).
    """
    path = str(environ.get("PATH_INFO", ""))
    match = _PATH.fullmatch(path)
    query = {k: v[0] for k, v in parse_qs(str(environ.get("QUERY_STRING", ""))).items()}
    until = query.get("lab-until", "")
    if not hmac.compare_digest(_signature(path, until), query.get("X-Amz-Signature", "")):
        text = "The request signature we calculated does not match the signature you provided."
        return _refused(403, "SignatureDoesNotMatch", f"{text} Check your key and signing method.")
    if float(until) < cloud.clock.now():
        return _refused(403, "AccessDenied", "Request has expired")
    blob = cloud.memory.blobs.get(f"sha256:{match['digest']}") if match else None
    if blob is None:
        return _refused(404, "NoSuchKey", "The specified key does not exist.")
    etag = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    headers = {"Content-Type": "application/octet-stream", "ETag": f'"{etag}"'}
    return Answer(200, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else blob)


def _signature(path: str, until: str) -> str:
    return hmac.new(_SECRET, f"{path}?{until}".encode(), "sha256").hexdigest()


def _refused(status: int, code: str, message: str) -> Answer:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>"
        f"<RequestId>{uuid.uuid4().hex[:16].upper()}</RequestId></Error>"
    )
    return Answer(status, {"Content-Type": "application/xml"}, text.encode())
