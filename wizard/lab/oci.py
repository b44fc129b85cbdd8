"""Small container images made of nothing: a configuration, one layer, a manifest."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass

INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@dataclass(frozen=True)
class Made:
    """An image's parts, each with its digest."""

    config: bytes
    layer: bytes
    manifest: bytes

    @property
    def blobs(self) -> list[tuple[str, bytes]]:
        """What has to be uploaded before the manifest."""
        return [(digest(self.layer), self.layer), (digest(self.config), self.config)]

    @property
    def digest(self) -> str:
        """The image's own digest."""
        return digest(self.manifest)


def digest(data: bytes) -> str:
    """A content digest, ``sha256:…``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def make(
    content: str = "", architecture: str = "amd64", labels: dict[str, str] | None = None
) -> Made:
    """An image for ``linux/<architecture>`` whose layer holds *content*.

    Labels that begin with ``lab.`` say how its program behaves; ``README.md`` lists them.
    """
    layer = gzip.compress(content.encode(), mtime=0)
    config = {
        "architecture": architecture,
        "os": "linux",
        "config": {"Cmd": ["/app"], "Labels": labels or {}},
        "rootfs": {"type": "layers", "diff_ids": [digest(content.encode())]},
    }
    config_text = json.dumps(config, sort_keys=True).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": CONFIG,
            "size": len(config_text),
            "digest": digest(config_text),
        },
        "layers": [{"mediaType": LAYER, "size": len(layer), "digest": digest(layer)}],
    }
    return Made(config_text, layer, json.dumps(manifest, indent=3).encode())


def index(made: Made, architecture: str) -> bytes:
    """A manifest list of one image, as ``docker buildx`` makes it."""
    entry = {
        "mediaType": MANIFEST,
        "size": len(made.manifest),
        "digest": made.digest,
        "platform": {"architecture": architecture, "os": "linux"},
    }
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).encode()
