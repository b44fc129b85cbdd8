"""The lab touches no real AWS, and the machine's own AWS configuration is not read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

from wizard.lab import Lab, LabError

from .helpers import shell

# A machine set up for real AWS: another region, keys that are none, an endpoint elsewhere. What
# reads any of it fails, or answers for the wrong account or region.
_CONFIG = """
[default]
region = eu-south-2
endpoint_url = https://example.com/
retry_mode = adaptive
max_attempts = 9
services = elsewhere
[services elsewhere]
ecs =
  endpoint_url = https://example.org/
[profile real]
region = sa-east-1
credential_process = /bin/false
"""
_CREDENTIALS = """
[default]
aws_access_key_id = AKIAREALREALREALREAL
aws_secret_access_key = real
[real]
aws_access_key_id = AKIAREALREALREALREAL
aws_secret_access_key = real
"""
_OURS = "arn:aws:iam::123456789012:root"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory, and variables, that point at real AWS."""
    directory = tmp_path / ".aws"
    directory.mkdir()
    (directory / "config").write_text(_CONFIG)
    (directory / "credentials").write_text(_CREDENTIALS)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_CONFIG_FILE": str(directory / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(directory / "credentials"),
        "AWS_PROFILE": "real",
        "AWS_ENDPOINT_URL_STS": "https://example.net/",
        "HTTPS_PROXY": "http://192.0.2.1:3128",
        "HTTP_PROXY": "http://192.0.2.1:3128",
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_a_plain_session_would_have_read_all_of_it(home: Path) -> None:
    plain = botocore.session.Session()
    assert plain.get_config_variable("region") == "sa-east-1"
    assert plain.get_scoped_config()["credential_process"] == "/bin/false"


def test_a_client_of_the_lab_reads_none_of_it(lab: Lab, home: Path) -> None:
    for service in ("sts", "ecs", "s3"):
        client = lab.client(service)
        assert client.meta.endpoint_url == lab.endpoint_url
        assert client.meta.region_name == lab.region
        assert client.meta.config.retries["total_max_attempts"] == 1
    assert lab.client("sts").get_caller_identity()["Arn"] == _OURS
    assert lab.client("ecs").list_clusters()["clusterArns"] == []


def test_a_lab_started_on_such_a_machine_is_the_same(home: Path) -> None:
    with Lab.start(region="eu-west-1") as lab:
        assert lab.client("sts").get_caller_identity()["Arn"] == _OURS
        lab.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")


@pytest.mark.parametrize(
    "url", ["https://example.com", "http://169.254.169.254", "http://10.0.0.1"]
)
def test_a_client_that_is_asked_for_another_endpoint_refuses(
    lab: Lab, home: Path, url: str
) -> None:
    lab.client("ecs")
    session = lab.sessions["root", lab.region]
    elsewhere = session.client("ecs", endpoint_url=url)
    with pytest.raises(LabError, match="would have left this machine"):
        elsewhere.list_clusters()
    default = session.client("sts")
    with pytest.raises(LabError, match="would have left this machine"):
        default.get_caller_identity()


def test_a_redirect_of_the_region_does_not_lead_out_either(lab: Lab, home: Path) -> None:
    s3 = lab.client("s3", region="eu-west-1")
    s3.meta.events.register(
        "before-sign.s3", lambda request, **_: setattr(
            request, "url", "https://bucket.s3.eu-west-1.amazonaws.com/"
        )
    )  # fmt: skip
    with pytest.raises(LabError, match="would have left this machine"):
        s3.list_buckets()


def test_any_client_in_the_labs_environment_reads_none_of_it(lab: Lab, home: Path) -> None:
    program = (
        "import boto3; c = boto3.client('sts');"
        "print(c.meta.endpoint_url, c.meta.region_name, c.get_caller_identity()['Arn'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=lab.env(base=dict(os.environ)),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == [lab.endpoint_url, lab.region, _OURS], done.stderr
    cli = shell(lab, "aws ecs list-clusters --query clusterArns")
    assert (cli.returncode, cli.stdout.strip()) == (0, "[]"), cli.stderr


def test_what_serving_prints_is_enough_for_a_shell_of_ones_own(lab: Lab, home: Path) -> None:
    """The exports go on top of whatever the shell has, a profile and endpoints included."""
    from wizard.lab.serve import export_lines

    script = "\n".join(export_lines(lab.env()))
    script += f'\nexec {sys.executable} -c "import boto3;'
    script += "print(boto3.client('sts').get_caller_identity()['Arn'])\""
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() == _OURS, done.stderr


def test_the_child_itself_cannot_connect_to_the_outside(home: Path) -> None:
    program = (
        "import http.client, socket\n"
        "from wizard.lab.cloud import server\n"
        "server.forbid_the_outside()\n"
        "for host in ('192.0.2.1', 'example.com'):\n"
        "    try:\n"
        "        http.client.HTTPConnection(host).request('GET', '/')\n"
        "    except PermissionError as error:\n"
        "        print(error)\n"
        "with socket.create_server(('127.0.0.1', 0)) as here:\n"
        "    socket.create_connection(here.getsockname()).close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "the lab does not connect to 192.0.2.1",
        "the lab does not connect to example.com",
    ]
