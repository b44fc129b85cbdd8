"""The runner: does a session's work with the engine and the desk. No screen, no decision.

A face calls `run` in a thread and hands what comes back to the session in its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from wizard.core.clean import one_line
from wizard.core.redact import redact
from wizard.core.session import Session
from wizard.core.steps import Work
from wizard.errors import NoAws, WizardError

Tell = Callable[[str], None]
"""Takes one line on the progress of the work, already in words that may be shown."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Work that could not be done: the kind of trouble and the words for it, per language."""

    kind: str
    says: dict[str, str]


class Backstage(Protocol):
    """What work is done with: the engine that reads and the desk that writes, made when needed."""

    def listen(self, command: str) -> Any:
        """Run a command and return what it printed (`wizard.capture.command.Captured`)."""

    @property
    def engine(self) -> Any:
        """The engine (`wizard.aws.engine.Engine`)."""

    @property
    def desk(self) -> Any:
        """The desk (`wizard.fixes.desk.FixDesk`)."""


def run(work: Work, stage: Backstage, lang: str, tell: Tell) -> Any:
    """Do `work` and return its result, or `Failed`. Never raises for what AWS or a fix says."""
    from wizard.fixes.request import Misused, Refused

    try:
        return _WORK[work.kind](work, stage, _Teller(lang, tell))
    except NoAws as error:
        return Failed(error.kind, error.words)
    except Refused as error:
        return Failed("refused", error.words)
    except (WizardError, Misused) as error:
        return Failed("failed", _both(str(error)))
    except Exception as error:
        # The screen must outlive anything that a call can throw; the line names what it was.
        return Failed("failed", _both(f"{type(error).__name__}: {error}"))


def settle(session: Session, result: Any) -> None:
    """Hand the result of the session's work back to it."""
    if isinstance(result, Failed):
        session.fail(result.kind, result.says)
    else:
        session.finish(result)


def _both(text: str) -> dict[str, str]:
    line = one_line(redact(text), 400)
    return {"en": line, "ja": line}


_STATES = {
    "asked": "照会中",
    "read": "読み取り済み",
    "unread": "読み取れず",
    "calling": "実行中",
    "done": "完了",
    "failed": "失敗",
}
"""The states of calls and steps in Japanese."""


class _Teller:
    """Turns the progress of engine and desk into lines."""

    def __init__(self, lang: str, tell: Tell) -> None:
        self._lang = lang
        self._tell = tell
        self._last = ""

    def read(self, call: str, state: str) -> None:
        """Tell of a call of the engine and its state."""
        self._tell(f"{call}  {self._state(state)}")

    def write(self, progress: Any) -> None:
        """Tell of a step of the desk; what is as before is not said again."""
        says = progress.says.get(self._lang) or progress.says.get("en")
        if not says:
            operation = f"{progress.change.operation} " if progress.change else ""
            says = operation + self._state(progress.state)
        count = f"{progress.step}/{progress.of}  " if progress.of else ""
        line = count + one_line(redact(says), 300)
        if line != self._last:
            self._tell(line)
        self._last = line

    def _state(self, state: str) -> str:
        return _STATES.get(state, state) if self._lang == "ja" else state


def _failures(work: Work, stage: Backstage, teller: _Teller) -> Any:
    return stage.engine.failures(work.target.cluster, teller.read)


def _listen(work: Work, stage: Backstage, teller: _Teller) -> Any:
    return stage.listen(work.needs["command"])


def _choices(work: Work, stage: Backstage, teller: _Teller) -> Any:
    return stage.engine.choices(work.needs["field"], work.target)


def _diagnose(work: Work, stage: Backstage, teller: _Teller) -> Any:
    return stage.engine.diagnose(work.target, work.needs["observed"], teller.read)


def _plan(work: Work, stage: Backstage, teller: _Teller) -> Any:
    return stage.desk.plan(work.needs["diagnosis"], work.needs["cause"], work.needs["fix"])


def _finish(work: Work, stage: Backstage, teller: _Teller) -> Any:
    return stage.desk.finish_plan(work.needs["entry"])


def _undo(work: Work, stage: Backstage, teller: _Teller) -> Any:
    return stage.desk.undo_plan(work.needs["entry"])


def _apply(work: Work, stage: Backstage, teller: _Teller) -> Any:
    return stage.desk.apply(work.needs["plan"], teller.write)


def _verify(work: Work, stage: Backstage, teller: _Teller) -> Any:
    """Verify, then diagnose afresh without the old symptom: what is still wrong comes next."""
    needs = work.needs
    verified = "skipped"
    # What was taken back is the cause that was there before: it is not expected to be gone.
    if needs["diagnosis"] is not None and not needs["plan"].undoes:
        verified = stage.desk.verify(
            needs["plan"], needs["diagnosis"], teller.write, entry=needs["entry"]
        )
    if not needs["plan"].target and work.target.cluster is None:
        return verified, None
    return verified, stage.engine.diagnose(work.target, (), teller.read)


_WORK = {
    "failures": _failures,
    "listen": _listen,
    "choices": _choices,
    "diagnose": _diagnose,
    "plan": _plan,
    "finish": _finish,
    "undo": _undo,
    "apply": _apply,
    "verify": _verify,
}
