"""Plans for somebody with more rights."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fixes.conftest import Diagnose, writes
from tests.fixes.test_roles import CALLER, lacking, pusher
from wizard.core.plan import Change, Later, Plan
from wizard.fixes.desk import FixDesk
from wizard.fixes.export import export
from wizard.lab import Lab
from wizard.lab.world import World

pytestmark = pytest.mark.slow


MISSING = "network.endpoint-missing"


def run_script(text: str, lab: Lab, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run an exported script with the real AWS CLI against the embedded AWS."""
    script = tmp_path / "fix.sh"
    script.write_text(text)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "aws").symlink_to(Path(sys.executable).parent / "aws")
    env = os.environ | lab.env()
    env["PATH"] = f"{tools}:{os.environ['PATH']}"
    return subprocess.run(["sh", str(script)], env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_script_sends_exactly_what_the_plan_shows(
    lab: Lab, private_world: World, desk: FixDesk, diagnose: Diagnose, tmp_path: Path
) -> None:
    plan = desk.plan(diagnose(), MISSING, options={"service": "logs"})
    lab.calls(clear=True)
    done = run_script(export(plan, "cli", "en"), lab, tmp_path)
    assert done.returncode == 0, done.stderr
    sent = writes(lab)
    assert [one["call"] for one in sent] == [one.operation for one in plan.changes]
    group = sent[1]["params"]["GroupId"]
    for change, call in zip(plan.changes, sent, strict=True):
        assert call["params"] == put_in(change.parameters, group)


def put_in(value: Any, group: str) -> Any:
    """Return `value` with the new group's id in the place of what is only known later."""
    if isinstance(value, Later):
        return group
    if isinstance(value, dict):
        return {key: put_in(one, group) for key, one in value.items()}
    return [put_in(one, group) for one in value] if isinstance(value, list) else value


@pytest.mark.slow
def test_the_script_writes_the_policy_as_it_is_in_the_plan(
    lab: Lab, desk: FixDesk, tmp_path: Path
) -> None:
    World(lab).bastion()
    plan = desk.plan(lacking(pusher()), CALLER)
    done = run_script(export(plan, "cli", "ja"), lab, tmp_path)
    assert done.returncode == 0, done.stderr
    found = lab.client("iam").get_role_policy(RoleName="ec2-role", PolicyName="fargate-wizard")
    assert found["PolicyDocument"] == plan.changes[0].after


@pytest.mark.slow
def test_the_script_stops_in_another_account(lab: Lab, desk: FixDesk, tmp_path: Path) -> None:
    World(lab).bastion()
    plan = desk.plan(lacking(pusher()), CALLER)
    plan.target["account"] = "999999999999"
    lab.calls(clear=True)
    done = run_script(export(plan, "cli", "en"), lab, tmp_path)
    assert done.returncode == 1
    assert "not account 999999999999" in done.stderr
    assert writes(lab) == []


def test_the_script_waits_for_the_endpoints_before_the_deployment(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    text = export(desk.plan(diagnose(), MISSING), "cli", "en")
    waits = [index for index, line in enumerate(text.splitlines()) if line.startswith("until ")]
    (deployed,) = [
        index for index, line in enumerate(text.splitlines()) if "update-service" in line
    ]
    assert len(waits) == 5
    assert max(waits) < deployed


def test_cloudformation_has_the_endpoints_and_names_what_it_cannot_do(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    text = export(desk.plan(diagnose(), MISSING), "cloudformation", "en")
    found = yaml.safe_load(text)["Resources"]
    kinds = sorted(one["Type"] for one in found.values())
    assert kinds.count("AWS::EC2::VPCEndpoint") == 5
    endpoint = next(one for one in found.values() if "SecurityGroupIds" in one["Properties"])
    assert endpoint["Properties"]["SecurityGroupIds"] == [{"Fn::GetAtt": ["Step1", "GroupId"]}]
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert any("ecs:UpdateService has no form in cloudformation" in line for line in comments)


def test_cloudformation_holds_the_policy_as_data(lab: Lab, desk: FixDesk) -> None:
    World(lab).bastion()
    plan = desk.plan(lacking(pusher()), CALLER)
    found = yaml.safe_load(export(plan, "cloudformation", "en"))["Resources"]["Step1"]
    assert found["Type"] == "AWS::IAM::RolePolicy"
    assert found["Properties"]["PolicyDocument"] == plan.changes[0].after


def test_terraform_refers_to_the_group_that_it_makes(
    private_world: World, desk: FixDesk, diagnose: Diagnose
) -> None:
    text = export(desk.plan(diagnose(), MISSING), "terraform", "en")
    assert text.count('resource "aws_vpc_endpoint"') == 5
    assert "security_group_ids  = [aws_security_group.fargate_wizard_step1.id]" in text
    assert "ecs:UpdateService has no form in terraform" in text


def test_terraform_keeps_policy_variables_of_iam(lab: Lab) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Resource": "x/${aws:username}"}]}
    parameters = {"RoleName": "r", "PolicyName": "p", "PolicyDocument": json.dumps(document)}
    plan = Plan("c", "f", (Change("iam:PutRolePolicy", parameters, after=document),))
    text = export(plan, "terraform", "en")
    assert "x/$${aws:username}" in text
    heredoc = re.search(r"<<-JSON\n(.*?)\n  JSON", text, re.DOTALL)
    assert heredoc is not None
    assert json.loads(heredoc[1].replace("$${", "${")) == document


@pytest.mark.parametrize("form", ["cloudformation", "terraform"])
def test_an_existing_policy_is_not_taken_over_by_a_template(form: str) -> None:
    parameters = {"RoleName": "r", "PolicyName": "p", "PolicyDocument": "{}"}
    plan = Plan("c", "f", (Change("iam:PutRolePolicy", parameters, before={"Statement": []}),))
    text = export(plan, form, "ja")
    assert all(line.startswith("#") for line in text.splitlines())
    assert "iam:PutRolePolicy" in text
