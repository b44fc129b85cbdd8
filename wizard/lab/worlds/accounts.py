"""Worlds in which a resource's own policy, or another account, stands in the way."""

from __future__ import annotations

import json
from typing import Any

from wizard.lab.building.base import Json
from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, natted, private
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, Planted

_OTHER = "210987654321"
_ROLE = "ecsTaskExecutionRole"
_READ = "secretsmanager:GetSecretValue"
_ASM = r"unable to retrieve secret from asm: "
_MANIFEST, _LAYER = "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"
_BUCKET = "team-env-files"
_ADMINISTER = ("kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Create*", "kms:Tag*")
_FILES = ("s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket")


def _policy(effect: str, principal: Any, *actions: str, resource: str | None = "*") -> str:
    statement: Json = {"Effect": effect, "Principal": principal, "Action": list(actions)}
    if resource:
        statement["Resource"] = resource
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _account(world: World) -> Json:
    """The world's account as a principal."""
    return {"AWS": f"arn:{world.partition}:iam::{world.lab.account}:root"}


def _their_image(*allowed: str) -> Act:
    """A service whose image lies in another account, which lets ours do *allowed*."""

    def build(world: World) -> None:
        private(world)
        made = world.elsewhere("ecr", _OTHER, None).create_repository(repositoryName="base/app")
        world.push("base/app", "v1", account=_OTHER)
        world.image = f"{made['repository']['repositoryUri']}:v1"
        _let_in(*allowed)(world)

    return build


def _let_in(*actions: str) -> Act:
    """Lets the world's account do *actions* in the other account's repository."""

    def act(world: World) -> None:
        text = _policy("Allow", _account(world), *actions, resource=None)
        world.elsewhere("ecr", _OTHER, None).set_repository_policy(
            repositoryName="base/app", policyText=text
        )

    return act


def _shut_out(world: World) -> None:
    """A policy on our own repository that denies the manifest to everybody."""
    private(world)
    text = _policy("Deny", "*", _MANIFEST, resource=None)
    world.client("ecr").set_repository_policy(repositoryName="team/app", policyText=text)


def _open_repository(world: World) -> None:
    world.client("ecr").delete_repository_policy(repositoryName="team/app")


def _only_theirs(world: World) -> None:
    """The other account lets us in; our own role may pull from our own repositories alone."""
    _their_image(_MANIFEST, _LAYER)(world)
    arn = f"arn:{world.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    world.client("iam").detach_role_policy(RoleName=_ROLE, PolicyArn=arn)
    ours = f"arn:{world.partition}:ecr:{world.lab.region}:{world.lab.account}:repository/*"
    grant(_ROLE, "ecr:GetAuthorizationToken", "logs:*", name="basic")(world)
    grant(_ROLE, _MANIFEST, _LAYER, resource=ours, name="ours")(world)


def _file(world: World, policy: str) -> None:
    """A service with an environment file in a bucket that has a policy."""
    natted(world)
    s3 = world.client("s3")
    where = {"LocationConstraint": world.lab.region}
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration=where)
    s3.put_object(Bucket=_BUCKET, Key="prod.env", Body=b"A=1\n")
    s3.put_bucket_policy(Bucket=_BUCKET, Policy=policy)
    grant(_ROLE, *_FILES, name="files")(world)
    files = [{"value": f"arn:{world.partition}:s3:::{_BUCKET}/prod.env", "type": "s3"}]
    world.task_definition(containers=[world.container(environmentFiles=files)])


def _denied_file(world: World) -> None:
    resource = f"arn:{world.partition}:s3:::{_BUCKET}/*"
    _file(world, _policy("Deny", "*", "s3:GetObject", resource=resource))


def _file_for_an_endpoint(world: World) -> None:
    """A bucket that is open through one VPC endpoint alone, which this VPC does not have."""
    resource = f"arn:{world.partition}:s3:::{_BUCKET}/*"
    policy = json.loads(_policy("Deny", "*", "s3:GetObject", resource=resource))
    only = {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}
    policy["Statement"][0]["Condition"] = {"StringNotEquals": only}
    _file(world, json.dumps(policy))


def _refer(world: World, arn: str) -> None:
    world.notes["secret"] = arn
    grant(_ROLE, _READ, name="secret")(world)
    secret = {"name": "DB", "valueFrom": arn}
    world.task_definition(containers=[world.container(secrets=[secret])])


def _key_policy(*actions: str) -> Act:
    """A policy of the world's key that hands only *actions* to the account's own policies."""

    def act(world: World) -> None:
        world.client("kms").put_key_policy(
            KeyId=world.notes["key"],
            PolicyName="default",
            Policy=_policy("Allow", _account(world), *actions),
        )

    return act


def _closed_key(world: World) -> None:
    """A secret under a key whose policy lets the account administer it, and nobody use it."""
    natted(world)
    world.notes["key"] = world.client("kms").create_key()["KeyMetadata"]["Arn"]
    secrets = world.client("secretsmanager")
    made = secrets.create_secret(Name="db", SecretString="x", KmsKeyId=world.notes["key"])
    _refer(world, made["ARN"])
    grant(_ROLE, "kms:Decrypt", resource=world.notes["key"], name="key")(world)
    _key_policy(*_ADMINISTER)(world)


