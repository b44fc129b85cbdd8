"""Times in AWS's answers, which are ISO texts by then."""

from datetime import UTC, datetime


def moment(text: str) -> datetime | None:
    """Return the time that `text` names, in UTC where it names no zone; None if it names none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
