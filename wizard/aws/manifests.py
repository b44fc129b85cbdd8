"""What an image's manifest says of its platform.

https://github.com/opencontainers/image-spec/blob/main/image-index.md and manifest.md; Docker's own
forms: https://distribution.github.io/distribution/spec/manifest-v2-2/
"""

import json
from dataclasses import dataclass
from typing import Any

from wizard.aws.answers import Answer

MEDIA_TYPES = (
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The `platforms` (`linux/arm64`) that a manifest names, sorted; `config` is the digest of the
    configuration in which an image of one platform keeps its own."""

    platforms: list[str]
    config: str | None = None


def read_manifest(image: Answer) -> Manifest:
    """Return what an image of BatchGetImage's answer says; nothing for what cannot be read."""
    try:
        document = json.loads(image.get("imageManifest") or "")
    except ValueError:
        return Manifest([])
    if not isinstance(document, dict):
        return Manifest([])
    listed = document.get("manifests")
    if isinstance(listed, list):
        return Manifest(_platforms(listed))
    if document.get("schemaVersion") == 1 and document.get("architecture"):
        return Manifest([f"linux/{document['architecture']}"])
    config = document.get("config")
    digest = config.get("digest") if isinstance(config, dict) else None
    return Manifest([], str(digest) if digest else None)


def _platforms(listed: list[Any]) -> list[str]:
    """Attestations (`unknown/unknown`) are no platforms."""
    found = [one.get("platform") for one in listed if isinstance(one, dict)]
    names = {f"{one.get('os')}/{one.get('architecture')}" for one in found if one}
    return sorted(names - {"unknown/unknown"})


def platform_of_task(definition: Answer) -> str:
    """Return the task's platform; without one it is Linux on x86
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html)."""
    runtime = definition.get("runtimePlatform") or {}
    system = "windows" if "WINDOWS" in str(runtime.get("operatingSystemFamily", "")) else "linux"
    arm = str(runtime.get("cpuArchitecture", "")).upper() == "ARM64"
    return f"{system}/{'arm64' if arm else 'amd64'}"
