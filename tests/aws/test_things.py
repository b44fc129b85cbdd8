"""Policies that hang on things: buckets, secrets, keys; and simulations that are not believed."""

import json
from typing import Any

import pytest

from tests.aws.parts import ACCOUNT, DENIED, REGION, ROLE, Read, definition, denied, policies, read
from tests.aws.scripted import Reply
from wizard.aws.answers import Refused
from wizard.core.findings import Observed
from wizard.core.unread import Unread

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
FILE = "arn:aws:s3:::conf/web.env"
OTHER = "210987654321"
SIMULATE = "iam:SimulatePrincipalPolicy"
RESOURCE_POLICY = "secretsmanager:GetResourcePolicy"
GET = "secretsmanager:GetSecretValue"


def policy(effect: str, action: str, principal: str = ROLE, **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Principal": {"AWS": principal}, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Resource": "*", **statement}]})


def role(replies: dict[str, Reply], container: dict[str, Any], *said: str) -> Read:
    """The execution role of a task with this container."""
    observed = [Observed("pull.secret-denied", "task stoppedReason", one) for one in said]
    task = definition(container=container)
    return read("execution_role", replies, None, observed, task_definition=task)


def with_secret(arn: str = SECRET) -> dict[str, Any]:
    return {"secrets": [{"name": "DB", "valueFrom": arn}]}


def reading_secrets(**more: Reply) -> dict[str, Reply]:
    """A role that may read every secret, and what the secret's own policy says."""
    allowed = policies(Action=GET, Resource="*")
    return {**allowed, SIMULATE: DENIED, **{k.replace("_", ":", 1): v for k, v in more.items()}}


def test_a_secrets_own_policy_gives_what_the_role_lacks() -> None:
    own = {"ResourcePolicy": policy("Allow", GET)}
    found = role(
        {**policies(), SIMULATE: denied(GET), "secretsmanager:GetResourcePolicy": own},
        with_secret(),
    )
    assert found.value.lacking_actions == ()


def test_a_grant_to_the_whole_account_gives_the_role_nothing() -> None:
    own = {"ResourcePolicy": policy("Allow", GET, f"arn:aws:iam::{ACCOUNT}:root")}
    found = role(
        {**policies(), SIMULATE: denied(GET), "secretsmanager:GetResourcePolicy": own},
        with_secret(),
    )
    assert found.value.lacking_actions == (GET,)
    assert found.value.missing_actions == (GET,)


def test_a_secrets_own_policy_takes_away_what_the_role_has() -> None:
    own = {"ResourcePolicy": policy("Deny", GET, "*")}
    found = role(reading_secrets(secretsmanager_GetResourcePolicy=own), with_secret())
    assert (found.value.denied_actions, found.value.denied_by) == ((GET,), "resource")


def test_a_policy_that_cannot_be_read_leaves_it_open() -> None:
    found = role(reading_secrets(), with_secret())
    unread = Unread("secretsmanager:GetResourcePolicy", "AccessDeniedException")
    assert found.value.lacking_actions == unread


def test_what_the_role_lacks_is_doubtful_while_a_policy_that_may_give_it_is_unread() -> None:
    found = role({**policies(), SIMULATE: denied(GET)}, with_secret())
    assert isinstance(found.value.lacking_actions, Unread)
    assert found.value.doubtful_actions == (GET,)


def test_awss_own_word_settles_what_cannot_be_read() -> None:
    text = (
        "ResourceInitializationError: AccessDeniedException: User: "
        f"arn:aws:sts::{ACCOUNT}:assumed-role/web-exec/{'0a' * 16} is not authorized to perform: "
        f"{GET} on resource: {SECRET} because no identity-based policy allows the {GET} action"
    )
    found = role({}, with_secret(), text)
    assert found.value.lacking_actions == (GET,)
    assert role({}, with_secret(), text.replace("web-exec", "other")).value.lacking_actions != (
        GET,
    )


def test_a_secret_of_another_account_needs_both_sides() -> None:
    theirs = with_secret(SECRET.replace(ACCOUNT, OTHER))
    nothing = role(reading_secrets(secretsmanager_GetResourcePolicy={}), theirs)
    assert (nothing.value.denied_actions, nothing.value.denied_by) == ((GET,), "resource")
    granted: Reply = {"ResourcePolicy": policy("Allow", GET)}
    both = role(reading_secrets(secretsmanager_GetResourcePolicy=granted), theirs)
    assert both.value.lacking_actions == ()
    unread = role(reading_secrets(), theirs)
    assert isinstance(unread.value.lacking_actions, Unread)


