"""The vocabulary of the screen: what widgets and workers tell the app."""

from dataclasses import dataclass
from typing import Any

from textual.message import Message

from wizard.faces.view import View


@dataclass
class Typed(Message):
    """The user typed or pasted `text` where the step takes some."""

    text: str


@dataclass
class Answered(Message):
    """The user answered the step shown as `view`."""

    view: View
    key: str
    text: str = ""


@dataclass
class Told(Message):
    """A line on the progress of the work."""

    line: str
    number: int


@dataclass
class Worked(Message):
    """The work is done; `number` says which work, so that one given up is not taken for it."""

    result: Any
    number: int
