"""Faults on demand hit the calls they name, and no others."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from wizard.lab import Lab
from wizard.lab.world import World

from .helpers import refused, shell

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your"
    " AWS Secret Access Key and signing method. Consult the service documentation for details."
)
_READS = {
    "ecs": "list_clusters",
    "ecr": "describe_repositories",
    "logs": "describe_log_groups",
    "iam": "list_roles",
    "sts": "get_caller_identity",
    "elbv2": "describe_load_balancers",
    "ec2": "describe_vpcs",
    "s3": "list_buckets",
    "efs": "describe_file_systems",
    "route53": "list_hosted_zones",
}


def test_throttling_comes_in_each_services_own_words_and_ends(lab: Lab) -> None:
    lab.faults(
        {"match": "ecs:List*", "kind": "throttle", "times": 1},
        {"match": "ec2:*", "kind": "throttle", "times": 1},
    )
    ecs, ec2 = lab.client("ecs"), lab.client("ec2")
    assert refused(ecs.list_clusters) == ("ThrottlingException", "Rate exceeded")
    assert refused(ec2.describe_vpcs)[0] == "RequestLimitExceeded"
    assert ecs.list_clusters()["clusterArns"] == []
    assert ec2.describe_vpcs()["Vpcs"]


def test_an_error_of_ones_own_a_reset_and_an_outage(lab: Lab) -> None:
    ecs = lab.client("ecs")
    lab.faults({"match": "ecs:ListClusters", "kind": "error", "code": "Odd", "message": "really"})
    assert refused(ecs.list_clusters) == ("Odd", "really")
    lab.faults({"match": "ecs:*", "kind": "unavailable"})
    assert refused(ecs.list_clusters)[0] == "ServiceUnavailable"
    lab.faults({"match": "ecs:*", "kind": "reset"})
    with pytest.raises(ConnectionClosedError):
        ecs.list_clusters()
    lab.faults()
    assert ecs.list_clusters()["clusterArns"] == []


def test_latency_is_in_the_call_log(lab: Lab) -> None:
    lab.faults({"match": "ecs:*", "kind": "latency", "seconds": 0.05})
    lab.client("ecs").list_clusters()
    last = lab.calls(clear=True)[-1]
    assert last["call"] == "ecs:ListClusters"
    assert last["seconds"] >= 0.05
    assert lab.calls() == []


def test_the_call_log_holds_refusals_with_their_code(lab: Lab) -> None:
    refused(lambda: lab.client("ecs").list_services(cluster="no"))
    last = lab.calls()[-1]
    assert (last["status"], last["error"]) == (400, "ClusterNotFoundException")
    assert last["params"] == {"cluster": "no"}


def test_an_operation_that_nobody_answers_is_a_clean_refusal(lab: Lab) -> None:
    code, text = refused(lambda: lab.client("ecs").create_task_set(
        cluster="c", service="s", taskDefinition="t"
    ))  # fmt: skip
    assert code == "UnknownOperationException"
    assert "CreateTaskSet" in text
    code, _ = refused(lambda: lab.client("ec2").create_network_insights_path(
        Source="eni-1", Protocol="tcp", ClientToken="t"
    ))  # fmt: skip
    assert code == "UnknownOperationException"


def _signed(lab: Lab, service: str, **keys: str) -> Any:
    """A client with keys of one's own, right ones where none are given."""
    right = lab.credentials("role/worker/me")
    session = boto3.Session(
        keys.get("key", right["access_key"]),
        keys.get("secret", right["secret"]),
        keys.get("token", right["token"]) or None,
        lab.region,
    )
    config = Config(retries={"max_attempts": 0, "mode": "legacy"}, proxies={})
    return session.client(service, endpoint_url=lab.endpoint_url, config=config)


def _refusals(lab: Lab, **keys: str) -> dict[str, tuple[str, str]]:
    return {s: refused(getattr(_signed(lab, s, **keys), _READS[s])) for s in _READS}


def test_a_signature_by_another_secret_is_refused_as_each_protocol_does(lab: Lab) -> None:
    World(lab).role("worker", managed=("AdministratorAccess",))
    found = _refusals(lab, secret="x" * 40)
    for service in ("ecs", "ecr", "logs", "efs"):
        assert found[service] == ("InvalidSignatureException", _MISMATCH)
    for service in ("iam", "sts", "elbv2", "route53"):
        assert found[service] == ("SignatureDoesNotMatch", _MISMATCH)
    assert found["s3"] == (
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your"
        " key and signing method.",
    )
    assert found["ec2"] == (
        "AuthFailure",
        "AWS was not able to validate the provided access credentials",
    )


