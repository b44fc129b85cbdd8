"""The commands that plans show, taken literally: the AWS CLI sends what the plan would send."""

import shlex
from typing import Any

import pytest
from awscli.clidriver import create_clidriver

from wizard.core.plan import shell_command
from wizard.fixes.operations import OPERATIONS
from wizard.lab import Lab

pytestmark = pytest.mark.slow

RULE = {
    "GroupId": "sg-1",
    "IpPermissions": [
        {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "UserIdGroupPairs": [{"GroupId": "sg-2", "Description": "it's for HTTPS"}],
        }
    ],
}
ROLE = {"RoleName": "r"}
POLICY = {"PolicyName": "p", "PolicyDocument": '{\n  "Version": "2012-10-17"\n}'}
SERVICE = {"cluster": "c", "service": "s"}
ADDRESS = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}
SENT: list[tuple[str, dict[str, Any]]] = [
    ("iam:PutRolePolicy", ROLE | POLICY),
    ("iam:DeleteRolePolicy", ROLE | {"PolicyName": "p"}),
    ("iam:PutUserPolicy", {"UserName": "u"} | POLICY),
    ("iam:DeleteUserPolicy", {"UserName": "u", "PolicyName": "p"}),
    ("iam:AttachRolePolicy", ROLE | {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    ("iam:DetachRolePolicy", ROLE | {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    ("iam:UpdateAssumeRolePolicy", ROLE | {"PolicyDocument": "{}"}),
    ("iam:CreateRole", ROLE | {"AssumeRolePolicyDocument": "{}", "Path": "/team/"}),
    ("iam:DeleteRole", ROLE),
    (
        "ec2:CreateVpcEndpoint",
        {
            "VpcId": "vpc-1",
            "ServiceName": "com.amazonaws.eu-west-1.logs",
            "VpcEndpointType": "Interface",
            "SubnetIds": ["subnet-1", "subnet-2"],
            "SecurityGroupIds": ["sg-1"],
            "PrivateDnsEnabled": True,
        },
    ),
    ("ec2:DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-1"]}),
    ("ec2:ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1", "AddRouteTableIds": ["rtb-1"]}),
    ("ec2:ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1", "PrivateDnsEnabled": False}),
    ("ec2:ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1", "PolicyDocument": "{}"}),
    ("ec2:CreateSecurityGroup", {"GroupName": "g", "Description": "a b", "VpcId": "vpc-1"}),
    ("ec2:DeleteSecurityGroup", {"GroupId": "sg-1"}),
    ("ec2:AuthorizeSecurityGroupIngress", RULE),
    ("ec2:RevokeSecurityGroupIngress", RULE),
    ("ec2:AuthorizeSecurityGroupEgress", RULE),
    ("ec2:RevokeSecurityGroupEgress", RULE),
    ("ec2:ModifyVpcAttribute", {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": False}}),
    (
        "ec2:CreateRoute",
        {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"},
    ),
    (
        "ec2:ReplaceRoute",
        {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"},
    ),
    ("ec2:DeleteRoute", {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0"}),
    ("ecs:UpdateService", SERVICE | {"enableExecuteCommand": True, "forceNewDeployment": True}),
    ("ecs:UpdateService", SERVICE | {"networkConfiguration": ADDRESS}),
    ("logs:CreateLogGroup", {"logGroupName": "/ecs/web"}),
    ("logs:DeleteLogGroup", {"logGroupName": "/ecs/web"}),
    ("ecr:CreateRepository", {"repositoryName": "team/app"}),
    ("ecr:DeleteRepository", {"repositoryName": "team/app"}),
    ("ecr:SetRepositoryPolicy", {"repositoryName": "team/app", "policyText": "{}"}),
    ("ecr:DeleteRepositoryPolicy", {"repositoryName": "team/app"}),
]


def test_every_operation_is_tried() -> None:
    remote = {one for one in OPERATIONS if not one.startswith("local:")}
    assert {operation for operation, _ in SENT} == remote


@pytest.mark.parametrize(("operation", "parameters"), SENT)
def test_the_aws_cli_sends_what_the_plan_shows(
    lab: Lab, operation: str, parameters: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    lab.calls(clear=True)
    words = shlex.split(shell_command(operation, parameters))
    create_clidriver().main(words[1:])
    calls = [(one["call"], one["params"]) for one in lab.calls()]
    assert (operation, parameters) in calls, capfd.readouterr().err


def test_the_command_that_switches_exec_off_is_one_that_the_aws_cli_knows() -> None:
    command = shell_command("ecs:UpdateService", SERVICE | {"enableExecuteCommand": False})
    assert command.endswith(" --disable-execute-command")
