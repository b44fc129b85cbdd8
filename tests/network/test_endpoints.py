"""Interface and gateway endpoints: whether they serve this task, and what keeps them from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    ACCOUNT,
    ECR_API,
    ENDPOINT_GROUP,
    IGW,
    LIST,
    LOGS,
    NAT,
    OTHER_SUBNET,
    PUBLIC_TABLE,
    REGION,
    ROLE,
    S3,
    TASK,
    TASK_GROUP,
    TASK_SUBNET,
    acl,
    acl_entry,
    ask,
    changed,
    gateway_endpoint,
    interface_endpoint,
    isolated,
    items_of,
    kinds,
    open_acl,
    others,
    policy,
    put,
    route,
    rule,
    subnet,
    table,
    with_endpoints,
    with_item,
    with_nat,
)
from wizard.network import NetworkView, Reach, Unread

ALLOW_ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def admitting(*rules: dict[str, Any]) -> NetworkView:
    """The endpoints' world with these rules in the endpoints' group."""
    return with_item(with_endpoints(), "security_groups", ENDPOINT_GROUP, IpPermissions=list(rules))


def with_endpoint_and_nat(**fields: Any) -> NetworkView:
    """A NAT and an endpoint of ecr.api beside it."""
    return replace(with_nat(), endpoints=[interface_endpoint("ecr.api", **fields)])


@pytest.mark.parametrize("need", [ECR_API, LOGS, S3], ids=lambda need: need.service)
def test_endpoints_in_order_are_open(need: Any) -> None:
    reach = ask(with_endpoints(), need)
    way = "gateway-endpoint" if need.service == "s3" else "interface-endpoint"
    assert (reach.state, reach.way, reach.obstacles) == ("open", way, ())


@pytest.mark.parametrize("prefix", ["com.amazonaws", "cn.com.amazonaws", "eu.amazonaws"])
def test_a_service_name_is_known_by_its_end_in_every_partition(prefix: str) -> None:
    name = f"{prefix}.{REGION}.ecr.api"
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", ServiceName=name)
    assert ask(view).state == "open"


def test_an_endpoint_of_another_service_does_not_serve() -> None:
    name = f"com.amazonaws.{REGION}.ecr.api-fips"
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", ServiceName=name)
    assert kinds(ask(view)) == ["endpoint-missing"]


def test_an_endpoint_of_another_vpc_does_not_serve() -> None:
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", VpcId="vpc-2")
    assert kinds(ask(view)) == ["endpoint-missing"]


@pytest.mark.parametrize(
    "admission",
    [
        rule(443, cidr="10.0.0.0/16"),
        rule(443, cidr="10.0.1.0/24"),
        rule(443, group=TASK_GROUP),
        rule(cidr="0.0.0.0/0"),
        rule(443, prefix_list="pl-own"),
    ],
)
def test_a_group_of_an_endpoint_admits_by_range_group_or_list(admission: dict[str, Any]) -> None:
    own = {"PrefixListId": "pl-own", "PrefixListName": "own", "Entries": [{"Cidr": "10.0.0.0/8"}]}
    view = changed(admitting(admission), "prefix_lists", lambda lists: lists.append(own))
    assert ask(view).state == "open"


@pytest.mark.parametrize(
    "admission",
    [
        rule(80, cidr="10.0.0.0/16"),
        rule(443, cidr="10.0.2.0/24"),
        rule(443, group=ENDPOINT_GROUP),
        rule(443, cidr="10.0.0.0/16", protocol="udp"),
    ],
)
def test_a_group_that_does_not_admit_443_from_the_task_is_named_even_where_there_is_a_nat(
    admission: dict[str, Any],
) -> None:
    view = admitting(admission)
    beside = replace(
        view, route_tables=with_nat().route_tables, nat_gateways=[NAT], internet_gateways=[IGW]
    )
    for world in (view, beside):
        reach = ask(world)
        assert kinds(reach) == ["endpoint-group-closed"]
        fields = reach.obstacles[0].fields
        assert (fields["endpoint"], fields["task_group"]) == ("vpce-ecr.api", TASK_GROUP)


def test_an_endpoint_that_uses_the_tasks_own_group_needs_a_rule_for_itself() -> None:
    own = [{"GroupId": TASK_GROUP}]
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", Groups=own)
    assert kinds(ask(view)) == ["endpoint-group-closed"]
    itself = [rule(group=TASK_GROUP)]
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissions=itself)
    assert ask(view).state == "open"


def test_a_range_that_holds_part_of_the_subnet_is_unknown_until_the_address_is_known() -> None:
    view = admitting(rule(443, cidr="10.0.1.0/25"))
    assert ask(view).state == "unknown"
    assert ask(view, interface=replace(TASK, address="10.0.1.7")).state == "open"
    assert kinds(ask(view, interface=replace(TASK, address="10.0.1.200"))) == [
        "endpoint-group-closed"
    ]


@pytest.mark.parametrize(
    ("egress", "state"),
    [
        (rule(443, cidr="10.0.0.0/16"), "open"),
        (rule(443, group=ENDPOINT_GROUP), "open"),
        (rule(443, cidr="10.0.9.0/24"), "blocked"),
        (rule(443, prefix_list=LIST), "blocked"),
        (rule(443, cidr="10.0.1.0/24"), "unknown"),
    ],
)
def test_the_tasks_group_must_let_it_out_to_the_endpoint(
    egress: dict[str, Any], state: str
) -> None:
    view = with_item(with_endpoints(), "security_groups", TASK_GROUP, IpPermissionsEgress=[egress])
    reach = ask(view)
    assert reach.state == state
    assert kinds(reach) == (["task-group-egress-closed"] if state == "blocked" else [])


def test_the_address_of_the_endpoints_interface_is_used_where_it_was_read() -> None:
    enis = [
        {
            "NetworkInterfaceId": f"eni-{place}",
            "SubnetId": place,
            "PrivateIpAddress": address,
        }
        for place, address in ((TASK_SUBNET, "10.0.1.9"), (OTHER_SUBNET, "10.0.2.9"))
    ]
    ids = [e["NetworkInterfaceId"] for e in enis]
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", NetworkInterfaceIds=ids)
    exact = [rule(443, cidr="10.0.1.9/32"), rule(443, cidr="10.0.2.9/32")]
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=exact)
    assert ask(replace(view, network_interfaces=enis)).state == "open"
    assert ask(view).state == "unknown"


@pytest.mark.parametrize(
    "state", ["pending", "pendingAcceptance", "rejected", "failed", "deleting", "Expired"]
)
def test_an_endpoint_that_is_not_available_is_named(state: str) -> None:
    reach = ask(with_item(with_endpoints(), "endpoints", "vpce-ecr.api", State=state))
    assert kinds(reach) == ["endpoint-not-available"]
    assert reach.obstacles[0].fields["state"] == state.lower()


def test_a_deleted_endpoint_is_a_missing_one() -> None:
    reach = ask(with_item(with_endpoints(), "endpoints", "vpce-ecr.api", State="deleted"))
    assert kinds(reach) == ["endpoint-missing"]


def test_private_dns_that_is_off_is_named_where_there_is_no_other_way() -> None:
    reach = ask(with_item(with_endpoints(), "endpoints", "vpce-ecr.api", PrivateDnsEnabled=False))
    assert kinds(reach) == ["endpoint-private-dns-off"]
    assert others(reach) == ["no-internet-route"]


@pytest.mark.parametrize("fault", [{"PrivateDnsEnabled": False}, {"State": "failed"}])
def test_an_endpoint_that_has_not_taken_the_name_over_leaves_the_nat_to_serve(
    fault: dict[str, Any],
) -> None:
    reach = ask(with_endpoint_and_nat(**fault))
    assert (reach.state, reach.way) == ("open", "nat-gateway")


@pytest.mark.parametrize("attribute", ["dns_support", "dns_hostnames"])
def test_the_vpcs_dns_attributes_must_be_on_for_private_dns(attribute: str) -> None:
    reach = ask(put(with_endpoints(), **{attribute: False}))
    assert kinds(reach) == ["vpc-dns-off"]
    assert reach.obstacles[0].fields["vpc"] == "vpc-1"


def test_dns_hostnames_that_are_off_do_not_hurt_where_a_nat_serves() -> None:
    view = with_endpoint_and_nat()
    assert ask(replace(view, dns_hostnames=False)).way == "nat-gateway"


def test_dns_attributes_that_were_not_read_do_not_make_it_green_nor_hide_what_is_proven() -> None:
    denied = Unread("ec2:DescribeVpcAttribute", "AccessDenied")
    view = replace(with_endpoints(), dns_support=denied, dns_hostnames=denied)
    reach = ask(view)
    assert (reach.state, reach.unread) == ("unknown", (denied,))
    shut = with_item(view, "security_groups", ENDPOINT_GROUP, IpPermissions=[])
    assert kinds(ask(shut)) == ["endpoint-group-closed"]


def test_an_acl_between_the_two_subnets_is_named() -> None:
    entries = [acl_entry(100, "allow", egress=True), acl_entry(100, "allow", egress=False)]
    entries[1]["CidrBlock"] = "10.0.9.0/24"
    closed = acl("acl-b", entries, (OTHER_SUBNET,))
    reach = ask(replace(with_endpoints(), network_acls=[open_acl(), closed]))
    assert kinds(reach) == ["acl-blocks"]
    assert (reach.obstacles[0].fields["acl"], reach.obstacles[0].fields["subnet"]) == (
        "acl-b",
        OTHER_SUBNET,
    )


def test_no_acl_is_asked_within_one_subnet() -> None:
    shut = acl("acl-task", [], (TASK_SUBNET,))
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", SubnetIds=[TASK_SUBNET])
    assert ask(replace(view, network_acls=[open_acl(), shut])).state == "open"


def test_an_endpoint_in_another_zone_serves() -> None:
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", SubnetIds=[OTHER_SUBNET])
    assert ask(view).state == "open"


def test_a_missing_subnet_of_an_endpoint_is_unknown_and_not_closed() -> None:
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", SubnetIds=["subnet-hidden"])
    assert ask(view).state == "unknown"


def test_endpoints_of_a_shared_vpc_may_be_hidden() -> None:
    view = replace(isolated(), subnets=[subnet(TASK_SUBNET, "10.0.1.0/24") | {"OwnerId": "9" * 12}])
    reach = ask(view)
    assert (reach.state, reach.unread[0].why) == ("unknown", "shared-vpc")
    assert others(reach) == ["endpoint-missing", "no-internet-route"]


# gateway endpoints


def test_a_gateway_endpoint_in_another_route_table_does_not_help() -> None:
    view = with_endpoints()
    bare = table("rtb-private", [], (TASK_SUBNET, OTHER_SUBNET))
    endpoints = [e for e in items_of(view.endpoints) if e["VpcEndpointId"] != "vpce-s3"]
    endpoints.append(gateway_endpoint(["rtb-main"]))
    main = table("rtb-main", [route(LIST, GatewayId="vpce-s3")], main=True)
    reach = ask(replace(view, route_tables=[main, bare], endpoints=endpoints), S3)
    assert kinds(reach) == ["gateway-not-associated"]
    fields = reach.obstacles[0].fields
    assert (fields["endpoint"], fields["route_table"]) == ("vpce-s3", "rtb-private")


def test_a_gateway_endpoint_that_is_not_associated_is_not_needed_beside_a_nat() -> None:
    view = replace(with_nat(), endpoints=[gateway_endpoint(["rtb-main"])])
    assert ask(view, S3).way == "nat-gateway"


def test_a_gateway_endpoint_takes_the_traffic_from_the_nat() -> None:
    private = table(
        "rtb-private",
        [route("0.0.0.0/0", NatGatewayId="nat-1"), route(LIST, GatewayId="vpce-s3")],
        (TASK_SUBNET,),
    )
    shut = {**ALLOW_ALL, "Resource": f"arn:aws:s3:::own-{ACCOUNT}/*"}
    view = replace(
        with_nat(),
        route_tables=[table("rtb-main", [], main=True), private, PUBLIC_TABLE],
        endpoints=[gateway_endpoint(["rtb-private"], PolicyDocument=policy(shut))],
    )
    reach = ask(view, S3)
    assert kinds(reach) == ["endpoint-policy-denies"]
    assert reach.obstacles[0].fields["bucket"] == S3.bucket


@pytest.mark.parametrize(
    ("egress", "state"),
    [
        (rule(443, prefix_list=LIST), "open"),
        (rule(443, cidr="0.0.0.0/0"), "open"),
        (rule(443, cidr="10.0.0.0/16"), "blocked"),
        (rule(443, cidr="52.218.0.0/17"), "unknown"),
    ],
)
def test_the_tasks_group_must_let_it_out_to_the_prefix_list(
    egress: dict[str, Any], state: str
) -> None:
    view = with_item(with_endpoints(), "security_groups", TASK_GROUP, IpPermissionsEgress=[egress])
    assert ask(view, S3).state == state


def test_the_acl_must_let_the_prefix_list_in_and_out() -> None:
    only_vpc = [acl_entry(100, "allow", egress=e, cidr="10.0.0.0/16") for e in (True, False)]
    view = replace(
        with_endpoints(), network_acls=[open_acl(), acl("acl-task", only_vpc, (TASK_SUBNET,))]
    )
    assert ask(view, ECR_API).state == "open"
    assert kinds(ask(view, S3)) == ["acl-blocks"]


def test_s3_goes_by_the_gateway_where_the_interface_endpoint_serves_other_networks_only() -> None:
    extra = interface_endpoint(
        "s3",
        VpcEndpointId="vpce-s3i",
        DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": True},
    )
    view = changed(with_endpoints(), "endpoints", lambda e: e.insert(0, extra))
    assert ask(view, S3).way == "gateway-endpoint"


# endpoint policies

BUCKET = f"arn:aws:s3:::{S3.bucket}"
POLICIES: list[tuple[str, Any, dict[str, Any], str]] = [
    ("everything", ECR_API, ALLOW_ALL, "open"),
    ("another action", ECR_API, {**ALLOW_ALL, "Action": "ecr:DescribeImages"}, "blocked"),
    ("the role", ECR_API, {**ALLOW_ALL, "Principal": {"AWS": ROLE}}, "open"),
    (
        "another role",
        ECR_API,
        {**ALLOW_ALL, "Principal": {"AWS": ROLE.replace("exec", "other")}},
        "blocked",
    ),
    (
        "this vpc",
        ECR_API,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}},
        "open",
    ),
    (
        "this account",
        ECR_API,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}},
        "open",
    ),
    (
        "an organization",
        ECR_API,
        {**ALLOW_ALL, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        "unknown",
    ),
    ("the layers", S3, {**ALLOW_ALL, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}, "open"),
    ("the bucket without its objects", S3, {**ALLOW_ALL, "Resource": BUCKET}, "blocked"),
    (
        "layers of another region",
        S3,
        {**ALLOW_ALL, "Resource": "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*"},
        "blocked",
    ),
    # Layers are fetched in AWS's name, so what the policy says of principals cannot be answered.
    (
        "layers for the own account only",
        S3,
        {**ALLOW_ALL, "Principal": {"AWS": ACCOUNT}},
        "unknown",
    ),
]


@pytest.mark.parametrize(
    ("need", "statement", "state"), [p[1:] for p in POLICIES], ids=[p[0] for p in POLICIES]
)
def test_the_endpoints_policy_is_asked(need: Any, statement: dict[str, Any], state: str) -> None:
    reach = _with_policy(need, statement)
    assert reach.state == state
    assert kinds(reach) == (["endpoint-policy-denies"] if state == "blocked" else [])
    assert others(reach) == (["endpoint-policy-denies"] if state == "unknown" else [])


def _with_policy(need: Any, *statements: dict[str, Any]) -> Reach:
    view = with_item(
        with_endpoints(),
        "endpoints",
        f"vpce-{need.service}",
        PolicyDocument=policy(*statements),
    )
    return ask(view, need)


def test_a_deny_in_the_endpoints_policy_wins() -> None:
    deny = {**ALLOW_ALL, "Effect": "Deny", "Action": "ecr:Get*"}
    assert kinds(_with_policy(ECR_API, ALLOW_ALL, deny)) == ["endpoint-policy-denies"]


def test_everything_in_the_way_is_told_the_first_thing_first() -> None:
    shut = {**ALLOW_ALL, "Action": "ecr:DescribeImages"}
    view = with_item(with_endpoints(), "endpoints", "vpce-ecr.api", PolicyDocument=policy(shut))
    view = with_item(view, "security_groups", ENDPOINT_GROUP, IpPermissions=[])
    view = with_item(view, "security_groups", TASK_GROUP, IpPermissionsEgress=[])
    reach = ask(view)
    assert kinds(reach) == [
        "task-group-egress-closed",
        "endpoint-group-closed",
        "endpoint-policy-denies",
    ]
    assert [o.first for o in reach.obstacles] == [True, False, False]
