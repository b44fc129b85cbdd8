"""What the front adds to moto's ECR: tokens that belong to somebody, and small blobs kept whole.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from typing import Any

from moto.ecr.models import Repository, ecr_backends

from wizard.lab.cloud import layers
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
    """A link to a layer, or to an image's configuration, in the region's starport bucket."""
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
    now = context.cloud.clock.now()
    url = layers.link(context.call.environ, context.region, owner, digest, now)
    return {"downloadUrl": url, "layerDigest": digest}


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


@handles("ecr", "PutImage")
def put_image(context: Context) -> Result:
    """PutImage: the layers must be there, an immutable tag stays, another image loses the tag.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
    """
    p: dict[str, Any] = context.params
    owner = str(p.get("registryId") or context.account)
    name, tag, manifest = str(p["repositoryName"]), p.get("imageTag"), str(p["imageManifest"])
    found = repository(owner, context.region, name)
    if found is None:
        raise _no_repository(name, owner)
    digest = "sha256:" + hashlib.sha256(manifest.encode()).hexdigest()
    _check_layers(found, owner, manifest)
    _check_tag(found, owner, tag, digest)
    for image in found.images:
        if tag in image.image_tags and image.get_image_digest() != digest:
            image.remove_tag(str(tag))
            if not image.image_tags:
                image.image_tag = None  # type: ignore[assignment]
    media = p.get("imageManifestMediaType")
    backend = ecr_backends[owner][context.region]
    made = backend.put_image(name, manifest, tag, media, digest)  # type: ignore[arg-type]
    return {
        "image": {
            "registryId": owner,
            "repositoryName": name,
            "imageId": {"imageDigest": made.get_image_digest(), "imageTag": tag},
            "imageManifest": manifest,
            "imageManifestMediaType": made.image_manifest_media_type,
        }
    }


def _check_layers(found: Repository, owner: str, manifest: str) -> None:
    try:
        parts = json.loads(manifest)
    except ValueError:
        text = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON'"
        raise AwsError("InvalidParameterException", text) from None
    wanted = [layer.get("digest") for layer in parts.get("layers") or []]
    if parts.get("config"):
        wanted.append(parts["config"].get("digest"))
    missing = [d for d in wanted if d not in found.layers]
    if missing:
        text = (
            f"Layers with digests '[{', '.join(map(str, missing))}]' required for pushing image"
            f" into repository with name '{found.name}' in the registry with id '{owner}' do not"
            " exist"
        )
        raise AwsError("LayersNotFoundException", text)


def _check_tag(found: Repository, owner: str, tag: str | None, digest: str) -> None:
    for image in found.images:
        if tag is None or tag not in image.image_tags:
            continue
        if image.get_image_digest() == digest:
            text = (
                f"Image with digest '{digest}' and tag '{tag}' already exists in the repository"
                f" with name '{found.name}' in registry with id '{owner}'"
            )
            raise AwsError("ImageAlreadyExistsException", text)
        if found.is_tag_immutable():
            text = (
                f"The image tag '{tag}' already exists in the '{found.name}' repository and"
                " cannot be overwritten because the tag is immutable."
            )
            raise AwsError("ImageTagAlreadyExistsException", text)
