"""The clipboard through small programs: wl-copy, xclip, pbcopy.

What is copied goes in through standard input, never as an argument: arguments are visible to every process. The
program stays in the background, outside of our process group, to serve whoever pastes, so that a command may end and
the clipboard is still full. It holds one form: rich text cannot go beside plain text this way.

Sources: wl-copy(1), xclip(1), pbcopy(1).
"""

from __future__ import annotations

import logging
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grokdesk.errors import NotPossibleHere
from grokdesk.pictures.decode.child_process import desktop_environment
from grokdesk.system.clipboard.content import PNG, TEXT, Content
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

log = logging.getLogger(__name__)

SECONDS = 5.0
"""How long a program may take: one waits for ever for a clipboard that its compositor does not hand out."""
SETTLE_SECONDS = 0.5
"""How long after its start a program may need until what it copies can be read."""
X11_TEXT = "UTF8_STRING"


@dataclass(frozen=True, slots=True)
class Tool:
    """Words that start a program. ``kinds`` is empty for one that knows text alone; ``{}`` stands for the kind."""

    name: str
    programs: tuple[str, ...]
    package: str
    copy: tuple[str, ...]
    read: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    text: str = TEXT
    """What the program calls text."""


WL_COPY = Tool(
    "wl-copy",
    ("wl-copy", "wl-paste"),
    "wl-clipboard",
    ("wl-copy", "--type", "{}"),
    ("wl-paste", "--no-newline", "--type", "{}"),
    ("wl-paste", "--list-types"),
    ("wl-copy", "--clear"),
)
XCLIP = Tool(
    "xclip",
    ("xclip",),
    "xclip",
    ("xclip", "-selection", "clipboard", "-in", "-target", "{}"),
    ("xclip", "-selection", "clipboard", "-out", "-target", "{}"),
    ("xclip", "-selection", "clipboard", "-out", "-target", "TARGETS"),
    text=X11_TEXT,
)
PBCOPY = Tool("pbcopy", ("pbcopy", "pbpaste"), "", ("pbcopy",), ("pbpaste",))


class ToolClipboard:
    """``empty`` clears the clipboard where the program itself cannot."""

    def __init__(
        self,
        tool: Tool,
        environment: Mapping[str, str],
        empty: Callable[[], None] | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._tool = tool
        self._environment = desktop_environment(environment)
        self._empty = empty
        self._seconds = seconds

    @property
    def state(self) -> PartState:
        return PartState(
            "ok", self._tool.name, _("{name} reaches the clipboard without a window.").format(name=self._tool.name)
        )

    def kinds(self) -> tuple[str, ...]:
        if not self._tool.kinds:
            return (TEXT,) if self.read(TEXT) else ()
        found = self._read(self._tool.kinds).decode("utf-8", "replace").split()
        return tuple(dict.fromkeys(TEXT if kind == self._tool.text else kind for kind in found))

    def read(self, kind: str) -> bytes:
        return self._read(self._words(self._tool.read, kind))

    def copy(self, content: Content) -> tuple[str, ...]:
        kind = content.main
        if not self._tool.kinds and kind != TEXT:
            raise NotPossibleHere(
                _("{name} can copy text only.").format(name=self._tool.name), _("Save the picture as a file instead.")
            )
        self._write(self._words(self._tool.copy, kind), content.forms[kind])
        self._check_there(kind, content.forms[kind])
        return (kind,)

    def clear(self) -> None:
        if self._empty is not None:
            self._empty()
        elif self._tool.clear:
            self._write(self._tool.clear, b"")
        else:
            self._write(self._words(self._tool.copy, TEXT), b"")

    def _check_there(self, kind: str, given: bytes) -> None:
        """Some programs go into the background before they have the clipboard."""
        deadline, pause = time.monotonic() + SETTLE_SECONDS, threading.Event()
        while True:
            there = self.read(kind)
            # A clipboard manager may have taken the picture over and encoded it anew.
            if there == given or (kind == PNG and there):
                return
            if time.monotonic() > deadline:
                log.info("%s: %d bytes went in, %d came back", self._tool.name, len(given), len(there))
                raise NotPossibleHere(
                    _("The clipboard did not accept the copy."), _("Another program may be using it.")
                )
            pause.wait(0.02)

    def _words(self, words: Sequence[str], kind: str) -> tuple[str, ...]:
        return tuple(word.format(self._tool.text if kind == TEXT else kind) for word in words)

    def _write(self, words: Sequence[str], data: bytes) -> None:
        """The program's own child keeps what it inherits, so it gets no pipe that we would wait on."""
        with tempfile.TemporaryFile() as complaints:
            process = self._start(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints)
            self._finish(process, data)
            if process.returncode != 0:
                complaints.seek(0)
                log.info("%s ended with %d: %r", words[0], process.returncode, complaints.read(500))
                raise NotPossibleHere(_("{name} could not reach the clipboard.").format(name=self._tool.name))

    def _read(self, words: Sequence[str]) -> bytes:
        """Empty when the program says that there is nothing: it cannot be told from a failure."""
        process = self._start(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        data = self._finish(process, None)
        return data if process.returncode == 0 else b""

    def _start(self, words: Sequence[str], **pipes: object) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(words, env=self._environment, start_new_session=True, **pipes)  # type: ignore[call-overload,no-any-return]  # the pipes
        except OSError as error:
            raise NotPossibleHere(
                _("{word} could not be started: {value}.").format(
                    word=words[0], value=error.strerror or type(error).__name__
                )
            ) from error

    def _finish(self, process: subprocess.Popen[bytes], data: bytes | None) -> bytes:
        with process:
            try:
                return process.communicate(data, self._seconds)[0] or b""
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise NotPossibleHere(
                    _("{name} did not reach the clipboard within {seconds:g} s.").format(
                        name=self._tool.name, seconds=self._seconds
                    )
                ) from error
