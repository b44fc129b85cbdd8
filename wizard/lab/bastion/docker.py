"""``docker`` without a daemon: login, build, tag, images and push, in Docker's own words.

The credentials are kept per user, the images by the daemon, as in Docker. ``push`` speaks the
real registry protocol to the embedded ECR.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from wizard.lab import oci
from wizard.lab.bastion.place import base, fail, home, shown_home, user
from wizard.lab.bastion.pulling import about_pull, fetch
from wizard.lab.bastion.registry import Registry, RegistryError

_REFERENCE = re.compile(
    r"^(?:(?P<host>[^/]*[.:][^/]*)/)?(?P<name>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(?P<tag>[\w][\w.-]*))?$"
)


def main() -> None:
    """Does what the first word says."""
    words = sys.argv[1:]
    act = _COMMANDS.get(words[0]) if words else None
    if act is None:
        fail("The stand-in docker knows: " + ", ".join(sorted(_COMMANDS)))
    if words[0] != "logout":
        _reach_daemon(words[0])
    act(words[1:])


def _reach_daemon(word: str) -> None:
    """The bastion's files ``docker.down`` and ``docker.closed`` take the daemon away."""
    socket = "unix:///var/run/docker.sock"
    there = not (base() / "docker.down").exists()
    if there and (user() == "root" or not (base() / "docker.closed").exists()):
        return
    if word == "login" and "--password-stdin" in sys.argv:
        sys.stdin.read()
    if not there:
        fail(f"Cannot connect to the Docker daemon at {socket}. Is the docker daemon running?")
    ping = "http://%2Fvar%2Frun%2Fdocker.sock/_ping"
    fail(
        f"permission denied while trying to connect to the Docker daemon socket at {socket}:"
        f' Head "{ping}": dial unix /var/run/docker.sock: connect: permission denied'
    )


