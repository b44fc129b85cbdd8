"""Faults on demand hit the calls they name, and no others."""

from __future__ import annotations

import pytest
from botocore.exceptions import ConnectionClosedError

from wizard.lab import Lab

from .helpers import refused


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
