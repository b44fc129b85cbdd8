"""Registry auth, manifests and layers.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from __future__ import annotations

from wizard.lab.cloud.clock import stamp
from wizard.lab.cloud.ecr import dns_suffix
from wizard.lab.cloud.launch import words
from wizard.lab.cloud.launch.attempt import Attempt
from wizard.lab.cloud.launch.images import Found, Reference, elsewhere, find, reference
from wizard.lab.cloud.launch.network import Way
from wizard.lab.cloud.wire import partition_of


def _references(attempt: Attempt) -> list[Reference]:
    return [reference(str(c["image"])) for c in attempt.containers]


def registry_auth(attempt: Attempt) -> str | None:
    """A token from the ECR API, which platform 1.4.0 asks for over the task's own interface."""
    wanted = [r for r in _references(attempt) if r.in_ecr]
    who = attempt.role("executionRoleArn")
    if not wanted or who is None:
        return None
    for region in sorted({r.region for r in wanted}):
        way = attempt.way("ecr.api", region) if attempt.modern else Way(True, "")
        if not way.open:
            return words.auth_unreachable(attempt.style, way, region)
        action = "ecr:GetAuthorizationToken"
        decision = attempt.may(who, action, "*", way)
        if not decision.allowed:
            text = attempt.denial(who, action, "*", decision)
            return words.auth_denied(attempt.style, text)
    return None


def _arn(ref: Reference) -> str:
    partition = partition_of(ref.region)
    return f"arn:{partition}:ecr:{ref.region}:{ref.account}:repository/{ref.name}"


def platform_of(attempt: Attempt) -> str:
    """The platform the task definition asks for, as an image manifest names it."""
    wanted = attempt.definition.get("runtimePlatform") or {}
    arm = wanted.get("cpuArchitecture") == "ARM64"
    return "linux/arm64" if arm else "linux/amd64"


def manifests(attempt: Attempt) -> str | None:
    """Each image's manifest from its registry: there, readable, and for this platform."""
    attempt.task["pullStartedAt"] = stamp(attempt.when)
    for container, ref in zip(attempt.containers, _references(attempt), strict=True):
        reason = _manifest(attempt, str(container["name"]), ref)
        if reason is not None:
            return reason
    return None


def _manifest(attempt: Attempt, name: str, ref: Reference) -> str | None:
    service = "ecr.dkr" if ref.in_ecr else "registry"
    way = attempt.way(service, ref.region or None)
    if not way.open:
        return words.manifest_unreachable(attempt.style, way, ref.full)
    found: Found | None = elsewhere()
    if ref.in_ecr:
        who = attempt.role("executionRoleArn")
        action = "ecr:BatchGetImage"
        if who is not None and not attempt.may(who, action, _arn(ref), way).allowed:
            return words.manifest_denied(attempt.style, ref.full)
        found = find(attempt.cloud, ref)
    if found is None:
        return words.manifest_missing(attempt.style, ref.full)
    platform = platform_of(attempt)
    if found.index and platform not in found.platforms:
        return words.platform_mismatch(platform)
    attempt.task["_images"][name] = found
    for container in attempt.task["containers"]:
        if container["name"] == name and ref.in_ecr:
            container["imageDigest"] = found.digest
    return None


def layers(attempt: Attempt) -> str | None:
    """Each image's layers, which ECR keeps in a bucket of its own in S3."""
    for container, ref in zip(attempt.containers, _references(attempt), strict=True):
        if ref.in_ecr:
            reason = _layers(attempt, ref, attempt.task["_images"][str(container["name"])])
            if reason is not None:
                return reason
    attempt.task["pullStoppedAt"] = stamp(attempt.when)
    return None


def _layers(attempt: Attempt, ref: Reference, image: Found) -> str | None:
    who = attempt.role("executionRoleArn")
    api = attempt.way("ecr.dkr", ref.region)
    action = "ecr:GetDownloadUrlForLayer"
    if who is not None and not attempt.may(who, action, _arn(ref), api).allowed:
        registry = ref.text.split("/", 1)[0]
        digest = image.layers[0] if image.layers else image.digest
        return words.layer_denied(f"https://{registry}/v2/{ref.name}/blobs/{digest}")
    way = attempt.way("s3", ref.region)
    if not way.open:
        return words.layer_unreachable(attempt.style, way, ref.full, image.digest)
    bucket = f"prod-{ref.region}-starport-layer-bucket"
    if way.endpoint is not None and not _bucket_open(attempt, way, bucket, ref.region):
        host = f"{bucket}.s3.{ref.region}.{dns_suffix(ref.region)}"
        return words.layer_denied(f"https://{host}/{ref.account}/{image.digest[7:]}")
    return None


def _bucket_open(attempt: Attempt, way: Way, bucket: str, region: str) -> bool:
    """Whether the endpoint's policy lets a task read ECR's bucket.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
    The links are signed by ECR itself, so only the endpoint's policy can shut them out.
    """
    from wizard.lab.cloud.identity.evaluate import Named, Policies, Request, evaluate
    from wizard.lab.cloud.identity.principals import parsed

    if way.endpoint is None:
        return True
    arn = f"arn:{partition_of(region)}:s3:::{bucket}/layer"
    request = Request("s3:GetObject", arn, "*", context={"aws:SourceVpce": way.endpoint.id})
    policy = Named(way.endpoint.id, parsed(way.endpoint.policy_document))
    open_ = Named("open", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    return evaluate(request, Policies(identity=[open_], endpoint=policy)).allowed
