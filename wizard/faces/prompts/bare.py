"""Numbered menus on a terminal without cursor control, a serial line, or a pipe of answers."""

from typing import TextIO

from wizard.faces.prompts.loop import Reply, forget_typed
from wizard.faces.prompts.render import option_lines, terminal_width
from wizard.faces.view import View
from wizard.faces.words import say
from wizard.faces.wrap import wrap

_COMMANDS = {"b": "back", "l": "lang", "q": "quit", "?": "help", "h": "help"}


class BareAsker:
    """Reads lines from `inward`, writes to `outward`; no escape sequence is ever written."""

    def __init__(self, inward: TextIO, outward: TextIO) -> None:
        self._in = inward
        self._out = outward
        self._pasted = False

    def ask(self, view: View, lang: str) -> Reply:
        """Show numbers and take one; other text answers a view that takes text."""
        for number, option in enumerate(view.options, 1):
            for line in option_lines(number, option, lang, terminal_width()):
                self._out.write(line + "\n")
        hint = say("end-with-dot", lang) if view.multiline else view.entry_label
        for line in wrap(hint, terminal_width() - 2) if view.entry else ():
            self._out.write(f"  {line}\n")
        if self._pasted or view.danger:
            forget_typed(self._in)
        self._pasted = False
        while True:
            self._out.write(say("choose-number", lang))
            self._out.flush()
            reply = self._reply(self._line(), view)
            if reply:
                return reply
            self._out.write(say("no-such-number", lang) + "\n")

    def _line(self) -> str:
        line = self._in.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def _reply(self, line: str, view: View) -> Reply | None:
        word = line.strip()
        if word.lower() in _COMMANDS:
            return Reply(_COMMANDS[word.lower()])
        if word.isascii() and word.isdigit():
            number = int(word[:9])
            if 1 <= number <= len(view.options) and view.options[number - 1].enabled:
                return Reply(view.options[number - 1].key)
            return None
        if not word or not view.entry:
            return None
        self._pasted = True
        return Reply(view.entry, self._rest(line) if view.multiline else line)

    def _rest(self, first: str) -> str:
        lines = [first]
        while True:
            try:
                line = self._line()
            except EOFError:
                return "\n".join(lines)
            if line.strip() == ".":
                return "\n".join(lines)
            lines.append(line)
