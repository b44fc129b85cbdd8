"""AWS Signature Version 4, verified: the canonical request, its scope and its secret.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

Environ = dict[str, Any]

# Set on a call that the front makes of its own, for a principal whom it has recognised already.
TRUSTED = "wizard.lab.trusted"
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=[^/,\s]+/(?P<scope>[^,\s]+), *"
    r"SignedHeaders=(?P<names>[^,\s]+), *Signature=(?P<signature>[0-9a-f]+)$"
)
_FORMAT = "%Y%m%dT%H%M%SZ"
_BARE = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def stamp(when: float) -> str:
    """A moment as ``X-Amz-Date`` spells it."""
    return datetime.fromtimestamp(when, UTC).strftime(_FORMAT)


def signed_at(environ: Environ) -> float | None:
    """When a request says that it was signed; None when it does not say so."""
    try:
        moment = datetime.strptime(str(environ.get("HTTP_X_AMZ_DATE", "")), _FORMAT)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC).timestamp()


def good(environ: Environ, body: bytes, secret: str) -> bool:
    """Whether a request's signature was made with *secret* over just this request."""
    match = _HEADER.match(str(environ.get("HTTP_AUTHORIZATION", "")))
    if match is None:
        return False
    date, region, service, _ = match["scope"].split("/")
    canonical = _canonical(environ, body, match["names"].split(";"), service)
    text = "\n".join(
        (
            "AWS4-HMAC-SHA256",
            str(environ.get("HTTP_X_AMZ_DATE", "")),
            match["scope"],
            hashlib.sha256(canonical.encode()).hexdigest(),
        )
    )
    made = hmac.new(_key(secret, date, region, service), text.encode(), "sha256").hexdigest()
    return hmac.compare_digest(made, match["signature"])


@functools.lru_cache(maxsize=512)
def _key(secret: str, *scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (*scope, "aws4_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    return key


def _canonical(environ: Environ, body: bytes, names: list[str], service: str) -> str:
    path, _, query = str(environ.get("RAW_URI") or environ["PATH_INFO"]).partition("?")
    headers = "".join(f"{name}:{_header(environ, name)}\n" for name in names)
    given = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    return "\n".join(
        (
            str(environ["REQUEST_METHOD"]),
            # S3 alone does not escape the path a second time.
            path if service == "s3" else quote(path, safe="/~"),
            _sorted_query(query),
            headers,
            ";".join(names),
            str(given) if given else hashlib.sha256(body).hexdigest(),
        )
    )


def _header(environ: Environ, name: str) -> str:
    key = _BARE.get(name) or "HTTP_" + name.upper().replace("-", "_")
    return " ".join(str(environ.get(key, "")).split())


def _sorted_query(query: str) -> str:
    pairs = [part.partition("=") for part in query.split("&") if part]
    return "&".join(f"{k}={v}" for k, v in sorted((_escaped(k), _escaped(v)) for k, _, v in pairs))


def _escaped(text: str) -> str:
    return quote(unquote(text), safe="-_.~")
