"""Whatever the lab's own handlers answer is held against botocore's model first."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.wire import Call, success

_TYPES = {"ecs": "application/x-amz-json-1.1", "ec2": "application/x-www-form-urlencoded"}


def _call(operation: str, service: str = "ecs") -> Call:
    environ = {"CONTENT_TYPE": _TYPES[service]}
    return Call(service, operation, "ap-northeast-1", "AKIA", None, environ, b"{}")


def _refused(operation: str, result: Any, service: str = "ecs") -> str:
    with pytest.raises(AwsError) as caught:
        success(_call(operation, service), result)
    assert (caught.value.code, caught.value.status) == ("InternalFailure", 500)
    return caught.value.message.partition("model says: ")[2]


def test_an_answer_as_the_model_says_goes_out_with_the_labs_own_notes_left_behind() -> None:
    cluster = {"clusterName": "prod", "status": "ACTIVE", "configuration": None, "_note": object()}
    answer = success(_call("CreateCluster"), {"cluster": cluster})
    assert json.loads(answer.body) == {"cluster": {"clusterName": "prod", "status": "ACTIVE"}}


@pytest.mark.parametrize(
    ("operation", "result", "wrong"),
    [
        ("ListClusters", {"clusterArns": 3}, "ListClusters.clusterArns: 3 is no list"),
        ("ListClusters", {"clusters": []}, "ListClusters.clusters: the model knows no such member"),
        ("ListClusters", [], "ListClusters: [] is no structure"),
        (
            "DescribeClusters",
            {"clusters": [{}, {"runningTasksCount": "3"}]},
            "DescribeClusters.clusters[1].runningTasksCount: '3' is no integer",
        ),
        (
            "DescribeClusters",
            {"clusters": [{"runningTasksCount": True}]},
            "DescribeClusters.clusters[0].runningTasksCount: True is no integer",
        ),
        (
            "CreateService",
            {"service": {"launchType": "FARGATES"}},
            "CreateService.service.launchType: 'FARGATES' is none of EC2, FARGATE, EXTERNAL,"
            " MANAGED_INSTANCES",
        ),
        (
            "CreateService",
            {"service": {"networkConfiguration": {"awsvpcConfiguration": {"subnets": None}}}},
            "CreateService.service.networkConfiguration.awsvpcConfiguration: the required member"
            " subnets is missing",
        ),
        (
            "DescribeTaskDefinition",
            {
                "taskDefinition": {
                    "containerDefinitions": [
                        {"logConfiguration": {"logDriver": "awslogs", "options": {"a": 1}}}
                    ]
                }
            },
            "DescribeTaskDefinition.taskDefinition.containerDefinitions[0].logConfiguration"
            ".options[a]: 1 is no string",
        ),
        (
            "RunTask",
            {"tasks": [{"createdAt": "today"}]},
            "RunTask.tasks[0].createdAt: 'today' is no timestamp",
        ),
    ],
)
def test_an_answer_that_is_not_as_the_model_says_is_an_internal_failure_that_names_the_place(
    operation: str, result: Any, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _refused(operation, result) == wrong
    assert wrong in capsys.readouterr().err


def test_where_a_service_is_known_to_be_looser_than_its_model_so_is_the_check() -> None:
    endpoint = {"VpcEndpointId": "vpce-1", "State": "available"}
    success(_call("DescribeVpcEndpoints", "ec2"), {"VpcEndpoints": [endpoint]})
    stamped = {"VpcEndpoints": [endpoint | {"CreationTimestamp": datetime.now(UTC)}]}
    success(_call("DescribeVpcEndpoints", "ec2"), stamped)
    wrong = _refused("DescribeVpcEndpoints", {"VpcEndpoints": [{"State": "there"}]}, "ec2")
    assert wrong.startswith("DescribeVpcEndpoints.VpcEndpoints[0].State: 'there' is none of")


_SERVED = """
import json, sys, threading
from werkzeug.serving import make_server
from wizard.lab.cloud.context import handles
from wizard.lab.cloud.front import Front
from wizard.lab.cloud.state import Cloud

front = Front(Cloud("ap-northeast-1"))

@handles("ecs", "ListClusters")
def list_clusters(context):
    return {"clusterArns": [7]}

server = make_server("127.0.0.1", 0, front, threaded=True)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
"""


def test_a_client_reads_of_a_handlers_mistake_instead_of_a_wrong_answer() -> None:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError

    with subprocess.Popen(
        [sys.executable, "-c", _SERVED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout is not None
        assert served.stdin is not None
        assert served.stderr is not None
        ecs = boto3.client(
            "ecs",
            region_name="ap-northeast-1",
            endpoint_url=f"http://127.0.0.1:{int(served.stdout.readline())}",
            aws_access_key_id="AKIAROOT123456789012",
            aws_secret_access_key="root" * 10,
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )
        with pytest.raises(ClientError) as caught:
            ecs.list_clusters()
        ecs.close()
        served.stdin.close()
        said = served.stderr.read()
    error = caught.value.response["Error"]
    wrong = "ListClusters.clusterArns[0]: 7 is no string"
    assert error["Code"] == "InternalFailure"
    assert wrong in error["Message"]
    assert wrong in said
