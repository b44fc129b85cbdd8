"""ECS tells EventBridge what happens, and EventBridge whoever has asked for it."""

from __future__ import annotations

import json
from typing import Any

from wizard.lab import Lab
from wizard.lab.world import World, healthy


def _queue(lab: Lab, *, allowed: bool = True) -> tuple[str, str]:
    sqs = lab.client("sqs")
    url = str(sqs.create_queue(QueueName="heard")["QueueUrl"])
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    arn = str(shown["QueueArn"])
    if allowed:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": _rule_arn(lab)}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def _rule_arn(lab: Lab) -> str:
    return f"arn:aws:events:{lab.region}:{lab.account}:rule/heard"


def _listen(lab: Lab, pattern: dict[str, Any], *, allowed: bool = True, **rule: Any) -> str:
    url, arn = _queue(lab, allowed=allowed)
    events = lab.client("events")
    full = json.dumps({"source": ["aws.ecs"]} | pattern)
    events.put_rule(Name="heard", EventPattern=full, **rule)
    events.put_targets(Rule="heard", Targets=[{"Id": "queue", "Arn": arn}])
    return url


def _heard(lab: Lab, url: str) -> list[dict[str, Any]]:
    sqs, found = lab.client("sqs"), list[dict[str, Any]]()
    while True:
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages") or []
        if not got:
            return found
        for message in got:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _break(world: World) -> None:
    world.task_definition(containers=[world.container(image=f"{world.image}-missing")])
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    world.client("ecs").update_service(
        cluster="prod",
        service="web",
        taskDefinition=world.definition,
        deploymentConfiguration=breaker,
    )
    world.settle(900)


def test_the_event_of_a_stopped_task_arrives_with_the_documented_fields(lab: Lab) -> None:
    world = healthy(lab)
    detail = {"lastStatus": ["STOPPED"], "clusterArn": [{"suffix": ":cluster/prod"}]}
    url = _listen(lab, {"detail-type": ["ECS Task State Change"], "detail": detail})
    arn = world.tasks()[0]["taskArn"]
    lab.client("ecs").stop_task(cluster="prod", task=arn, reason="drill")
    world.settle(30)

    (event,) = _heard(lab, url)
    shown = lab.client("ecs").describe_tasks(cluster="prod", tasks=[arn])["tasks"][0]
    assert set(event) == {
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"
    }  # fmt: skip
    assert (event["version"], event["source"]) == ("0", "aws.ecs")
    assert (event["detail-type"], event["resources"]) == ("ECS Task State Change", [arn])
    assert (event["account"], event["region"]) == (lab.account, lab.region)
    assert event["time"] == shown["stoppedAt"].strftime("%Y-%m-%dT%H:%M:%SZ")
    told = event["detail"]
    assert (told["stopCode"], told["stoppedReason"]) == ("UserInitiated", "drill")
    assert (told["lastStatus"], told["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert told["version"] == shown["version"]
    for name in ("taskArn", "clusterArn", "taskDefinitionArn", "group", "launchType", "cpu",
                 "memory", "platformVersion", "availabilityZone", "startedBy"):  # fmt: skip
        assert told[name] == shown[name], name
    for name in ("createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt",
                 "stoppedAt", "executionStoppedAt", "connectivityAt"):  # fmt: skip
        moment = shown[name]
        stamped = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
        assert told[name] == stamped, name
    assert told["updatedAt"] == told["stoppedAt"]
    assert [a["type"] for a in told["attachments"]] == ["eni"]
    assert told["containers"][0]["exitCode"] == 0
    assert not [k for k in told if k.startswith("_")]


def test_a_task_is_told_of_in_every_state_that_it_comes_through(lab: Lab) -> None:
    world = healthy(lab)
    url = _listen(lab, {"detail-type": ["ECS Task State Change"]})
    world.client("ecs").update_service(cluster="prod", service="web", desiredCount=2)
    world.settle(100)
    heard = sorted(_heard(lab, url), key=lambda e: int(e["detail"]["version"]))
    assert [e["detail"]["lastStatus"] for e in heard] == [
        "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"
    ]  # fmt: skip


def test_a_deployment_that_fails_and_is_rolled_back_is_told_in_four_events(lab: Lab) -> None:
    world = healthy(lab)
    kept = world.describe()["deployments"][0]["id"]
    url = _listen(lab, {"detail-type": ["ECS Deployment State Change"]})
    _break(world)
    told = [e["detail"] for e in sorted(_heard(lab, url), key=lambda e: str(e["time"]))]
    names = [t["eventName"].removeprefix("SERVICE_DEPLOYMENT_") for t in told]
    assert sorted(names) == ["COMPLETED", "FAILED", "IN_PROGRESS", "IN_PROGRESS"]
    assert [t["eventType"] for t in told if t["eventName"].endswith("FAILED")] == ["ERROR"]
    reasons = {t["reason"] for t in told}
    assert "ECS deployment circuit breaker: tasks failed to start." in reasons
    assert f"ECS deployment circuit breaker: rolling back to deploymentId {kept}." in reasons
    assert set(told[0]) == {"eventType", "eventName", "deploymentId", "updatedAt", "reason"}


def test_what_a_service_does_is_told_with_its_cluster(lab: Lab) -> None:
    world = healthy(lab)
    url = _listen(lab, {"detail-type": ["ECS Service Action"]})
    _break(world)
    lab.settings(fargate_vcpus=0.1)
    world.client("ecs").update_service(cluster="prod", service="web", desiredCount=2)
    world.settle(20)
    heard = _heard(lab, url)
    told = {e["detail"]["eventName"]: e["detail"] for e in heard}
    assert {k: v["eventType"] for k, v in told.items()} == {
        "SERVICE_TASK_START_IMPAIRED": "WARN",
        "SERVICE_STEADY_STATE": "INFO",
        "SERVICE_TASK_PLACEMENT_FAILURE": "ERROR",
    }
    assert told["SERVICE_TASK_PLACEMENT_FAILURE"]["reason"] == "RESOURCE:FARGATE"
    service = world.describe()
    assert {e["resources"][0] for e in heard} == {service["serviceArn"]}
    assert {d["clusterArn"] for d in told.values()} == {service["clusterArn"]}


def test_a_queue_that_does_not_let_eventbridge_in_hears_nothing(lab: Lab) -> None:
    world = healthy(lab)
    url = _listen(lab, {"detail-type": ["ECS Task State Change"]}, allowed=False)
    world.redeploy()
    assert _heard(lab, url) == []


def test_a_rule_that_is_off_or_whose_queue_is_gone_holds_nothing_up(lab: Lab) -> None:
    world = healthy(lab)
    url = _listen(lab, {"detail-type": ["ECS Task State Change"]}, State="DISABLED")
    world.redeploy()
    assert _heard(lab, url) == []
    lab.client("events").enable_rule(Name="heard")
    lab.client("sqs").delete_queue(QueueUrl=url)
    world.redeploy()
    assert world.describe()["deployments"][0]["rolloutState"] == "COMPLETED"
