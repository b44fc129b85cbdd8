"""How the stand-in daemon gets an image, and how it words a registry's refusals."""

from __future__ import annotations

import gzip
import json
from typing import Any

from wizard.lab.bastion.registry import Registry, RegistryError


def fetch(registry: Registry, name: str, manifest: dict[str, Any]) -> dict[str, str]:
    """The image behind a manifest; of an index, the one for this machine's platform."""
    if "manifests" in manifest:
        wanted = {"architecture": "amd64", "os": "linux"}
        fitting = [m for m in manifest["manifests"] if wanted.items() <= m["platform"].items()]
        if not fitting:
            raise RegistryError("no matching manifest for linux/amd64 in the manifest list entries")
        _, manifest = registry.manifest(name, str(fitting[0]["digest"]))
    config = json.loads(registry.blob(name, str(manifest["config"]["digest"])))
    content = b""
    for layer in manifest["layers"]:
        content += gzip.decompress(registry.blob(name, str(layer["digest"])))
        print(f"{str(layer['digest'])[7:19]}: Pull complete")
    return {
        "content": content.decode("utf-8", "replace"),
        "architecture": str(config["architecture"]),
        "labels": json.dumps(config["config"].get("Labels") or {}),
    }


def about_pull(text: str, repository: str, tag_: str) -> str:
    """What the daemon puts in front of the registry's own words."""
    if text.startswith("denied: "):
        hint = "repository does not exist or may require 'docker login'"
        return f"pull access denied for {repository}, {hint}: {text}"
    if text.startswith("manifest unknown: "):
        return f"manifest for {repository}:{tag_} not found: {text}"
    if text.startswith("name unknown: "):
        return f"repository {repository} not found: {text}"
    return text
