"""The errors that end a command with one line and an exit code.

WizardError            4  a fix was refused or failed, or anything else that must be told
├── UsageError         2  wrong usage or a bad input file; the line says what and where
└── NoAws              3  AWS cannot be asked at all: no credentials, no region, no network
"""

DONE = 0
FOUND = 1
CANCELLED = 130


class WizardError(Exception):
    """Ends the command with its text as the one line on stderr."""

    exit_code = 4


class UsageError(WizardError):
    """Wrong usage or a bad input file."""

    exit_code = 2


class NoAws(WizardError):
    """AWS cannot be asked at all. `kind` is one of the keys of `JAPANESE`."""

    exit_code = 3

    def __init__(self, kind: str, says: str) -> None:
        super().__init__(says)
        self.kind = kind

    @property
    def words(self) -> dict[str, str]:
        """The line per language; the Japanese one keeps the English one's details behind it."""
        japanese = JAPANESE.get(self.kind)
        return {"en": str(self), "ja": f"{japanese}（{self}）" if japanese else str(self)}


JAPANESE = {
    "no-credentials": "AWS の認証情報が見つかりません",
    "credentials-expired": "AWS の認証情報の有効期限が切れています",
    "credentials-invalid": "AWS の認証情報が無効です",
    "no-region": "AWS のリージョンが指定されていません",
    "no-profile": "指定されたプロファイルがありません",
    "unreachable": "AWS に接続できません",
    "clock-skew": "このマシンの時計がずれています",
}
"""What kinds of trouble there are in asking AWS, in Japanese."""
