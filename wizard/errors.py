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
    """AWS cannot be asked at all. `kind` is credentials, region or network."""

    exit_code = 3

    def __init__(self, kind: str, says: str) -> None:
        super().__init__(says)
        self.kind = kind
