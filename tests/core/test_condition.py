"""Three-valued conditions."""

from hypothesis import given
from hypothesis import strategies as st

from wizard.core.condition import holds, paths
from wizard.core.facts import Caller, Facts, Obstacle, Service
from wizard.core.unread import Unread

DENIED = Unread("ecs:DescribeServices", "AccessDenied")


def _facts(exec_enabled: bool | Unread = False) -> Facts:
    return {"service": Service("web", True, exec_enabled=exec_enabled)}


def test_a_mapping_holds_when_every_part_does() -> None:
    assert holds({"service.exists": True, "service.exec_enabled": False}, _facts()) is True
    assert holds({"service.exists": True, "service.exec_enabled": True}, _facts()) is False


def test_what_is_unread_but_known_to_be_one_of_some_is_no_other() -> None:
    hidden = Unread("ec2:DescribeVpcEndpoints", "denied", among=("missing", "closed"))
    facts: Facts = {"each": Obstacle(cause=hidden, status=hidden, stage="image")}
    assert holds({"each.cause": "blackhole"}, facts) is False
    assert holds({"each.cause": "closed"}, facts) == hidden.every


def test_a_list_holds_when_one_part_does() -> None:
    assert holds([{"service.exists": False}, {"service.name": "web"}], _facts()) is True


def test_what_could_not_be_read_makes_a_condition_neither_true_nor_false() -> None:
    assert holds({"service.exec_enabled": True}, _facts(DENIED)) == frozenset({DENIED})
    assert holds({"task.id": "x"}, {}) == frozenset({Unread("task", "not-asked")})


def test_a_false_part_decides_whatever_else_is_unread() -> None:
    assert holds({"service.exec_enabled": True, "service.exists": False}, _facts(DENIED)) is False
    assert holds([{"service.exec_enabled": True}, {"service.exists": True}], _facts(DENIED)) is True


def test_operators_compare() -> None:
    facts: Facts = {"caller": Caller("arn", missing_actions=("ecs:UpdateService",))}
    assert holds({"caller.missing_actions": {"contains": "ecs:UpdateService"}}, facts) is True
    assert holds({"caller.missing_actions": {"empty": False}}, facts) is True
    assert holds({"caller.role": {"not": None}}, facts) is False
    assert holds({"caller.principal": {"in": ["arn", "x"]}}, facts) is True


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=6))
def test_reading_more_never_overturns_a_verdict(values: list[bool | None]) -> None:
    """Kleene: a verdict reached without a fact stands whatever that fact turns out to be."""

    def facts(fill: bool | None) -> Facts:
        made: Facts = {}
        for index, value in enumerate(values):
            known = fill if value is None else value
            made[f"f{index}"] = Unread(f"c{index}", "denied") if known is None else known
        return made

    every = {f"f{index}": True for index in range(len(values))}
    some = [{f"f{index}": True} for index in range(len(values))]
    for condition in (every, some):
        before = holds(condition, facts(None))
        if isinstance(before, bool):
            assert holds(condition, facts(True)) == holds(condition, facts(False)) == before


def test_paths_names_every_fact_of_a_condition() -> None:
    assert paths([{"a.b": 1}, {"c": {"not": 2}}]) == ["a.b", "c"]
