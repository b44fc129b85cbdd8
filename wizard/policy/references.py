"""Reads what a task definition points at: images, and the secrets of its containers.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html (host of a
registry), https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
(forms of valueFrom), https://distribution.github.io/distribution/ (form of an image reference).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

ImageKind = Literal["ecr", "ecr-public", "docker-hub", "other"]
SecretKind = Literal["secretsmanager", "ssm", "unknown"]

DOCKER_HUB = "registry-1.docker.io"
"""Where Docker Hub serves manifests; tokens come from `auth.docker.io`, layers from elsewhere."""
ECR_PUBLIC = "public.ecr.aws"

_ECR = re.compile(
    r"^(?P<account>\d{12})\.dkr(?:\.|-)ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\."
    r"(?P<suffix>amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)$"
)
_HUB_NAMES = ("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")
_SECRET_FIELDS = 7
_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}$")
ANY_SUFFIX = "-??????"
"""What Secrets Manager adds to a secret's name, as a pattern."""


def partition_of(region: str) -> str:
    """The partition of a region, by its name.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html#arns-paths
    """
    starts = {
        "cn-": "aws-cn",
        "us-gov-": "aws-us-gov",
        "us-iso-": "aws-iso",
        "us-isob-": "aws-iso-b",
        "eu-isoe-": "aws-iso-e",
        "us-isof-": "aws-iso-f",
        "eusc-": "aws-eusc",
    }
    return next((name for start, name in starts.items() if region.startswith(start)), "aws")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task runs: partition, region and account, as ARNs name them."""

    partition: str
    region: str
    account: str


@dataclass(frozen=True, slots=True)
class Image:
    """An image reference. `registry` is the host that is asked; `account`, `region` and
    `partition` are set for a private ECR registry only."""

    kind: ImageKind
    registry: str
    repository: str
    tag: str = ""
    digest: str = ""
    account: str = ""
    region: str = ""
    partition: str = ""

    @property
    def arn(self) -> str:
        """The ECR repository's ARN, empty for other registries."""
        if self.kind != "ecr":
            return ""
        place = f"{self.partition}:ecr:{self.region}:{self.account}"
        return f"arn:{place}:repository/{self.repository}"


def read_image(image: str) -> Image:
    """Takes an image reference apart, `team/app:v1` and digests included."""
    text, _, digest = image.strip().partition("@")
    head, _, rest = text.partition("/")
    is_host = bool(rest) and ("." in head or ":" in head or head == "localhost")
    host, path = (head.lower(), rest) if is_host else (DOCKER_HUB, text)
    repository, tag = path, ""
    if ":" in path.rsplit("/", 1)[-1]:
        repository, _, tag = path.rpartition(":")
    ecr = _ECR.match(host)
    if ecr:
        region = ecr.group("region")
        return Image(
            "ecr",
            host,
            repository,
            tag,
            digest,
            ecr.group("account"),
            region,
            partition_of(region),
        )
    if host == ECR_PUBLIC:
        return Image("ecr-public", host, repository, tag, digest)
    if host in _HUB_NAMES:
        return Image("docker-hub", DOCKER_HUB, repository, tag, digest)
    return Image("other", host, repository, tag, digest)


@dataclass(frozen=True, slots=True)
class Secret:
    """What a container's `secrets[].valueFrom` (or a credential's reference) points at.

    `arn` has neither JSON key nor version; for a parameter given by name it is built from the
    task's place. `json_key`, `version_stage`, `version_id`: Secrets Manager only.
    """

    kind: SecretKind
    arn: str
    name: str
    region: str
    json_key: str = ""
    version_stage: str = ""
    version_id: str = ""

    @property
    def pattern(self) -> str:
        """The ARN as a policy names it: a secret's may be written without the hyphen and the six
        characters that Secrets Manager adds, and IAM compares them all the same
        (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html).
        """
        partial = self.kind == "secretsmanager" and not _SUFFIX.search(self.arn)
        return f"{self.arn}{ANY_SUFFIX}" if partial else self.arn


def read_secret(value_from: str, place: Place) -> Secret:
    """Takes a `valueFrom` apart: a secret's ARN with optional `:json-key:stage:version`, a
    parameter's ARN, or a parameter's name in the task's own region."""
    parts = value_from.split(":")
    service = parts[2] if parts[0] == "arn" and len(parts) > len(("arn", "p", "s")) else ""
    if service == "secretsmanager" and len(parts) >= _SECRET_FIELDS:
        extra = [*parts[_SECRET_FIELDS:], "", "", ""]
        arn = ":".join(parts[:_SECRET_FIELDS])
        return Secret("secretsmanager", arn, parts[6], parts[3], extra[0], extra[1], extra[2])
    if service == "ssm" and len(parts) >= _SECRET_FIELDS - 1:
        path = parts[5].removeprefix("parameter")
        # ARNs of parameters in a hierarchy keep the first slash of the name, others add one.
        name = path if path.count("/") > 1 else path.removeprefix("/")
        return Secret("ssm", ":".join(parts[:6]), name, parts[3])
    if service or not value_from:
        return Secret("unknown", value_from, "", parts[3] if len(parts) > len("arn") else "")
    base = f"arn:{place.partition}:ssm:{place.region}:{place.account}:parameter"
    name = value_from.split(":", 1)[0]
    return Secret("ssm", f"{base}/{name.removeprefix('/')}", name, place.region)
