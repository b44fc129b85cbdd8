"""Worlds in which a VPC endpoint is missing or is of no use to the task."""

from __future__ import annotations

import json
from typing import Any

from wizard.lab.world import ALL_ENDPOINTS, World
from wizard.lab.worlds.bases import admit_https, grant, private, rest
from wizard.lab.worlds.goals import deploy, shell
from wizard.lab.worlds.model import Act, BrokenWorld, Fields, Planted

_AUTH = r"unable to pull secrets or registry auth: The task cannot pull registry auth"
_LOGS = r"failed to validate logger args: The task cannot find the Amazon CloudWatch log group"
_SEEN = {
    "ecr.api": ("pull.registry-auth-unreachable", _AUTH),
    "ecr.dkr": ("pull.image-unreachable", r"pull image manifest has been retried .* i/o timeout"),
    "s3": ("pull.layer-unreachable", r"failed to copy: httpReadSeeker.*i/o timeout"),
    "logs": ("logs.unreachable", _LOGS),
}


def _make(name: str) -> Act:
    return lambda world: world.endpoint(name)


def missing(name: str) -> Planted:
    """An endpoint that is not there, in a VPC that has no other way out."""
    return Planted(
        "network.endpoint-missing",
        _make(name),
        lambda world: {"service": name, "vpc": world.vpc},
    )


def _more_permissions(world: World) -> None:
    arn = f"arn:{world.partition}:iam::aws:policy/AdministratorAccess"
    world.client("iam").attach_role_policy(RoleName="ecsTaskExecutionRole", PolicyArn=arn)


def _without(name: str) -> BrokenWorld:
    symptom, text = _SEEN[name]
    return BrokenWorld(
        name=f"no-{name.replace('.', '-')}-endpoint",
        symptom=symptom,
        text=text,
        build=lambda world: private(world, name),
        causes=(missing(name),),
        decoy=_more_permissions,
        goal=deploy,
    )


def _spoilt(name: str, **changes: Any) -> Act:
    """All endpoints, one of them made with other parameters."""

    def build(world: World) -> None:
        world.network(endpoints=[n for n in ALL_ENDPOINTS if n != name])
        world.endpoint(name, **changes)
        rest(world)

    return build


def _endpoint(name: str) -> Fields:
    return lambda world: {"endpoint": world.endpoints[name]}


def _modify(name: str, **changes: Any) -> Act:
    def mend(world: World) -> None:
        world.client("ec2").modify_vpc_endpoint(VpcEndpointId=world.endpoints[name], **changes)

    return mend


def _closed(world: World) -> None:
    world.network(endpoints=[n for n in ALL_ENDPOINTS if n != "ecr.api"])
    world.notes["closed"] = world.closed_group("closed")
    world.endpoint("ecr.api", SecurityGroupIds=[world.notes["closed"]])
    rest(world)


def _closed_despite_nat(world: World) -> None:
    world.network(nat=True)
    world.notes["closed"] = world.closed_group("closed")
    world.endpoint("ecr.dkr", SecurityGroupIds=[world.notes["closed"]])
    rest(world)


def _closed_fields(name: str) -> Fields:
    return lambda world: {"endpoint": world.endpoints[name], "task_group": world.task_group}


def _policy(action: str, resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _other_table(world: World) -> None:
    world.network(endpoints=[n for n in ALL_ENDPOINTS if n != "s3"])
    made = world.client("ec2").create_route_table(VpcId=world.vpc)["RouteTable"]
    world.notes["other"] = made["RouteTableId"]
    world.endpoint("s3", RouteTableIds=[world.notes["other"]])
    rest(world)


def _associate(world: World) -> None:
    world.client("ec2").modify_vpc_endpoint(
        VpcEndpointId=world.endpoints["s3"], AddRouteTableIds=[world.route_table]
    )


def _open_everything(world: World) -> None:
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    world.client("ec2").authorize_security_group_ingress(
        GroupId=world.task_group, IpPermissions=[rule]
    )


def _unaccepted(world: World) -> None:
    """An endpoint that nobody has to accept, seen in the short time before it is available."""
    world.network(endpoints=[n for n in ALL_ENDPOINTS if n != "ecr.api"])
    rest(world)
    world.endpoint("ecr.api", wait=False)
    world.lab.ask("endpoint-state", id=world.endpoints["ecr.api"], state="failed")


def _again(name: str) -> Act:
    """Deletes an endpoint and makes it anew."""

    def mend(world: World) -> None:
        world.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[world.endpoints[name]])
        world.settle(60)
        world.endpoint(name)

    return mend


def _private_with_exec(world: World) -> None:
    private(world, "ssmmessages")
    world.notes["service"] = {"exec_": True}


