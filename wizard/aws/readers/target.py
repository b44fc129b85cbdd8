"""Who asks, where, and what exactly is meant: the target's gaps filled from what AWS says."""

from dataclasses import replace
from typing import Any

from wizard.aws.answers import Answer, Refused
from wizard.aws.arns import alike, cluster_in, part, short
from wizard.aws.readers.sessions import with_settings
from wizard.aws.reading import Reading, reader
from wizard.core.facts import Cluster, Target
from wizard.core.unread import Maybe, Unread
from wizard.policy.references import Place, partition_of, read_image

IDENTITY = "sts:GetCallerIdentity"
CLUSTERS = "ecs:DescribeClusters"
LIST = "ecs:ListClusters"


@reader("identity", calls=(IDENTITY,))
async def identity(reading: Reading) -> Maybe[Answer]:
    """GetCallerIdentity's answer; nobody can be denied it
    (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)."""
    answer = await reading.call(IDENTITY)
    return answer.unread if isinstance(answer, Refused) else answer


@reader("place")
async def place(reading: Reading) -> Place:
    """Partition, region and account; the account comes from an ARN where STS is out of reach: one
    that is named, else that of the service or the task."""
    source, target = reading.calls.source, reading.target
    named = [part(one, "account") for one in (target.cluster, target.service, target.task)]
    known = next((one for one in named if one), None) or target.account
    if not known or not known.isdigit():
        who = await reading.part("identity")
        known = await _account_of_answers(reading)
        if not isinstance(who, Unread):
            known = str(who.get("Account") or known)
    return Place(source.partition or partition_of(source.region), source.region, known)


async def _account_of_answers(reading: Reading) -> str:
    """The account in the ARN of the service or the task; asked for only where it is needed."""
    if not isinstance(await reading.part("identity"), Unread):
        return ""
    for name, key in (("service-answer", "serviceArn"), ("task-answer", "taskArn")):
        found = await reading.part(name)
        account = part(str(found.get(key)), "account") if isinstance(found, dict) else None
        if account and account.isdigit():
            return account
    return ""


@reader("cluster-name", calls=(LIST,))
async def cluster_name(reading: Reading) -> Maybe[str]:
    """The named cluster; without a name the only one there is, or `default`."""
    target = reading.target
    named = short(target.cluster) or cluster_in(target.service) or cluster_in(target.task)
    if named:
        return named
    names = await reading.part("cluster-names")
    if isinstance(names, Unread):
        return names
    if len(names) == 1:
        return str(names[0])
    return "default" if "default" in names else Unread(LIST, "not-asked")


@reader("cluster-names", calls=(LIST,))
async def cluster_names(reading: Reading) -> Maybe[list[str]]:
    """The names of all clusters of the region."""
    answer = await reading.call(LIST)
    if isinstance(answer, Refused):
        return answer.unread
    return sorted(str(short(arn)) for arn in answer.get("clusterArns", ()))


@reader("cluster-answer", calls=(CLUSTERS,))
async def cluster_answer(reading: Reading) -> Maybe[Answer | None]:
    """The cluster's entry of DescribeClusters, None where AWS says there is none."""
    name = await reading.part("cluster-name")
    if isinstance(name, Unread):
        return name
    answer = await reading.calls.one_of(CLUSTERS, "clusters", name, 100, include=["CONFIGURATIONS"])
    if isinstance(answer, Refused):
        return None if answer.absent else answer.unread
    every = answer.get("clusters", ())
    found = next((one for one in every if one.get("clusterName", name) == name), None)
    # An ARN means one cluster; the one of the same name here is another.
    return None if _arns_region(reading) not in (None, reading.calls.source.region) else found


@reader("cluster", calls=(CLUSTERS,))
async def cluster(reading: Reading) -> Maybe[Cluster]:
    """The cluster, and names like it where it is not there."""
    name, answer = await reading.part("cluster-name"), await reading.part("cluster-answer")
    if isinstance(name, Unread):
        return name
    region = reading.calls.source.region
    told = elsewhere(reading, region)
    if isinstance(answer, Unread):
        return Cluster(name, answer, told_region=told, exec_problem=answer, run_as_missing=answer)
    if answer is None or answer.get("status") == "INACTIVE":
        names = await reading.part("cluster-names")
        known = [] if isinstance(names, Unread) else names
        reading.note(
            "cluster.exists",
            CLUSTERS,
            "cluster-missing",
            cluster=name,
            region=region,
            others=", ".join(known[:8]) or "–",
        )
        return Cluster(name, exists=False, similar=alike(name, known), told_region=told)
    reading.note("cluster.exists", CLUSTERS, "cluster-there", cluster=name, region=region)
    found = Cluster(name, exists=True, told_region=told, **_session(answer))
    return await with_settings(reading, found)


def _session(answer: Answer) -> dict[str, Any]:
    """What executeCommandConfiguration names."""
    settings = answer.get("configuration", {}).get("executeCommandConfiguration", {})
    logs = settings.get("logConfiguration", {})
    return {
        "session_logging": settings.get("logging"),
        "exec_key": settings.get("kmsKeyId"),
        "exec_log_group": logs.get("cloudWatchLogGroupName"),
        "exec_bucket": logs.get("s3BucketName"),
    }


def elsewhere(reading: Reading, region: str) -> str | None:
    """Return the region that an ARN or a pasted text names where it is another than `region`."""
    named = [_arns_region(reading), *(one.fields.get("region") for one in reading.observed)]
    return next((one for one in named if isinstance(one, str) and one and one != region), None)


def _arns_region(reading: Reading) -> str | None:
    """The region that the target's ARN names, None where no ARN is given."""
    target = reading.target
    named = (part(one, "region") for one in (target.cluster, target.service, target.task))
    return next((one for one in named if one), None)


@reader("target")
async def target(reading: Reading) -> Target:
    """The target with its gaps filled: names instead of ARNs, account, region, image."""
    asked, where = reading.target, await reading.part("place")
    if asked.goal == "push" and not (asked.cluster or asked.service or asked.task):
        return replace(
            asked,
            account=where.account or asked.account,
            region=where.region,
            partition=where.partition,
        )
    name, service, task = (
        await reading.part("cluster-name"),
        await reading.part("service-name"),
        await reading.part("task-answer"),
    )
    found = replace(
        asked,
        cluster=name if isinstance(name, str) else asked.cluster,
        service=service or asked.service,
        task=short(task["taskArn"]) if isinstance(task, dict) else short(asked.task),
        account=where.account or asked.account,
        region=where.region,
        partition=where.partition,
    )
    if asked.repository or asked.goal != "push":
        return found
    definition = await reading.part("task-definition")
    if not isinstance(definition, dict):
        return found
    every = definition.get("containerDefinitions", ())
    images = [read_image(one.get("image", "")) for one in every]
    ecr = next((one for one in images if one.kind == "ecr"), None)
    if ecr is None:
        return found
    return replace(found, repository=ecr.repository, registry=ecr.registry, tag=ecr.tag or None)