def partial(resource: str, **more: Reply) -> Read:
    """The role may read `resource`; the task names the secret without its suffix."""
    replies = {**policies(Action=GET, Resource=resource), SIMULATE: DENIED, RESOURCE_POLICY: {}}
    named = {key.replace("_", ":", 1): value for key, value in more.items()}
    return role({**replies, **named}, with_secret(SECRET.removesuffix("-AbCdEf")))


def test_a_secret_named_without_its_suffix_is_compared_by_its_whole_arn() -> None:
    described: Reply = {"ARN": SECRET, "Name": "db"}
    found = partial(SECRET, secretsmanager_DescribeSecret=described)
    assert found.value.lacking_actions == ()
    other = partial(f"{SECRET}x", secretsmanager_DescribeSecret=described)
    assert (other.value.lacking_actions, other.value.missing_resources) == ((GET,), (SECRET,))


def test_a_suffix_that_nothing_tells_may_be_the_one_that_is_granted() -> None:
    assert partial(SECRET.replace("AbCdEf", "??????")).value.lacking_actions == ()
    found = partial(SECRET).value.lacking_actions
    assert isinstance(found, Unread)
    assert "secretsmanager:DescribeSecret" in {one.call for one in found.every}


def test_the_right_to_list_log_groups_may_be_given_for_those_of_the_account() -> None:
    groups = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:*"
    logs = {"cloudWatchLogGroupName": "/exec", "s3BucketName": "audit"}
    settings = {"logging": "OVERRIDE", "logConfiguration": logs}
    cluster = {"configuration": {"executeCommandConfiguration": settings}}
    resources = ["*", groups, "arn:aws:s3:::audit", "arn:aws:s3:::audit/*"]
    actions = ["ssmmessages:*", "logs:*", "s3:*"]
    for given, lacks in ((resources[1:], ()), (resources[2:], ("logs:DescribeLogGroups",))):
        replies = {**policies(Action=actions, Resource=given), SIMULATE: DENIED}
        found = read(
            "task_role",
            {**replies, "s3:GetBucketPolicy": Refused("s3:GetBucketPolicy", "NoSuchBucketPolicy")},
            task_definition=definition(taskRoleArn=ROLE),
            goals=frozenset({"exec"}),
            cluster_answer=cluster,
            session_key=None,
        ).value
        assert set(lacks) <= set(found.lacking_elsewhere)
        assert bool(lacks) == ("logs:DescribeLogGroups" in found.lacking_elsewhere)
        assert "s3:GetBucketLocation" not in found.lacking_elsewhere


STREAMS = ("logs:CreateLogStream", "logs:PutLogEvents")


