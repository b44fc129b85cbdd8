"""Whether words are named in a program's source (`except X:`), rather than printed by a program.

People paste tests, retry lists and event patterns too. What they quote there has not happened.
"""

import re
from functools import cache

_BEFORE = 200
_BEHIND = 260
_QUOTE_BEHIND = 64
_SHIFT = 12
"""How many letters later what was retyped may begin than where it was found."""

_STARTS = (
    r"(?:\b(?:except|catch|instanceof|import|throws)\b[ (]{1,3}[\w., (]{0,60}"
    r"|(?:===?|!==?|=>|\bin \()\s{0,2}[\"']?"
    r"|\bErrCode|\.exceptions\."
    # What a text is searched for: `.includes("`, `strings.Contains(err, "`, `grep -q "`.
    r"|\b(?i:includes?|contains?|(?:starts|ends)_?with|index_?of|has(?:pre|suf)fix|match(?:es)?"
    r"|to(?:contain|match|throw)|assert\w{0,20}|raises|errorf|grep(?: -\w{1,5}){0,3})"
    r"[( ](?:[^()\"'\n]{0,40}(?:\(\))?, ?)?[bfr]?[\"'`/][^\"'`\n]{0,60}"
    # A text given a name, `on_reason = "`, or one of a list that is: `REASONS = {"a", "`.
    r"|(?m:^)[\w. \t-]{0,40}?\b(?!(?:e|err|error|msg|message|reason|result|output)\b)"
    r"[A-Za-z_][\w.]{1,40}(?:: ?[\w\[\], ]{1,30})? :?= "
    r"(?:[\[{(]\s{0,20}(?:[\"'][^\"'\n]{0,90}[\"'],\s{1,20}){0,4})?"
    r"[bfr]?[\"'`][^\"'`\n]{0,60}"
    # A pattern with wildcards, `"*maintenance*"`.
    r"|[\"']\*(?!\*)[^\"'*\n]{0,60})$"
)
_HINTS: tuple[str, ...] = (
    *('"', "'", "`", "=", " in (", "grep ", "except", "catch", "instanceof", "import", "throws"),
    *("ErrCode", ".exceptions."),
)
"""One of these is before whatever `_STARTS` finds: most texts need no regex."""
_ENDS = r"(?:[^\"'`\n]{0,60}[\"'`] (?:not )?in [a-z_]|[^\"'`\n*]{0,60}(?<=[a-z])\*[\"'])"
_REGEX_STARTS = r"[=:(,]\s?/[^/\n]{0,60}$"
_REGEX_ENDS = r"[^/\n]{0,200}/[gimsu]{0,4}[,;.)}\]\s]"


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def in_source(text: str, start: int, stop: int, *, retyped: bool = False) -> bool:
    """Return whether `text[start:stop]` is named in a program, not printed by one.

    What was `retyped` may begin some letters behind the place where it was found.
    """
    last = start + (_SHIFT if retyped else 0)
    around = text[max(0, start - _BEFORE) : last]
    if any(hint in around for hint in _HINTS) or "/" in around:
        for at in range(start, last + 1):
            before = text[max(0, at - _BEFORE) : at]
            if _regex(_STARTS).search(before):
                return True
            if "/" in before and _regex(_REGEX_STARTS).search(before):
                return bool(_regex(_REGEX_ENDS).match(text[stop : stop + _BEHIND]))
    behind = text[stop : stop + _QUOTE_BEHIND]
    return any(mark in behind for mark in "\"'`") and bool(_regex(_ENDS).match(text, stop))
