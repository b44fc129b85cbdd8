"""Gateway endpoints: the route table they are in, the prefix list, the policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.network.worlds import (
    ACCOUNT,
    ECR_API,
    LIST,
    OTHER_SUBNET,
    PUBLIC_TABLE,
    S3,
    TASK_GROUP,
    TASK_SUBNET,
    acl,
    acl_entry,
    ask,
    changed,
    gateway_endpoint,
    interface_endpoint,
    items_of,
    kinds,
    open_acl,
    policy,
    route,
    rule,
    table,
    with_endpoints,
    with_item,
    with_nat,
)

ALLOW_ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


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


def test_the_policy_of_a_gateway_endpoint_that_is_not_associated_is_read_all_the_same() -> None:
    own_bucket = {**ALLOW_ALL, "Resource": "arn:aws:s3:::own/*"}
    endpoint = gateway_endpoint(["rtb-main"], PolicyDocument=policy(own_bucket))
    view = with_endpoints()
    bare = table("rtb-private", [], (TASK_SUBNET, OTHER_SUBNET))
    main = table("rtb-main", [route(LIST, GatewayId="vpce-s3")], main=True)
    endpoints = [e for e in items_of(view.endpoints) if e["VpcEndpointId"] != "vpce-s3"]
    view = replace(view, route_tables=[main, bare], endpoints=[*endpoints, endpoint])
    assert kinds(ask(view, S3)) == ["gateway-not-associated", "endpoint-policy-denies"]


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
