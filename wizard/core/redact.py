"""Secrets taken out of foreign text before it is shown, stored or exported.

AWS's own messages carry presigned URLs and tokens (aws/containers-roadmap issue 1133). What a
reader needs to understand an error (account ids, ARNs, hosts) stays.
"""

import re

MASK = "[redacted]"

_KEY_ID = re.compile(r"\b(A[SK]IA)[A-Z0-9]{12,16}(?![A-Za-z0-9])")
_QUERY = re.compile(
    r"(?i)\b((?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId"
    r"|access_token|id_token|sig)=)[^&\s\"'<>]{4,4096}"
)
_NAMED = re.compile(
    r"(?i)\b((?:aws_?secret_?access_?key|aws_?session_?token|secret_?access_?key|session_?token"
    r"|security_?token|password|passwd|authorization_?token|tokenvalue|client_?secret|api_?key)"
    r"[\"']{0,2}\s{0,4}[=:]\s{0,4}[\"']{0,2})([^\s\"',;&<>]{6,8192})"
)
_HEADER = re.compile(r"(?i)\b((?:Bearer|Basic)\s{1,4})[A-Za-z0-9+/=._~-]{12,8192}")
_USER_INFO = re.compile(r"(://[^/\s:@]{1,256}:)[^/\s@]{1,512}(?=@)")
_LONG_TOKEN = re.compile(r"\b(?:IQoJ|FwoG|eyJ)[A-Za-z0-9+/=._-]{60,16384}")


def redact(text: str) -> str:
    """Return `text` with keys, tokens, passwords and signatures replaced by `[redacted]`."""
    text = _KEY_ID.sub(rf"\1{MASK}", text)
    text = _QUERY.sub(rf"\1{MASK}", text)
    text = _NAMED.sub(lambda found: found.group(1) + MASK, text)
    text = _HEADER.sub(rf"\1{MASK}", text)
    text = _USER_INFO.sub(rf"\1{MASK}", text)
    return _LONG_TOKEN.sub(MASK, text)
