"""Images are pulled from the lab over plain HTTP, as Docker and a diagnosis do."""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.world import World, allow

from .helpers import refused, shell

ACCOUNT, OTHER = "123456789012", "111122223333"
REGISTRY = f"{ACCOUNT}.dkr.ecr.ap-northeast-1.amazonaws.com"
LOGIN = f"aws ecr get-login-password | docker login --username AWS --password-stdin {REGISTRY}"


def _token(lab: Lab, principal: str = "root") -> str:
    data = lab.client("ecr", principal).get_authorization_token()["authorizationData"]
    return str(data[0]["authorizationToken"])


def _ask(
    lab: Lab, method: str, path: str, token: str | None, registry: str = REGISTRY
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", lab.port, timeout=30)
    headers = {"Host": registry} | ({"Authorization": f"Basic {token}"} if token else {})
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    finally:
        connection.close()


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        data: bytes = answer.read()
    return data


def _manifest(lab: Lab, ecr: Any, tag: str = "v1") -> dict[str, Any]:
    got = ecr.batch_get_image(repositoryName="team/app", imageIds=[{"imageTag": tag}])
    found: dict[str, Any] = json.loads(got["images"][0]["imageManifest"])
    return found


def _errors(data: bytes) -> tuple[str, str]:
    first = json.loads(data)["errors"][0]
    return first["code"], first["message"]


def test_an_images_configuration_is_read_through_a_link(lab: Lab) -> None:
    world = World(lab).repository()
    world.push("team/app", "arm", architecture="arm64", labels={"lab.port": "80"})
    ecr = lab.client("ecr")
    manifest = _manifest(lab, ecr, "arm")
    digest = manifest["config"]["digest"]
    got = ecr.get_download_url_for_layer(repositoryName="team/app", layerDigest=digest)
    assert got["layerDigest"] == digest
    url = got["downloadUrl"]
    assert url.startswith(f"{lab.endpoint_url}/prod-ap-northeast-1-starport-layer-bucket/")
    config = json.loads(_fetch(url))
    assert (config["architecture"], config["os"]) == ("arm64", "linux")
    assert config["config"]["Labels"] == {"lab.port": "80"}
    layer = manifest["layers"][0]
    link = ecr.get_download_url_for_layer(repositoryName="team/app", layerDigest=layer["digest"])
    assert len(_fetch(link["downloadUrl"])) == layer["size"]


def test_a_link_is_for_an_hour_and_for_its_own_layer(lab: Lab) -> None:
    World(lab).repository()
    ecr = lab.client("ecr")
    manifest = _manifest(lab, ecr)
    digest, other = manifest["config"]["digest"], manifest["layers"][0]["digest"]
    url = ecr.get_download_url_for_layer(repositoryName="team/app", layerDigest=digest)
    link = str(url["downloadUrl"])
    with pytest.raises(urllib.error.HTTPError) as forged:
        _fetch(link.replace(digest[7:], other[7:]))
    assert b"SignatureDoesNotMatch" in forged.value.read()
    forged.value.close()
    lab.clock(advance=3700)
    with pytest.raises(urllib.error.HTTPError) as late:
        _fetch(link)
    assert late.value.code == 403
    assert b"<Message>Request has expired</Message>" in late.value.read()
    late.value.close()


def test_a_link_is_not_given_to_whom_may_not_have_the_layer(lab: Lab) -> None:
    world = World(lab).repository()
    digest = _manifest(lab, lab.client("ecr"))["config"]["digest"]
    world.role("worker", inline=allow("ecr:BatchGetImage"))
    ecr = lab.client("ecr", "role/worker/me")
    code, text = refused(
        lambda: ecr.get_download_url_for_layer(repositoryName="team/app", layerDigest=digest)
    )
    assert code == "AccessDeniedException"
    assert "not authorized to perform: ecr:GetDownloadUrlForLayer on resource: arn:aws:ecr" in text
    nothing = f"sha256:{'0' * 64}"
    root = lab.client("ecr")
    code, _ = refused(
        lambda: root.get_download_url_for_layer(repositoryName="team/app", layerDigest=nothing)
    )
    assert code == "LayersNotFoundException"


def test_the_registry_wants_a_login_and_says_where(lab: Lab) -> None:
    forged = base64.b64encode(b"AWS:nonsense").decode()
    for token in (None, forged):
        status, headers, data = _ask(lab, "GET", "/v2/", token)
        assert status == 401
        assert headers["www-authenticate"] == (
            f'Basic realm="https://{REGISTRY}/",service="ecr.amazonaws.com"'
        )
        assert _errors(data) == ("UNAUTHORIZED", "Not Authorized")
    status, headers, _ = _ask(lab, "GET", "/v2/", _token(lab))
    assert (status, headers["docker-distribution-api-version"]) == (200, "registry/2.0")


def test_manifests_and_layers_are_pulled_over_plain_http(lab: Lab) -> None:
    digest = World(lab).repository().push("team/app", "v2")
    token = _token(lab)
    status, headers, data = _ask(lab, "HEAD", "/v2/team/app/manifests/v2", token)
    assert (status, headers["docker-content-digest"], data) == (200, digest, b"")
    for reference in ("v2", digest):
        status, headers, data = _ask(lab, "GET", f"/v2/team/app/manifests/{reference}", token)
        assert status == 200
        assert headers["content-type"].startswith("application/vnd.docker.distribution.manifest")
    config = json.loads(data)["config"]["digest"]
    path = f"/v2/team/app/blobs/{config}"
    assert _ask(lab, "HEAD", path, token)[0] == 200
    status, headers, _ = _ask(lab, "GET", path, token)
    assert status == 307
    assert json.loads(_fetch(headers["location"]))["os"] == "linux"
    status, _, data = _ask(lab, "GET", "/v2/team/app/tags/list", token)
    assert json.loads(data) == {"name": "team/app", "tags": ["v1", "v2"]}


def test_what_is_not_there_is_not_found(lab: Lab) -> None:
    World(lab).repository()
    token = _token(lab)
    nothing = f"sha256:{'0' * 64}"
    status, _, data = _ask(lab, "GET", "/v2/team/app/manifests/v9", token)
    assert (status, _errors(data)) == (404, ("MANIFEST_UNKNOWN", "Requested image not found"))
    status, _, data = _ask(lab, "GET", "/v2/nosuch/manifests/v1", token)
    assert status == 404
    assert _errors(data) == (
        "NAME_UNKNOWN",
        f"The repository with name 'nosuch' does not exist in the registry with id '{ACCOUNT}'",
    )
    status, _, data = _ask(lab, "GET", f"/v2/team/app/blobs/{nothing}", token)
    assert (status, _errors(data)[0]) == (404, "BLOB_UNKNOWN")
    assert _ask(lab, "HEAD", f"/v2/team/app/blobs/{nothing}", token)[0] == 404


def test_who_may_not_pull_is_told_which_action_is_missing(lab: Lab) -> None:
    world = World(lab).repository()
    world.role("worker", inline=allow("ecr:GetAuthorizationToken"))
    token = _token(lab, "role/worker/me")
    status, _, data = _ask(lab, "GET", "/v2/team/app/manifests/v1", token)
    assert status == 403
    code, text = _errors(data)
    assert code == "DENIED"
    assert text == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/me is not authorized to perform:"
        f" ecr:BatchGetImage on resource: arn:aws:ecr:ap-northeast-1:{ACCOUNT}:repository/team/app"
        " because no identity-based policy allows the ecr:BatchGetImage action"
    )
    assert _ask(lab, "HEAD", "/v2/team/app/manifests/v1", token)[0] == 403


