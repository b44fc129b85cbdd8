"""Applying exactly what was shown, and what happens when that does not go through."""

import os
import signal
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from tests.fixes.conftest import Diagnose, world_of, writes
from tests.fixes.test_roles import CALLER, lacking, pusher
from wizard.core.plan import resolve
from wizard.fixes.desk import FixDesk
from wizard.fixes.journal import Journal
from wizard.fixes.request import Misused, Progress, Refused
from wizard.fixes.show import history_text
from wizard.lab import Lab
from wizard.lab.world import World, allow

pytestmark = pytest.mark.slow


MISSING = "network.endpoint-missing"


def test_what_was_shown_is_what_was_sent(
    lab: Lab, private_world: World, desk: FixDesk, diagnose: Diagnose, journal: Journal
) -> None:
    plan = desk.plan(diagnose(), MISSING)
    lab.calls(clear=True)
    outcome = desk.apply(plan)
    sent = writes(lab)
    assert [one["call"] for one in sent] == [one.operation for one in plan.changes]
    entry = journal.entry(str(outcome.entry))
    assert entry is not None
    for change, call in zip(plan.changes, sent, strict=True):
        assert call["params"] == resolve(change.parameters, entry.answers())


def test_planning_writes_nothing(
    lab: Lab, private_world: World, desk: FixDesk, diagnose: Diagnose, journal: Journal
) -> None:
    lab.calls(clear=True)
    assert desk.plan(diagnose(), MISSING).changes
    assert writes(lab) == []
    assert not journal.path.exists()


def test_nothing_is_written_when_the_world_moved_since_the_plan(
    lab: Lab, desk: FixDesk, journal: Journal
) -> None:
    World(lab).bastion()
    plan = desk.plan(lacking(pusher()), CALLER)
    iam = lab.client("iam")
    iam.put_role_policy(
        RoleName="ec2-role",
        PolicyName="fargate-wizard",
        PolicyDocument=allow("s3:ListAllMyBuckets"),
    )
    lab.calls(clear=True)
    with pytest.raises(Refused, match="has moved"):
        desk.apply(plan)
    assert writes(lab) == []
    assert journal.entries() == []


def test_nothing_is_written_when_the_state_cannot_be_read_again(lab: Lab, desk: FixDesk) -> None:
    World(lab).bastion()
    plan = desk.plan(lacking(pusher()), CALLER)
    lab.faults({"match": "iam:GetRolePolicy", "kind": "throttle"})
    lab.calls(clear=True)
    with pytest.raises(Refused, match="could not be read again"):
        desk.apply(plan)
    assert writes(lab) == []


def test_a_plan_of_another_account_is_refused(lab: Lab, desk: FixDesk) -> None:
    World(lab).bastion()
    plan = desk.plan(lacking(pusher()), CALLER)
    plan.target["account"] = "999999999999"
    with pytest.raises(Refused, match="account 999999999999"):
        desk.apply(plan)


def test_a_failure_in_the_middle_says_what_was_done_and_how_to_take_it_back(
    lab: Lab, private_world: World, desk: FixDesk, diagnose: Diagnose, journal: Journal
) -> None:
    plan = desk.plan(diagnose(), MISSING)
    full = {"code": "VpcEndpointLimitExceeded", "message": "too many", "kind": "error"}
    lab.faults({"match": "ec2:CreateVpcEndpoint"} | full)
    told: list[Progress] = []
    outcome = desk.apply(plan, told.append)
    assert not outcome.applied
    assert outcome.failed == plan.changes[2]
    assert [one.operation for one in outcome.done] == [
        "ec2:CreateSecurityGroup",
        "ec2:AuthorizeSecurityGroupIngress",
    ]
    assert "VpcEndpointLimitExceeded" in outcome.says["en"]
    assert f"fargate-wizard undo {outcome.entry}" in outcome.says["ja"]
    assert told[-1].state == "failed"
    lab.faults()
    assert desk.apply(desk.undo_plan(outcome.entry)).applied
    assert [one.state for one in journal.entries()] == ["applied", "undone"]