WORLDS = (
    _without("ecr.api"),
    _without("ecr.dkr"),
    _without("s3"),
    _without("logs"),
    BrokenWorld(
        name="no-ssmmessages-endpoint",
        symptom="exec.not-enabled",
        text=r"execute command was not enabled when the task was run or the execute command agent",
        build=_private_with_exec,
        causes=(missing("ssmmessages"),),
        decoy=_make("ssm"),
        goal=shell,
    ),
    BrokenWorld(
        name="no-ssmmessages-endpoint-task-not-found",
        symptom="exec.task-not-found",
        text=r"The specified task was not found\. Specify a valid task ID and try again\.",
        build=_private_with_exec,
        causes=(missing("ssmmessages"),),
        decoy=grant("app-task-role", "ssm:*"),
        goal=shell,
        settings={"exec_unreachable": "not-found"},
    ),
    BrokenWorld(
        name="no-ssmmessages-endpoint-target-not-connected",
        symptom="exec.target-not-connected",
        text=r"TargetNotConnectedException.*The execute command failed due to an internal error",
        build=_private_with_exec,
        causes=(missing("ssmmessages"),),
        decoy=_make("ec2messages"),
        goal=shell,
        settings={"exec_unreachable": "not-connected"},
    ),
    BrokenWorld(
        name="endpoint-group-closed",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH + r".*dial tcp 10\.0\.\d+\.\d+:443: i/o timeout",
        build=_closed,
        causes=(
            Planted(
                "network.endpoint-group-closed",
                admit_https(lambda w: str(w.notes["closed"])),
                _closed_fields("ecr.api"),
            ),
        ),
        decoy=_open_everything,
        goal=deploy,
    ),
    BrokenWorld(
        name="endpoint-group-closed-despite-nat",
        symptom="pull.image-unreachable",
        text=r"dial tcp 10\.0\.\d+\.\d+:443: i/o timeout",
        build=_closed_despite_nat,
        causes=(
            Planted(
                "network.endpoint-group-closed",
                admit_https(lambda w: str(w.notes["closed"])),
                _closed_fields("ecr.dkr"),
            ),
        ),
        decoy=_make("s3"),
        goal=deploy,
    ),
    BrokenWorld(
        name="endpoint-private-dns-off",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_spoilt("ecr.api", PrivateDnsEnabled=False),
        causes=(
            Planted(
                "network.endpoint-private-dns-off",
                _modify("ecr.api", PrivateDnsEnabled=True),
                _endpoint("ecr.api"),
            ),
        ),
        decoy=_more_permissions,
        goal=deploy,
    ),
    BrokenWorld(
        name="s3-endpoint-policy-shuts-the-layers-out",
        symptom="pull.layer-unreachable",
        text=r"unexpected status code https://prod-[\w-]+-starport-layer-bucket\.s3.*403 Forbidden",
        build=_spoilt("s3", PolicyDocument=_policy("s3:GetObject", "arn:*:s3:::my-bucket/*")),
        causes=(
            Planted(
                "network.endpoint-policy-denies",
                _modify("s3", ResetPolicy=True),
                _endpoint("s3"),
            ),
        ),
        decoy=grant("ecsTaskExecutionRole", "s3:*"),
        goal=deploy,
    ),
    BrokenWorld(
        name="ecr-endpoint-policy-denies",
        symptom="pull.registry-auth-denied",
        text=r"ecr:GetAuthorizationToken .*because no VPC endpoint policy allows",
        build=_spoilt("ecr.api", PolicyDocument=_policy("ecr:BatchGetImage")),
        causes=(
            Planted(
                "network.endpoint-policy-denies",
                _modify("ecr.api", ResetPolicy=True),
                _endpoint("ecr.api"),
            ),
        ),
        decoy=_more_permissions,
        goal=deploy,
    ),
    BrokenWorld(
        name="gateway-endpoint-in-another-route-table",
        symptom="pull.layer-unreachable",
        text=r"failed to copy: httpReadSeeker.*i/o timeout",
        build=_other_table,
        causes=(
            Planted(
                "network.gateway-not-associated",
                _associate,
                lambda w: {"endpoint": w.endpoints["s3"], "route_table": w.route_table},
            ),
        ),
        decoy=_modify("s3", ResetPolicy=True),
        goal=deploy,
    ),
    BrokenWorld(
        name="endpoint-failed",
        symptom="pull.registry-auth-unreachable",
        text=_AUTH,
        build=_unaccepted,
        causes=(
            Planted("network.endpoint-not-available", _again("ecr.api"), _endpoint("ecr.api")),
        ),
        decoy=_modify("s3", ResetPolicy=True),
        goal=deploy,
    ),
)
