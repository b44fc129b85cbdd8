"""Short ways to ask a diagnosis what it found."""

from wizard.core.answer import Diagnosis
from wizard.core.findings import Observed
from wizard.core.knowledge import Knowledge
from wizard.core.lookup import look_up


def proven(found: Diagnosis, *, predicted: bool | None = None) -> list[str]:
    """Return the confirmed causes, in order, each once; those predicted, or not, or both."""
    return list(
        dict.fromkeys(
            one.cause
            for one in found.findings
            if one.status == "confirmed" and predicted in (None, one.predicted)
        )
    )


def fields(found: Diagnosis, cause: str, name: str) -> list[object]:
    """Return the field `name` of each confirmed finding of `cause`, in order."""
    return [
        one.fields.get(name)
        for one in found.findings
        if one.cause == cause and one.status == "confirmed"
    ]


def status(found: Diagnosis, cause: str) -> str | None:
    """Return the status of `cause`, None where it is not among the findings."""
    return next((one.status for one in found.findings if one.cause == cause), None)


def says(found: Diagnosis, cause: str) -> str:
    """Return all English evidence for `cause`, a line each."""
    return "\n".join(
        f"{one.call}: {one.says['en']}"
        for verdict in found.verdicts
        if verdict.finding.cause == cause
        for one in verdict.evidence
    )


def pasted(known: Knowledge, text: str) -> list[Observed]:
    """Return what a look-up sees in `text`, as the session hands it on."""
    return [
        Observed(match.symptom.id, "paste", match.excerpt, match.fields)
        for match in look_up(known, text).matches
    ]
