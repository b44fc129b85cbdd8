"""A client of the Docker registry HTTP API V2, for the embedded ECR alone."""

from __future__ import annotations

import http.client
import json
import re
from typing import Any
from urllib.parse import urlsplit

from wizard.lab.bastion.place import endpoint

_ECR = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$")


class RegistryError(Exception):
    """A refusal, as Docker prints it: ``denied: …``, ``name unknown: …``."""

    def __init__(self, text: str, status_line: str = "") -> None:
        super().__init__(text)
        self.status_line = status_line


class Registry:
    """One registry with one login."""

    def __init__(self, host: str, auth: str) -> None:
        self.host, self.auth = host, auth

    def _request(
        self, method: str, path: str, body: bytes = b"", media: str = "application/octet-stream"
    ) -> tuple[int, dict[str, str], bytes]:
        if not _ECR.match(self.host):
            host = self.host or "registry-1.docker.io"
            raise RegistryError(f'Get "https://{host}/v2/": dial tcp: lookup {host}: no such host')
        connection = http.client.HTTPConnection(*endpoint(), timeout=30)
        headers = {
            "Host": self.host,
            "Authorization": f"Basic {self.auth}",
            "Content-Type": media,
        }
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        found = {k.lower(): v for k, v in response.getheaders()}
        if response.status >= 400 and method != "HEAD":
            line = f"{response.status} {response.reason}"
            raise RegistryError(_words(data) or f"unexpected status: {line}", line)
        return response.status, found, data

    def check(self) -> None:
        """Raises RegistryError unless the login is good."""
        self._request("GET", "/v2/")

    def upload(self, name: str, digest: str, blob: bytes) -> None:
        """Uploads a blob unless the registry has it.

        An answer to HEAD has no body: when it is refused, the reason shows with the upload, or
        not at all.
        """
        status, _, _ = self._request("HEAD", f"/v2/{name}/blobs/{digest}")
        if status == 200:
            return
        _, headers, _ = self._request("POST", f"/v2/{name}/blobs/uploads/")
        if status not in (200, 404):
            url = f"https://{self.host}/v2/{name}/blobs/{digest}"
            raise RegistryError(f"unexpected status from HEAD request to {url}: 403 Forbidden")
        where = headers["location"]
        self._request("PATCH", where, blob)
        self._request("PUT", f"{where}?digest={digest}")

    def put_manifest(self, name: str, tag: str, manifest: bytes, media: str) -> None:
        """Puts the manifest under a tag."""
        self._request("PUT", f"/v2/{name}/manifests/{tag}", manifest, media)

    def manifest(self, name: str, reference: str) -> tuple[str, dict[str, Any]]:
        """The digest behind a tag (or digest), and the manifest."""
        _, headers, data = self._request("GET", f"/v2/{name}/manifests/{reference}")
        found: dict[str, Any] = json.loads(data)
        return headers["docker-content-digest"], found

    def blob(self, name: str, digest: str) -> bytes:
        """A layer or a configuration, from wherever the registry sends the client on to."""
        status, headers, data = self._request("GET", f"/v2/{name}/blobs/{digest}")
        if status != 307:
            return data
        parts = urlsplit(headers["location"])
        connection = http.client.HTTPConnection(*endpoint(), timeout=30)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise RegistryError(f"unexpected status: {response.status} {response.reason}")
        return data


def _words(data: bytes) -> str:
    """The registry's errors as Docker's client joins them."""
    try:
        errors = json.loads(data)["errors"]
    except (ValueError, KeyError, TypeError):
        return ""
    return "\n".join(f"{str(e['code']).lower().replace('_', ' ')}: {e['message']}" for e in errors)
