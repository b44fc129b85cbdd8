"""What `harsh` holds against the diagnosis and is known, by where its cause is.

A complaint about a denied operation may show in many worlds: one of them is named. Whoever closes
a gap takes its line away; the tests say which. `*` stands for a complaint that shows in some
worlds, at some moments of their life.
"""

_GAPS: dict[str, dict[str, tuple[str, ...]]] = {
    "accounts of others and their policies: that work is under way": {
        "key-of-another-account-is-not-shared": (
            "misses secret.kms-denied",
            "proves secret.kms-denied wrongly",
        ),
    },
    "core/diagnosis.py, _rank(): a stage of its own for each service would tell these apart": {
        "no-layers-and-no-log-group": ("gives network.endpoint-missing (number 2) as present",),
    },
    "core/facts.py, STAGES: layers before logger; the embedded AWS has it the other way round": {
        "no-layers-and-no-log-group": ("gives its causes in another order",),
        "no-way-out-at-all": ("gives its causes in another order",),
        "private-service-of-the-article": ("gives its causes in another order",),
    },
    "readers/ways.py, obstacles(): one obstacle refutes all other causes of undecided ways": {
        "one-subnet-of-two-without-a-nat-route": (
            "without ecs:DescribeServices: rules out a planted network cause",
        ),
    },
    "verdicts.py, unread(): a cause that hangs on several refusals is told of the first alone": {
        "another-account-gives-the-manifest-but-no-layers": (
            "without ecr:BatchGetImage: is not named for ecr causes",
        ),
        "key-of-another-account-is-not-shared": (
            "without ecs:DescribeTasks: is not named for secret causes",
            "without ecs:ListTasks: is not named for secret causes",
        ),
    },
    "permission.py: another verdict on the same role hides that this one is open": {
        "bastion-may-not-push": (
            "without ecr:GetRepositoryPolicy: forgets a planted caller cause",
        ),
        "rights-platform-and-log-group": (
            "without ecr:GetRepositoryPolicy: forgets a planted execution-role cause",
        ),
    },
    "readers/service.py, service(): the fields of an unread service stay at their defaults": {
        "rolled-back-by-the-circuit-breaker": (
            "without ecs:DescribeServices: rules out a planted ecr cause",
        ),
    },
    "readers/containers.py, containers(): an unread task or definition counts as an empty one": {
        "*": ("without ecs:DescribeServices: rules out a planted task cause",),
    },
    "readers/roles.py: an SCP shows in the task's own reason alone; its silence refutes it": {
        "organization-locks-the-region": (
            "without ecs:DescribeTasks: rules out a planted execution-role cause",
            "without ecs:ListTasks: rules out a planted execution-role cause",
        ),
    },
    "verdicts.py: a suspicion without any symptom counts as a problem": {
        "containers-that-share-their-processes": (
            "without ecs:DescribeTaskDefinition: finds a problem where there is none",
        ),
    },
    "readers/caller.py: without the definition it is not known which roles are passed": {
        "operator-may-not-pass-the-roles": (
            "without ecs:DescribeTaskDefinition: forgets a planted task cause",
        ),
    },
    "readers/secrets.py: a secret that was not read is not counted as an open question": {
        "secret-under-a-key-of-ours": (
            "without secretsmanager:DescribeSecret: forgets a planted secret cause",
        ),
    },
}

KNOWN_GAPS: dict[str, tuple[str, str]] = {
    one if one.startswith("without ") else f"{name}: {one}": (name, why)
    for why, worlds in _GAPS.items()
    for name, some in worlds.items()
    for one in some
}
"""Each complaint with the world in which it shows, and where its cause is."""