def test_undo_is_refused_where_the_world_moved_since(lab: Lab, desk: FixDesk) -> None:
    World(lab).bastion()
    desk.apply(desk.plan(lacking(pusher()), CALLER))
    lab.client("iam").put_role_policy(
        RoleName="ec2-role",
        PolicyName="fargate-wizard",
        PolicyDocument=allow("s3:ListAllMyBuckets"),
    )
    with pytest.raises(Refused, match="changed again since"):
        desk.undo_plan()


def test_what_somebody_took_back_by_hand_is_left_out_of_the_undo(lab: Lab, desk: FixDesk) -> None:
    World(lab).bastion()
    desk.apply(desk.plan(lacking(pusher()), CALLER))
    lab.client("iam").delete_role_policy(RoleName="ec2-role", PolicyName="fargate-wizard")
    back = desk.undo_plan()
    assert back.changes == ()
    desk.apply(back)
    assert [one.state for one in desk.history()] == ["undone"]


def test_an_undo_is_in_the_history_and_is_not_undone_itself(lab: Lab, desk: FixDesk) -> None:
    World(lab).bastion()
    first = desk.apply(desk.plan(lacking(pusher()), CALLER))
    second = desk.apply(desk.undo_plan())
    newest, oldest = desk.history()
    assert (newest.undoes, oldest.undone_by) == (first.entry, second.entry)
    heads = [one for one in history_text(desk.history(), set(), "ja").splitlines() if one[0] != " "]
    assert heads == [
        f"{second.entry}  適用済み  {first.entry} の取り消し",
        f"{first.entry}  取り消し済み  {oldest.plan.cause} → {oldest.plan.fix}",
    ]
    with pytest.raises(Misused, match="nothing to take back"):
        desk.undo_plan()
    with pytest.raises(Refused, match="run the fix again"):
        desk.undo_plan(second.entry)
    with pytest.raises(Refused, match="already"):
        desk.undo_plan(first.entry)


@pytest.mark.parametrize("way", ["finish", "again"])
def test_an_undo_that_was_cut_short_is_gone_on_with_and_not_undone(
    lab: Lab, desk: FixDesk, journal: Journal, way: str
) -> None:
    World(lab).bastion()
    first = desk.apply(desk.plan(lacking(pusher()), CALLER)).entry
    back = desk.undo_plan(first)
    running = journal.begin(back, back.undoes)
    running.abandon()
    assert [(one.id, one.undoes) for one in desk.unfinished()] == [(running.entry, first)]
    with pytest.raises(Refused, match=f"did not get through. Go on with: .* undo {first}"):
        desk.undo_plan(running.entry)
    plan = desk.finish_plan(running.entry) if way == "finish" else desk.undo_plan(first)
    assert plan.undoes == first
    assert desk.apply(plan).applied
    assert desk.unfinished() == []
    assert {one.id: one.state for one in desk.history()}[str(first)] == "undone"


def test_an_unknown_entry_is_a_wrong_request(desk: FixDesk) -> None:
    with pytest.raises(Misused, match="no entry"):
        desk.undo_plan("2026-01-01T00-00-00-xxxx")


