"""Plans from an account kept in memory: what holds for all of them."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fixes.causes import CAUSES, with_test_causes
from wizard.catalog.store import knowledge as all_knowledge
from wizard.core.facts import Caller, Target
from wizard.core.plan import Plan
from wizard.core.unread import Unread
from wizard.core.words import placeholders
from wizard.fixes.access import READS
from wizard.fixes.operations import OPERATIONS, same
from wizard.fixes.planners.common import permissions
from wizard.fixes.registry import fixes
from wizard.fixes.request import FixRequest
from wizard.fixes.words import keys, say
from wizard.policy.documents import covers

KNOWN = with_test_causes(all_knowledge(()))
ACTIONS = st.sampled_from(["s3:GetObject", "ecr:PutImage", "ecr:*", "ecs:Describe*", "sqs:Send*"])
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::b/*", "arn:aws:ecr:*:*:repository/team/app"])
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": ACTIONS | st.lists(ACTIONS, min_size=1, max_size=3),
        "Resource": RESOURCES | st.lists(RESOURCES, min_size=1, max_size=2),
    },
    optional={"Sid": st.sampled_from(["EcrPush", "EcrLogin", "Own"])},
)
DOCUMENTS = st.lists(STATEMENTS, max_size=4).map(
    lambda parts: {"Version": "2012-10-17", "Statement": parts}
)


class Account:
    """IAM's inline policies of one role, as a `Look`; anything else may not be read."""

    def __init__(self, policies: dict[str, Any]) -> None:
        self.policies = policies

    def __call__(self, operation: str, /, **parameters: Any) -> Any:
        if operation == "iam:GetRolePolicy":
            found = self.policies.get(parameters["PolicyName"])
            return None if found is None else {"PolicyDocument": found}
        if operation == "iam:ListRolePolicies":
            return {"PolicyNames": list(self.policies)}
        return Unread(operation, "AccessDenied")

    def fresh(self) -> None:
        """Nothing is kept."""


def least(account: Account) -> Plan:
    """Plan the least policy for a role that may not push."""
    caller = Caller(
        principal="arn:aws:sts::123456789012:assumed-role/ec2-role/i-0abc",
        role="ec2-role",
        missing_actions=("ecr:PutImage",),
    )
    target = Target(
        goal="push",
        repository="team/app",
        account="123456789012",
        region="eu-west-1",
        partition="aws",
    )
    request = FixRequest(
        cause="caller.permission-missing",
        fix="role.attach-least-policy",
        goal="push",
        target=target,
        facts={"caller": caller},
        findings=(),
        look=account,
        knowledge=KNOWN,
    )
    return fixes()["role.attach-least-policy"].plan(request)


@given(DOCUMENTS)
def test_a_merge_takes_no_permission_away_and_gives_all_that_is_needed(existing: Any) -> None:
    plan = least(Account({"fargate-wizard": existing}))
    after = plan.changes[0].after if plan.changes else existing
    for part in existing["Statement"]:
        if part["Effect"] == "Deny":
            assert part in after["Statement"]
        else:
            assert covers(after, part)
    (wanted,) = least(Account({})).changes
    assert all(covers(after, part) for part in wanted.after["Statement"])


@given(DOCUMENTS)
def test_planning_again_after_applying_finds_nothing_left(existing: Any) -> None:
    account = Account({"fargate-wizard": existing})
    plan = least(account)
    if plan.changes:
        sent = plan.changes[0].parameters["PolicyDocument"]
        account.policies["fargate-wizard"] = json.loads(sent)
        assert json.loads(sent) == plan.changes[0].after
    assert least(account).changes == ()


@given(DOCUMENTS)
def test_undo_writes_back_what_was_there_before(existing: Any) -> None:
    plan = least(Account({"fargate-wizard": existing}))
    for change in plan.changes:
        assert json.loads(change.undo_parameters["PolicyDocument"]) == existing


@given(st.recursive(st.integers() | st.text(), lambda s: st.lists(s), max_leaves=8))
def test_the_order_of_a_list_is_no_difference(value: Any) -> None:
    turned = list(reversed(value)) if isinstance(value, list) else value
    assert same(value, turned)


def test_every_fix_has_words_and_every_cause_of_the_tests_a_known_fix() -> None:
    assert set(fixes()) == set(KNOWN.data["fixes"])
    offered = {one["fix"] for cause in CAUSES.values() for one in cause["fixes"]}
    assert offered <= set(fixes())


def test_every_fix_that_a_cause_of_the_knowledge_offers_can_be_planned() -> None:
    causes = all_knowledge(()).data["causes"].values()
    offered = {one["fix"] for cause in causes for one in cause["fixes"]}
    assert offered - set(fixes()) == set()


def test_every_read_that_an_operation_needs_is_one_that_the_session_allows() -> None:
    needed = {read for one in OPERATIONS.values() for read in one.reads}
    assert needed <= READS


def test_no_read_can_write() -> None:
    assert all(one.partition(":")[2].startswith(("Describe", "Get", "List")) for one in READS)


def test_a_fix_without_permissions_is_one_for_a_person() -> None:
    assert all(bool(one.permissions) is not one.manual for one in fixes().values())


def test_words_have_the_same_placeholders_in_both_languages() -> None:
    for key in keys():
        words = say(key)
        assert words["en"] and words["ja"], key


def test_the_permissions_of_a_plan_are_those_of_its_calls() -> None:
    plan = least(Account({}))
    assert plan.permissions == permissions(plan.changes) == ("iam:PutRolePolicy",)


def test_the_words_of_a_least_policy_leave_no_placeholder_open() -> None:
    for change in least(Account({})).changes:
        for text in (*change.effect.values(), *change.cost.values()):
            assert placeholders(text) == set()
            assert "<" not in text
