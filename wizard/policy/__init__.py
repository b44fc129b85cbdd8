"""What do these IAM policies say to this action on this resource? Pure, no AWS call.

The question and its answer (`types`, `evaluation`)
    Unread(call, why)                      something that could not be read
    Request(principal, action, resource="*", context={}, resource_account="")
    Policies(identity=(), resource=(), boundary=None, session=None, scps=(), rcps=(), endpoint=None)
    evaluate(request, policies) -> Decision(effect, by, statement, missing_context, why, unread)
        effect: allowed | implicit-deny | explicit-deny | unknown; `.allowed`, `.denied` are the
        certain answers. A condition key that is not in `context` is unknown; the value None says
        that AWS does not send it.
    policy_allows(document, request, by="endpoint") -> Decision   one policy with Principals alone

Trust of a role (`trust`)
    trusts(document, principal, action="sts:AssumeRole", context=None) -> Decision
    trusts_ecs(document, principal, partition, region, account) -> Decision
    trusted_services(document) -> names of the service principals that it lets in

Reading denial messages (`because`)
    read_denial(text) -> Denial(principal, action, resource, denied_by, explicit, policy_arn,
                                account, operation, encoded) or None
    read_denials(text) -> every denial of a text, in order
        denied_by: identity | resource | boundary | session | scp | rcp | endpoint | trust | ""
        explicit: True (a deny statement), False (nothing allows), None (the message does not say)

SimulatePrincipalPolicy (`simulate`)
    read_simulation(answer) -> {(action, resource): Decision}
    answer_for(answers, action, resource, alone=…) -> its decision or None
    settle(simulated, read), resolve(simulated, evaluated) -> what the two say together
    context_entries({"aws:RequestedRegion": "eu-west-1"}) -> ContextEntries for the call

The least policy for a goal (`least`, `execution`), each a tuple of statements
    push(repository_arns), pull(repository_arns), push_actions(), pull_actions()
    use_exec(cluster_arn, task_arns, kms_key=""), exec_task_role(ExecSession(...)),
    enable_exec(service_arn, pass_roles=()), run_with_exec(cluster_arn, family_arn, pass_roles)
    execution_role(task_definition, Place(partition, region, account), kms_keys=())

Documents (`documents`)
    document(statements), statement(sid, actions, resources, condition=None),
    merge(existing_document, new_statements), covers(document, statement), text(document),
    size(document), fits_inline(documents, kind="role"), LIMITS

References of a task definition (`references`)
    read_image(image) -> Image(kind, registry, repository, tag, digest, account, region, partition)
    read_secret(value_from, place) -> Secret(kind, arn, name, region, json_key, ...)
    partition_of(region), Place(partition, region, account)
"""

from wizard.policy.because import Denial, read_denial, read_denials
from wizard.policy.documents import (
    LIMITS,
    covers,
    document,
    fits_inline,
    merge,
    size,
    statement,
    text,
)
from wizard.policy.evaluation import evaluate, policy_allows
from wizard.policy.execution import execution_role, secret_references
from wizard.policy.least import (
    SSM_MESSAGES,
    ExecSession,
    enable_exec,
    exec_task_role,
    pull,
    pull_actions,
    push,
    push_actions,
    run_with_exec,
    use_exec,
)
from wizard.policy.references import Image, Place, Secret, partition_of, read_image, read_secret
from wizard.policy.simulate import (
    answer_for,
    context_entries,
    read_simulation,
    resolve,
    settle,
)
from wizard.policy.trust import ECS_TASKS, trusted_services, trusts, trusts_ecs
from wizard.policy.types import Decision, Document, Policies, Request, Unread

__all__ = [
    "ECS_TASKS",
    "LIMITS",
    "SSM_MESSAGES",
    "Decision",
    "Denial",
    "Document",
    "ExecSession",
    "Image",
    "Place",
    "Policies",
    "Request",
    "Secret",
    "Unread",
    "answer_for",
    "context_entries",
    "covers",
    "document",
    "enable_exec",
    "evaluate",
    "exec_task_role",
    "execution_role",
    "fits_inline",
    "merge",
    "partition_of",
    "policy_allows",
    "pull",
    "pull_actions",
    "push",
    "push_actions",
    "read_denial",
    "read_denials",
    "read_image",
    "read_secret",
    "read_simulation",
    "resolve",
    "run_with_exec",
    "secret_references",
    "settle",
    "size",
    "statement",
    "text",
    "trusted_services",
    "trusts",
    "trusts_ecs",
    "use_exec",
]
