"""A step of the session as something to look at: the same for every face.

A view is blocks to read and options to choose from. Faces know kinds of block, not kinds of step,
so that a new step needs no new screen and the faces cannot drift apart.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wizard.core.clean import clean, one_line
from wizard.core.knowledge import Knowledge
from wizard.core.words import fill
from wizard.faces.words import say


@dataclass(frozen=True, slots=True)
class Block:
    """Something to read. `kind`:

    text (our own words), quote (foreign words), note (aside), head (a heading), good and bad
    (a verdict), rows (pairs of label and value), command (for a shell), diff (lines that start
    with +, - or a space), links.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose. `key` is what the session takes; a disabled one says why in `note`."""

    key: str
    label: str
    note: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """What a face shows: title, blocks, options, and what may be typed (`entry`: its answer key).

    `danger` marks the step whose first option writes. `busy` marks work in progress.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    options: tuple[Option, ...] = ()
    entry: str | None = None
    entry_label: str = ""
    multiline: bool = False
    danger: bool = False
    busy: bool = False


@dataclass
class Scribe:
    """Collects the blocks and options of one view in one language."""

    knowledge: Knowledge
    lang: str
    blocks: list[Block] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)

    def say(self, key: str, **values: object) -> str:
        """Return the program's words `key`."""
        return say(key, self.lang, **values)

    def word(self, words: dict[str, str], values: dict[str, Any] | None = None) -> str:
        """Return knowledge words in this language with `values` filled in."""
        return fill(words.get(self.lang) or words.get("en", ""), values or {}).strip()

    def add(self, kind: str, text: str) -> None:
        """Add a block of text, unless it is empty."""
        if text:
            self.blocks.append(Block(kind, clean(text)))

    def rows(self, head: str, rows: list[tuple[str, str]]) -> None:
        """Add a heading and rows of pairs, unless there are none."""
        if rows:
            self.add("head", head)
            pairs = tuple((clean(label), clean(value)) for label, value in rows)
            self.blocks.append(Block("rows", rows=pairs))

    def links(self, links: tuple[str, ...]) -> None:
        """Add references."""
        if links:
            self.add("links", "\n".join(links))

    def option(self, key: str, label: str, note: str = "", *, enabled: bool = True) -> None:
        """Add an option."""
        self.options.append(Option(key, one_line(label), one_line(note), enabled))

    def choose(self, key: str, words: str, **values: object) -> None:
        """Add an option whose label is the program's words `words`."""
        self.option(key, self.say(words, **values))

    def view(self, title: str, **more: Any) -> View:
        """Return the finished view."""
        return View(one_line(title), tuple(self.blocks), tuple(self.options), **more)


Drawer = Callable[[Any, Scribe], View]


def view_of(step: Any, knowledge: Knowledge, lang: str) -> View:
    """Return the view of `step` in `lang`."""
    from wizard.faces.drawing import DRAWERS

    return DRAWERS[type(step)](step, Scribe(knowledge, lang))


def path_of(trail: tuple[tuple[str, str], ...], knowledge: Knowledge, lang: str) -> list[str]:
    """Return the path walked so far, a word for each place."""
    words = []
    for kind, key in trail:
        if kind == "goal":
            words.append(say(f"goal-{key}", lang))
        else:
            words.append(key)
    return words
