"""Which of a task's containers ended first: the others are told to stop, and end by that."""

from typing import Any

import pytest

from wizard.aws.readers.ends import end_of
from wizard.core.unread import Maybe, Unread

OOM = "OutOfMemoryError: Container killed due to memory usage"


def ends(*containers: tuple[int | None, str], optional: int | None = None) -> list[Maybe[Any]]:
    """How each container of a stopped task ended, by its exit code and reason; the one at place
    `optional` is not essential."""
    names = [f"c{place}" for place in range(len(containers))]
    states = [
        {"name": name, "reason": reason} | ({} if code is None else {"exitCode": code})
        for name, (code, reason) in zip(names, containers, strict=True)
    ]
    written = [{"name": name, "essential": place != optional} for place, name in enumerate(names)]
    task = {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "containers": states}
    task["group"] = "service:web"
    definition = {"containerDefinitions": written}
    return [end_of(one, task, definition, checks_failed=False) for one in states]


NOBODY_TELLS = Unread("ecs:DescribeTasks", "no-way")


@pytest.mark.parametrize(
    ("containers", "optional", "expected"),
    [
        ([(143, ""), (137, OOM)], None, [None, "out-of-memory"]),
        ([(143, ""), (1, "")], None, [None, "crash"]),
        ([(143, ""), (0, "")], None, [None, None]),
        ([(137, "")], None, ["crash"]),
        ([(137, ""), (143, "")], 1, ["crash", None]),
        ([(137, ""), (143, "")], None, [NOBODY_TELLS, NOBODY_TELLS]),
        ([(137, ""), (None, "")], None, ["crash", None]),
        ([(0, "")], None, ["crash"]),
    ],
)
def test_what_ends_because_another_container_did_has_not_crashed(
    containers: list[tuple[int | None, str]], optional: int | None, expected: list[Maybe[Any]]
) -> None:
    assert ends(*containers, optional=optional) == expected
