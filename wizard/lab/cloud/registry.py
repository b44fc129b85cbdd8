"""ECR's Docker registry (HTTP API V2) in front of the same calls that an AWS client makes.

Each request becomes the ECR operations that AWS documents for it, authorized for whoever asked
for the token: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from wizard.lab.cloud.ecr import login
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.signatures import TRUSTED
from wizard.lab.cloud.state import DEFAULT_ACCOUNT
from wizard.lab.cloud.wire import Answer, Environ

if TYPE_CHECKING:
    from wizard.lab.cloud.front import Front

_HOST = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com")
_PATH = re.compile(r"/v2/(?P<name>.+)/(?P<kind>blobs/uploads|blobs|manifests|tags)/(?P<ref>[^/]*)$")
# The registry's codes for ECR's (https://distribution.github.io/distribution/spec/api/#errors).
_CODES = {
    "AccessDeniedException": ("DENIED", 403),
    "RepositoryNotFoundException": ("NAME_UNKNOWN", 404),
    "ImageTagAlreadyExistsException": ("TAG_INVALID", 400),
    "ImageNotFoundException": ("MANIFEST_UNKNOWN", 404),
    "LayersNotFoundException": ("BLOB_UNKNOWN", 404),
}


class _Session:
    """One authenticated request to one repository."""

    def __init__(self, front: Front, environ: Environ, body: bytes) -> None:
        self.front, self.environ, self.body = front, environ, body
        host = _HOST.search(environ.get("HTTP_HOST", ""))
        self.account = host.group(1) if host else DEFAULT_ACCOUNT
        self.region = host.group(2) if host else front.cloud.region
        self.method = environ["REQUEST_METHOD"]
        self.query = parse_qs(environ.get("QUERY_STRING", ""))
        self.key, self.token = self._login()
        self.name = ""

    def _login(self) -> tuple[str, str | None]:
        kind, _, value = self.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user = password = ""
        if kind != "Basic" or user != "AWS":
            raise AwsError("UNAUTHORIZED", "Not Authorized", 401)
        _, key, token = login(self.front.cloud, password, self.region)
        return key, token

    def ecr(self, operation: str, **params: Any) -> dict[str, Any]:
        """One ECR call as the principal behind the token. Raises AwsError as ECR refuses."""
        given = {"registryId": self.account, "repositoryName": self.name} | params
        return invoke(self, operation, given)


def invoke(session: _Session, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """Makes an ECR call through the front's own door, so that it is guarded and recorded."""
    scope = f"Credential={session.key}/20260101/{session.region}/ecr/aws4_request"
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": session.environ["SERVER_PORT"],
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "CONTENT_TYPE": "application/x-amz-json-1.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_USER_AGENT": "docker",
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        TRUSTED: True,
        "HTTP_X_AMZ_TARGET": f"AmazonEC2ContainerRegistry_V20150921.{operation}",
    }
    if session.token:
        environ["HTTP_X_AMZ_SECURITY_TOKEN"] = session.token
    answer = session.front.aws(environ, json.dumps(params).encode())
    data: dict[str, Any] = json.loads(answer.body or b"{}")
    if answer.status >= 300:
        code = str(data.get("__type", "Unknown")).rsplit("#", 1)[-1]
        raise AwsError(code, str(data.get("message") or data.get("Message") or code))
    return data


def answer(front: Front, environ: Environ, body: bytes) -> Answer:
    """Answers a request under ``/v2/``."""
    try:
        session = _Session(front, environ, body)
        path = environ.get("PATH_INFO", "")
        if path in ("/v2", "/v2/"):
            return Answer(200, {"Docker-Distribution-Api-Version": "registry/2.0"}, b"")
        match = _PATH.match(path)
        if match is None:
            raise AwsError("UNSUPPORTED", "The operation is unsupported.", 404)
        session.name = match["name"]
        act = _ACTS[match["kind"]]
        return act(session, match["ref"])
    except AwsError as error:
        return _refused(environ, error)


def _refused(environ: Environ, error: AwsError) -> Answer:
    code, status = _CODES.get(error.code, (error.code, error.status or 400))
    headers = {"Content-Type": "application/json"}
    if status == 401:
        host = environ.get("HTTP_HOST", "")
        headers["WWW-Authenticate"] = f'Basic realm="https://{host}/",service="ecr.amazonaws.com"'
    body = json.dumps({"errors": [{"code": code, "message": error.message}]}).encode()
    return Answer(status, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body)


def _uploads(session: _Session, ref: str) -> Answer:
    base = f"/v2/{session.name}/blobs/uploads/"
    if session.method == "POST":
        made = session.ecr("InitiateLayerUpload")
        return Answer(202, {"Location": base + made["uploadId"], "Range": "0-0"}, b"")
    if session.body:
        session.ecr(
            "UploadLayerPart",
            uploadId=ref,
            partFirstByte=0,
            partLastByte=len(session.body) - 1,
            layerPartBlob=base64.b64encode(session.body).decode(),
        )
    if session.method == "PATCH":
        return Answer(202, {"Location": base + ref}, b"")
    digest = session.query.get("digest", [""])[0]
    session.ecr("CompleteLayerUpload", uploadId=ref, layerDigests=[digest])
    return Answer(201, {"Docker-Content-Digest": digest}, b"")


def _blobs(session: _Session, ref: str) -> Answer:
    if session.method == "HEAD":
        got = session.ecr("BatchCheckLayerAvailability", layerDigests=[ref])
        layers = got.get("layers") or []
        there = any(layer.get("layerAvailability") == "AVAILABLE" for layer in layers)
        return Answer(200 if there else 404, {"Docker-Content-Digest": ref}, b"")
    # ECR never serves a layer itself: it sends the client on to S3.
    link = str(session.ecr("GetDownloadUrlForLayer", layerDigest=ref)["downloadUrl"])
    return Answer(307, {"Location": link, "Docker-Content-Digest": ref}, b"")


def _tags(session: _Session, ref: str) -> Answer:
    images = session.ecr("ListImages")["imageIds"]
    tags = sorted({str(i["imageTag"]) for i in images if i.get("imageTag")})
    text = json.dumps({"name": session.name, "tags": tags}).encode()
    return Answer(200, {"Content-Type": "application/json"}, text)


def _manifests(session: _Session, ref: str) -> Answer:
    which = {"imageDigest": ref} if ref.startswith("sha256:") else {"imageTag": ref}
    if session.method == "PUT":
        manifest = session.body.decode()
        media = session.environ.get("CONTENT_TYPE", "")
        tag = {} if "imageDigest" in which else {"imageTag": ref}
        try:
            session.ecr("PutImage", imageManifest=manifest, imageManifestMediaType=media, **tag)
        except AwsError as error:
            # Pushing what is there already is no error for a registry.
            if error.code != "ImageAlreadyExistsException":
                raise
        digest = "sha256:" + hashlib.sha256(session.body).hexdigest()
        return Answer(201, {"Docker-Content-Digest": digest}, b"")
    got = session.ecr("BatchGetImage", imageIds=[which])
    images = got.get("images") or []
    if not images:
        raise AwsError("MANIFEST_UNKNOWN", "Requested image not found", 404)
    text = images[0]["imageManifest"].encode()
    headers = {"Docker-Content-Digest": images[0]["imageId"]["imageDigest"]}
    headers["Content-Type"] = images[0].get("imageManifestMediaType", "application/json")
    return Answer(200, headers, b"" if session.method == "HEAD" else text)


_ACTS = {
    "blobs/uploads": _uploads,
    "blobs": _blobs,
    "manifests": _manifests,
    "tags": _tags,
}