@pytest.mark.parametrize(
    ("forms", "lacks"),
    [
        (["/ecs/web:*"], None),
        (["/ecs/web"], STREAMS),
        (["/ecs/web", "/ecs/web:*"], ()),
        (["/ecs/other:*"], (*STREAMS, "logs:CreateLogGroup")),
    ],
)
def test_a_right_on_one_form_of_a_log_groups_arn_is_neither_there_nor_lacking(
    forms: list[str], lacks: tuple[str, ...] | None
) -> None:
    options = {"awslogs-group": "/ecs/web", "awslogs-region": REGION}
    options["awslogs-create-group"] = "true"
    container = {"logConfiguration": {"logDriver": "awslogs", "options": options}}
    groups = [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{form}" for form in forms]
    replies = policies(Action="logs:*", Resource=groups)
    found = role({**replies, SIMULATE: DENIED}, container).value.lacking_actions
    assert isinstance(found, Unread) if lacks is None else found == lacks


def test_what_has_a_cause_of_its_own_is_told_there_alone() -> None:
    own = {"Policy": policy("Allow", "kms:*", f"arn:aws:iam::{ACCOUNT}:root")}
    replies: dict[str, Reply] = {**policies(Action="logs:*", Resource="*"), SIMULATE: DENIED}
    found = read(
        "task_role",
        {**replies, "kms:GetKeyPolicy": own},
        task_definition=definition(taskRoleArn=ROLE),
        goals=frozenset({"exec"}),
        cluster_answer={},
        session_key=KEY,
    )
    assert found.value.lacking_elsewhere == ("kms:Decrypt",)
    assert found.value.missing_resources == ("*",)
    (said,) = [one for one in found.says if "no policy" in one]
    assert "ssmmessages:OpenDataChannel" in said
    assert "kms:Decrypt" not in said


def reading_file(bucket: Reply) -> Read:
    actions = ["s3:GetObject", "s3:GetBucketLocation"]
    replies = {**policies(Action=actions, Resource="*"), SIMULATE: DENIED}
    files = {"environmentFiles": [{"type": "s3", "value": FILE}]}
    return role({**replies, "s3:GetBucketPolicy": bucket}, files)


def test_a_bucket_policy_that_asks_for_tls_is_in_nobodys_way() -> None:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    found = reading_file({"Policy": policy("Deny", "s3:*", "*", Condition=condition)})
    assert found.value.lacking_elsewhere == ()
    assert found.value.lacking_actions == ()


def test_a_bucket_policy_that_denies_is_named() -> None:
    found = reading_file({"Policy": policy("Deny", "s3:GetObject", "*")})
    assert found.value.lacking_elsewhere == ("s3:GetObject",)
    assert found.value.denied_by == "resource"


def test_a_bucket_without_a_policy_leaves_the_roles_word() -> None:
    found = reading_file(Refused("s3:GetBucketPolicy", "NoSuchBucketPolicy"))
    assert found.value.lacking_elsewhere == ()


def key(policy_text: str | None, own: bool = True, **metadata: Any) -> Any:
    """The secret of a task whose role may decrypt by its own policies, or may not."""
    replies: dict[str, Reply] = {
        **(policies(Action="kms:Decrypt", Resource="*") if own else policies()),
        "secretsmanager:DescribeSecret": {"ARN": SECRET, "KmsKeyId": KEY},
        SIMULATE: DENIED,
        "kms:DescribeKey": {"KeyMetadata": {"Arn": KEY, "KeyState": "Enabled", **metadata}},
    }
    if policy_text:
        replies["kms:GetKeyPolicy"] = {"Policy": policy_text}
    task = definition(container=with_secret())
    return read("secrets", replies, task_definition=task).value[0]


ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    ("document", "own", "wanted"),
    [
        (policy("Allow", "kms:*", ROOT), True, False),
        (policy("Allow", "kms:*", ROOT), False, True),
        (policy("Allow", "kms:Decrypt"), False, False),
        (policy("Allow", "kms:*", f"arn:aws:iam::{ACCOUNT}:role/admin"), True, True),
        (policy("Deny", "kms:Decrypt"), True, True),
    ],
    ids=["handed over", "handed over to a role without", "granted", "shut out", "denied"],
)
def test_a_key_is_used_by_its_policy_and_the_roles(document: str, own: bool, wanted: bool) -> None:
    assert key(document, own).kms_denied is wanted


def test_a_key_policy_may_ask_for_the_service_that_decrypts() -> None:
    condition = {"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}}
    assert key(policy("Allow", "kms:*", ROOT, Condition=condition)).kms_denied is False
    other = {"StringEquals": {"kms:ViaService": f"ssm.{REGION}.amazonaws.com"}}
    assert key(policy("Allow", "kms:*", ROOT, Condition=other)).kms_denied is True


def test_a_condition_that_nobody_can_judge_leaves_the_key_open() -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "web"}}
    found = key(policy("Allow", "kms:*", ROOT, Condition=condition))
    assert isinstance(found.kms_denied, Unread)


def test_a_key_policy_that_cannot_be_read_leaves_the_key_open() -> None:
    assert isinstance(key(None).kms_denied, Unread)
    assert isinstance(key(None, own=False).kms_denied, Unread)


def test_awss_own_key_asks_for_nothing() -> None:
    found = key(None, own=False, KeyManager="AWS")
    assert (found.kms_denied, found.kms_key) == (False, None)


def test_a_disabled_key_decrypts_for_nobody() -> None:
    found = key(policy("Allow", "kms:*", ROOT), KeyState="PendingDeletion")
    assert (found.kms_denied, found.kms_denied_by) == (True, "state")


def test_a_simulation_that_denies_what_every_policy_allows_is_not_believed() -> None:
    replies: dict[str, Reply] = {**policies(Action="*", Resource="*"), SIMULATE: denied(GET)}
    replies["secretsmanager:GetResourcePolicy"] = {}
    found = role(replies, with_secret())
    assert found.value.lacking_actions == Unread(SIMULATE, "simulation-differs")


def test_a_simulation_that_names_the_organization_is_believed() -> None:
    answer = denied(GET)
    detail = {"AllowedByOrganizations": False}
    answer["EvaluationResults"][0]["OrganizationsDecisionDetail"] = detail
    replies = {**policies(Action="*", Resource="*"), SIMULATE: answer}
    found = role({**replies, "secretsmanager:GetResourcePolicy": {}}, with_secret())
    assert (found.value.denied_actions, found.value.denied_by) == ((GET,), "scp")


