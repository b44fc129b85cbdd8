"""The awslogs driver's options, read from answers that are written down here."""

import pytest

from tests.aws.parts import REGION, definition, read
from tests.aws.scripted import Reply
from wizard.aws.answers import Answer, Refused
from wizard.core.unread import Unread

GROUPS = "logs:DescribeLogGroups"
UNREACHABLE = Refused(GROUPS, "unreachable")
HERE: Answer = {"logGroups": [{"logGroupName": "/ecs/web"}]}


def problems(region: str, here: Answer | Refused) -> object:
    """What is wrong with the options, while `region` does not answer and this one answers so."""
    options = {
        "awslogs-group": "/ecs/web",
        "awslogs-region": region,
        "awslogs-stream-prefix": "app",
    }
    logging = {"logDriver": "awslogs", "options": options}
    written = definition(container={"logConfiguration": logging})
    # What cannot be reached is asked a second time.
    replies: dict[str, Reply] = {GROUPS: [UNREACHABLE, here, UNREACHABLE]}
    return read("log-problems", replies, task_definition=written).value


def test_a_region_that_aws_does_not_have_is_wrong_where_the_group_is_here() -> None:
    assert problems("eu-west-11", HERE) == {"app": f"awslogs-region eu-west-11, /ecs/web: {REGION}"}


def test_a_region_that_aws_has_and_that_does_not_answer_is_left_open() -> None:
    assert problems("eu-central-1", HERE) == {"app": Unread(GROUPS, "unreachable")}


@pytest.mark.parametrize("here", [UNREACHABLE, {"logGroups": []}])
def test_a_region_newer_than_the_list_is_left_open_where_the_group_is_not_here(
    here: Answer | Refused,
) -> None:
    assert problems("eu-west-11", here) == {"app": Unread(GROUPS, "unreachable")}
