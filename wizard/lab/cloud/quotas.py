"""Service Quotas: how many vCPUs of Fargate the account may run at once.

https://docs.aws.amazon.com/general/latest/gr/ecs-service.html#limits_fargate
The applied value is the lab's setting ``fargate_vcpus``; without one nothing limits the account,
and a large value is told.
"""

from __future__ import annotations

from typing import Any

from moto.servicequotas.models import servicequotas_backends

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.errors import AwsError

_NAMES = {
    "L-3032A538": ("Fargate On-Demand vCPU resource count", "Standard/OnDemand"),
    "L-36FBB829": ("Fargate Spot vCPU resource count", "Standard/Spot"),
}
_DEFAULT = 6.0
_LARGE = 4000.0


@handles("service-quotas", "GetServiceQuota")
def get_quota(context: Context) -> Result:
    """The value that applies to the account.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    """
    return {"Quota": _find(context, _applied(context))}


@handles("service-quotas", "GetAWSDefaultServiceQuota")
def get_default(context: Context) -> Result:
    """The value that every account begins with."""
    return {"Quota": _find(context, _DEFAULT)}


@handles("service-quotas", "ListServiceQuotas")
def list_quotas(context: Context) -> Result:
    """All quotas of a service with the values that apply."""
    return {"Quotas": _all(context, _applied(context))}


@handles("service-quotas", "ListAWSDefaultServiceQuotas")
def list_defaults(context: Context) -> Result:
    """All quotas of a service with AWS's defaults."""
    return {"Quotas": _all(context, _DEFAULT)}


def _applied(context: Context) -> float:
    chosen = context.cloud.settings.fargate_vcpus
    return _LARGE if chosen is None else float(chosen)


def _find(context: Context, value: float) -> dict[str, Any]:
    code = str(context.params.get("QuotaCode"))
    for quota in _all(context, value):
        if quota["QuotaCode"] == code:
            return quota
    raise AwsError("NoSuchResourceException", "The specified resource does not exist.")


def _all(context: Context, value: float) -> list[dict[str, Any]]:
    service = str(context.params.get("ServiceCode"))
    if service == "vpc":
        backend = servicequotas_backends[context.account][context.region]
        found: list[dict[str, Any]] = backend.list_aws_default_service_quotas(service)
        return found
    if service != "fargate":
        text = "This service is not available in the current Region. Choose a different Region or"
        raise AwsError("NoSuchResourceException", f"{text} a different service.")
    return [_quota(context, code, value) for code in _NAMES]


def _quota(context: Context, code: str, value: float) -> dict[str, Any]:
    name, kind = _NAMES[code]
    return {
        "ServiceCode": "fargate",
        "ServiceName": "AWS Fargate",
        "QuotaArn": context.arn("servicequotas", f"fargate/{code}"),
        "QuotaCode": code,
        "QuotaName": name,
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "UsageMetric": {
            "MetricNamespace": "AWS/Usage",
            "MetricName": "ResourceCount",
            "MetricDimensions": {
                "Class": kind,
                "Resource": "vCPU",
                "Service": "Fargate",
                "Type": "Resource",
            },
            "MetricStatisticRecommendation": "Maximum",
        },
    }
