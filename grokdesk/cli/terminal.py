"""Standard input, output and error of one command: the answer to one, everything else to the other.

What comes from a server or a file never steers the terminal: control characters are shown as ``?`` there.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from grokdesk.errors import GrokDeskError, UsageError
from grokdesk.translation import _

_SHOWN = str.maketrans({code: "?" for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"})


class OutputClosed(Exception):
    """Nobody reads standard output any more: no error of ours, the reader has enough."""


class Terminal:
    """``redact`` is applied to everything on standard error, so that no key can be in a sentence."""

    def __init__(self, stdin: TextIO | None, stdout: TextIO | None, stderr: TextIO | None) -> None:
        self._in = stdin or io.StringIO()
        self._out = stdout or io.StringIO()
        self._err = stderr or io.StringIO()
        self.redact: Callable[[str], str] = redact_shapes
        self._at_line_start = True
        self._status = ""
        for stream in (self._out, self._err):
            if isinstance(stream, io.TextIOWrapper):
                # A console that lacks a letter shows another one, rather than losing the answer.
                stream.reconfigure(errors="replace")

    @property
    def is_person_there(self) -> bool:
        """True when somebody can answer a prompt."""
        return self._in.isatty() or self._err.isatty()

    @property
    def takes_answers(self) -> bool:
        """True when ``confirm`` really asks."""
        return self._in.isatty()

    @property
    def shows_progress(self) -> bool:
        return self._err.isatty()

    @property
    def has_every_letter(self) -> bool:
        """False when standard output cannot show more than an old code page."""
        return (getattr(self._out, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"

    # --- standard output ---

    def write(self, text: str) -> None:
        """Part of the result, at once. Raises OutputClosed."""
        if not text:
            return
        self.status("")
        self._at_line_start = text.endswith("\n")
        try:
            self._out.write(text.translate(_SHOWN) if self._out.isatty() else text)
            self._out.flush()
        except OSError as error:
            raise OutputClosed from error

    def line(self, text: str = "") -> None:
        self.write(text + "\n")

    def end_line(self) -> None:
        """Begin a new line unless the last one has ended."""
        if not self._at_line_start:
            self.write("\n")

    def object(self, value: object) -> None:
        """One JSON value. Raises OutputClosed."""
        import json

        self.line(json.dumps(value, ensure_ascii=not self.has_every_letter, indent=2))

    # --- standard error ---

    def say(self, sentence: str) -> None:
        """A sentence for the person."""
        self.status("")
        if self._out.isatty() and self._err.isatty():
            self.end_line()
        self._write_error(f"grokdesk: {sentence}\n")

    def show_error(self, error: GrokDeskError) -> None:
        self.say(str(error))

    def status(self, text: str) -> None:
        """What is going on now, on a line that the next output replaces; only for a person who looks."""
        if not self.shows_progress or text == self._status:
            return
        # Blanks wipe the line on every console; an escape sequence does not.
        self._write_error(f"\r{' ' * len(self._status)}\r{text.translate(_SHOWN)}", is_line=False)
        self._status = text

    def _write_error(self, text: str, *, is_line: bool = True) -> None:
        text = self.redact(text)
        # Without standard error there is nobody to tell.
        with suppress(OSError):
            self._err.write(text.translate(_SHOWN) if is_line and self._err.isatty() else text)
            self._err.flush()

    # --- standard input ---

    def read_bytes(self, most: int) -> bytes:
        """Standard input to its end, or one byte more than ``most``. Raises UsageError when nothing is piped in."""
        if self._in.isatty():
            raise UsageError(
                _("There is no picture on standard input."), _("Pipe one in, as in: grokdesk ask - < shot.png")
            )
        source = getattr(self._in, "buffer", None)
        return bytes(source.read(most + 1)) if source is not None else b""

    def read_secret(self, prompt: str) -> str:
        """A line that is not shown while it is typed; without a person, the first line of standard input."""
        if not self._in.isatty():
            return self._in.readline()
        from getpass import getpass

        try:
            return getpass(prompt)
        except EOFError:
            return ""

    def confirm(self, question: str) -> bool:
        """True for yes, and where nobody can be asked."""
        if not self._in.isatty():
            return True
        self._write_error(f"{question} [y/N] ")
        return self._in.readline().strip().lower() in ("y", "yes")

    # --- the end ---

    def give_up_output(self) -> None:
        """Let the interpreter's own last flush go nowhere, so that it does not complain."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._out.fileno())
            os.close(nowhere)


def redact_shapes(text: str) -> str:
    """Masks what looks like a key, until the keys themselves are known."""
    from grokdesk.logs import Redactor

    return Redactor().redact(text)


def terminal_of_this_process() -> Terminal:
    return Terminal(sys.stdin, sys.stdout, sys.stderr)
