"""What `harsh` holds against the diagnosis and is known, by where its cause is.

A complaint about a denied operation may show in many worlds: one of them is named. Whoever closes
a gap takes its line away; the tests say which.
"""

_GAPS: dict[str, dict[str, tuple[str, ...]]] = {
    "core/diagnosis.py, _rank(): a stage of its own for each service would tell these apart": {
        "no-layers-and-no-log-group": ("gives network.endpoint-missing (number 2) as present",),
    },
    "core/facts.py, STAGES: layers before logger; the embedded AWS has it the other way round": {
        "no-layers-and-no-log-group": ("gives its causes in another order",),
        "no-way-out-at-all": ("gives its causes in another order",),
        "private-service-of-the-article": ("gives its causes in another order",),
    },
}

KNOWN_GAPS: dict[str, tuple[str, str]] = {
    one if one.startswith("without ") else f"{name}: {one}": (name, why)
    for why, worlds in _GAPS.items()
    for name, some in worlds.items()
    for one in some
}
"""Each complaint with the world in which it shows, and where its cause is."""
