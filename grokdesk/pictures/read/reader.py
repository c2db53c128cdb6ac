"""Reading pictures on this computer, from outside: starts the child process of ``reading`` and talks to it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any, cast

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere, PictureError
from grokdesk.model import Finding, PreparedImage, Region
from grokdesk.pictures.decode.child_process import child_environment, creation_flags
from grokdesk.pictures.read.page import Line, Word
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

SECONDS_A_PICTURE = 120.0
"""3840 x 2160 pixels full of 16 px text took 22 s where it was measured; slower computers need their time too."""
SECONDS_TO_START = 60.0

LENGTH_BYTES = 8
"""Of the length that goes before each picture, big-endian."""

_MOST_REPLY = 64 * 1024 * 1024
"""Bytes; each word of the densest page comes with its box."""
_MISSING_HINT = N_("Install GrokDesk again, or choose another profile.")


@dataclass(frozen=True, slots=True)
class Code:
    """A QR, bar or other code; ``format`` as people call it: "QR code", "EAN-13"."""

    format: str
    text: str = field(repr=False)
    region: Region | None = None
    """The box around it, in pixels of the picture."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``text`` keeps the line breaks, with an empty line between paragraphs; "" when none was found."""

    text: str = field(repr=False)
    codes: tuple[Code, ...]
    engine: str
    lines: tuple[Line, ...] = ()
    """In reading order, with the boxes of their words in pixels of the picture."""
    missing_languages: tuple[str, ...] = ()
    """What was asked for and is not installed, as Tesseract names it."""


class Reader:
    """One child process; made by ``open_reader``. Not thread-safe, but for the switch it listens to."""

    def __init__(self, process: subprocess.Popen[bytes], complaints: IO[bytes], cancel: CancelSwitch, seconds: float):
        self._process = process
        self._requests, self._replies = _pipes(process)
        self._complaints = complaints
        self._cancel = cancel
        self._seconds = seconds
        hello = self._ask(b"", _("Starting the text reader"), SECONDS_TO_START)
        if "engine" not in hello:
            log.info("reading engine missing: %s", hello.get("missing"))
            raise NotPossibleHere(_("The engine that reads text on this computer is missing."), _(_MISSING_HINT))
        self.engine = str(hello["engine"])
        """Names and versions of the engines."""

    def read(self, image: PreparedImage, languages: str = "") -> Reading:
        """Raises Cancelled at once when the switch is thrown, PictureError when the engine fails or takes too long.

        ``languages`` as Tesseract names them, such as "eng+deu"; those that are not installed are left out.
        """
        reply = self._ask(
            _request(image, want="text", languages=languages),
            _("Reading {name}").format(name=image.name),
            self._seconds,
        )
        codes = tuple(Code(kind, text, *map(_region, box)) for kind, text, *box in reply["codes"])
        return Reading(
            reply["text"],
            codes,
            self.engine,
            tuple(map(_line, reply.get("lines", ()))),
            tuple(reply.get("missing_languages", ())),
        )

    def find_secrets(
        self, image: PreparedImage, own_words: Sequence[str] = (), languages: str = ""
    ) -> tuple[Finding, ...]:
        """Where something secret stands; what it is stays in the process. Raises as ``read`` does."""
        request = _request(image, want="secrets", own_words=list(own_words), languages=languages)
        reply = self._ask(request, _("Scanning {name}").format(name=image.name), self._seconds)
        return tuple(Finding(rule, tuple(map(_region, boxes))) for rule, boxes in reply["findings"])

    def _ask(self, request: bytes, what: str, seconds: float) -> dict[str, Any]:
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        self._cancel.check()
        line = b""
        deadline = threading.Timer(seconds, give_up)
        deadline.daemon = True
        deadline.start()
        try:
            # The pipes of a child that was killed or has crashed are broken.
            with suppress(OSError):
                self._requests.write(request)
                self._requests.flush()
                line = self._replies.readline(_MOST_REPLY)
        finally:
            deadline.cancel()
        self._cancel.check()
        if not line.endswith(b"\n"):
            if late.is_set():
                raise self._failure(
                    _("{what} took longer than {seconds} seconds.").format(what=what, seconds=f"{seconds:g}")
                )
            raise self._failure(_("{what} failed: the engine broke down.").format(what=what))
        try:
            reply: dict[str, Any] = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._failure(_("{what} failed: the engine broke down.").format(what=what)) from error
        return reply

    def _failure(self, title: str) -> PictureError:
        code = None
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=2)
        self._complaints.seek(0)
        complaints = self._complaints.read().decode("utf-8", errors="replace")
        log.info("%s (exit code %s)\n%s", title, code, complaints[-2000:])
        return PictureError(title, _("Try a smaller part of the picture."))


@contextmanager
def open_reader(
    cancel: CancelSwitch, command: Sequence[str] | None = None, seconds: float = SECONDS_A_PICTURE
) -> Iterator[Reader]:
    """A reader for the pictures of one question; its process ends with the block, or when ``cancel`` is thrown.

    ``command`` starts the child where there is no Python to start it with, as in a frozen program. ``seconds`` is
    the limit for one picture. Raises NotPossibleHere when the engine is missing, Cancelled, PictureError.
    """
    # -P: a folder that GrokDesk is started in must not lend its files as modules.
    command = command or (sys.executable, "-P", "-m", "grokdesk.pictures.read.reading")
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=child_environment(os.environ),
                creationflags=creation_flags(),
            )
        except OSError as error:
            log.info("reading engine not started: %s", error)
            raise NotPossibleHere(
                _("The engine that reads text on this computer does not start."), _(_MISSING_HINT)
            ) from error
        try:
            with cancel.waking(process.kill):
                yield Reader(process, complaints, cancel, seconds)
        finally:
            process.kill()
            for pipe in _pipes(process):
                with suppress(OSError):  # what was not written yet has no reader any more
                    pipe.close()
            process.wait()


def read(image: PreparedImage, cancel: CancelSwitch, command: Sequence[str] | None = None) -> Reading:
    """Read one picture with a process of its own. Raises as ``open_reader`` and ``Reader.read`` do."""
    with open_reader(cancel, command) as reader:
        return reader.read(image)


def _request(image: PreparedImage, **wish: object) -> bytes:
    request = json.dumps(wish).encode("ascii") + b"\n" + image.data
    return len(request).to_bytes(LENGTH_BYTES, "big") + request


def _region(box: Sequence[int]) -> Region:
    return Region(*box)


def _line(values: Sequence[Any]) -> Line:
    text, confidence, words = values
    known = tuple(Word(word, _region(box), sure) for word, box, sure in words)
    top = min((word.region.y for word in known), default=0)
    return Line(text, confidence, top, max((word.region.bottom for word in known), default=0), known)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    return cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
