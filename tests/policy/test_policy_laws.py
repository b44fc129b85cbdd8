"""Laws that hold for all policies, tried on many."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.policy import Policies, Request, evaluate, merge, read_denials, statement
from wizard.policy.wildcard import matches

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
BASE = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task/prod/"
ACTIONS = ["*", "ecs:*", "ecs:ExecuteCommand", "ecs:Describe*", "ec2:*", "ssm:StartSession"]
RESOURCES = ["*", BASE + "*", BASE + "1", "arn:aws:ecs:*:*:task/*", "arn:aws:s3:::b/*"]
CONDITIONS: list[Any] = [
    None,
    {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringEquals": {"aws:PrincipalTag/team": "a"}},
    {"NoSuchOperator": {"a": "b"}},
]


def made(effect: str, action: str, resource: str, condition: Any, negated: bool) -> dict[str, Any]:
    """A statement, the other way round if negated."""
    part: dict[str, Any] = {
        "Effect": effect,
        "NotAction" if negated else "Action": action,
        "Resource": resource,
    }
    return part | ({"Condition": condition} if condition else {})


def statements(*effects: str) -> st.SearchStrategy[dict[str, Any]]:
    """Statements with these effects."""
    return st.builds(
        made,
        st.sampled_from(effects),
        st.sampled_from(ACTIONS),
        st.sampled_from(RESOURCES),
        st.sampled_from(CONDITIONS),
        st.booleans(),
    )


documents = st.lists(statements("Allow", "Deny"), max_size=5)
requests = st.builds(
    Request,
    st.just(ROLE),
    st.sampled_from(["ecs:ExecuteCommand", "ecs:DescribeTasks", "ssm:StartSession"]),
    st.sampled_from([BASE + "1", BASE + "2", "*", ""]),
    st.sampled_from([{}, {"aws:MultiFactorAuthPresent": None}, {"aws:PrincipalTag/team": "a"}]),
)
limits = st.one_of(st.none(), documents.map(lambda s: {"Version": "2012-10-17", "Statement": s}))


def doc(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """A document."""
    return {"Version": "2012-10-17", "Statement": parts}


@settings(max_examples=300, deadline=None)
@given(requests, documents, limits, statements("Allow"))
def test_adding_an_allow_never_takes_a_permission_away(
    request: Request, parts: list[Any], boundary: Any, more: dict[str, Any]
) -> None:
    before = evaluate(request, Policies(identity=(doc(parts),), boundary=boundary))
    after = evaluate(request, Policies(identity=(doc([*parts, more]),), boundary=boundary))
    if before.allowed:
        assert after.allowed
    assert (before.effect == "explicit-deny") == (after.effect == "explicit-deny")


@settings(max_examples=300, deadline=None)
@given(requests, documents, limits, statements("Deny"))
def test_adding_a_deny_never_gives_a_permission(
    request: Request, parts: list[Any], boundary: Any, more: dict[str, Any]
) -> None:
    before = evaluate(request, Policies(identity=(doc(parts),), boundary=boundary))
    after = evaluate(request, Policies(identity=(doc([*parts, more]),), boundary=boundary))
    assert before.allowed or not after.allowed
    assert not before.denied or after.denied


@settings(max_examples=200, deadline=None)
@given(requests, documents, limits)
def test_a_boundary_never_gives_a_permission(
    request: Request, parts: list[Any], boundary: Any
) -> None:
    bare = evaluate(request, Policies(identity=(doc(parts),)))
    bounded = evaluate(request, Policies(identity=(doc(parts),), boundary=boundary))
    assert bare.allowed or not bounded.allowed


@settings(max_examples=200, deadline=None)
@given(requests, documents, st.randoms(use_true_random=False))
def test_the_order_of_statements_is_irrelevant(
    request: Request, parts: list[Any], random: Any
) -> None:
    mixed = list(parts)
    random.shuffle(mixed)
    one = evaluate(request, Policies(identity=(doc(parts),)))
    two = evaluate(request, Policies(identity=(doc(mixed),)))
    assert (one.effect, one.by, one.missing_context) == (two.effect, two.by, two.missing_context)


@settings(max_examples=200, deadline=None)
@given(requests, documents, documents)
def test_two_documents_say_what_one_with_both_would_say(
    request: Request, first: list[Any], second: list[Any]
) -> None:
    apart = evaluate(request, Policies(identity=(doc(first), doc(second))))
    together = evaluate(request, Policies(identity=(doc([*first, *second]),)))
    assert apart.effect == together.effect


@settings(max_examples=300, deadline=None)
@given(requests, documents, st.sampled_from([{"aws:MultiFactorAuthPresent": "true"}, {}]))
def test_knowing_more_of_the_context_never_turns_one_certain_answer_into_the_other(
    request: Request, parts: list[Any], more: dict[str, str]
) -> None:
    fuller = Request(
        request.principal, request.action, request.resource, {**more, **request.context}
    )
    before = evaluate(request, Policies(identity=(doc(parts),)))
    after = evaluate(fuller, Policies(identity=(doc(parts),)))
    if before.allowed:
        assert after.allowed
    if before.denied:
        assert after.denied


grants = st.lists(
    st.builds(
        lambda sid, actions, resources: statement(sid, actions, resources),
        st.sampled_from(["A", "B", "C"]),
        st.lists(st.sampled_from(ACTIONS[1:]), min_size=1, max_size=3),
        st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2),
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(documents, grants, requests)
def test_merging_keeps_all_permissions_and_merging_twice_changes_nothing(
    old: list[Any], new: list[Any], request: Request
) -> None:
    merged = merge(doc(old), new)
    assert merge(merged, new) == merged
    both = evaluate(request, Policies(identity=(doc([*old, *new]),)))
    assert evaluate(request, Policies(identity=(merged,))).effect == both.effect
    sids = [s["Sid"] for s in merged["Statement"] if s.get("Sid")]
    assert len(sids) == len(set(sids))


def slow_match(pattern: str, text: str) -> bool:
    """The plain definition of a wildcard pattern."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(slow_match(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and slow_match(pattern[1:], text[1:])


@settings(max_examples=500, deadline=None)
@given(st.text("ab*?", max_size=6), st.text("ab", max_size=6))
def test_wildcards_match_as_defined(pattern: str, text: str) -> None:
    assert matches(pattern, text) == slow_match(pattern, text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_reading_a_denial_never_fails(text: str) -> None:
    for noise in (text, f"User: {text} is not authorized to perform: a:b on resource: {text}"):
        for found in read_denials(noise):
            assert found.action or found.encoded
