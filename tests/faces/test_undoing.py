"""What is shown of a change that takes another one back."""

import pytest

from tests.session.stand_ins import known
from wizard.core import steps
from wizard.core.plan import Change, Plan
from wizard.faces.view import view_of

CHANGE = Change("ec2:DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-1"]})
BACK = Plan("network.endpoint-missing", "endpoint.create", (CHANGE,), target={"undoes": "e1"})


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_change_that_was_taken_back_is_not_offered_to_be_taken_back(lang: str) -> None:
    result = steps.Result(BACK, "e2", applied=True, verified="skipped")
    view = view_of(result, known(), lang)
    assert "undo" not in [option.key for option in view.options]
    assert "fargate-wizard undo" not in str(view)
    assert "e1" in view.title
    assert view_of(steps.Confirm(BACK), known(), lang).title == view.title


def test_an_undo_that_was_cut_short_can_only_be_finished() -> None:
    left = steps.Unfinished("e2", "endpoint.create", "network.endpoint-missing", "e1")
    view = view_of(steps.Home(("start",), unfinished=(left,)), known(), "en")
    assert "finish:e2" in [option.key for option in view.options]
    assert "undo:e2" not in [option.key for option in view.options]
    assert "Take back e1" in view.blocks[0].text