def _options(words: list[str], flags: set[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Splits options from arguments; an option in *flags* takes no value."""
    options: dict[str, list[str]] = {}
    rest: list[str] = []
    index = 0
    while index < len(words):
        word = words[index]
        if not word.startswith("-") or word == "-":
            rest.append(word)
        elif "=" in word:
            name, _, value = word.partition("=")
            options.setdefault(name, []).append(value)
        elif word in flags:
            options.setdefault(word, []).append("")
        else:
            index += 1
            options.setdefault(word, []).append(words[index] if index < len(words) else "")
        index += 1
    return options, rest


def _config() -> Path:
    return home() / ".docker" / "config.json"


def _auths() -> dict[str, dict[str, str]]:
    path = _config()
    found: dict[str, dict[str, str]] = {}
    if path.exists():
        found = json.loads(path.read_text()).get("auths", {})
    return found


def _store() -> Path:
    path = base() / "docker"
    path.mkdir(parents=True, exist_ok=True)
    return path / "images.json"


def _images() -> dict[str, dict[str, str]]:
    path = _store()
    found: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _keep(images: dict[str, dict[str, str]]) -> None:
    _store().write_text(json.dumps(images, indent=1))


def _reference(text: str) -> tuple[str, str, str]:
    """Host, name and tag of an image reference. Ends the tool on nonsense, as Docker does."""
    match = _REFERENCE.match(text)
    if match is None:
        fail(
            f'invalid argument "{text}" for "-t, --tag" flag: invalid reference format'
            if "build" in sys.argv[1:2]
            else "invalid reference format"
        )
    return match["host"] or "", match["name"], match["tag"] or "latest"


def _full(text: str) -> str:
    host, name, tag = _reference(text)
    return f"{host}/{name}:{tag}" if host else f"{name}:{tag}"


def login(words: list[str]) -> None:
    """``docker login --username AWS --password-stdin REGISTRY``."""
    options, rest = _options(words, {"--password-stdin"})
    name = (options.get("--username") or options.get("-u") or [""])[0]
    if "--password-stdin" in options:
        password = sys.stdin.read().strip()
    else:
        password = (options.get("--password") or options.get("-p") or [""])[0]
    if not name or not password:
        fail("Error: Cannot perform an interactive login from a non TTY device")
    host = (rest[0] if rest else "").removeprefix("https://").rstrip("/")
    auth = base64.b64encode(f"{name}:{password}".encode()).decode()
    try:
        Registry(host, auth).check()
    except RegistryError as error:
        reason = f"login attempt to https://{host}/v2/ failed with status: {error.status_line}"
        fail(f"Error response from daemon: {reason}")
    path = _config()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"auths": _auths() | {host: {"auth": auth}}}, indent="\t"))
    print(
        "\nWARNING! Your credentials are stored unencrypted in"
        f" '{shown_home()}/.docker/config.json'."
        "\nConfigure a credential helper to remove this warning. See"
        "\nhttps://docs.docker.com/go/credential-store/\n",
        file=sys.stderr,
    )
    print("Login Succeeded")


def logout(words: list[str]) -> None:
    """``docker logout REGISTRY``."""
    host = words[0] if words else ""
    auths = _auths()
    if auths.pop(host, None) is None:
        print(f"Not logged in to {host}")
        return
    _config().write_text(json.dumps({"auths": auths}, indent="\t"))
    print(f"Removing login credentials for {host}")


def build(words: list[str]) -> None:
    """``docker build -t NAME [--platform P] [--label K=V] PATH``: an image of nothing much."""
    options, rest = _options(words, {"--no-cache", "--pull", "-q", "--quiet", "--load"})
    if not rest:
        fail('ERROR: "docker buildx build" requires exactly 1 argument.')
    platform = (options.get("--platform") or ["linux/amd64"])[0]
    image = {
        "content": secrets.token_hex(16),
        "architecture": platform.rsplit("/", 1)[-1],
        "labels": json.dumps(dict(v.partition("=")[::2] for v in options.get("--label", []))),
    }
    images = _images()
    names = [_full(t) for t in options.get("-t", []) + options.get("--tag", [])]
    for name in names:
        images[name] = image
    _keep(images)
    digest = _made(image).digest
    print("[+] Building 0.1s (5/5) FINISHED", file=sys.stderr)
    print(f" => exporting to image\n => => writing image {digest}", file=sys.stderr)
    for name in names:
        print(f" => => naming to docker.io/library/{name}", file=sys.stderr)


def _made(image: dict[str, str]) -> oci.Made:
    return oci.make(image["content"], image["architecture"], json.loads(image["labels"]))


def tag(words: list[str]) -> None:
    """``docker tag SOURCE TARGET``."""
    if len(words) != 2:
        fail('"docker tag" requires exactly 2 arguments.')
    source, target = words
    images = _images()
    found = images.get(_full(source))
    if found is None:
        fail(f"Error response from daemon: No such image: {_full(source)}")
    images[_full(target)] = found
    _keep(images)


def list_images(words: list[str]) -> None:
    """``docker images``."""
    print(f"{'REPOSITORY':<70} {'TAG':<10} {'IMAGE ID':<14} SIZE")
    for name, image in _images().items():
        repository, _, tag_ = name.rpartition(":")
        print(f"{repository:<70} {tag_:<10} {_made(image).digest[7:19]:<14} 8.1MB")


def push(words: list[str]) -> None:
    """``docker push REFERENCE``, with the current user's login."""
    _, rest = _options(words, {"-q", "--quiet", "-a", "--all-tags"})
    if not rest:
        fail('"docker push" requires exactly 1 argument.')
    host, name, tag_ = _reference(rest[0])
    image = _images().get(_full(rest[0]))
    where = f"{host}/{name}" if host else f"docker.io/library/{name}"
    print(f"The push refers to repository [{where}]")
    if image is None:
        fail(f"An image does not exist locally with the tag: {host}/{name}".replace(": /", ": "))
    made = _made(image)
    layer = oci.digest(made.layer)[7:19]
    print(f"{layer}: Preparing")
    auth = _auths().get(host, {}).get("auth")
    if auth is None:
        sys.stdout.flush()
        fail(
            "no basic auth credentials"
            if host
            else "denied: requested access to the resource is denied"
        )
    registry = Registry(host, auth)
    try:
        for digest, blob in made.blobs:
            registry.upload(name, digest, blob)
        registry.put_manifest(name, tag_, made.manifest, oci.MANIFEST)
    except RegistryError as error:
        sys.stdout.flush()
        fail(str(error))
    print(f"{layer}: Pushed")
    print(f"{tag_}: digest: {made.digest} size: {len(made.manifest)}")


def pull(words: list[str]) -> None:
    """``docker pull REFERENCE``: the image is the daemon's afterwards."""
    _, rest = _options(words, {"-q", "--quiet"})
    if not rest:
        fail('"docker pull" requires exactly 1 argument.')
    host, name, tag_ = _reference(rest[0])
    auth = _auths().get(host, {}).get("auth")
    if auth is None:
        text = f'Error response from daemon: Head "https://{host}/v2/{name}/manifests/{tag_}"'
        fail(f"{text}: no basic auth credentials")
    registry = Registry(host, auth)
    try:
        digest, manifest = registry.manifest(name, tag_)
        print(f"{tag_}: Pulling from {name}")
        image = fetch(registry, name, manifest)
    except RegistryError as error:
        sys.stdout.flush()
        fail(f"Error response from daemon: {about_pull(str(error), f'{host}/{name}', tag_)}")
    _keep(_images() | {_full(rest[0]): image})
    print(f"Digest: {digest}")
    print(f"Status: Downloaded newer image for {rest[0]}\n{rest[0]}")


def version(words: list[str]) -> None:
    """``docker version`` and ``docker info``: that there is a daemon to talk to."""
    print("Client: Docker Engine (stand-in of the embedded AWS)\nServer: running")


_COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "login": login,
    "logout": logout,
    "build": build,
    "tag": tag,
    "images": list_images,
    "push": push,
    "pull": pull,
    "version": version,
    "info": version,
}

if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(1)
