"""Moments of AWS's answers in the words of a person: this machine's time, without what is plain."""

from datetime import datetime

_DAY = {"en": "{day} {month} {time}", "ja": "{number}/{day} {time}"}
_YEAR = {"en": "{day} {month} {year} {time}", "ja": "{year}/{number}/{day} {time}"}


def short_time(text: str, lang: str, now: datetime | None = None) -> str:
    """Return the ISO moment `text` as day and minute in local time; as it is where it is none.

    The year is said only where it is not that of `now`.
    """
    try:
        moment = datetime.fromisoformat(text).astimezone()
    except ValueError:
        return text
    forms = _DAY if moment.year == (now or datetime.now()).year else _YEAR
    return forms.get(lang, forms["en"]).format(
        day=moment.day,
        month=f"{moment:%b}",
        number=moment.month,
        year=moment.year,
        time=f"{moment:%H:%M}",
    )
