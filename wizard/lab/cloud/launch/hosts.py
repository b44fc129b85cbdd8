"""The names and addresses of AWS's services as a task sees them.

https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from __future__ import annotations

import zlib

from wizard.lab.cloud.ecr import dns_suffix


def endpoint_service(region: str, service: str) -> str:
    """The endpoint service's name: ``com.amazonaws.<region>.<service>``, reversed in China too."""
    prefix = "cn.com.amazonaws" if region.startswith("cn-") and service != "s3" else "com.amazonaws"
    return f"{prefix}.{region}.{service}"


def short_name(service_name: str) -> str:
    """The service in an endpoint service's name: ``ecr.api``, ``s3``, ``logs``, …"""
    parts = service_name.removeprefix("cn.").split(".")
    return ".".join(parts[3:])


def host(region: str, service: str, account: str = "") -> str:
    """The host that a task asks for *service* (an endpoint's short name)."""
    suffix = dns_suffix(region)
    special = {
        "ecr.api": f"api.ecr.{region}.{suffix}",
        "ecr.dkr": f"{account}.dkr.ecr.{region}.{suffix}",
        "s3": f"prod-{region}-starport-layer-bucket.s3.{region}.{suffix}",
        "elasticfilesystem": f"elasticfilesystem.{region}.{suffix}",
    }
    return special.get(service, f"{service}.{region}.{suffix}")


def public_address(region: str, service: str) -> str:
    """A public address that looks like the service's own and stays the same."""
    seed = zlib.crc32(f"{region}/{service}".encode())
    first = {"s3": (52, 217)}.get(service, ((3, 13, 18, 35, 52, 54)[seed % 6], seed // 6 % 256))
    return f"{first[0]}.{first[1]}.{seed // 1536 % 256}.{seed // 393216 % 253 + 1}"
