"""Commands that are run and listened to."""

import os
import select
import sys
from pathlib import Path

from wizard.capture.command import capture


def test_what_a_command_prints_on_both_streams_is_kept_in_its_order_and_cleaned() -> None:
    found = capture("echo one; echo two >&2; printf '\\033[31mred\\n'; exit 3")
    assert (found.status, found.output) == (3, "one\ntwo\nred\n")
    assert found.text.startswith("$ echo one")


def test_a_command_has_no_input_and_the_environment_that_it_is_given() -> None:
    found = capture("cat; echo $WHO", {"WHO": "me", "PATH": os.environ["PATH"]})
    assert (found.status, found.output) == (0, "me\n")


def test_a_command_that_does_not_end_is_ended_with_all_of_its_pipeline(tmp_path: Path) -> None:
    fifo = tmp_path / "held"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    script = "import sys, time; print('begun', flush=True); time.sleep(600)"
    command = f'exec 3>{fifo}; {sys.executable} -c "{script}" | cat'
    found = capture(command, timeout_s=1.0)
    assert found.status == 124
    # All who could still write to it are gone: its end can be read.
    assert select.select([reader], [], [], 20)[0]
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_a_command_that_cannot_be_begun_says_so() -> None:
    assert capture("true\0").status == 127
