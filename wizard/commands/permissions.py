"""`permissions`: the least IAM policy that the wizard itself needs, for each way of using it."""

import argparse
from collections.abc import Iterable
from typing import Any

from wizard.errors import DONE
from wizard.world import World

_NOT_THE_OPERATION = {"s3:HeadBucket": "s3:ListBucket", "s3:HeadObject": "s3:GetObject"}
"""Operations whose IAM action has another name.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""
_NO_PERMISSION_NEEDED = {"sts:GetCallerIdentity"}
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `permissions`."""
    parser.add_argument(
        "--for",
        dest="use",
        choices=("lookup", "diagnose", "fix"),
        default="diagnose",
        help="what the wizard is to be used for (default: diagnose)",
    )


def run(args: argparse.Namespace, world: World) -> int:
    """Write the policy document to stdout."""
    world.give(document(args.use))
    return DONE


def document(use: str) -> dict[str, Any]:
    """Return the policy for `use`: nothing for `lookup`, reading for `diagnose`, both for `fix`."""
    statements = []
    if use != "lookup":
        import wizard.aws.engine  # noqa: F401 - every reader declares its calls when imported
        from wizard.aws.reading import operations

        statements.append(_statement("FargateWizardReads", operations()))
    if use == "fix":
        from wizard.fixes.registry import fixes

        writes = {one for fix in fixes().values() for one in fix.permissions}
        statements.append(_statement("FargateWizardWritesAfterYourYes", writes))
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(name: str, operations: Iterable[str]) -> dict[str, Any]:
    actions = {_NOT_THE_OPERATION.get(one, one) for one in operations} - _NO_PERMISSION_NEEDED
    return {"Sid": name, "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
