"""`--save`: everything that was read, in one file that another machine can diagnose from."""

from dataclasses import asdict
from pathlib import Path

from wizard.aws.calls import Calls, answers
from wizard.aws.source import FORMAT, write_file
from wizard.core.facts import Target
from wizard.errors import UsageError


def write(path: Path, calls: Calls, target: Target) -> None:
    """Write the answers of `calls` to `path`; UsageError where that cannot be written."""
    source = calls.source
    document = {
        "format": FORMAT,
        "saved_at": source.now.isoformat(),
        "region": source.region,
        "partition": source.partition,
        "clock_skew_s": source.clock_skew_s,
        "target": asdict(target),
        "answers": answers(list(calls.made.values())),
    }
    try:
        write_file(path, document)
    except OSError as error:
        raise UsageError(f"--save {path}: {error.strerror}") from None
