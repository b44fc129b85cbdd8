"""Who may do what, and in which words the others are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wizard.lab import Lab
from wizard.lab.world import World, allow

from .helpers import refused

ACCOUNT = "123456789012"
DENY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "ecs:ListClusters", "Resource": "*"}],
    }
)


def _role(lab: Lab, **given: Any) -> str:
    World(lab).role("worker", service="ec2.amazonaws.com", **given)
    return "role/worker/me"


def _user(lab: Lab, policy: str) -> None:
    iam = lab.client("iam")
    iam.create_user(UserName="me")
    iam.put_user_policy(UserName="me", PolicyName="inline", PolicyDocument=policy)


def _sentence(action: str, resource: str, why: str) -> str:
    return (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/me is not authorized to perform:"
        f" {action} on resource: {resource} {why}"
    )


def test_nothing_is_allowed_without_a_policy(lab: Lab) -> None:
    principal = _role(lab)
    code, text = refused(lambda: lab.client("ecs", principal).list_clusters())
    assert code == "AccessDeniedException"
    assert text == _sentence(
        "ecs:ListClusters",
        "*",
        "because no identity-based policy allows the ecs:ListClusters action",
    )


def test_a_matching_resource_is_enough_and_another_is_not(lab: Lab) -> None:
    arn = f"arn:aws:ecs:ap-northeast-1:{ACCOUNT}:cluster/mine"
    principal = _role(lab, inline=allow("ecs:DescribeClusters", resource=arn))
    ecs = lab.client("ecs", principal)
    assert ecs.describe_clusters(clusters=["mine"])["failures"]
    code, text = refused(lambda: ecs.describe_clusters(clusters=["other"]))
    assert (code, "cluster/other because no identity-based" in text) == (
        "AccessDeniedException",
        True,
    )


def test_conditions_are_asked(lab: Lab) -> None:
    policy = json.loads(allow("ecs:ListClusters"))
    policy["Statement"][0]["Condition"] = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    principal = _role(lab, inline=json.dumps(policy))
    assert lab.client("ecs", principal, region="eu-west-1").list_clusters()["clusterArns"] == []
    assert refused(lambda: lab.client("ecs", principal).list_clusters())[0]


def test_an_explicit_deny_wins_over_an_administrator(lab: Lab) -> None:
    principal = _role(lab, managed=("AdministratorAccess",), inline=DENY)
    _, text = refused(lambda: lab.client("ecs", principal).list_clusters())
    assert text.endswith("with an explicit deny in an identity-based policy")


def test_a_boundary_a_session_policy_and_an_scp_have_each_their_words(lab: Lab) -> None:
    iam = lab.client("iam")
    boundary = iam.create_policy(PolicyName="edge", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    principal = _role(lab, managed=("AdministratorAccess",))
    iam.put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=boundary)
    _, text = refused(lambda: lab.client("ecs", principal).list_clusters())
    assert text.endswith("because no permissions boundary allows the ecs:ListClusters action")

    iam.delete_role_permissions_boundary(RoleName="worker")
    lab.settings(scps=[{"name": "guard", "document": json.loads(DENY)}])
    _, text = refused(lambda: lab.client("ecs", principal).list_clusters())
    assert text.endswith("with an explicit deny in a service control policy")
    _, text = refused(lambda: lab.client("iam", principal).list_roles())
    assert text.endswith("because no service control policy allows the iam:ListRoles action")


def test_a_session_policy_narrows_what_the_role_may(lab: Lab) -> None:
    _user(lab, allow("sts:AssumeRole"))
    World(lab).role(
        "open",
        managed=("AdministratorAccess",),
        trust_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )
    keys = lab.client("sts", "user/me").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/open",
        RoleSessionName="narrow",
        Policy=allow("s3:*"),
    )["Credentials"]
    import boto3

    session = boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], lab.region
    )
    ecs = session.client("ecs", endpoint_url=lab.endpoint_url)
    _, text = refused(lambda: ecs.list_clusters())
    assert text.endswith("because no session policy allows the ecs:ListClusters action")


def test_a_role_that_does_not_trust_the_caller_cannot_be_assumed(lab: Lab) -> None:
    World(lab).role("closed")
    _user(lab, allow("sts:AssumeRole"))

    def assume(principal: str) -> Any:
        arn = f"arn:aws:iam::{ACCOUNT}:role/closed"
        sts = lab.client("sts", principal)
        return sts.assume_role(RoleArn=arn, RoleSessionName="me")

    assert refused(lambda: assume("root")) == (
        "AccessDenied",
        "Roles may not be assumed by root accounts.",
    )
    code, text = refused(lambda: assume("user/me"))
    assert code == "AccessDenied"
    assert text == (
        f"User: arn:aws:iam::{ACCOUNT}:user/me is not authorized to perform: sts:AssumeRole on"
        f" resource: arn:aws:iam::{ACCOUNT}:role/closed"
    )


def test_ec2_encodes_its_refusal_and_sts_decodes_it(lab: Lab) -> None:
    principal = _role(lab, inline=allow("sts:DecodeAuthorizationMessage"))
    code, text = refused(lambda: lab.client("ec2", principal).create_vpc(CidrBlock="10.0.0.0/16"))
    assert code == "UnauthorizedOperation"
    head, blob = text.split(" Encoded authorization failure message: ")
    assert head.startswith("You are not authorized to perform this operation. User: arn:aws:sts::")
    assert "ec2:CreateVpc on resource: arn:aws:ec2:ap-northeast-1:123456789012:vpc/*" in head
    sts = lab.client("sts", principal)
    told = sts.decode_authorization_message(EncodedMessage=blob)["DecodedMessage"]
    document = json.loads(told)
    assert document["allowed"] is False
    assert document["context"]["action"] == "ec2:CreateVpc"
    assert refused(lambda: sts.decode_authorization_message(EncodedMessage="nonsense"))[0] == (
        "InvalidAuthorizationMessageException"
    )


@pytest.mark.parametrize(
    ("service", "call", "code", "shown"),
    [
        (
            "iam",
            lambda c: c.get_role(RoleName="worker"),
            "AccessDenied",
            "on resource: role worker",
        ),
        (
            "ecr",
            lambda c: c.get_authorization_token(),
            "AccessDeniedException",
            "ecr:GetAuthorizationToken on resource: * because",
        ),
        (
            "logs",
            lambda c: c.create_log_group(logGroupName="/ecs/x"),
            "AccessDeniedException",
            "log-group:/ecs/x:log-stream:",
        ),
        (
            "s3",
            lambda c: c.get_object(Bucket="b", Key="k"),
            "AccessDenied",
            'on resource: "arn:aws:s3:::b/k"',
        ),
        (
            "elbv2",
            lambda c: c.describe_load_balancers(),
            "AccessDenied",
            "elasticloadbalancing:DescribeLoadBalancers because",
        ),
    ],
)
def test_each_service_refuses_in_its_own_way(
    lab: Lab, service: str, call: Any, code: str, shown: str
) -> None:
    principal = _role(lab)
    found, text = refused(lambda: call(lab.client(service, principal)))
    assert found == code
    assert shown in text


def test_a_role_may_only_be_passed_by_whom_is_allowed_to(lab: Lab) -> None:
    world = World(lab).roles()
    principal = _role(lab, inline=allow("ecs:*"))
    arn = world.execution_role
    ecs = lab.client("ecs", principal)

    def register() -> Any:
        return ecs.register_task_definition(
            family="x",
            executionRoleArn=arn,
            containerDefinitions=[{"name": "a", "image": "busybox", "memory": 128}],
        )

    _, text = refused(register)
    assert text == _sentence(
        "iam:PassRole", arn, "because no identity-based policy allows the iam:PassRole action"
    )
    lab.client("iam").put_role_policy(
        RoleName="worker", PolicyName="pass", PolicyDocument=allow("iam:PassRole", resource=arn)
    )
    assert register()["taskDefinition"]["revision"] == 1


def test_the_simulator_agrees_with_the_guard(lab: Lab) -> None:
    _role(lab, inline=allow("ecs:ListClusters"))
    got = lab.client("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/worker",
        ActionNames=["ecs:ListClusters", "ecs:UpdateService"],
    )["EvaluationResults"]
    assert [(r["EvalActionName"], r["EvalDecision"]) for r in got] == [
        ("ecs:ListClusters", "allowed"),
        ("ecs:UpdateService", "implicitDeny"),
    ]
    custom = lab.client("iam").simulate_custom_policy(
        PolicyInputList=[DENY], ActionNames=["ecs:ListClusters"]
    )["EvaluationResults"]
    assert custom[0]["EvalDecision"] == "explicitDeny"


def test_denied_calls_are_in_the_trail(lab: Lab) -> None:
    principal = _role(lab)
    refused(lambda: lab.client("ecs", principal).list_clusters())
    events = lab.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "ListClusters"}]
    )["Events"]
    event = json.loads(events[0]["CloudTrailEvent"])
    assert event["errorCode"] == "AccessDenied"
    assert "is not authorized to perform: ecs:ListClusters" in event["errorMessage"]
    assert event["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "worker"


def test_expired_and_unknown_keys_are_refused_as_each_service_does(lab: Lab) -> None:
    principal = _role(lab, managed=("AdministratorAccess",))
    ecs, ec2, sts = (lab.client(s, principal) for s in ("ecs", "ec2", "sts"))
    lab.expire(lab.calls()[-1]["access_key"])
    lab.expire(ecs._request_signer._credentials.access_key)
    assert refused(ecs.list_clusters) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )
    assert refused(ec2.describe_vpcs) == ("RequestExpired", "Request has expired.")
    assert refused(sts.get_caller_identity)[0] == "ExpiredToken"


def test_the_trust_in_another_partition_is_the_same_story() -> None:
    with Lab.start(region="cn-north-1") as lab:
        World(lab).role("worker", inline=allow("ecs:ListClusters"))
        ecs = lab.client("ecs", "role/worker/me")
        assert ecs.list_clusters()["clusterArns"] == []
        _, text = refused(lambda: ecs.describe_clusters(clusters=["x"]))
    assert "arn:aws-cn:sts::123456789012:assumed-role/worker/me" in text
    assert "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/x" in text


def test_protected_roles_cannot_be_changed(lab: Lab) -> None:
    World(lab).role("AWSReservedSSO_Admin_0123456789abcdef", service="sso.amazonaws.com")
    code, text = refused(
        lambda: lab.client("iam").attach_role_policy(
            RoleName="AWSReservedSSO_Admin_0123456789abcdef",
            PolicyArn="arn:aws:iam::aws:policy/AmazonECS_FullAccess",
        )
    )
    assert code == "UnmodifiableEntity"
    assert "only modifiable by AWS" in text
