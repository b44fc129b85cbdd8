"""Can this network interface reach that service, and if not, what stands in the way? Pure.

What goes in (`types`)
    NetworkView(region, account, partition, vpc, dns_support, dns_hostnames, subnets, route_tables,
        security_groups, network_acls, endpoints, nat_gateways, internet_gateways, prefix_lists,
        network_interfaces, mount_targets, dhcp_options, private_zones, resolver_rules, profiles,
        instances)
        each part as boto3 returns it, for the whole VPC, or Unread(call, why); a part that is left
        out is Unread(call, "not-asked"), and an answer that hangs on it names it
    Interface(subnet_id, security_groups=(), public_ip=False, address="", ipv6=False)
    interfaces(awsvpc_configuration) -> one Interface for each subnet
    Need(service="ecr.api" | host="registry-1.docker.io", region, port=443, actions, resources,
        bucket, principal, file_system, stage, source)

The answer (`examination`)
    examine(view, interface, need) -> Reach(need, state, way, obstacles, remedies, unread, evidence)
        state: open | blocked | unverified | unknown
        obstacles: Obstacle(kind, fields, evidence, first), kind is a cause id of the catalogue
            (`network.endpoint-missing`, ..., `storage.efs-unreachable`), in the order met;
            each Evidence(call, facts) is one thing that was read
        remedies: Obstacles too: other names of the same broken way, or what could not be proven;
            to be shown as suspected
    examine_subnet(view, subnet_id, wanted=1) -> Reach   are there free addresses (subnet-full)

What a task needs (`needs`)
    STAGES: role, eni, registry-auth, secrets, image, layers, env-file, volumes, logger, start, exec
    task_needs(task_definition, Task(region, account, partition, platform_version, exec_enabled,
        exec_configuration, task_role, execution_role)) -> tuple[Need, ...] in the order of STAGES
    layer_bucket(region)
"""

from wizard.network.examination import examine, examine_subnet
from wizard.network.facts import interfaces
from wizard.network.needs import STAGES, Task, layer_bucket, task_needs
from wizard.network.types import (
    Evidence,
    Interface,
    Need,
    NetworkView,
    Obstacle,
    Reach,
    State,
    Unread,
)

__all__ = [
    "STAGES",
    "Evidence",
    "Interface",
    "Need",
    "NetworkView",
    "Obstacle",
    "Reach",
    "State",
    "Task",
    "Unread",
    "examine",
    "examine_subnet",
    "interfaces",
    "layer_bucket",
    "task_needs",
]
