"""Secrets taken out of foreign text before it is shown, stored or exported.

AWS's own messages carry presigned URLs and tokens (aws/containers-roadmap issue 1133). What a
reader needs to understand an error (account ids, ARNs, hosts) stays.
"""

import re
from functools import cache

MASK = "[redacted]"

# What must be in the lower-case text for the regex to be worth compiling, the regex, what stays.
_RULES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("akia", "asia"), r"\b(A[SK]IA)[A-Z0-9]{12,16}(?![A-Za-z0-9])", r"\1"),
    (
        ("x-amz-", "signature=", "awsaccesskeyid=", "token=", "sig="),
        r"(?i)\b((?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId"
        r"|access_token|id_token|sig)=)[^&\s\"'<>]{4,4096}",
        r"\1",
    ),
    (
        ("secret", "token", "passw", "api"),
        r"(?i)\b((?:aws_?secret_?access_?key|aws_?session_?token|secret_?access_?key"
        r"|session_?token|security_?token|password|passwd|authorization_?token|tokenvalue"
        r"|client_?secret|api_?key)"
        r"[\"']{0,2}\s{0,4}[=:]\s{0,4}[\"']{0,2})[^\s\"',;&<>]{6,8192}",
        r"\1",
    ),
    (
        ("bearer ", "basic "),
        r"(?i)\b((?:Bearer|Basic)\s{1,4})(?=[A-Za-z0-9+/=._~-]{0,200}[0-9A-Z+/=._])"
        r"[A-Za-z0-9+/=._~-]{16,8192}",
        r"\1",
    ),
    (("@",), r"(://[^/\s:@]{1,256}:)[^/\s@]{1,512}(?=@)", r"\1"),
    (("iqoj", "fwog", "eyj"), r"\b(?:IQoJ|FwoG|eyJ)[A-Za-z0-9+/=._-]{60,16384}", ""),
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def redact(text: str) -> str:
    """Return `text` with keys, tokens, passwords and signatures replaced by `[redacted]`."""
    low = text.lower()
    for hints, pattern, kept in _RULES:
        if any(hint in low for hint in hints):
            text = _compiled(pattern).sub(kept + MASK, text)
    return text
