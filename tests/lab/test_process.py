"""The embedded AWS is a guest that leaves nothing behind."""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from wizard.lab import Lab, LabError
from wizard.lab.scratch import PREFIX, clear_stale, make
from wizard.lab.serve import export_lines, serve
from wizard.lab.worlds import WORLDS

_WORLDS = 50
# Connections that are just being closed while one counts, and the thread that serves each.
_SLACK = 4

_PARENT = """
import sys
from wizard.lab import Lab
lab = Lab.start()
print(lab.pid, lab.port, lab.env()["FARGATE_WIZARD_LAB_HOME"], flush=True)
sys.stdin.read()
"""


def _gone(pid: int, milliseconds: int = 10_000) -> bool:
    """Waits until a process that is no child of ours has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(milliseconds))
    finally:
        os.close(handle)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_lab_dies_with_its_parent_even_by_sigkill() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid, port, home = parent.stdout.readline().split()
        parent.send_signal(signal.SIGKILL)

    assert _gone(int(pid))
    assert not _listens(int(port))
    assert not Path(home).parent.exists()


def test_what_a_lab_left_whose_parent_and_child_were_killed_goes_with_the_next_start(
    tmp_path: Path,
) -> None:
    def start() -> tuple[subprocess.Popen[str], int, Path]:
        parent = subprocess.Popen(
            [sys.executable, "-c", _PARENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(tmp_path)},
        )
        assert parent.stdout is not None
        pid, _, home = parent.stdout.readline().split()
        return parent, int(pid), Path(home).parent

    (tmp_path / f"{PREFIX}somebodys").mkdir()
    with start()[0] as living:
        parent, child, left = start()
        with parent:
            os.kill(child, signal.SIGSTOP)
            parent.kill()
        assert parent.wait() == -signal.SIGKILL
        clear_stale(tmp_path)
        assert left.exists(), "its child was still there"
        os.kill(child, signal.SIGKILL)
        assert _gone(child)
        assert left.exists()
        clear_stale(tmp_path)
        assert not left.exists()
        assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 2
        living.communicate()
    assert [path.name for path in tmp_path.iterdir()] == [f"{PREFIX}somebodys"]


def test_a_start_clears_up_what_nobody_holds_any_more(tmp_path: Path) -> None:
    left, held = make(tmp_path)
    other, other_held = make(tmp_path)
    assert left.exists()
    os.close(held)
    third, third_held = make(tmp_path)
    assert set(tmp_path.iterdir()) == {other, third}
    os.close(other_held)
    os.close(third_held)


def test_a_closed_lab_leaves_no_process_port_thread_or_file() -> None:
    threads = threading.active_count()
    with Lab.start() as lab:
        pid, port = lab.pid, lab.port
        scratch = Path(lab.env()["FARGATE_WIZARD_LAB_HOME"]).parent
        lab.client("sts").get_caller_identity()
        assert scratch.exists()

    assert _gone(pid)
    assert not _listens(port)
    assert not scratch.exists()
    assert threading.active_count() == threads


def _open_files(lab: Lab) -> list[str]:
    """What the child holds open: files by their path, sockets and pipes by their kind."""
    found = []
    for descriptor in Path(f"/proc/{lab.pid}/fd").iterdir():
        try:
            found.append(os.readlink(descriptor).partition(":[")[0])
        except FileNotFoundError:  # closed meanwhile
            continue
    return sorted(found)


def _threads(lab: Lab) -> int:
    return len(list(Path(f"/proc/{lab.pid}/task").iterdir()))


def _memory_mib(lab: Lab) -> float:
    lines = Path(f"/proc/{lab.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_fifty_worlds_in_one_lab_leave_no_thread_file_or_growing_memory() -> None:
    with Lab.start() as lab:
        names = list(WORLDS)[:_WORLDS]
        sizes = []
        for name in names:
            WORLDS[name].stage(lab)
            sizes.append(_memory_mib(lab))
        # The connections of the worlds' own clients go with them; the last one's are left.
        gc.collect()
        lab.reset()
        files, threads = _open_files(lab), _threads(lab)
        WORLDS[names[0]].stage(lab)
        gc.collect()
        lab.reset()
        assert [f for f in _open_files(lab) if f.startswith(str(lab.bastion))] == []
        assert len(_open_files(lab)) <= len(files) + _SLACK
        assert _threads(lab) <= threads + _SLACK
        assert _children(lab.pid) == []
        assert not lab.bastion.exists()
    assert len(names) == _WORLDS
    # What a world takes is given back: the last ten need no more than a little over the first
    # ten, whose own growth is that of modules read in for the first time.
    assert max(sizes[-10:]) <= max(sizes[:10]) + 60
    assert max(sizes) < 300


def test_five_labs_one_after_another_leave_what_there_was_before() -> None:
    def held() -> tuple[int, int, list[str]]:
        gc.collect()
        return (
            threading.active_count(),
            len(os.listdir("/proc/self/fd")),
            _children(os.getpid()),
        )

    before = held()
    ports = []
    for _ in range(5):
        with Lab.start() as lab:
            lab.client("sts").get_caller_identity()
            ports.append(lab.port)
    assert held() == before
    assert not any(_listens(port) for port in ports)


def test_two_labs_do_not_know_of_each_other(lab: Lab) -> None:
    with Lab.start(region="eu-west-1") as other:
        other.client("ecs").create_cluster(clusterName="theirs")
        assert other.port != lab.port
        assert lab.client("ecs").list_clusters()["clusterArns"] == []
        arns = other.client("ecs").list_clusters()["clusterArns"]
    assert arns == ["arn:aws:ecs:eu-west-1:123456789012:cluster/theirs"]


def test_a_taken_port_is_reported_with_what_the_child_wrote(lab: Lab) -> None:
    with pytest.raises(LabError, match="did not start"):
        Lab.start(port=lab.port)


def test_a_client_of_the_lab_refuses_to_leave_this_machine(lab: Lab) -> None:
    client = lab.client("sts")
    client.meta.events.register_first(
        "before-sign.sts", lambda request, **_: setattr(request, "url", "https://example.com/")
    )
    with pytest.raises(LabError, match="would have left this machine"):
        client.get_caller_identity()


def test_the_machines_own_aws_configuration_is_not_read(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.com")
    assert lab.client("sts").get_caller_identity()["Arn"].endswith(":root")


def test_the_environment_removes_the_machines_own_aws_settings(lab: Lab) -> None:
    made = lab.env(base={"AWS_PROFILE": "mine", "HOME": "/home/me", "PATH": "/usr/bin"})
    assert "AWS_PROFILE" not in made
    assert made["HOME"] == "/home/me"
    assert made["PATH"].endswith("/usr/bin")
    assert f"export AWS_ENDPOINT_URL={lab.endpoint_url}" in export_lines(made)


def test_a_snapshot_brings_back_every_service_and_reset_an_empty_account(lab: Lab) -> None:
    lab.client("ecs").create_cluster(clusterName="kept")
    lab.client("ecr").create_repository(repositoryName="kept")
    kept = lab.snapshot()
    lab.client("ecs").create_cluster(clusterName="later")
    lab.client("ecr").delete_repository(repositoryName="kept")

    for _ in range(2):
        lab.restore(kept)
        assert len(lab.client("ecs").list_clusters()["clusterArns"]) == 1
        assert len(lab.client("ecr").describe_repositories()["repositories"]) == 1
        lab.client("ecs").create_cluster(clusterName="again")

    lab.reset()
    assert lab.client("ecs").list_clusters()["clusterArns"] == []
    assert lab.client("ecr").describe_repositories()["repositories"] == []


def test_serving_prints_the_environment_and_ends_when_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = threading.Event()
    done.set()
    serve(build=lambda lab: "root", until=done)
    printed = capsys.readouterr()
    assert "export AWS_ACCESS_KEY_ID=AKIAROOT123456789012" in printed.out.splitlines()
    assert "The embedded AWS answers at http://127.0.0.1:" in printed.err


def test_the_parents_side_imports_neither_boto3_nor_moto() -> None:
    code = (
        "import sys, wizard.lab.lab, wizard.lab.serve, wizard.lab.world, wizard.lab.story;"
        "print(sorted({'boto3', 'botocore', 'moto', 'flask'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_setting_or_verb_is_named(lab: Lab) -> None:
    with pytest.raises(LabError, match="no such setting: wordng"):
        lab.settings(wordng="2020")
    with pytest.raises(LabError, match="no such verb"):
        lab.ask("nonsense")
    with pytest.raises(LabError, match="no such role: nobody"):
        lab.env("role/nobody/session")
