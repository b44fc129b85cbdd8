"""The ECS API answers in the shape of its model and refuses in its own words."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.world import World, healthy

from .helpers import refused
from .shapes import Watch


def test_every_answer_to_a_reader_has_the_shape_of_botocores_model(lab: Lab) -> None:
    world = healthy(lab)
    ecs = lab.client("ecs")
    watch = Watch(ecs)
    task = world.tasks()[0]["taskArn"]
    at = {"cluster": "prod"}
    ecs.list_clusters()
    ecs.describe_clusters(clusters=["prod", "nosuch"], include=["CONFIGURATIONS", "SETTINGS"])
    ecs.describe_services(**at, services=["web", "nosuch"], include=["TAGS"])
    ecs.list_services(**at)
    ecs.list_tasks(**at, serviceName="web")
    ecs.describe_tasks(**at, tasks=[task, "0" * 32], include=["TAGS"])
    ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])
    ecs.list_task_definitions(familyPrefix="web")
    ecs.list_task_definition_families()
    ecs.list_tags_for_resource(resourceArn=task)
    deployments = ecs.list_service_deployments(**at, service="web")["serviceDeployments"]
    arns = [d["serviceDeploymentArn"] for d in deployments]
    ecs.describe_service_deployments(serviceDeploymentArns=[*arns, "x"])
    revisions = [d["targetServiceRevisionArn"] for d in deployments]
    ecs.describe_service_revisions(serviceRevisionArns=revisions)
    ecs.describe_capacity_providers()
    ecs.list_account_settings(effectiveSettings=True)
    ecs.get_task_protection(**at, tasks=[task])
    ecs.list_container_instances(**at)

    assert watch.problems == []
    assert len(watch.seen) == 17


def test_every_answer_to_a_writer_has_the_shape_of_botocores_model(lab: Lab) -> None:
    ecs = lab.client("ecs")
    watch = Watch(ecs)
    world = healthy(lab)
    at = {"cluster": "prod"}
    ecs.create_cluster(clusterName="other")
    ecs.update_cluster(**at, configuration={"executeCommandConfiguration": {"logging": "DEFAULT"}})
    task = world.tasks()[0]["taskArn"]
    ecs.tag_resource(resourceArn=task, tags=[{"key": "a", "value": "b"}])
    ecs.untag_resource(resourceArn=task, tagKeys=["a"])
    ecs.put_account_setting(name="containerInsights", value="enabled")
    ecs.execute_command(**at, task=task, interactive=True, command="/bin/sh")
    network = world.network_configuration
    made = ecs.run_task(**at, taskDefinition="web", networkConfiguration=network)["tasks"][0]
    ecs.update_service(**at, service="web", forceNewDeployment=True)
    ecs.describe_services(**at, services=["web"])
    world.settle()
    ecs.stop_task(**at, task=made["taskArn"], reason="enough")
    world.settle(20)
    ecs.describe_tasks(**at, tasks=[made["taskArn"]])
    ecs.deregister_task_definition(taskDefinition="web:1")
    ecs.delete_service(**at, service="web", force=True)
    world.settle(60)
    ecs.describe_services(**at, services=["web"])
    ecs.delete_cluster(cluster="other")

    assert watch.problems == []
    assert len(watch.seen) == 14


def _definition(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "family": "x",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "app", "image": "busybox"}],
    }
    return {k: v for k, v in (given | changes).items() if v is not None}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"memory": "8192"},
            "No Fargate configuration exists for given values: 256 CPU, 8192 memory."
            " See the Amazon ECS documentation for the valid values.",
        ),
        ({"cpu": None}, "Fargate requires that 'cpu' be defined at the task level."),
        ({"networkMode": "bridge"}, "Fargate only supports network mode ‘awsvpc’."),
        (
            {
                "containerDefinitions": [
                    {"name": "app", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:b"}
                ]
            },
            "Fargate requires task definition to have execution role ARN to support ECR images.",
        ),
        (
            {
                "containerDefinitions": [
                    {
                        "name": "app",
                        "image": "busybox",
                        "logConfiguration": {
                            "logDriver": "awslogs",
                            "options": {"awslogs-group": "/ecs/x"},
                        },
                    }
                ]
            },
            "Log driver awslogs requires options: awslogs-region",
        ),
        (
            {
                "containerDefinitions": [
                    {
                        "name": "app",
                        "image": "busybox",
                        "secrets": [{"name": "A", "valueFrom": "b"}],
                    }
                ]
            },
            "When you are specifying container secrets, you must also specify a value for"
            " 'executionRoleArn'.",
        ),
    ],
)
def test_a_definition_that_fargate_cannot_run_is_not_registered(
    lab: Lab, changes: dict[str, Any], text: str
) -> None:
    ecs = lab.client("ecs")
    assert refused(lambda: ecs.register_task_definition(**_definition(**changes))) == (
        "ClientException",
        text,
    )


def test_what_is_not_there_is_refused_or_listed_as_missing(lab: Lab) -> None:
    ecs = lab.client("ecs")
    missing = ("ClusterNotFoundException", "Cluster not found.")
    assert refused(lambda: ecs.list_services(cluster="no")) == missing
    assert refused(lambda: ecs.describe_tasks(cluster="no", tasks=["x"])) == missing
    ecs.create_cluster(clusterName="prod")
    assert refused(lambda: ecs.update_service(cluster="prod", service="no")) == (
        "ServiceNotFoundException",
        "Service not found.",
    )
    assert refused(lambda: ecs.describe_task_definition(taskDefinition="no")) == (
        "ClientException",
        "Unable to describe task definition.",
    )
    assert refused(lambda: ecs.describe_tasks(cluster="prod", tasks=[])) == (
        "InvalidParameterException",
        "Tasks cannot be empty.",
    )
    failures = ecs.describe_tasks(cluster="prod", tasks=["a" * 32])["failures"]
    assert failures == [
        {
            "arn": "arn:aws:ecs:ap-northeast-1:123456789012:task/prod/" + "a" * 32,
            "reason": "MISSING",
        }
    ]


def test_the_network_of_a_service_is_checked_with_ec2s_own_error_inside(lab: Lab) -> None:
    world = World(lab).network().roles().repository().log_group()
    other = lab.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    stranger = lab.client("ec2").create_security_group(GroupName="s", Description="s", VpcId=other)[
        "GroupId"
    ]

    def create(**network: Any) -> Any:
        return world.service(networkConfiguration={"awsvpcConfiguration": network})

    code, text = refused(lambda: create(subnets=["subnet-dead"]))
    assert code == "InvalidParameterException"
    assert text.endswith("'subnet-dead' does not exist (ErrorCode: InvalidSubnetID.NotFound)")
    _, text = refused(lambda: create(subnets=world.subnets, securityGroups=["sg-dead"]))
    assert text.endswith("'sg-dead' does not exist (ErrorCode: InvalidGroup.NotFound)")
    _, text = refused(lambda: create(subnets=world.subnets, securityGroups=[stranger]))
    assert text.endswith("does not appear to belong to the same VPC as the input subnets.")
    _, text = refused(lambda: world.service(networkConfiguration=None))
    assert text == (
        "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    )


def test_exec_without_a_task_role_is_refused_for_new_and_old_services(lab: Lab) -> None:
    world = World(lab).network().roles(task=False).repository().log_group()
    assert refused(lambda: world.service(exec_=True)) == (
        "InvalidParameterException",
        "The service couldn't be created because a valid taskRoleArn is not being used. Specify a"
        " valid task role in your task definition and try again.",
    )
    world.service(exec_=False)
    ecs = lab.client("ecs")
    _, text = refused(
        lambda: ecs.update_service(cluster="prod", service="web", enableExecuteCommand=True)
    )
    assert text.startswith("The service couldn't be updated because a valid taskRoleArn")


def test_a_task_has_a_network_interface_that_ec2_knows_and_forgets(lab: Lab) -> None:
    world = healthy(lab)
    ec2, ecs = lab.client("ec2"), lab.client("ecs")
    task = world.tasks()[0]
    details = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
    eni = details["networkInterfaceId"]
    shown = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"][0]
    assert shown["PrivateIpAddress"] == details["privateIPv4Address"]
    assert [g["GroupId"] for g in shown["Groups"]] == [world.task_group]
    free = _free(lab, details["subnetId"])

    ecs.update_service(cluster="prod", service="web", desiredCount=0)
    world.settle(60)
    assert _free(lab, details["subnetId"]) == free + 1
    stopped = world.tasks(status="STOPPED")[0]
    assert stopped["lastStatus"] == "STOPPED"
    assert stopped["stopCode"] == "ServiceSchedulerInitiated"
    assert stopped["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc")


def _free(lab: Lab, subnet: str) -> int:
    found = lab.client("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"]
    return int(found[0]["AvailableIpAddressCount"])


def test_stopped_tasks_are_forgotten_after_an_hour(lab: Lab) -> None:
    world = healthy(lab)
    arn = world.tasks()[0]["taskArn"]
    ecs = lab.client("ecs")
    ecs.stop_task(cluster="prod", task=arn, reason="drill")
    world.settle(60)
    task = ecs.describe_tasks(cluster="prod", tasks=[arn])["tasks"][0]
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "drill")
    lab.clock(advance=3700)
    assert ecs.describe_tasks(cluster="prod", tasks=[arn])["failures"][0]["reason"] == "MISSING"