def test_another_accounts_registry_is_pulled_from_when_its_policy_lets_in(lab: Lab) -> None:
    theirs = lab.client("ecr", f"root/{OTHER}")
    theirs.create_repository(repositoryName="team/app")
    World(lab).push("team/app", "v1", account=OTHER)
    World(lab).role("worker", inline=allow("ecr:*"))
    token = _token(lab, "role/worker/me")
    registry = REGISTRY.replace(ACCOUNT, OTHER)
    path = "/v2/team/app/manifests/v1"
    status, _, data = _ask(lab, "GET", path, token, registry)
    assert status == 403
    assert "no resource-based policy allows the ecr:BatchGetImage" in _errors(data)[1]
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "ecr:*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    theirs.set_repository_policy(repositoryName="team/app", policyText=text)
    status, _, data = _ask(lab, "GET", path, token, registry)
    assert status == 200
    layer = json.loads(data)["layers"][0]["digest"]
    status, headers, _ = _ask(lab, "GET", f"/v2/team/app/blobs/{layer}", token, registry)
    assert status == 307
    assert f"/{OTHER}/{layer[7:]}?" in headers["location"]
    assert _fetch(headers["location"])


def test_docker_pulls_what_docker_pushed(lab: Lab) -> None:
    lab.client("ecr").create_repository(repositoryName="app")
    image = f"{REGISTRY}/app:v1"
    built = f"{LOGIN} && docker build -t {image} --platform linux/arm64 --label lab.port=80 ."
    pushed = shell(lab, f"{built} && docker push {image}")
    assert pushed.returncode == 0, pushed.stderr
    digest = pushed.stdout.rsplit("digest: ", 1)[1].split()[0]
    images = lab.bastion / "docker" / "images.json"
    images.unlink()
    pulled = shell(lab, f"docker pull {image}")
    assert pulled.returncode == 0, pulled.stderr
    assert f"Digest: {digest}" in pulled.stdout
    assert f"Status: Downloaded newer image for {image}" in pulled.stdout
    again = shell(lab, f"docker push {image}")
    assert f"digest: {digest}" in again.stdout


def test_dockers_words_for_a_pull_that_the_registry_refuses(lab: Lab) -> None:
    world = World(lab).repository()
    world.role("worker", inline=allow("ecr:GetAuthorizationToken"))
    who = "role/worker/me"
    shell(lab, LOGIN, who)
    denied = shell(lab, f"docker pull {REGISTRY}/team/app:v1", who)
    assert denied.returncode == 1
    assert denied.stderr.startswith(
        f"Error response from daemon: pull access denied for {REGISTRY}/team/app, repository does"
        " not exist or may require 'docker login': denied: User: arn:aws:sts::"
    )
    shell(lab, LOGIN)
    missing = shell(lab, f"docker pull {REGISTRY}/team/app:v9")
    assert missing.stderr.strip() == (
        f"Error response from daemon: manifest for {REGISTRY}/team/app:v9 not found: manifest"
        " unknown: Requested image not found"
    )
    unknown = shell(lab, f"docker pull {REGISTRY}/nosuch:v1")
    assert f"repository {REGISTRY}/nosuch not found: name unknown: " in unknown.stderr


def test_an_index_without_the_machines_platform_is_not_pulled(lab: Lab) -> None:
    world = World(lab).repository(tags=[])
    world.push("team/app", "arm", architecture="arm64", index=True)
    world.push("team/app", "amd", index=True)
    shell(lab, LOGIN)
    none = shell(lab, f"docker pull {REGISTRY}/team/app:arm")
    assert "no matching manifest for linux/amd64 in the manifest list entries" in none.stderr
    assert shell(lab, f"docker pull {REGISTRY}/team/app:amd").returncode == 0
