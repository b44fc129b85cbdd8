"""Verdicts that say the same of several things are one block of a report."""

from typing import Any

from wizard.core.answer import Evidence, Verdict
from wizard.core.findings import Finding
from wizard.faces.report.joined import joined


def verdict(*, predicted: bool = False, **fields: Any) -> Verdict:
    says = {"en": f"no endpoint for {fields.get('service')}", "ja": ""}
    finding = Finding("network.endpoint-missing", "confirmed", "image", fields, predicted=predicted)
    return Verdict(finding, (Evidence("ec2:DescribeVpcEndpoints", says),))


def services(found: list[Verdict]) -> list[object]:
    return [one.finding.fields["service"] for one in found]


def test_endpoints_that_one_subnet_lacks_are_one_matter() -> None:
    (found,) = joined(verdict(service=one, vpc="vpc-1") for one in ("ecr.dkr", "s3", "logs"))
    assert found.finding.fields == {"service": ("ecr.dkr", "s3", "logs"), "vpc": "vpc-1"}
    told = [one.says["en"] for one in found.evidence]
    assert told == [f"no endpoint for {one}" for one in ("ecr.dkr", "s3", "logs")]


def test_what_fails_now_stays_apart_from_what_would_be_next() -> None:
    found = joined([verdict(service="ecr.api"), verdict(service="s3", predicted=True)])
    assert services(found) == ["ecr.api", "s3"]


def test_what_differs_in_more_than_one_field_stays_apart() -> None:
    found = joined([verdict(service="s3", vpc="vpc-1"), verdict(service="logs", vpc="vpc-2")])
    assert services(found) == ["s3", "logs"]


def test_the_same_field_must_differ_for_all() -> None:
    first, second = verdict(service="s3", vpc="vpc-1"), verdict(service="logs", vpc="vpc-1")
    third = verdict(service="s3", vpc="vpc-2")
    assert services(joined([first, second, third])) == [("s3", "logs"), "s3"]
