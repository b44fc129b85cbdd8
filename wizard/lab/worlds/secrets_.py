"""Worlds in which a secret, a parameter or an environment file cannot be had."""

from __future__ import annotations

import json

from wizard.lab.building.base import Json
from wizard.lab.world import World
from wizard.lab.worlds.bases import grant, natted, private
from wizard.lab.worlds.goals import deploy
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, Planted

_ROLE = "ecsTaskExecutionRole"
_READ = "secretsmanager:GetSecretValue"
_ASM = r"unable to retrieve secret from asm: "
_SSM = r"unable to retrieve secrets from ssm: "


def _with_secret(text: str, key: str = "", **secret: object) -> Act:
    """A service that reads a secret (its JSON key *key*), which the execution role may do."""

    def build(world: World) -> None:
        natted(world)
        made = world.client("secretsmanager").create_secret(Name="db", SecretString=text, **secret)
        world.notes["secret"] = made["ARN"]
        grant(_ROLE, _READ, name="secret")(world)
        _refer(world, f"{made['ARN']}:{key}::" if key else made["ARN"])

    return build


def _refer(world: World, value: str) -> None:
    secret = {"name": "DB", "valueFrom": value}
    world.task_definition(containers=[world.container(secrets=[secret])])


def _secret(**more: str) -> Fields:
    return lambda world: {"secret": str(world.notes["secret"])} | more


def _put(text: str) -> Act:
    def mend(world: World) -> None:
        world.client("secretsmanager").put_secret_value(
            SecretId=world.notes["secret"], SecretString=text
        )

    return mend


def _secret_gone(world: World) -> None:
    _with_secret("x")(world)
    world.client("secretsmanager").delete_secret(
        SecretId=world.notes["secret"], ForceDeleteWithoutRecovery=True
    )


def _new_secret(world: World) -> None:
    made = world.client("secretsmanager").create_secret(Name="db", SecretString="x")
    _refer(world, made["ARN"])


def _other_secret(world: World) -> None:
    world.client("secretsmanager").create_secret(Name="other", SecretString="x")


def _denied(world: World) -> None:
    _with_secret("x")(world)
    world.client("iam").delete_role_policy(RoleName=_ROLE, PolicyName="secret")


def _behind_endpoints(world: World) -> None:
    private(world)
    made = world.client("secretsmanager").create_secret(Name="db", SecretString="x")
    world.notes["secret"] = made["ARN"]
    grant(_ROLE, _READ, name="secret")(world)
    _refer(world, made["ARN"])


def _own_key(world: World) -> None:
    """A secret under a key of ours, which the execution role may not use."""
    key = world.client("kms").create_key()["KeyMetadata"]
    world.notes["key"] = key["Arn"]
    _with_secret("x", KmsKeyId=key["Arn"])(world)


def _use_key(world: World) -> None:
    grant(_ROLE, "kms:Decrypt", resource=world.notes["key"], name="key")(world)


def _key(world: World) -> dict[str, str]:
    return {"secret": str(world.notes["secret"]), "key": str(world.notes["key"])}


def _parameter(world: World) -> None:
    natted(world)
    world.notes["secret"] = "/shop/prod/TOKEN"
    grant(_ROLE, "ssm:GetParameters", "kms:Decrypt", name="parameter")(world)
    _refer(world, world.notes["secret"])


def _put_parameter(name: str) -> Act:
    def mend(world: World) -> None:
        world.client("ssm").put_parameter(Name=name, Value="x", Type="SecureString")

    return mend


def _parameter_denied(world: World) -> None:
    _parameter(world)
    _put_parameter("/shop/prod/TOKEN")(world)
    world.client("iam").delete_role_policy(RoleName=_ROLE, PolicyName="parameter")


def _parameter_unreachable(world: World) -> None:
    private(world)
    _put_parameter("/shop/prod/TOKEN")(world)
    grant(_ROLE, "ssm:GetParameters", "kms:Decrypt", name="parameter")(world)
    _refer(world, "/shop/prod/TOKEN")


def _missing(name: str) -> Planted:
    return Planted(
        "network.endpoint-missing",
        lambda world: world.endpoint(name),
        lambda world: {"service": name, "vpc": world.vpc},
    )


def _env_file(*actions: str, write: bool) -> Act:
    """A service with an environment file in S3."""

    def build(world: World) -> None:
        natted(world)
        s3 = world.client("s3")
        where: Json = {}
        if world.lab.region != "us-east-1":
            where = {"CreateBucketConfiguration": {"LocationConstraint": world.lab.region}}
        s3.create_bucket(Bucket="team-env-files", **where)
        if write:
            _write(world)
        if actions:
            grant(_ROLE, *actions, name="files")(world)
        arn = f"arn:{world.partition}:s3:::team-env-files/prod.env"
        files = [{"value": arn, "type": "s3"}]
        world.task_definition(containers=[world.container(environmentFiles=files)])

    return build


def _write(world: World, key: str = "prod.env") -> None:
    world.client("s3").put_object(Bucket="team-env-files", Key=key, Body=b"A=1\n")


