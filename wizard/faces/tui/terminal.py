"""The terminal: pastes taken whole, whatever is in them, bytes that are no UTF-8, and the output.

Textual reads a paste character by character and acts on the escape sequences in it: a paste of
some megabytes takes seconds, a coloured one comes out garbled, and bytes of another encoding end
the program. Here a paste is cut out of the stream before any of it is looked at.
"""

import os
import selectors
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import Any

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END as END
from textual._xterm_parser import BRACKETED_PASTE_START as START
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

_CHUNK = 64 * 1024
_TICK_S = 0.1


class PasteParser(XTermParser):
    """Hands a bracketed paste on as one event with exactly its text."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._paste: list[str] | None = None

    def feed(self, data: str) -> Iterable[Message]:
        """Yield the events that `data`, the next part of the input, completes."""
        if not data:
            yield from super().feed(data)
            return
        while data:
            if self._paste is None:
                keys, begun, data = data.partition(START)
                if keys:
                    yield from super().feed(keys)
                if begun:
                    self._paste = []
                continue
            # The end mark may be split over two reads: look at both together.
            before = self._paste.pop() if self._paste else ""
            text, ended, rest = (before + data).partition(END)
            self._paste.append(text)
            data = rest
            if ended:
                whole, self._paste = "".join(self._paste), None
                yield events.Paste(whole)
            elif len(text) > _CHUNK:
                self._paste[-1:] = [text[: -len(END)], text[-len(END) :]]


class TerminalDriver(LinuxDriver):
    """Textual's driver with the input read as above, drawing on standard output.

    Textual draws on standard error, which leaves the screen blank for somebody who keeps that
    in a file.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._file = sys.__stdout__

    def run_input_thread(self) -> None:
        """Read the terminal until the app ends; runs in a thread of its own."""
        parser = PasteParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                for _ in selector.select(_TICK_S):
                    data = os.read(self.fileno, _CHUNK)
                    if not data:
                        # The terminal is gone: the hang-up signal, or the exit, comes by itself.
                        self.exit_event.wait(_TICK_S)
                    for event in parser.feed(decode(data)) if data else ():
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
