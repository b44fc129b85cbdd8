"""Who signed a call, and whether the signature, its time and its session are good.

https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
"""

from __future__ import annotations

import time

from wizard.lab.cloud.errors import AwsError
from wizard.lab.cloud.identity import signatures
from wizard.lab.cloud.identity.principals import Principal, resolve, secret_of
from wizard.lab.cloud.state import Cloud
from wizard.lab.cloud.wire import Call

# Codes for a key that nobody has and for a session that is over, where they are not the usual
# (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and each service's
# "Common errors").
_QUERY = {"iam", "sts", "elbv2", "elb", "cloudwatch", "route53"}
_XML = {*_QUERY, "s3"}
_WRONG = "The request signature we calculated does not match the signature you provided. Check your"
# Seconds that a caller's clock may differ: five minutes for most services, a quarter of an hour
# for the older ones (each service's own refusal says which).
_WINDOW_S = 300
_OLD_WINDOW_S = 900
_OLD = {*_QUERY, "ec2", "s3"}


def authenticate(cloud: Cloud, call: Call, behind: float = 0.0) -> Principal:
    """The caller of *call*. Raises AwsError in the service's own words when there is none.

    ``behind`` are the seconds by which the caller's clock is taken to be behind AWS's.
    """
    try:
        found = resolve(cloud, call.access_key, call.token, call.partition)
    except AwsError:
        raise _expired(call.service) from None
    if found is None:
        raise _unknown(call.service)
    if not call.environ.get(signatures.TRUSTED):
        _check_time(call, time.time() + behind)
        secret = secret_of(call.access_key, call.partition)
        if secret is None or not signatures.good(call.environ, call.body, secret):
            raise _wrong(call.service)
    return found


def _check_time(call: Call, now: float) -> None:
    signed = signatures.signed_at(call.environ)
    window = _OLD_WINDOW_S if call.service in _OLD else _WINDOW_S
    if signed is None or abs(signed - now) <= window:
        return
    if call.service == "s3":
        text = "The difference between the request time and the current time is too large."
        raise AwsError("RequestTimeTooSkewed", text, 403)
    if call.service == "ec2":
        raise _expired("ec2")
    code, status = _signature_code(call.service)
    shown, here, minutes = signatures.stamp(signed), signatures.stamp(now), window // 60
    if signed < now:
        limit = signatures.stamp(now - window)
        text = f"Signature expired: {shown} is now earlier than {limit} ({here} - {minutes} min.)"
    else:
        limit = signatures.stamp(now + window)
        text = (
            f"Signature not yet current: {shown} is still later than {limit}"
            f" ({here} + {minutes} min.)"
        )
    raise AwsError(code, text, status)


def _signature_code(service: str) -> tuple[str, int]:
    return ("SignatureDoesNotMatch", 403) if service in _XML else ("InvalidSignatureException", 400)


def _wrong(service: str) -> AwsError:
    """A signature made with another secret."""
    if service == "ec2":
        return _unknown("ec2")
    if service == "s3":
        return AwsError("SignatureDoesNotMatch", f"{_WRONG} key and signing method.", 403)
    code, status = _signature_code(service)
    text = f"{_WRONG} AWS Secret Access Key and signing method. Consult the service documentation"
    return AwsError(code, f"{text} for details.", status)


def _unknown(service: str) -> AwsError:
    if service == "ec2":
        text = "AWS was not able to validate the provided access credentials"
        return AwsError("AuthFailure", text, 401)
    if service == "s3":
        text = "The AWS Access Key Id you provided does not exist in our records."
        return AwsError("InvalidAccessKeyId", text, 403)
    text = "The security token included in the request is invalid."
    code = "InvalidClientTokenId" if service in _QUERY else "UnrecognizedClientException"
    return AwsError(code, text, 403 if service in _QUERY else 400)


def _expired(service: str) -> AwsError:
    if service == "ec2":
        return AwsError("RequestExpired", "Request has expired.", 400)
    if service == "s3":
        return AwsError("ExpiredToken", "The provided token has expired.", 400)
    text = "The security token included in the request is expired"
    code = "ExpiredToken" if service in _QUERY else "ExpiredTokenException"
    return AwsError(code, text, 403 if service in _QUERY else 400)