_READ_FILES = ("s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket")

WORLDS = (
    BrokenWorld(
        name="secret-missing",
        symptom="pull.secret-missing",
        text=_ASM + r".*ResourceNotFoundException: Secrets Manager can't find the specified secret",
        build=_secret_gone,
        causes=(Planted("secret.missing", _new_secret, _secret()),),
        decoy=_other_secret,
        goal=deploy,
    ),
    BrokenWorld(
        name="secret-key-missing",
        symptom="pull.secret-key-missing",
        text=r"retrieved secret from Secrets Manager did not contain json key password",
        build=_with_secret('{"user": "a"}', "password"),
        causes=(
            Planted(
                "secret.key-missing",
                _put(json.dumps({"user": "a", "password": "b"})),
                _secret(key="password"),
            ),
        ),
        decoy=_put(json.dumps({"user": "a", "Password": "b"})),
        goal=deploy,
    ),
    BrokenWorld(
        name="secret-is-not-json",
        symptom="pull.secret-malformed",
        text=r"invalid character 'p' looking for beginning of value",
        build=_with_secret("plain text", "password"),
        causes=(
            Planted(
                "secret.malformed", _put(json.dumps({"password": "b"})), _secret(key="password")
            ),
        ),
        decoy=grant(_ROLE, "kms:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="secret-under-a-key-of-ours",
        symptom="pull.secret-denied",
        text=_ASM + r".*AccessDeniedException: Access to KMS is not allowed",
        build=_own_key,
        causes=(Planted("secret.kms-denied", _use_key, _key),),
        decoy=grant(_ROLE, "secretsmanager:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="secret-denied",
        symptom="pull.secret-denied",
        text=_ASM + r".*not authorized to perform: secretsmanager:GetSecretValue on resource: arn:",
        build=_denied,
        causes=(
            Planted(
                "execution-role.permission-missing",
                grant(_ROLE, _READ),
                lambda w: {"role": w.execution_role, "actions": _READ},
            ),
        ),
        decoy=grant("app-task-role", _READ),
        goal=deploy,
    ),
    BrokenWorld(
        name="secret-unreachable",
        symptom="pull.secret-unreachable",
        text=_ASM + r"There is a connection issue between the task and AWS Secrets Manager",
        build=_behind_endpoints,
        causes=(_missing("secretsmanager"),),
        decoy=lambda w: w.endpoint("ssm"),
        goal=deploy,
    ),
    BrokenWorld(
        name="parameter-missing",
        symptom="pull.secret-missing",
        text=_SSM + r".*invalid ssm parameters: /shop/prod/TOKEN",
        build=_parameter,
        causes=(Planted("secret.missing", _put_parameter("/shop/prod/TOKEN"), _secret()),),
        decoy=_put_parameter("/shop/stg/TOKEN"),
        goal=deploy,
    ),
    BrokenWorld(
        name="parameter-denied",
        symptom="pull.secret-denied",
        text=_SSM + r".*not authorized to perform: ssm:GetParameters on resource: arn:[\w-]+:ssm",
        build=_parameter_denied,
        causes=(
            Planted(
                "execution-role.permission-missing",
                grant(_ROLE, "ssm:GetParameters", "kms:Decrypt"),
                lambda w: {"role": w.execution_role, "actions": "ssm:GetParameters"},
            ),
        ),
        decoy=grant(_ROLE, _READ),
        goal=deploy,
    ),
    BrokenWorld(
        name="parameter-unreachable",
        symptom="pull.secret-unreachable",
        text=_SSM + r"There is a connection issue between the task and AWS Systems Manager",
        build=_parameter_unreachable,
        causes=(_missing("ssm"),),
        decoy=lambda w: w.endpoint("secretsmanager"),
        goal=deploy,
    ),
    BrokenWorld(
        name="env-file-missing",
        symptom="start.env-file-failed",
        text=r"failed to download env files: .*NotFound: Not Found status code: 404",
        build=_env_file(*_READ_FILES, write=False),
        causes=(Planted("env-file.missing", _write),),
        decoy=lambda w: _write(w, "Prod.env"),
        goal=deploy,
    ),
    BrokenWorld(
        name="env-file-denied",
        symptom="start.env-file-failed",
        text=r"failed to download env files: .*AccessDenied: Access Denied status code: 403",
        build=_env_file(write=True),
        causes=(Planted("env-file.denied", grant(_ROLE, *_READ_FILES)),),
        decoy=grant("app-task-role", *_READ_FILES),
        goal=deploy,
    ),
    BrokenWorld(
        name="env-file-denied-in-the-new-words",
        symptom="start.env-file-failed",
        text=r"operation error S3: HeadObject, https response error StatusCode: 403",
        build=_env_file("s3:ListBucket", write=True),
        causes=(Planted("env-file.denied", grant(_ROLE, *_READ_FILES)),),
        decoy=_write,
        goal=deploy,
        settings={"wording": "2025"},
    ),
)
