"""A task starts when everything is right, and for each wrong thing says what Fargate says.

The wordings were collected from AWS's documentation and from public reports; where a report cut
or masked a part (addresses, request ids), a pattern stands for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.world import ALL_ENDPOINTS, EXEC_ACTIONS, World, allow, healthy

REGION = "ap-northeast-1"
IMAGE = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/team/app:v1"
IP = r"\d+\.\d+\.\d+\.\d+"
REQUEST = r"[0-9a-f-]{36}"
DIGEST = r"sha256:[0-9a-f]{64}"
CALLER = r"arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole/[0-9a-f]{32}"
AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: "


def _without(*missing: str) -> Callable[[World], Any]:
    names = [n for n in ALL_ENDPOINTS if n not in missing]
    return lambda world: world.network(endpoints=names).roles().repository().log_group()


def _literal(text: str) -> str:
    """A pattern from a text in which ‹…› holds a pattern."""
    parts = re.split(r"‹(.*?)›", text)
    return "".join(p if i % 2 else re.escape(p) for i, p in enumerate(parts))


REFUSALS: list[tuple[str, str, Callable[[World], Any], str]] = [
    (
        "2020",
        "no way to the ECR API",
        _without("ecr.api"),
        AUTH + "execution resource retrieval failed: unable to retrieve ecr registry auth: service"
        " call has been retried 3 time(s): RequestError: send request failed caused by: Post"
        f' "https://api.ecr.{REGION}.amazonaws.com/": dial tcp ‹{IP}›:443: i/o timeout. Please'
        " check your task network configuration.",
    ),
    (
        "2024",
        "no way to the ECR API",
        _without("ecr.api"),
        AUTH + "The task cannot pull registry auth from Amazon ECR: There is a connection issue"
        " between the task and Amazon ECR. Check your task network configuration. RequestError:"
        f' send request failed caused by: Post "https://api.ecr.{REGION}.amazonaws.com/": dial tcp'
        f" ‹{IP}›:443: i/o timeout",
    ),
    (
        "2025",
        "no way to the ECR API",
        _without("ecr.api"),
        AUTH + "The task cannot pull registry auth from Amazon ECR: There is a connection issue"
        " between the task and Amazon ECR. Check your task network configuration. operation error"
        " ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error"
        " StatusCode: 0, RequestID: , request send failed, Post"
        f' "https://api.ecr.{REGION}.amazonaws.com/": dial tcp ‹{IP}›:443: i/o timeout',
    ),
    (
        "2024",
        "no way to the registry",
        _without("ecr.dkr"),
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to"
        f" resolve ref {IMAGE}: failed to do request: Head"
        f' "https://123456789012.dkr.ecr.{REGION}.amazonaws.com/v2/team/app/manifests/v1": dial'
        f" tcp ‹{IP}›:443: i/o timeout",
    ),
    (
        "2020",
        "no way to S3",
        _without("s3"),
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy:"
        f" httpReadSeeker: failed open: failed to do request: Get {IMAGE}: dial tcp ‹{IP}›:443:"
        " i/o timeout",
    ),
    (
        "2024",
        "no way to S3",
        _without("s3"),
        f"CannotPullContainerError: The task cannot pull {IMAGE}@‹{DIGEST}› from the registry"
        f" {IMAGE}@‹{DIGEST}›. There is a connection issue between the task and the registry."
        " Check your task network configuration. : failed to copy: httpReadSeeker: failed open:"
        f" failed to do request: Get {IMAGE}@‹{DIGEST}›: dial tcp ‹{IP}›:443: i/o timeout",
    ),
    (
        "2020",
        "no way to CloudWatch Logs",
        _without("logs"),
        "ResourceInitializationError: failed to validate logger args: : signal: killed",
    ),
    (
        "2024",
        "no way to CloudWatch Logs",
        _without("logs"),
        "ResourceInitializationError: failed to validate logger args: The task cannot find the"
        " Amazon CloudWatch log group defined in the task definition. There is a connection issue"
        " between the task and Amazon CloudWatch. Check your network configuration. : signal:"
        " killed",
    ),
    (
        "2024",
        "no log group",
        lambda w: _log_group_gone(w),
        "ResourceInitializationError: failed to validate logger args: create stream has been"
        " retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The"
        " specified log group does not exist. : exit status 1",
    ),
    (
        "2024",
        "log stream denied",
        lambda w: _execution_role(w, "ecr:*"),
        "ResourceInitializationError: failed to validate logger args: create stream has been"
        " retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User:"
        f" ‹{CALLER}› is not authorized to perform: logs:CreateLogStream on resource:"
        f" arn:aws:logs:{REGION}:123456789012:log-group:/ecs/web:log-stream:ecs/app/‹[0-9a-f]+›"
        " because no identity-based policy allows the logs:CreateLogStream action status code:"
        f" 400, request id: ‹{REQUEST}› : exit status 1",
    ),
    (
        "2024",
        "token denied",
        lambda w: _execution_role(w, "logs:*"),
        AUTH + "execution resource retrieval failed: unable to retrieve ecr registry auth: service"
        f" call has been retried 1 time(s): AccessDeniedException: User: ‹{CALLER}› is not"
        " authorized to perform: ecr:GetAuthorizationToken on resource: * because no"
        " identity-based policy allows the ecr:GetAuthorizationToken action status code: 400,"
        f" request id: ‹{REQUEST}›",
    ),
    (
        "2024",
        "manifest denied",
        lambda w: _execution_role(w, "ecr:GetAuthorizationToken", "logs:*"),
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to"
        f" resolve ref {IMAGE}: pulling from host 123456789012.dkr.ecr.{REGION}.amazonaws.com"
        " failed with status code [manifests v1]: 403 Forbidden",
    ),
    (
        "2024",
        "no such tag",
        lambda w: _image(w, "v9"),
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to"
        f" resolve ref {IMAGE[:-2]}v9: {IMAGE[:-2]}v9: not found",
    ),
    (
        "2024",
        "wrong architecture",
        lambda w: _arm(w),
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest"
        " does not contain descriptor matching platform 'linux/amd64'",
    ),
    (
        "2024",
        "secret unreachable",
        lambda w: _secret(w),
        AUTH + "unable to retrieve secret from asm: There is a connection issue between the task"
        " and AWS Secrets Manager. Check your task network configuration. failed to fetch secret"
        f" arn:aws:secretsmanager:{REGION}:123456789012:secret:db-‹\\w+› from secrets manager:"
        " RequestCanceled: request context canceled caused by: context deadline exceeded",
    ),
    (
        "2025",
        "secret unreachable",
        lambda w: _secret(w),
        AUTH + "unable to retrieve secret from asm: There is a connection issue between the task"
        " and AWS Secrets Manager. Check your task network configuration. failed to fetch secret"
        f" arn:aws:secretsmanager:{REGION}:123456789012:secret:db-‹\\w+› from secrets manager:"
        " operation error Secrets Manager: GetSecretValue, https response error StatusCode: 0,"
        " RequestID: , canceled, context deadline exceeded",
    ),
    (
        "2024",
        "secret denied",
        lambda w: _secret(w, "secretsmanager"),
        AUTH + "execution resource retrieval failed: unable to retrieve secret from asm: service"
        " call has been retried 1 time(s): failed to fetch secret"
        f" arn:aws:secretsmanager:{REGION}:123456789012:secret:db-‹\\w+› from secrets manager:"
        f" AccessDeniedException: User: ‹{CALLER}› is not authorized to perform:"
        f" secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:{REGION}:123456789012"
        ":secret:db-‹\\w+› because no identity-based policy allows the"
        f" secretsmanager:GetSecretValue action status code: 400, request id: ‹{REQUEST}›",
    ),
    (
        "2024",
        "secret without the key",
        lambda w: _secret(w, "secretsmanager", grant=True),
        AUTH + "execution resource retrieval failed: unable to retrieve secret from asm: service"
        " call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain"
        " json key password",
    ),
]


def _log_group_gone(world: World) -> None:
    _without()(world)
    world.client("logs").delete_log_group(logGroupName="/ecs/web")


def _execution_role(world: World, *actions: str) -> None:
    _without()(world)
    arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam = world.client("iam")
    iam.detach_role_policy(RoleName="ecsTaskExecutionRole", PolicyArn=arn)
    iam.put_role_policy(
        RoleName="ecsTaskExecutionRole", PolicyName="some", PolicyDocument=allow(*actions)
    )


def _image(world: World, tag: str) -> None:
    _without()(world)
    world.image = f"{IMAGE[:-2]}{tag}"


def _arm(world: World) -> None:
    world.network(endpoints=ALL_ENDPOINTS).roles().repository(tags=[]).log_group()
    world.push("team/app", "v1", architecture="arm64")
    world.image = IMAGE


def _secret(world: World, *endpoints: str, grant: bool = False) -> None:
    world.network(endpoints=[*ALL_ENDPOINTS, *endpoints]).roles().repository().log_group()
    made = world.client("secretsmanager").create_secret(Name="db", SecretString='{"user": "a"}')
    if grant:
        world.client("iam").put_role_policy(
            RoleName="ecsTaskExecutionRole",
            PolicyName="secret",
            PolicyDocument=allow("secretsmanager:GetSecretValue", resource=made["ARN"]),
        )
    secret = {"name": "DB", "valueFrom": f"{made['ARN']}:password::"}
    world.task_definition(containers=[world.container(secrets=[secret])])


@pytest.mark.parametrize(
    ("wording", "name", "build", "text"), REFUSALS, ids=[f"{r[1]} {r[0]}" for r in REFUSALS]
)
def test_fargate_refuses_in_the_words_of_its_generation(
    lab: Lab, wording: str, name: str, build: Callable[[World], Any], text: str
) -> None:
    lab.settings(wording=wording)
    world = World(lab)
    build(world)
    world.service().settle(200)
    reasons = world.reasons()
    assert reasons, f"{name}: the task started"
    assert re.fullmatch(_literal(text), reasons[0]), reasons[0]
    assert world.tasks(status="STOPPED")[0]["stopCode"] == "TaskFailedToStart"


def _starts(world: World) -> bool:
    return bool(world.redeploy().describe()["runningCount"] == 1)


def test_a_nat_gateway_serves_instead_of_endpoints_until_it_is_gone(lab: Lab) -> None:
    world = World(lab).network(nat=True).roles().repository().log_group().service().settle()
    assert world.describe()["runningCount"] == 1
    ec2 = lab.client("ec2")
    ec2.delete_nat_gateway(NatGatewayId=world.nat)
    world.redeploy()
    assert "i/o timeout" in world.reasons()[0]
    table = ec2.describe_route_tables(RouteTableIds=[world.route_table])["RouteTables"][0]
    assert [r["State"] for r in table["Routes"] if "NatGatewayId" in r] == ["blackhole"]


def test_a_public_subnet_needs_a_public_address(lab: Lab) -> None:
    world = World(lab).network(public=True).roles().repository().log_group()
    world.public = False
    world.service().settle(200)
    assert "i/o timeout" in world.reasons()[0]
    world.public = True
    lab.client("ecs").update_service(
        cluster="prod", service="web", networkConfiguration=world.network_configuration
    )
    world.settle()
    assert world.describe()["runningCount"] == 1


def test_a_gateway_endpoint_in_another_route_table_does_not_help(lab: Lab) -> None:
    world = World(lab).network(endpoints=[n for n in ALL_ENDPOINTS if n != "s3"])
    other = lab.client("ec2").create_route_table(VpcId=world.vpc)["RouteTable"]["RouteTableId"]
    world.endpoint("s3", RouteTableIds=[other])
    world.roles().repository().log_group().service().settle(200)
    assert "failed to copy: httpReadSeeker" in world.reasons()[0]
    lab.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=world.endpoints["s3"], AddRouteTableIds=[world.route_table]
    )
    assert _starts(world)


def test_an_endpoint_group_that_is_closed_stops_the_task_even_with_a_nat(lab: Lab) -> None:
    world = World(lab).network(nat=True)
    closed = world.closed_group("closed")
    world.endpoint("ecr.api", SecurityGroupIds=[closed])
    world.roles().repository().log_group().service().settle(200)
    assert re.search(r"dial tcp 10\.0\.\d+\.\d+:443: i/o timeout", world.reasons()[0])
    lab.client("ec2").authorize_security_group_ingress(
        GroupId=closed,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "UserIdGroupPairs": [{"GroupId": world.task_group}],
            }
        ],
    )
    assert _starts(world)


def test_an_endpoint_without_private_dns_is_of_no_use(lab: Lab) -> None:
    world = World(lab).network(endpoints=[n for n in ALL_ENDPOINTS if n != "ecr.api"])
    world.endpoint("ecr.api", PrivateDnsEnabled=False)
    world.roles().repository().log_group().service().settle(200)
    assert "The task cannot pull registry auth" in world.reasons()[0]
    lab.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=world.endpoints["ecr.api"], PrivateDnsEnabled=True
    )
    assert _starts(world)


def test_an_endpoint_policy_that_shuts_the_layers_out_is_a_403(lab: Lab) -> None:
    world = World(lab).network(endpoints=[n for n in ALL_ENDPOINTS if n != "s3"])
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::my-bucket/*",
            }
        ],
    }
    world.endpoint("s3", PolicyDocument=json.dumps(policy))
    world.roles().repository().log_group().service().settle(200)
    assert re.search(
        r"unexpected status code https://prod-ap-northeast-1-starport-layer-bucket\.s3\..*: 403"
        " Forbidden",
        world.reasons()[0],
    )
    lab.client("ec2").modify_vpc_endpoint(VpcEndpointId=world.endpoints["s3"], ResetPolicy=True)
    assert _starts(world)


def test_a_network_acl_that_drops_the_answers_is_a_timeout(lab: Lab) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    ec2 = lab.client("ec2")
    acl = ec2.create_network_acl(VpcId=world.vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=True, **entry)
    shown = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": world.subnets}]
    )["NetworkAcls"]
    for association in shown[0]["Associations"]:
        if association["SubnetId"] in world.subnets:
            ec2.replace_network_acl_association(
                AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
            )
    world.service().settle(200)
    assert "i/o timeout" in world.reasons()[0]
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False, **entry)
    assert _starts(world)


def test_a_task_group_without_egress_is_a_timeout(lab: Lab) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    ec2 = lab.client("ec2")
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=world.task_group, IpPermissions=everything)
    world.service().settle(200)
    assert "i/o timeout" in world.reasons()[0]
    ec2.authorize_security_group_egress(GroupId=world.task_group, IpPermissions=everything)
    assert _starts(world)


def test_a_full_subnet_is_refused_by_ec2(lab: Lab) -> None:
    world = World(lab).network(public=True, zones=1, prefix=28)
    world.roles().repository().log_group()
    ec2 = lab.client("ec2")
    enis = [
        ec2.create_network_interface(SubnetId=world.subnets[0])["NetworkInterface"]
        for _ in range(11)
    ]
    world.service().settle(200)
    assert world.reasons()[0].endswith(": InsufficientFreeAddressesInSubnet")
    for eni in enis:
        ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])
    assert _starts(world)


def test_a_role_without_trust_starts_no_task_at_all(lab: Lab) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).repository().log_group()
    world.execution_role = world.role("ecsTaskExecutionRole", service="ec2.amazonaws.com")
    world.service(exec_=False).settle(60)
    assert world.tasks() == []
    assert world.describe()["events"][-1]["message"] == (
        "(service web) failed to launch a task with (error ECS was unable to assume the role"
        f" '{world.execution_role}' that was provided for this task. Please verify that the role"
        " being passed has the proper trust relationship and permissions and that your IAM user"
        " has permissions to pass this role.)."
    )


@pytest.mark.parametrize("missing", EXEC_ACTIONS)
def test_the_agent_needs_each_of_its_four_permissions(lab: Lab, missing: str) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles(exec_=False)
    world.repository().log_group()
    iam = lab.client("iam")

    def grant(*actions: str) -> None:
        document = allow(*actions)
        iam.put_role_policy(RoleName="app-task-role", PolicyName="x", PolicyDocument=document)

    grant(*(a for a in EXEC_ACTIONS if a != missing))
    world.service().settle()
    agents = world.tasks()[0]["containers"][0]["managedAgents"]
    assert [a["lastStatus"] for a in agents] == ["STOPPED"]
    grant(*EXEC_ACTIONS)
    world.redeploy()
    agents = world.tasks()[0]["containers"][0]["managedAgents"]
    assert [a["lastStatus"] for a in agents] == ["RUNNING"]


@pytest.mark.parametrize(
    "changes",
    [
        {"readonlyRootFilesystem": True},
        {"environment": [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIA"}]},
    ],
)
def test_the_container_itself_can_keep_the_agent_down(lab: Lab, changes: dict[str, Any]) -> None:
    world = World(lab).network(endpoints=ALL_ENDPOINTS).roles().repository().log_group()
    world.task_definition(containers=[world.container(**changes)]).service().settle()
    agents = world.tasks()[0]["containers"][0]["managedAgents"]
    assert [a["lastStatus"] for a in agents] == ["STOPPED"]


def test_platform_1_3_asks_for_no_token_over_its_own_interface(lab: Lab) -> None:
    world = World(lab).network(endpoints=["ecr.dkr", "s3", "logs"]).roles().repository()
    world.log_group().service(platformVersion="1.3.0", exec_=False).settle()
    assert world.describe()["runningCount"] == 1


def test_a_healthy_world_has_nothing_to_say(lab: Lab) -> None:
    assert healthy(lab).reasons() == []
