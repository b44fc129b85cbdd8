"""What moto's S3, EFS and Route 53 say otherwise than AWS."""

from __future__ import annotations

from moto.efs.models import efs_backends
from moto.route53.models import route53_backends
from moto.s3.models import s3_backends

from wizard.lab.cloud.context import Context, Result, before, handles
from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity.owners import bucket_owner


@before("s3", "GetBucketEncryption")
def encrypt_by_default(context: Context) -> None:
    """Every bucket is encrypted by S3's own keys unless it says otherwise.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html
    """
    name = str(context.params.get("Bucket"))
    owner = bucket_owner(name, context.account)
    bucket = s3_backends[owner][context.call.partition].buckets.get(name)
    if bucket is not None and bucket.encryption is None:
        default = {"SSEAlgorithm": "AES256"}
        bucket.encryption = {
            "Rule": {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": "false"}
        }


@before("efs", "DescribeFileSystemPolicy")
def no_policy(context: Context) -> None:
    """A file system without a policy of its own has AWS's default one, which is not shown.

    https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystemPolicy.html
    """
    backend = efs_backends[context.account][context.region]
    found = backend.file_systems_by_id.get(str(context.params.get("FileSystemId")))
    if found is not None and not found.file_system_policy:
        text = "The default file system policy is in effect for the file system specified."
        raise AwsError("PolicyNotFound", text, 404)


@handles("route53", "ListHostedZonesByVPC")
def zones_of_vpc(context: Context) -> Result:
    """The private hosted zones that a VPC sees, all on one page.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html
    """
    backend = route53_backends[context.account][context.call.partition]
    found = backend.list_hosted_zones_by_vpc(str(context.params.get("VPCId")))
    return {"HostedZoneSummaries": found, "MaxItems": str(context.params.get("MaxItems") or 100)}
