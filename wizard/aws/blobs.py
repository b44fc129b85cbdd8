"""The configuration of an image, fetched from the address that ECR hands out.

The address is signed: whoever has it may read the blob. It is used at once and never kept, shown
or told; of the configuration only the platform is kept.
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html
https://github.com/opencontainers/image-spec/blob/main/config.md (a few kB of JSON)
"""

import json
import os
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ConnectTimeoutError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as UrlTimeout

TIME_LIMIT_S = 3
MOST_BYTES = 1_000_000
_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}


def read_platform(url: str) -> dict[str, Any]:
    """Return `os` and `architecture` of the image configuration at `url`, or under `refused` in a
    word why not: `timeout`, `unreachable`, `http-403`, `unexpected-answer`. Never raises for what
    the network does. Proxies and AWS_CA_BUNDLE are honoured as boto3 honours them."""
    try:
        status, content = _get(url)
    except (ConnectTimeoutError, ReadTimeoutError, UrlTimeout):
        return {"refused": "timeout"}
    except ValueError:
        return {"refused": "unexpected-answer"}
    except (BotoCoreError, HTTPError, OSError):
        return {"refused": "unreachable"}
    if status != 200:
        return {"refused": f"http-{status}"}
    return _platform(content)


def _get(url: str) -> tuple[int, bytes]:
    trusted: Any = os.environ.get("AWS_CA_BUNDLE") or True  # a bundle's path, or botocore's own
    session = URLLib3Session(
        verify=trusted,
        proxies=get_environ_proxies(url),
        timeout=TIME_LIMIT_S,
        max_pool_connections=1,
    )
    try:
        request = AWSRequest(method="GET", url=url, stream_output=True).prepare()
        answer = session.send(request)
        try:
            return answer.status_code, answer.raw.read(MOST_BYTES + 1)
        finally:
            answer.raw.close()
    finally:
        session.close()


def _platform(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content) if len(content) <= MOST_BYTES else None
    except ValueError:
        document = None
    told = document if isinstance(document, dict) else {}
    system, processor = told.get("os"), told.get("architecture")
    if not (isinstance(system, str) and isinstance(processor, str) and system and processor):
        return {"refused": "unexpected-answer"}
    return {"os": system.lower(), "architecture": _NAMES.get(processor.lower(), processor.lower())}
