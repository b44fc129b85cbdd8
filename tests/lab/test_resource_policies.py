"""Policies on resources, and resources of other accounts: who is let in, and in which words not."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from wizard.lab import Lab
from wizard.lab.world import allow

from .helpers import (
    ACCOUNT,
    OTHER,
    OURS,
    REGION,
    SESSION,
    WORKER,
    Act,
    because,
    let_worker,
    policy_for,
    refused,
    worker,
)


def _repository(lab: Lab, account: str) -> Any:
    ecr = lab.client("ecr", f"root/{account}")
    ecr.create_repository(repositoryName="team/app")
    return ecr


def _pull(ecr: Any, account: str = OTHER) -> dict[str, Any]:
    found: dict[str, Any] = ecr.batch_get_image(
        registryId=account, repositoryName="team/app", imageIds=[{"imageTag": "v1"}]
    )
    return found


def test_a_repository_of_another_account_needs_both_sides(lab: Lab) -> None:
    theirs = _repository(lab, OTHER)
    ecr = worker(lab, "ecr")
    action = "ecr:BatchGetImage"
    arn = f"arn:aws:ecr:{REGION}:{OTHER}:repository/team/app"
    code, text = refused(lambda: _pull(ecr))
    assert code == "AccessDeniedException"
    assert text == (
        f"User: {SESSION} is not authorized to perform: {action} on resource: {arn} because no"
        f" identity-based policy allows the {action} action"
    )
    let_worker(lab, "ecr:*")
    assert because(lambda: _pull(ecr)) == (
        f"because no resource-based policy allows the {action} action"
    )
    theirs.set_repository_policy(
        repositoryName="team/app", policyText=policy_for("Allow", {"AWS": OURS}, "ecr:*", None)
    )
    assert _pull(ecr)["failures"][0]["failureCode"] == "ImageNotFound"
    lab.client("iam").delete_role_policy(RoleName="worker", PolicyName="inline")
    assert "no identity-based policy" in because(lambda: _pull(ecr))


def test_in_one_account_a_repositorys_policy_alone_lets_in_and_shuts_out(lab: Lab) -> None:
    ours = _repository(lab, ACCOUNT)
    ecr = worker(lab, "ecr")
    ours.set_repository_policy(
        repositoryName="team/app",
        policyText=policy_for("Allow", {"AWS": WORKER}, "ecr:*", None),
    )
    assert _pull(ecr, ACCOUNT)["failures"]
    let_worker(lab, "*")
    ours.set_repository_policy(
        repositoryName="team/app",
        policyText=policy_for("Deny", "*", "ecr:BatchGetImage", None),
    )
    assert (
        because(lambda: _pull(ecr, ACCOUNT)) == "with an explicit deny in a resource-based policy"
    )


def test_what_a_resource_grants_to_a_role_stays_within_the_roles_boundary(lab: Lab) -> None:
    ours = _repository(lab, ACCOUNT)
    ecr = worker(lab, "ecr")
    edge = lab.client("iam").create_policy(PolicyName="edge", PolicyDocument=allow("s3:*"))
    lab.client("iam").put_role_permissions_boundary(
        RoleName="worker", PermissionsBoundary=edge["Policy"]["Arn"]
    )
    text = policy_for("Allow", {"AWS": WORKER}, "ecr:*", None)
    ours.set_repository_policy(repositoryName="team/app", policyText=text)
    assert "no permissions boundary allows" in because(lambda: _pull(ecr, ACCOUNT))
    text = policy_for("Allow", {"AWS": SESSION}, "ecr:*", None)
    ours.set_repository_policy(repositoryName="team/app", policyText=text)
    assert _pull(ecr, ACCOUNT)["failures"]


def _bucket(lab: Lab, account: str) -> Any:
    s3 = lab.client("s3", f"root/{account}")
    where = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket="team-files", CreateBucketConfiguration=where)
    s3.put_object(Bucket="team-files", Key="a dir/prod.env", Body=b"A=1\n")
    return s3


def _read(s3: Any) -> bytes:
    body: bytes = s3.get_object(Bucket="team-files", Key="a dir/prod.env")["Body"].read()
    return body


def test_a_bucket_of_another_account_needs_both_sides(lab: Lab) -> None:
    theirs = _bucket(lab, OTHER)
    s3 = worker(lab, "s3", "s3:*")
    arn = "arn:aws:s3:::team-files/a dir/prod.env"
    assert refused(lambda: _read(s3)) == (
        "AccessDenied",
        f'User: {SESSION} is not authorized to perform: s3:GetObject on resource: "{arn}" because'
        " no resource-based policy allows the s3:GetObject action",
    )
    text = policy_for("Allow", {"AWS": OURS}, "s3:GetObject", "arn:aws:s3:::team-files/*")
    theirs.put_bucket_policy(Bucket="team-files", Policy=text)
    assert _read(s3) == b"A=1\n"
    assert json.loads(theirs.get_bucket_policy(Bucket="team-files")["Policy"]) == json.loads(text)


def test_what_s3_tells_of_a_bucket_is_asked_of_iam(lab: Lab) -> None:
    _bucket(lab, ACCOUNT)
    s3 = worker(lab, "s3")
    calls: dict[str, Act] = {
        "s3:GetBucketPolicy": lambda: s3.get_bucket_policy(Bucket="team-files"),
        "s3:GetBucketLocation": lambda: s3.get_bucket_location(Bucket="team-files"),
        "s3:GetEncryptionConfiguration": lambda: s3.get_bucket_encryption(Bucket="team-files"),
    }
    for action, call in calls.items():
        code, text = refused(call)
        assert (code, f"perform: {action} on" in text) == ("AccessDenied", True)
    head: Act = lambda: s3.head_object(Bucket="team-files", Key="a dir/prod.env")  # noqa: E731
    assert refused(head) == ("403", "Forbidden")
    let_worker(lab, "s3:*")
    assert head()["ContentLength"] == 4
    assert calls["s3:GetBucketLocation"]()["LocationConstraint"] == REGION
    encrypted = calls["s3:GetEncryptionConfiguration"]()["ServerSideEncryptionConfiguration"]
    assert encrypted["Rules"]
    assert refused(calls["s3:GetBucketPolicy"])[0] == "NoSuchBucketPolicy"
    assert refused(lambda: s3.head_object(Bucket="team-files", Key="no")) == ("404", "Not Found")


def test_a_bucket_comes_and_goes_with_the_snapshots_of_its_account(lab: Lab) -> None:
    empty = lab.snapshot()
    _bucket(lab, OTHER)
    kept = lab.snapshot()
    lab.restore(empty)
    _bucket(lab, ACCOUNT)
    lab.restore(kept)
    assert _read(lab.client("s3", f"root/{OTHER}")) == b"A=1\n"
    for one in (empty, kept):
        lab.forget(one)


def test_a_secret_of_another_account_needs_both_sides(lab: Lab) -> None:
    theirs = lab.client("secretsmanager", f"root/{OTHER}")
    arn = theirs.create_secret(Name="db", SecretString="x")["ARN"]
    secrets = worker(lab, "secretsmanager")
    read: Act = lambda: secrets.get_secret_value(SecretId=arn)  # noqa: E731
    assert "no identity-based policy allows" in because(read)
    let_worker(lab, "secretsmanager:*")
    assert because(read) == (
        "because no resource-based policy allows the secretsmanager:GetSecretValue action"
    )
    theirs.put_resource_policy(
        SecretId=arn, ResourcePolicy=policy_for("Allow", {"AWS": WORKER}, "secretsmanager:*")
    )
    assert read()["SecretString"] == "x"


def test_a_secrets_explicit_deny_holds_whichever_way_the_secret_is_named(lab: Lab) -> None:
    root = lab.client("secretsmanager")
    arn = root.create_secret(Name="db", SecretString="x")["ARN"]
    secrets = worker(lab, "secretsmanager", "*")
    assert secrets.get_secret_value(SecretId="db")["SecretString"] == "x"
    root.put_resource_policy(
        SecretId="db",
        ResourcePolicy=policy_for("Deny", {"AWS": WORKER}, "secretsmanager:Get*"),
    )
    for name in ("db", arn, arn[:-7]):
        code, text = refused(partial(secrets.get_secret_value, SecretId=name))
        assert code == "AccessDeniedException"
        assert text.endswith(
            f"on resource: {name} with an explicit deny in a resource-based policy"
        )


def test_a_queue_of_another_account_needs_both_sides(lab: Lab) -> None:
    theirs = lab.client("sqs", f"root/{OTHER}")
    url = theirs.create_queue(QueueName="events")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{OTHER}:events"
    sqs = worker(lab, "sqs", "sqs:*")
    send: Act = lambda: sqs.send_message(QueueUrl=url, MessageBody="x")  # noqa: E731
    assert "no resource-based policy allows the sqs:SendMessage" in because(send)
    text = policy_for("Allow", {"AWS": OURS}, "sqs:SendMessage", arn)
    theirs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})
    assert send()["MessageId"]
    assert theirs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "x"


def test_each_account_has_a_state_of_its_own(lab: Lab) -> None:
    lab.client("ecs", f"root/{OTHER}").create_cluster(clusterName="theirs")
    assert lab.client("ecs").list_clusters()["clusterArns"] == []
    iam = lab.client("iam", f"root/{OTHER}")
    trust = policy_for("Allow", {"AWS": WORKER}, "sts:AssumeRole", None)
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(
        RoleName="reader", PolicyName="ecs", PolicyDocument=allow("ecs:ListClusters")
    )
    sts = worker(lab, "sts", "sts:AssumeRole")
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/reader", RoleSessionName="across")[
        "Credentials"
    ]
    assert keys["AccessKeyId"].startswith("ASIA")
    ecs = lab.client("ecs", f"{OTHER}:role/reader/across")
    assert ecs.list_clusters()["clusterArns"] == [f"arn:aws:ecs:{REGION}:{OTHER}:cluster/theirs"]