def test_what_a_simulation_leaves_out_is_read_from_the_policies() -> None:
    replies: dict[str, Reply] = {**policies(), SIMULATE: {"EvaluationResults": []}}
    found = role({**replies, "secretsmanager:GetResourcePolicy": {}}, with_secret())
    assert found.value.lacking_actions == (GET,)


def test_policies_that_allow_say_that_an_organization_was_not_seen() -> None:
    read_alone = {**policies(Action="*", Resource="*"), SIMULATE: DENIED}
    found = role({**read_alone, "secretsmanager:GetResourcePolicy": {}}, with_secret())
    assert found.value.lacking_actions == ()
    (told,) = [one for one in found.says if one.startswith("the policies of web-exec allow all")]
    assert "(SCP)" in told


def content(versions: dict[str, list[str]], reference: str, value: Reply) -> Any:
    replies: dict[str, Reply] = {
        "secretsmanager:DescribeSecret": {"ARN": SECRET, "VersionIdsToStages": versions},
        "secretsmanager:GetSecretValue": value,
    }
    task = definition(container=with_secret(f"{SECRET}:{reference}"))
    return read("secrets", replies, task_definition=task)


def test_a_secret_that_may_not_be_read_is_there_all_the_same() -> None:
    found = content({"1": ["AWSCURRENT"]}, "password::", DENIED).value[0]
    assert found.problem is None
    assert found.content == Unread("x:Y", "AccessDeniedException")


def test_the_version_that_is_asked_for_is_the_one_that_is_read() -> None:
    found = content({"1": ["AWSPREVIOUS"]}, "password:AWSPREVIOUS:", {"keys": ["password"]})
    assert (found.value[0].problem, found.value[0].content) == (None, None)
    asked = dict(found.source.asked)["secretsmanager:GetSecretValue"]
    assert asked["VersionStage"] == "AWSPREVIOUS"


def test_a_secret_without_the_version_that_is_asked_for_is_missing() -> None:
    found = content({"1": ["AWSPREVIOUS"]}, ":AWSPENDING:", DENIED).value[0]
    assert found.problem == "missing"


def test_a_role_that_lacks_a_secret_of_another_account_is_not_helped_by_its_owner() -> None:
    granted: Reply = {"ResourcePolicy": policy("Allow", GET)}
    replies: dict[str, Reply] = {**policies(), SIMULATE: DENIED}
    replies["secretsmanager:GetResourcePolicy"] = granted
    found = role(replies, with_secret(SECRET.replace(ACCOUNT, OTHER)))
    assert found.value.lacking_actions == (GET,)


def test_awss_word_that_the_key_is_refused_counts_where_nothing_can_be_read() -> None:
    text = f"failed to fetch secret {SECRET} from secrets manager: AccessDeniedException: Access to"
    said = Observed("pull.secret-denied", "task stoppedReason", f"{text} KMS is not allowed")
    task = definition(container=with_secret())
    found = read("secrets", {}, None, [said], task_definition=task).value[0]
    assert (found.kms_denied, isinstance(found.problem, Unread)) == (True, True)
    assert isinstance(read("secrets", {}, task_definition=task).value[0].kms_denied, Unread)


def test_an_organizations_denial_that_the_task_met_is_known_to_no_simulation() -> None:
    text = (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/web-exec/{'0a' * 16} is not authorized to "
        f"perform: {GET} on resource: {SECRET} with an explicit deny in a service control policy"
    )
    replies = reading_secrets(secretsmanager_GetResourcePolicy={})
    found = role(replies, with_secret(), text)
    assert (found.value.denied_actions, found.value.denied_by) == ((GET,), "scp")
    by_endpoint = text.replace("service control", "VPC endpoint")
    assert role(replies, with_secret(), by_endpoint).value.lacking_actions == ()


def test_a_parameter_of_another_region_is_named_by_its_arn() -> None:
    arn = f"arn:aws:ssm:us-west-2:{ACCOUNT}:parameter/shop/TOKEN"
    replies: dict[str, Reply] = {"ssm:DescribeParameters": {"Parameters": []}}
    both = [{"name": "A", "valueFrom": arn}, {"name": "B", "valueFrom": "/shop/TOKEN"}]
    task = definition(container={"secrets": both})
    found = read("secrets", replies, task_definition=task)
    assert [one.secret for one in found.value] == [arn, "/shop/TOKEN"]
    regions = [given.get("@region") for _, given in found.source.asked]
    assert regions.count("us-west-2") == 1
