"""The session driven by a script: always the offered way, everything told as it happens."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wizard.core import steps
from wizard.core.session import Session
from wizard.faces.prompts.render import as_lines
from wizard.faces.view import view_of
from wizard.runner import Backstage, run, settle

Write = Callable[[str], None]
_LIMIT = 60
"""More steps than any walk needs: a walk that goes round in circles ends here."""


@dataclass
class Walked:
    """What a scripted walk came to: the symptom met, the cause proven, the fix, the outcome."""

    symptom: str | None = None
    cause: str | None = None
    fix: str | None = None
    verified: str | None = None
    predicted: list[str] = field(default_factory=list)
    manual: bool = False
    trouble: str | None = None


class ScriptedWalk:
    """Walks one error from its text to the proven end, taking the first fix that applies.

    `values` answer what is asked of the target, `prefer` names the fix to take where there are
    several, `wait` is called before each verification (a demo lets time pass there).
    """

    def __init__(
        self, session: Session, stage: Backstage, lang: str, write: Write, prefer: str | None = None
    ) -> None:
        self.session = session
        self.stage = stage
        self.lang = lang
        self.write = write
        self.prefer = prefer
        self.values: dict[str, str] = {}
        self.walked = Walked()

    def from_text(self, text: str) -> Walked:
        """Paste `text` and walk."""
        self.session.answer("paste", text)
        return self._walk()

    def from_live(self, service: str) -> Walked:
        """Look for failures in the account, take that of `service`, and walk."""
        self.session.answer("live")
        self._work()
        step = self.session.step
        assert isinstance(step, steps.Live)
        for number, failure in enumerate(step.failures):
            if failure.target.service == service:
                self.session.answer(f"failure:{number}")
                return self._walk()
        return self.walked

    def _walk(self) -> Walked:
        for _ in range(_LIMIT):
            self._show()
            if isinstance(self.session.step, steps.Work):
                self._work()
            elif not self._answer():
                break
        return self.walked

    def _show(self) -> None:
        view = view_of(self.session.step, self.session.knowledge, self.lang)
        if view.busy:
            self.write(f"   {view.title}")
        else:
            for line in as_lines(view, []):
                self.write(f"   {line}" if line else "")

    def _work(self) -> None:
        assert isinstance(self.session.step, steps.Work)
        settle(self.session, run(self.session.step, self.stage, self.lang, lambda line: None))

    def _answer(self) -> bool:
        """Give the script's answer to the present step; False where the walk has ended."""
        step, walked = self.session.step, self.walked
        if isinstance(step, steps.Explain):
            walked.symptom = step.symptom
            self.session.answer("read")
        elif isinstance(step, steps.Aim):
            value = self.values.get(step.field)
            self.session.answer("value", value) if value else self.session.answer("skip")
        elif isinstance(step, steps.Found):
            return self._found(step)
        elif isinstance(step, steps.Confirm):
            self.session.answer("yes")
        elif isinstance(step, steps.Manual):
            walked.manual = True
            return False
        elif isinstance(step, steps.Result):
            walked.verified = step.verified if step.applied else "failed"
            return False
        elif isinstance(step, steps.Trouble):
            walked.trouble = step.says.get(self.lang)
            return False
        else:
            return False
        return True

    def _found(self, step: steps.Found) -> bool:
        finding = step.verdict.finding
        offered = [one.fix for one in finding.fixes if one.applicable]
        self.walked.cause = finding.cause
        self.walked.predicted = [one.cause for one in step.diagnosis.findings if one.predicted]
        if not offered:
            return False
        self.walked.fix = self.prefer if self.prefer in offered else offered[0]
        self.session.answer(f"fix:{self.walked.fix}")
        return True
