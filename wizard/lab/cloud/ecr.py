"""What the front adds to moto's ECR: tokens that belong to somebody, and small blobs kept whole.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from typing import Any

from moto.ecr.models import Repository, ecr_backends

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.context import Context, Result, after, before, handles
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.principals import Principal, resolve
from wizard.lab.cloud.state import Cloud
from wizard.lab.cloud.wire import Answer, partition_of

TOKEN_HOURS = 12
# An image's configuration is a few kilobytes; layers are not worth keeping.
_KEPT_SIZE = 256 * 1024


def dns_suffix(region: str) -> str:
    """The domain of a region's services."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def registry_host(account: str, region: str) -> str:
    """The host name of an account's private registry."""
    return f"{account}.dkr.ecr.{region}.{dns_suffix(region)}"


def repository(account: str, region: str, name: str) -> Repository | None:
    """moto's repository; None when there is none of that name."""
    found: Repository | None = ecr_backends[account][region].repositories.get(name)
    return found


@handles("ecr", "GetAuthorizationToken")
def get_authorization_token(context: Context) -> Result:
    """A token for ``docker login``, good for 12 hours, that carries who asked for it."""
    call = context.call
    expires = context.cloud.clock.now() + TOKEN_HOURS * 3600
    inner = json.dumps([call.access_key, call.token, time.time()]).encode()
    password = base64.b64encode(
        json.dumps(
            {
                "payload": base64.b64encode(inner).decode(),
                "datakey": base64.b64encode(uuid.uuid4().bytes * 4).decode(),
                "version": "2",
                "type": "DATA_KEY",
                "expiration": int(expires),
            }
        ).encode()
    ).decode()
    registries = context.params.get("registryIds") or [context.account]
    data = [
        {
            "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
            "expiresAt": stamp(expires),
            "proxyEndpoint": f"https://{registry_host(registry, context.region)}",
        }
        for registry in registries
    ]
    return {"authorizationData": data}


def login(cloud: Cloud, password: str, region: str) -> tuple[Principal, str, str | None]:
    """The principal (and keys) behind a registry password.

    Raises AwsError ``DENIED`` when the token is none of ours or its 12 hours are over.
    """
    try:
        outer = json.loads(base64.b64decode(password))
        key, token, _ = json.loads(base64.b64decode(outer["payload"]))
        expires = float(outer["expiration"])
    except (ValueError, KeyError, TypeError):
        raise AwsError("UNAUTHORIZED", "Not Authorized", 401) from None
    if expires <= cloud.clock.now():
        text = "Your authorization token has expired. Reauthenticate and try again."
        raise AwsError("DENIED", text, 403)
    caller = resolve(cloud, key, token, partition_of(region))
    if caller is None:
        raise AwsError("UNAUTHORIZED", "Not Authorized", 401)
    return caller, key, token


@handles("ecr", "GetDownloadUrlForLayer")
def get_download_url(context: Context) -> Result:
    """A link to the layer in the region's starport bucket (it leads nowhere here)."""
    name = str(context.params.get("repositoryName", ""))
    digest = str(context.params.get("layerDigest", ""))
    owner = str(context.params.get("registryId") or context.account)
    found = repository(owner, context.region, name)
    if found is None:
        raise _no_repository(name, owner)
    if digest not in found.layers:
        text = (
            f"The layer with digest '{digest}' does not exist in the repository with name"
            f" '{name}' in the registry with id '{owner}'"
        )
        raise AwsError("LayersNotFoundException", text)
    region = context.region
    host = f"prod-{region}-starport-layer-bucket.s3.{region}.{dns_suffix(region)}"
    return {"downloadUrl": f"https://{host}/{owner}/{digest[7:]}", "layerDigest": digest}


def _no_repository(name: str, registry: str) -> AwsError:
    text = f"The repository with name '{name}' does not exist in the registry with id '{registry}'"
    return AwsError("RepositoryNotFoundException", text)


@handles("ecr", "DescribePullThroughCacheRules")
def describe_pull_through_cache_rules(context: Context) -> Result:
    """The lab has no pull-through cache."""
    return {"pullThroughCacheRules": []}


@before("ecr", "UploadLayerPart")
def keep_part(context: Context) -> None:
    """Remembers the bytes of a part, since moto only counts them."""
    uploads = context.cloud.memory.uploads
    key = str(context.params.get("uploadId"))
    blob = context.params.get("layerPartBlob") or b""
    data = blob if isinstance(blob, bytes) else base64.b64decode(blob)
    if len(uploads.get(key, b"")) + len(data) <= _KEPT_SIZE:
        uploads[key] = uploads.get(key, b"") + data


@after("ecr", "CompleteLayerUpload")
def keep_blob(context: Context, answer: Answer) -> None:
    """Files a finished upload under its digest."""
    memory = context.cloud.memory
    data = memory.uploads.pop(str(context.params.get("uploadId")), None)
    for digest in context.params.get("layerDigests") or []:
        if data is not None:
            memory.blobs[str(digest)] = data


@before("ecr", "PutImage")
def tag_may_be_taken(context: Context) -> None:
    """An immutable tag cannot be moved to another image."""
    p: dict[str, Any] = context.params
    owner = str(p.get("registryId") or context.account)
    found = repository(owner, context.region, str(p.get("repositoryName")))
    tag = p.get("imageTag")
    if found is None or not tag or not found.is_tag_immutable():
        return
    if any(tag in image.image_tags for image in found.images):
        text = (
            f"The image tag '{tag}' already exists in the '{found.name}' repository and cannot"
            " be overwritten because the tag is immutable."
        )
        raise AwsError("ImageTagAlreadyExistsException", text)
