"""KMS keys: their policies, grants and aliases, and those of other accounts."""

from __future__ import annotations

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
    because,
    let_worker,
    policy_for,
    refused,
    worker,
)


def _key(lab: Lab, account: str, policy: str | None = None) -> tuple[Any, str]:
    kms = lab.client("kms", f"root/{account}")
    made = kms.create_key(**({"Policy": policy} if policy else {}))
    return kms, str(made["KeyMetadata"]["Arn"])


def _use(kms: Any, key: str) -> Any:
    return kms.generate_data_key(KeyId=key, NumberOfBytes=16)


def test_a_keys_own_policy_must_hand_the_decision_to_iam(lab: Lab) -> None:
    kms = worker(lab, "kms", "kms:*")
    _, usual = _key(lab, ACCOUNT)
    assert _use(kms, usual)["Plaintext"]
    admin = f"arn:aws:iam::{ACCOUNT}:role/admin"
    _, closed = _key(lab, ACCOUNT, policy_for("Allow", {"AWS": admin}, "kms:*"))
    assert refused(lambda: _use(kms, closed)) == (
        "AccessDeniedException",
        f"User: {SESSION} is not authorized to perform: kms:GenerateDataKey on resource: {closed}"
        " because no resource-based policy allows the kms:GenerateDataKey action",
    )
    _, ours = _key(lab, ACCOUNT, policy_for("Allow", {"AWS": WORKER}, "kms:*"))
    lab.client("iam").delete_role_policy(RoleName="worker", PolicyName="inline")
    assert _use(kms, ours)["Plaintext"]
    assert "no identity-based policy allows" in because(lambda: _use(kms, usual))


def test_a_grant_lets_its_grantee_use_a_key(lab: Lab) -> None:
    kms = worker(lab, "kms")
    root, key = _key(lab, ACCOUNT)
    assert refused(lambda: _use(kms, key))
    root.create_grant(KeyId=key, GranteePrincipal=WORKER, Operations=["GenerateDataKey"])
    made = _use(kms, key)
    refusal = because(lambda: kms.decrypt(CiphertextBlob=made["CiphertextBlob"]))
    assert "kms:Decrypt" in refusal
    let_worker(lab, "kms:Decrypt")
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]


def test_an_alias_is_asked_about_as_the_key_it_means(lab: Lab) -> None:
    root, key = _key(lab, ACCOUNT)
    root.create_alias(AliasName="alias/app", TargetKeyId=key)
    kms = worker(lab, "kms")
    _, text = refused(lambda: _use(kms, "alias/app"))
    assert f"on resource: {key} because" in text
    lab.client("iam").put_role_policy(
        RoleName="worker", PolicyName="inline",
        PolicyDocument=allow("kms:GenerateDataKey", resource=key),
    )  # fmt: skip
    assert _use(kms, "alias/app")["KeyId"] == key


def test_a_key_or_alias_that_is_not_there_is_not_found_whoever_asks(lab: Lab) -> None:
    nobody = "12345678-1234-1234-1234-123456789012"
    base = f"arn:aws:kms:{REGION}:{ACCOUNT}"
    for kms in (lab.client("kms"), worker(lab, "kms")):
        assert refused(partial(kms.describe_key, KeyId="alias/x")) == (
            "NotFoundException", f"Alias {base}:alias/x is not found.",
        )  # fmt: skip
        assert refused(partial(_use, kms, nobody)) == (
            "NotFoundException", f"Key '{base}:key/{nobody}' does not exist",
        )  # fmt: skip


def test_of_another_accounts_keys_nobody_learns_whether_they_exist(lab: Lab) -> None:
    theirs, key = _key(lab, OTHER)
    kms = worker(lab, "kms", "kms:*")
    words = (
        f"User: {SESSION} is not authorized to perform: kms:GenerateDataKey on this resource"
        " because the resource does not exist in this Region, no resource-based policies allow"
        " access, or a resource-based policy explicitly denies access"
    )
    missing = key[:-12] + "000000000000"
    assert refused(lambda: _use(kms, key)) == ("AccessDeniedException", words)
    assert refused(lambda: _use(kms, missing)) == ("AccessDeniedException", words)
    theirs.put_key_policy(
        KeyId=key, PolicyName="default", Policy=policy_for("Allow", {"AWS": [OURS]}, "kms:*")
    )
    assert _use(kms, key)["KeyId"] == key
