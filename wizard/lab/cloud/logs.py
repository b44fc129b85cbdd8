"""What moto's CloudWatch Logs lacks: the encryption of a log group.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

from __future__ import annotations

from moto.logs.models import LogGroup, logs_backends

from wizard.lab.cloud.context import Context, Result, handles
from wizard.lab.cloud.errors import AwsError


def _group(context: Context) -> LogGroup:
    name = str(context.params.get("logGroupName"))
    found = logs_backends[context.account][context.region].groups.get(name)
    if found is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return found


@handles("logs", "AssociateKmsKey")
def associate(context: Context) -> Result:
    """AssociateKmsKey: what is written from now on is encrypted with that key."""
    _group(context).kms_key_id = str(context.params["kmsKeyId"])
    return {}


@handles("logs", "DisassociateKmsKey")
def disassociate(context: Context) -> Result:
    """DisassociateKmsKey."""
    _group(context).kms_key_id = None
    return {}