def killed(lab: Lab, journal: Journal, where: str) -> str:
    """Apply the endpoint plan in a process that dies by SIGKILL; return the entry.

    `where` is `before` or `after`: at the third call's intent, or when AWS has done it and
    nothing is noted yet.
    """
    script = f"""
        import os, signal
        from pathlib import Path
        from tests.fixes.causes import with_test_causes
        from wizard.aws.engine import Engine
        from wizard.catalog.store import knowledge
        from wizard.core.facts import Target
        from wizard.fixes.desk import FixDesk
        from wizard.fixes.journal import Journal, Running

        class Deadly(Journal):
            def begin(self, plan, undoes=None):
                running = super().begin(plan, undoes)
                return Dying(self, running.entry, running._lock)

        class Dying(Running):
            def intend(self, number, parameters):
                super().intend(number, parameters)
                if number == 2 and {where == "before"}:
                    os.kill(os.getpid(), signal.SIGKILL)

            def result(self, number, answer=None, error=None):
                if number == 2:
                    os.kill(os.getpid(), signal.SIGKILL)
                super().result(number, answer, error)

        known = with_test_causes(knowledge(()))
        engine = Engine(known)
        desk = FixDesk(engine, known, Deadly(Path({str(journal.directory)!r})))
        diagnosis = engine.diagnose(Target(goal="all", cluster="prod", service="web"))
        desk.apply(desk.plan(diagnosis, "network.endpoint-missing"))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=os.environ | lab.env(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    (entry,) = journal.unfinished()
    return entry.id


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_killed_wizard_can_finish_at_the_next_start(
    lab: Lab, private_world: World, desk: FixDesk, journal: Journal, where: str
) -> None:
    entry = killed(lab, journal, where)
    plan = desk.finish_plan(entry)
    assert len(plan.changes) == (6 if where == "before" else 5)
    lab.calls(clear=True)
    outcome = desk.apply(plan)
    assert (outcome.applied, outcome.entry) == (True, entry)
    assert len(writes(lab)) == len(plan.changes)
    (whole,) = journal.entries()
    assert whole.state == "applied"
    assert len(whole.answers()) == 8
    assert desk.unfinished() == []
    assert desk.apply(desk.undo_plan(entry)).applied
    assert alive(lab) == []


@pytest.mark.parametrize("where", ["before", "after"])
def test_what_a_killed_wizard_did_can_be_taken_back(
    lab: Lab, private_world: World, desk: FixDesk, journal: Journal, where: str
) -> None:
    entry = killed(lab, journal, where)
    back = desk.undo_plan(entry)
    operations = [one.operation for one in back.changes]
    assert ("ec2:DeleteVpcEndpoints" in operations) is (where == "after")
    assert desk.apply(back).applied
    assert desk.unfinished() == []
    assert alive(lab) == []


def alive(lab: Lab) -> list[Any]:
    found = lab.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    return [one for one in found if one["State"] not in ("deleted", "deleting")]


@pytest.mark.parametrize(
    ("cause", "fix", "options", "words"),
    [
        ("network.endpoint-mising", None, {}, "did you mean 'network.endpoint-missing'"),
        (MISSING, "endpoint.crate", {}, "did you mean 'endpoint.create'"),
        (MISSING, None, {"servce": "logs"}, "did you mean 'service'"),
    ],
)
def test_a_mistyped_name_is_told_with_what_was_meant(
    lab: Lab, desk: FixDesk, cause: str, fix: str | None, options: dict[str, str], words: str
) -> None:
    with pytest.raises(Misused, match=words):
        desk.plan(lacking(pusher()), cause, fix, options)


def test_what_could_not_be_read_is_not_mended_on_a_guess(lab: Lab, desk: FixDesk) -> None:
    with pytest.raises(Refused, match="on a guess"):
        desk.plan(lacking(pusher()), MISSING)


def test_importing_the_desk_does_not_import_boto3() -> None:
    code = "import wizard.fixes, wizard.fixes.desk, sys; print('boto3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_deployment_waits_for_the_endpoints(
    lab: Lab, desk: FixDesk, diagnose: Diagnose
) -> None:
    world_of(lab).service("web").settle()
    told: list[Progress] = []
    assert desk.apply(desk.plan(diagnose(), MISSING), told.append).applied
    states = [one.state for one in told]
    last_wait = max(index for index, state in enumerate(states) if state == "waiting")
    deployed = [index for index, one in enumerate(told) if one.step == one.of and one.step]
    assert last_wait < deployed[0]
