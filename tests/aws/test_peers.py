"""What two peers check, and what their users asked for, is what ours finds.

Each item names a world of the embedded AWS that plants the cause (`test_every_world` proves that it
is found there, and nothing else), a healthy world that must stay one, or a notice.
"""

import pytest

from wizard.core.knowledge import Knowledge
from wizard.lab.worlds import HEALTHY, WORLDS

EXEC_CHECKER = {
    "CLI too old": ("cli-too-old", "bastion.cli-outdated"),
    "no session-manager-plugin": ("session-manager-plugin-missing", "bastion.plugin-missing"),
    "no such task": ("task-id-mistyped", "target.task-missing"),
    "1 session key": ("exec-key-missing", "exec.encryption-misconfigured"),
    "1 session bucket": ("exec-log-bucket-missing", "exec.encryption-misconfigured"),
    "1 session log group": ("exec-log-group-unencrypted", "exec.encryption-misconfigured"),
    "1 no logging": ("notice", "exec.sessions-not-logged"),
    "2a ExecuteCommand": ("operator-may-not-open-a-shell", "caller.permission-missing"),
    "2c StartSession": ("notice", "exec.sessions-past-exec"),
    "4 platform version": ("notice", "exec.platform-too-old"),
    "5 switched off": ("exec-disabled-on-the-service", "exec.disabled-on-service"),
    "5 task older than the switch": ("task-older-than-exec", "exec.task-predates-enable"),
    "6 agent": ("exec-agent-dies", "exec.agent-not-running"),
    "7 init process": ("notice", "exec.init-process-off"),
    "8 read-only root": ("root-filesystem-read-only", "exec.read-only-root"),
    "9 task role": ("task-role-deleted", "task-role.missing"),
    "9 ssmmessages": ("task-role-without-the-exec-rights", "task-role.permission-missing"),
    "9 session key": ("exec-key-denied-to-the-task-role", "exec.encryption-misconfigured"),
    "9 session bucket": ("exec-log-bucket-denied", "exec.encryption-misconfigured"),
    "10 endpoint": ("no-ssmmessages-endpoint", "network.endpoint-missing"),
    "11 keys": ("keys-in-the-environment", "exec.keys-in-environment"),
    "12 shared processes": ("notice", "exec.processes-shared"),
}

TASK_FAILED_TO_START = {
    "a no way to the registry": ("no-way-out-at-all", "network.endpoint-missing"),
    "a no public address": (
        "public-subnet-without-a-public-address",
        "network.public-ip-missing",
    ),
    "a no NAT route": ("private-subnet-without-the-nat-route", "network.no-internet-route"),
    "a ACL": ("acl-drops-the-answers", "network.acl-blocks"),
    "b execution role": (
        "execution-role-without-any-policy",
        "execution-role.permission-missing",
    ),
    "b trust": ("execution-role-trusts-ec2", "execution-role.trust-invalid"),
    "b repository policy": (
        "another-account-lets-only-others-in",
        "ecr.repository-policy-denies",
    ),
    "c endpoint missing": ("no-ecr-dkr-endpoint", "network.endpoint-missing"),
    "c private DNS": ("endpoint-private-dns-off", "network.endpoint-private-dns-off"),
    "c DNS attributes": ("vpc-dns-support-off", "network.vpc-dns-off"),
    "c endpoint policy": ("ecr-endpoint-policy-denies", "network.endpoint-policy-denies"),
    "d endpoint's group": ("endpoint-group-closed", "network.endpoint-group-closed"),
    "d task's group": ("task-group-without-egress", "network.task-group-egress-closed"),
    "e secret": ("secret-missing", "secret.missing"),
    "e parameter": ("parameter-missing", "secret.missing"),
    "e JSON key": ("secret-key-missing", "secret.key-missing"),
    "e key": ("key-policy-without-the-execution-role", "secret.kms-denied"),
    "f log group": ("log-group-missing", "logs.group-missing"),
    "f log region": ("log-region-is-a-zone", "logs.options-wrong"),
    "image": ("image-tag-missing", "ecr.image-missing"),
    "EFS": ("efs-group-closed", "storage.efs-unreachable"),
}

ASKED_FOR = {
    "4 organization": ("organization-locks-the-region", "execution-role.permission-missing"),
    "6 S3 endpoint": ("no-s3-endpoint", "network.endpoint-missing"),
    "8 one process namespace": ("notice", "exec.processes-shared"),
    "16 older words": ("image-tag-missing-in-the-old-words", "ecr.image-missing"),
    "20 S3 gateway elsewhere": (
        "gateway-endpoint-in-another-route-table",
        "network.gateway-not-associated",
    ),
    "21 repository elsewhere": ("image-missing-in-another-region", "ecr.image-missing"),
}

WELL = {
    "3 a container without an agent": "with-a-sidecar",
    "5 aws:RequestedRegion in a boundary": "conditions-that-hold",
    "7 a NAT gateway": "behind-a-nat-gateway",
    "20 a NAT instance": "behind-a-nat-instance",
    "20 a transit gateway": "behind-a-transit-gateway",
    "team/app": "behind-endpoints",
    "8 one process namespace": "containers-that-share-their-processes",
}


@pytest.mark.parametrize(
    ("world", "found"),
    [
        pytest.param(*one, id=item)
        for table in (EXEC_CHECKER, TASK_FAILED_TO_START, ASKED_FOR)
        for item, one in table.items()
    ],
)
def test_what_the_peers_check_is_a_world_or_a_notice(
    world: str, found: str, known: Knowledge
) -> None:
    if world == "notice":
        assert found in known.notices()
    else:
        assert found in [planted.cause for planted in WORLDS[world].causes]


@pytest.mark.parametrize("world", WELL.values(), ids=WELL)
def test_where_the_peers_were_wrong_stands_a_healthy_world(world: str) -> None:
    assert world in HEALTHY
