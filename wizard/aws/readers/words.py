"""What AWS itself has said of the task: reasons of stops, and pasted texts."""

from collections.abc import Iterable

from wizard.aws.reading import Reading
from wizard.policy.because import read_denials
from wizard.policy.context import role_key


async def said_of_tasks(reading: Reading) -> list[str]:
    """Return the texts that were pasted and the reasons of the newest stopped tasks."""
    tasks = await reading.part("task-answers")
    texts = [one.text for one in reading.observed]
    for task in tasks[:5] if isinstance(tasks, list) else ():
        own = [one.get("reason") for one in task.get("containers", ())]
        texts += [str(one) for one in (task.get("stoppedReason"), *own) if one]
    return texts


def refusals_of(texts: Iterable[str], role: str) -> dict[str, str]:
    """Return the actions that AWS has said were refused to the role called `role`, and the kind of
    policy that it names: `identity` where no policy of the role's own allows, else what denies
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html)."""
    found: dict[str, str] = {}
    for text in texts:
        for one in read_denials(text):
            if one.denied_by and (role_key(one.principal) or ("", ""))[1] == role:
                own = one.denied_by == "identity"
                found[one.action] = "explicit-deny" if own and one.explicit else one.denied_by
    return found
