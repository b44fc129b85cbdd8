"""The prompts face: shows a view, takes an answer, runs the work, until the session is over."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TextIO

from wizard.core.clean import clean
from wizard.core.session import Session
from wizard.core.steps import Over, Work
from wizard.faces.prompts.render import as_lines, terminal_width
from wizard.faces.view import View, path_of, view_of
from wizard.faces.words import say
from wizard.faces.wrap import wrap
from wizard.runner import Backstage, run, settle

OTHER = {"en": "ja", "ja": "en"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What the user said: an answer key with perhaps text, or `back`, `lang`, `help`, `quit`."""

    key: str
    text: str = ""


class Asker(Protocol):
    """A way to ask: bare or with questionary."""

    def ask(self, view: View, lang: str) -> Reply:
        """Show the options of `view` and return the reply. Raises EOFError at the end of input."""


def converse(
    session: Session,
    stage: Backstage,
    asker: Asker,
    write: Callable[[str], None],
    lang: str,
    keep: Callable[[Session], None],
) -> str:
    """Drive `session` to its end and return the language it ended in.

    `keep` is called after every step, so that a hang-up loses nothing.
    """
    while not isinstance(session.step, Over):
        keep(session)
        if isinstance(session.step, Work):
            _work(session, stage, write, lang)
            continue
        knowledge = session.knowledge
        view = view_of(session.step, knowledge, lang)
        path = path_of(session.context.trail, knowledge, lang)
        for line in as_lines(view, path, terminal_width()):
            write(line)
        reply = asker.ask(view, lang)
        text = clean(reply.text)
        if reply.key == "lang":
            lang = OTHER[lang]
        elif reply.key == "help":
            for line in wrap(say("help-text", lang), terminal_width()):
                write(line)
        elif reply.key == "back":
            session.back()
        elif reply.key != view.entry or text.strip():
            session.answer(reply.key, text)
    return lang


def forget_typed(stream: TextIO) -> None:
    """Drop what was typed ahead on the terminal behind `stream`, if there is one.

    The rest of a paste must not answer the next question.
    """
    with contextlib.suppress(OSError, ValueError, ImportError):
        import termios

        if stream.isatty():
            termios.tcflush(stream.fileno(), termios.TCIFLUSH)


def _work(session: Session, stage: Backstage, write: Callable[[str], None], lang: str) -> None:
    """Run the work here: prompts have nothing else to do meanwhile. Repeated lines are left out."""
    assert isinstance(session.step, Work)
    write("")
    write(view_of(session.step, session.knowledge, lang).title)
    told: set[str] = set()
    lock = threading.Lock()

    def tell(line: str) -> None:
        with lock:
            if line not in told:
                told.add(line)
                write(f"  {line}")

    settle(session, run(session.step, stage, lang, tell))
