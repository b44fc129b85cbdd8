"""The processor that an image of one platform is built for, read from its configuration."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.aws.parts import ACCOUNT, DENIED, REGION, definition, read
from wizard.aws.answers import Refused, masked
from wizard.aws.blobs import MOST_BYTES, read_platform
from wizard.aws.manifests import read_manifest
from wizard.core.facts import Repository, Target
from wizard.core.unread import Unread

IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team/app:v1"
BLOB = "ecr:GetDownloadUrlForLayer"
CONFIG = {"config": {"digest": "sha256:c0"}, "layers": []}
INDEX = {
    "manifests": [
        {"platform": {"os": "linux", "architecture": "amd64"}},
        {"platform": {"os": "unknown", "architecture": "unknown"}},
    ]
}
CONTENT = {
    "/arm": json.dumps({"os": "linux", "architecture": "aarch64"}).encode(),
    "/amd": json.dumps({"os": "linux", "architecture": "amd64", "config": {}}).encode(),
    "/text": b"hello",
    "/list": b"[]",
    "/half": b'{"os": "linux"}',
    "/huge": b'{"os": "linux", "architecture": "amd64", "x": "' + b"x" * MOST_BYTES + b'"}',
}


class Bucket(BaseHTTPRequestHandler):
    """Serves blobs, as the bucket of the layers does."""

    def do_GET(self) -> None:
        content = CONTENT.get(self.path.partition("?")[0])
        self.send_response(403 if content is None else 200)
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("path", "processor"), [("/arm", "arm64"), ("/amd?X-Amz=1", "amd64")])
def test_the_platform_is_read_from_the_signed_address(
    bucket: str, path: str, processor: str
) -> None:
    assert read_platform(bucket + path) == {"os": "linux", "architecture": processor}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/gone", "http-403"),
        ("/text", "unexpected-answer"),
        ("/list", "unexpected-answer"),
        ("/half", "unexpected-answer"),
        ("/huge", "unexpected-answer"),
    ],
)
def test_what_is_no_configuration_is_said_to_be_none(bucket: str, path: str, why: str) -> None:
    assert read_platform(bucket + path) == {"refused": why}


@pytest.mark.parametrize("url", ["", "nonsense", "http://127.0.0.1:1/x"])
def test_an_address_that_leads_nowhere_is_no_error(url: str) -> None:
    assert set(read_platform(url)) == {"refused"}


def test_of_the_signed_address_nothing_is_kept(bucket: str) -> None:
    url = f"{bucket}/arm?X-Amz-Signature=abcdef0123456789"
    kept = masked(BLOB, {"downloadUrl": url, "layerDigest": "sha256:c0"})
    assert kept == {"os": "linux", "architecture": "arm64"}


def repository(manifest: Any, blob: Any, **given: Any) -> tuple[Repository, list[str]]:
    """Return what is found of the image, and the calls that it took."""
    task = definition(container={"image": IMAGE})
    replies = {
        "ecr:DescribeRepositories": {"repositories": [{}]},
        "ecr:DescribeImages": {"imageDetails": [{}]},
        "ecr:BatchGetImage": {"images": [{"imageManifest": json.dumps(manifest)}]},
        "ecr:GetRepositoryPolicy": {"policyText": "{}"},
        BLOB: blob,
    }
    parts: dict[str, Any] = {
        "task_definition": task,
        "format_errors": {},
        "target": Target(),
        **given,
    }
    found = read("repositories", replies, **parts)
    return found.value[0], found.source.operations()


def test_a_single_image_for_another_processor_is_proven_wrong() -> None:
    found, _ = repository(CONFIG, {"os": "linux", "architecture": "arm64"})
    assert (found.platform_mismatch, found.wanted, found.has) == (
        True,
        "linux/amd64",
        "linux/arm64",
    )


def test_a_single_image_for_the_right_processor_is_proven_right() -> None:
    found, _ = repository(CONFIG, {"os": "linux", "architecture": "amd64"})
    assert found.platform_mismatch is False


@pytest.mark.parametrize(
    ("blob", "why"), [(DENIED, "AccessDeniedException"), ({"refused": "timeout"}, "timeout")]
)
def test_a_configuration_that_cannot_be_fetched_leaves_it_open(blob: Any, why: str) -> None:
    found, _ = repository(CONFIG, blob)
    assert isinstance(found.platform_mismatch, Unread)
    assert found.platform_mismatch.why == why


def test_the_programs_own_complaint_counts_where_nothing_can_be_fetched() -> None:
    found, _ = repository(CONFIG, DENIED, format_errors={"app": True})
    assert found.platform_mismatch is True
    assert found.has == "linux/arm64"


def test_an_index_needs_no_configuration() -> None:
    found, asked = repository(INDEX, DENIED)
    assert found.platform_mismatch is False
    assert BLOB not in asked


def test_a_container_that_runs_proves_that_its_image_fits() -> None:
    task = {
        "startedAt": "2026-01-01T10:00:00+00:00",
        "containers": [{"name": "app", "image": IMAGE, "lastStatus": "RUNNING"}],
    }
    found, asked = repository(CONFIG, DENIED, task_answer=task)
    assert found.platform_mismatch is False
    assert BLOB not in asked


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"manifests": [1, {}]}', '{"config": 1}'])
def test_a_manifest_of_another_form_names_no_platform(manifest: str) -> None:
    found = read_manifest({"imageManifest": manifest})
    assert (found.platforms, found.config) == ([], None)


def test_an_old_manifest_names_its_processor_itself() -> None:
    text = json.dumps({"schemaVersion": 1, "architecture": "arm64", "fsLayers": []})
    assert read_manifest({"imageManifest": text}).platforms == ["linux/arm64"]


def test_an_image_that_a_cache_would_fetch_is_not_called_missing() -> None:
    task = definition(container={"image": IMAGE})
    gone = Refused("ecr:DescribeRepositories", "RepositoryNotFoundException")
    rule = {"ecrRepositoryPrefix": "team"}
    replies: dict[str, Any] = {
        "ecr:DescribeRepositories": gone,
        "ecr:DescribeImages": gone,
        "ecr:BatchGetImage": gone,
        "ecr:GetRepositoryPolicy": gone,
        "ecr:DescribePullThroughCacheRules": {"pullThroughCacheRules": [rule]},
    }
    parts: dict[str, Any] = {
        "task_definition": task,
        "format_errors": {},
        "target": Target(),
    }
    cached = read("repositories", replies, **parts).value[0]
    assert cached.exists == Unread("ecr:DescribePullThroughCacheRules", "pull-through-cache")
    rule["ecrRepositoryPrefix"] = "docker-hub"
    assert read("repositories", replies, **parts).value[0].exists is False


def test_the_manifest_tells_whether_the_image_is_there_where_it_may_not_be_described() -> None:
    task = definition(container={"image": IMAGE})
    parts: dict[str, Any] = {
        "task_definition": task,
        "format_errors": {},
        "target": Target(),
    }
    missing = {"images": [], "failures": [{"failureCode": "ImageNotFound"}]}
    replies: dict[str, Any] = {
        "ecr:DescribeRepositories": {"repositories": [{}]},
        "ecr:BatchGetImage": missing,
    }
    assert read("repositories", replies, **parts).value[0].manifest_exists is False