def test_an_unknown_key_and_a_token_that_is_none_of_the_sessions(lab: Lab) -> None:
    World(lab).role("worker", managed=("AdministratorAccess",))
    invalid = "The security token included in the request is invalid."
    for keys in ({"key": "AKIAIOSFODNN7EXAMPLE", "token": ""}, {"token": "other"}):
        found = _refusals(lab, **keys)
        assert found["ecs"] == ("UnrecognizedClientException", invalid)
        assert found["sts"] == ("InvalidClientTokenId", invalid)
        assert found["ec2"][0] == "AuthFailure"
        assert found["s3"][0] == "InvalidAccessKeyId"


def test_a_session_that_is_over_is_refused_before_its_signature_is_looked_at(lab: Lab) -> None:
    World(lab).role("worker", managed=("AdministratorAccess",))
    keys = lab.credentials("role/worker/me")
    lab.expire(keys["access_key"])
    given = {"key": keys["access_key"], "secret": keys["secret"], "token": keys["token"]}
    found = _refusals(lab, **given)
    assert found["ecs"][0] == "ExpiredTokenException"
    assert found["sts"][0] == found["s3"][0] == "ExpiredToken"
    assert found["ec2"] == ("RequestExpired", "Request has expired.")


@pytest.mark.parametrize(
    ("behind", "service", "code", "text"),
    [
        (1800, "ecs", "InvalidSignatureException",
         r"Signature expired: (\S+) is now earlier than (\S+) \((\S+) - 5 min\.\)"),
        (-1800, "ecr", "InvalidSignatureException",
         r"Signature not yet current: (\S+) is still later than (\S+) \((\S+) \+ 5 min\.\)"),
        (1800, "sts", "SignatureDoesNotMatch",
         r"Signature expired: (\S+) is now earlier than (\S+) \((\S+) - 15 min\.\)"),
        (-1800, "iam", "SignatureDoesNotMatch",
         r"Signature not yet current: (\S+) is still later than (\S+) \((\S+) \+ 15 min\.\)"),
    ],
)  # fmt: skip
def test_a_clock_that_is_wrong_is_told_with_the_times_of_both_sides(
    lab: Lab, behind: int, service: str, code: str, text: str
) -> None:
    World(lab).role("worker", managed=("AdministratorAccess",))
    lab.faults({"match": "*", "kind": "clock", "seconds": -behind, "spares_root": True})
    found, message = refused(getattr(_signed(lab, service), _READS[service]))
    assert found == code
    times = re.fullmatch(text, message)
    assert times, message
    ours, limit, theirs = (datetime.strptime(t, "%Y%m%dT%H%M%SZ") for t in times.groups())
    window = timedelta(minutes=5 if "5 min" in message and "15 min" not in message else 15)
    assert abs(theirs - limit) == window
    drift = (theirs - ours).total_seconds() - behind
    assert -2 <= drift <= 60  # a call may take its time, but the signing comes first
    assert lab.client("sts").get_caller_identity()["Arn"].endswith(":root")


def test_the_older_services_have_words_of_their_own_for_a_wrong_clock(lab: Lab) -> None:
    World(lab).role("worker", managed=("AdministratorAccess",))
    lab.faults({"match": "*", "kind": "clock", "seconds": -1800, "spares_root": True})
    assert refused(_signed(lab, "s3").list_buckets) == (
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
    )
    assert refused(_signed(lab, "ec2").describe_vpcs) == (
        "RequestExpired",
        "Request has expired.",
    )


def test_a_small_difference_is_let_through_and_answers_carry_awss_own_time(lab: Lab) -> None:
    World(lab).role("worker", managed=("AdministratorAccess",))
    lab.faults({"match": "*", "kind": "clock", "seconds": -120})
    answer = _signed(lab, "ecs").list_clusters()["ResponseMetadata"]
    dated = parsedate_to_datetime(answer["HTTPHeaders"]["date"])
    ahead = (dated - datetime.now(UTC)).total_seconds()
    assert 60 <= ahead <= 121
    lab.faults({"match": "*", "kind": "clock", "seconds": -1800})
    with pytest.raises(ClientError) as caught:
        _signed(lab, "ecs").list_clusters()
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert parsedate_to_datetime(headers["date"]) > datetime.now(UTC) + timedelta(minutes=25)


def test_the_aws_cli_is_refused_for_its_clock_too(lab: Lab) -> None:
    World(lab).role("worker", managed=("AdministratorAccess",))
    lab.faults({"match": "*", "kind": "clock", "seconds": -3600, "spares_root": True})
    done = shell(lab, "aws ecs list-clusters", "role/worker/me")
    assert "An error occurred (InvalidSignatureException) when calling the ListClusters" in (
        done.stderr
    )
    assert "Signature expired: 20" in done.stderr
    lab.faults()
    assert shell(lab, "aws ecs list-clusters", "role/worker/me").returncode == 0
