"""What a container image is: found in moto's ECR, or taken for granted when it lives elsewhere.

An image's configuration (its config blob) may carry labels by which a world says how the
program in it behaves; without them it runs until it is stopped.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from moto.ecr.models import Image

from wizard.lab.cloud.ecr import repository
from wizard.lab.cloud.state import Cloud

_ECR = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<name>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]+))?$"
)


@dataclass(frozen=True)
class Reference:
    """An image reference. ``account`` is empty for registries other than ECR's private one."""

    text: str
    account: str = ""
    region: str = ""
    name: str = ""
    tag: str = ""
    digest: str = ""

    @property
    def in_ecr(self) -> bool:
        return bool(self.account)

    @property
    def full(self) -> str:
        """The reference with its tag spelt out."""
        if self.digest or not self.in_ecr or ":" in self.text.split("/", 1)[-1]:
            return self.text
        return f"{self.text}:{self.tag}"


@dataclass(frozen=True)
class Found:
    """An image that exists: its digest, platforms and behaviour."""

    digest: str
    platforms: tuple[str, ...]
    labels: dict[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    # An index says what it holds before anything is pulled; a plain manifest does not.
    index: bool = False


def reference(text: str) -> Reference:
    """Reads an image reference as Docker does; no tag means ``latest``."""
    match = _ECR.match(text)
    if match is None:
        return Reference(text)
    tag = match["tag"] or ("" if match["digest"] else "latest")
    return Reference(
        text, match["account"], match["region"], match["name"], tag, match["digest"] or ""
    )


def find(cloud: Cloud, ref: Reference) -> Found | None:
    """The image in ECR; None when the repository, the tag or the digest is not there."""
    repo = repository(ref.account, ref.region, ref.name)
    for image in repo.images if repo else []:
        if ref.digest and image.get_image_digest() == ref.digest:
            return _read(cloud, repo, image)
        if not ref.digest and ref.tag in image.image_tags:
            return _read(cloud, repo, image)
    return None


def elsewhere() -> Found:
    """An image of another registry, which the lab takes to be fine."""
    return Found("sha256:" + "0" * 64, ("linux/amd64", "linux/arm64"))


def _read(cloud: Cloud, repo: Any, image: Image) -> Found:
    digest = str(image.get_image_digest())
    try:
        manifest = json.loads(image.image_manifest)
    except (ValueError, TypeError):
        return Found(digest, ("linux/amd64",))
    if "manifests" in manifest:
        return _index(cloud, repo, digest, manifest)
    platform, labels = _config(cloud, manifest)
    layers = tuple(str(layer.get("digest")) for layer in manifest.get("layers") or [])
    return Found(digest, (platform,), labels, layers)


def _index(cloud: Cloud, repo: Any, digest: str, manifest: dict[str, Any]) -> Found:
    platforms = []
    labels: dict[str, str] = {}
    for entry in manifest["manifests"]:
        platform = entry.get("platform") or {}
        platforms.append(f"{platform.get('os', 'linux')}/{platform.get('architecture', 'amd64')}")
        for image in repo.images:
            if image.get_image_digest() == entry.get("digest"):
                labels |= _config(cloud, json.loads(image.image_manifest))[1]
    return Found(digest, tuple(platforms), labels, index=True)


def _config(cloud: Cloud, manifest: dict[str, Any]) -> tuple[str, dict[str, str]]:
    blob = cloud.memory.blobs.get(str((manifest.get("config") or {}).get("digest")))
    try:
        config = json.loads(blob) if blob else {}
    except ValueError:
        config = {}
    platform = f"{config.get('os', 'linux')}/{config.get('architecture', 'amd64')}"
    labels = (config.get("config") or {}).get("Labels") or {}
    return platform, {str(k): str(v) for k, v in labels.items()}
