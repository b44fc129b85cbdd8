"""Prompts with arrow keys, by questionary."""

import sys
from typing import Any

import questionary
from prompt_toolkit.application import get_app_session
from prompt_toolkit.input.typeahead import clear_typeahead

from wizard.faces.prompts.loop import Reply, forget_typed
from wizard.faces.view import View
from wizard.faces.words import say

_COMMANDS = ("back", "lang", "help", "quit")
_TYPE = "type"


class QuestionaryAsker:
    """Asks with questionary; `options` are handed to it (tests give a pipe and a dummy output).

    Always `unsafe_ask`: `ask` would turn Ctrl-C into an answer.
    """

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._pasted = False

    def ask(self, view: View, lang: str) -> Reply:
        """Show the options as a list; text is asked for where the view takes it."""
        choices = [self._choice(option, lang) for option in view.options]
        if view.entry:
            choices.insert(0, questionary.Choice(view.entry_label, value=_TYPE))
        taken = {option.key for option in view.options}
        choices += [
            questionary.Choice(say("language" if key == "lang" else key, lang), value=key)
            for key in _COMMANDS
            if key not in taken
        ]
        if (self._pasted or view.danger) and not self._options:
            forget_typed(sys.stdin)
            clear_typeahead(get_app_session().input)
        self._pasted = False
        default = "no" if view.danger else None
        key = questionary.select(
            view.title,
            choices=choices,
            default=default,
            use_shortcuts=False,
            instruction=" ",
            **self._options,
        ).unsafe_ask()
        if key != _TYPE:
            return Reply(key)
        self._pasted = True
        text = questionary.text(
            view.entry_label,
            multiline=view.multiline,
            instruction=" (Esc, Enter)\n" if view.multiline else None,
            **self._options,
        ).unsafe_ask()
        return Reply(view.entry or "", text)

    def _choice(self, option: Any, lang: str) -> questionary.Choice:
        note = f"  ({option.note})" if option.note and option.enabled else ""
        closed = None if option.enabled else option.note or say("not-possible", lang)
        return questionary.Choice(option.label + note, value=option.key, disabled=closed)