def _their_secret(key: bool = False) -> Act:
    """A secret of another account; with *key*, all is right but its key's policy."""

    def build(world: World) -> None:
        natted(world)
        secrets = world.elsewhere("secretsmanager", _OTHER, None)
        kms = world.elsewhere("kms", _OTHER, None)
        world.notes["key"] = kms.create_key()["KeyMetadata"]["Arn"]
        made = secrets.create_secret(Name="db", SecretString="x", KmsKeyId=world.notes["key"])
        _refer(world, made["ARN"])
        grant(_ROLE, "kms:Decrypt", resource=world.notes["key"], name="key")(world)
        (_share_secret if key else _share_key)(world)

    return build


def _share_secret(world: World) -> None:
    text = _policy("Allow", _account(world), _READ)
    world.elsewhere("secretsmanager", _OTHER, None).put_resource_policy(
        SecretId=world.notes["secret"], ResourcePolicy=text
    )


def _share_key(world: World) -> None:
    owner = {"AWS": f"arn:{world.partition}:iam::{_OTHER}:root"}
    policy = json.loads(_policy("Allow", owner, "kms:*"))
    policy["Statement"] += json.loads(_policy("Allow", _account(world), "kms:Decrypt"))["Statement"]
    world.elsewhere("kms", _OTHER, None).put_key_policy(
        KeyId=world.notes["key"], PolicyName="default", Policy=json.dumps(policy)
    )


def _denied_secret(world: World) -> None:
    """A secret whose own policy denies it to the execution role."""
    natted(world)
    secrets = world.client("secretsmanager")
    made = secrets.create_secret(Name="db", SecretString="x")
    _refer(world, made["ARN"])
    text = _policy("Deny", {"AWS": world.execution_role}, "secretsmanager:*")
    secrets.put_resource_policy(SecretId=made["ARN"], ResourcePolicy=text)


def _open_secret(world: World) -> None:
    world.client("secretsmanager").delete_resource_policy(SecretId=world.notes["secret"])


def _repository(name: str) -> Fields:
    return lambda world: {"repository": name}


def _may(*actions: str) -> Fields:
    return lambda world: {"role": world.execution_role, "actions": " ".join(actions)}


def _sealed(world: World) -> dict[str, str]:
    return {name: str(world.notes[name]) for name in ("secret", "key")}


_OPENED = (
    Planted("env-file.denied", lambda w: w.client("s3").delete_bucket_policy(Bucket=_BUCKET)),
)

WORLDS = (
    BrokenWorld(
        name="another-account-gives-the-manifest-but-no-layers",
        symptom="pull.layer-unreachable",
        text=r"httpReadSeeker: failed open: unexpected status code https://.*: 403 Forbidden",
        build=_their_image(_MANIFEST),
        causes=(
            Planted(
                "ecr.repository-policy-denies",
                _let_in(_MANIFEST, _LAYER),
                _repository("base/app"),
            ),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="repository-policy-denies-its-own-account",
        symptom="pull.image-denied",
        text=r"failed with status code \[manifests v1\]: 403 Forbidden",
        build=_shut_out,
        causes=(
            Planted("ecr.repository-policy-denies", _open_repository, _repository("team/app")),
        ),
        decoy=grant(_ROLE, "ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="role-may-not-pull-from-another-account",
        symptom="pull.image-denied",
        text=r"failed with status code \[manifests v1\]: 403 Forbidden",
        build=_only_theirs,
        causes=(
            Planted(
                "execution-role.permission-missing",
                grant(_ROLE, _MANIFEST, _LAYER, name="theirs"),
                _may(_MANIFEST, _LAYER),
            ),
        ),
        decoy=_let_in("ecr:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="bucket-policy-denies-the-env-file",
        symptom="start.env-file-failed",
        text=r"failed to download env files: .*AccessDenied: Access Denied status code: 403",
        build=_denied_file,
        causes=_OPENED,
        decoy=grant(_ROLE, "s3:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="bucket-is-open-through-another-endpoint-alone",
        symptom="start.env-file-failed",
        text=r"operation error S3: HeadObject, https response error StatusCode: 403",
        build=_file_for_an_endpoint,
        causes=_OPENED,
        decoy=grant(_ROLE, "s3:*"),
        goal=deploy,
        settings={"wording": "2025"},
    ),
    BrokenWorld(
        name="key-policy-without-the-execution-role",
        symptom="pull.secret-denied",
        text=_ASM + r".*AccessDeniedException: Access to KMS is not allowed",
        build=_closed_key,
        causes=(Planted("secret.kms-denied", _key_policy("kms:*"), _sealed),),
        decoy=grant(_ROLE, "kms:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="key-of-another-account-is-not-shared",
        symptom="pull.secret-denied",
        text=_ASM + r".*AccessDeniedException: Access to KMS is not allowed",
        build=_their_secret(key=True),
        causes=(Planted("secret.kms-denied", _share_key, _sealed),),
        decoy=grant(_ROLE, "kms:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="secret-of-another-account-is-not-shared",
        symptom="pull.secret-denied",
        text=r"because no resource-based policy allows the secretsmanager:GetSecretValue action",
        build=_their_secret(),
        causes=(Planted("execution-role.permission-missing", _share_secret, _may(_READ)),),
        decoy=grant(_ROLE, "secretsmanager:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="secrets-own-policy-denies-the-execution-role",
        symptom="pull.secret-denied",
        text=r"GetSecretValue on resource: .* with an explicit deny in a resource-based policy",
        build=_denied_secret,
        causes=(Planted("execution-role.permission-missing", _open_secret, _may(_READ)),),
        decoy=grant(_ROLE, "secretsmanager:*"),
        goal=deploy,
    ),
)
