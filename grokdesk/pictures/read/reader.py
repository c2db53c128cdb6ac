"""Reading pictures on this computer, from outside: starts the child process of ``reading`` and talks to it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar, cast

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotPossibleHere, PictureError
from grokdesk.model import Finding, PreparedImage, Region
from grokdesk.pictures.decode.child_process import child_environment, creation_flags, line_in, raw_line
from grokdesk.pictures.read.page import Line, Word
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

T = TypeVar("T")
Reply = dict[str, Any]

SECONDS_A_PICTURE = 120.0
"""3840 x 2160 pixels full of 16 px text took 22 s where it was measured; slower computers need their time too."""
SECONDS_TO_START = 60.0

LENGTH_BYTES = 8
"""Of the length that goes before each picture, big-endian."""

_MOST_REPLY = 64 * 1024 * 1024
"""Bytes; each word of the densest page comes with its box."""
_MOST_CODES, _MOST_FINDS, _MOST_LETTERS, _FARTHEST = 10_000, 100_000, 1_000, 1_000_000
"""Of one picture, of a name, and in pixels or percent; all well beyond what can be."""
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
        self.engine = self._ask(b"", _("Starting the text reader"), SECONDS_TO_START, self._greeted)
        """Names and versions of the engines."""

    def read(self, image: PreparedImage, languages: str = "") -> Reading:
        """Raises Cancelled at once when the switch is thrown, PictureError when the engine fails or takes too long.

        ``languages`` as Tesseract names them, such as "eng+deu"; those that are not installed are left out.
        """
        return self._ask(
            _request(image, want="text", languages=languages),
            _("Reading {name}").format(name=image.name),
            self._seconds,
            lambda reply: _reading(reply, self.engine),
        )

    def find_secrets(
        self, image: PreparedImage, own_words: Sequence[str] = (), languages: str = ""
    ) -> tuple[Finding, ...]:
        """Where something secret stands; what it is stays in the process. Raises as ``read`` does."""
        request = _request(image, want="secrets", own_words=list(own_words), languages=languages)
        return self._ask(request, _("Scanning {name}").format(name=image.name), self._seconds, _findings)

    def _greeted(self, hello: Reply) -> str:
        if "engine" not in hello:
            log.info("reading engine missing: %s", str(hello.get("missing"))[:2000])
            raise NotPossibleHere(_("The engine that reads text on this computer is missing."), _(_MISSING_HINT))
        confined = ", ".join(_words(hello.get("confined", [])))
        log.debug("reading process is confined: %s", confined or "the system offers nothing")
        return _word(hello["engine"])

    def _ask(self, request: bytes, what: str, seconds: float, understand: Callable[[Reply], T]) -> T:
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
                line = raw_line(self._replies, _MOST_REPLY)
        finally:
            deadline.cancel()
        self._cancel.check()
        if late.is_set():
            raise self._failure(
                _("{what} took longer than {seconds} seconds.").format(what=what, seconds=f"{seconds:g}")
            )
        reply = line_in(line)
        try:
            if reply is not None:
                return understand(reply)
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            log.info("the reading engine's answer is none: %s", type(error).__name__)
        if line:
            # It has not ended by itself, so there is no exit code to wait for.
            self._process.kill()
        raise self._failure(_("{what} failed: the engine broke down.").format(what=what))

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


# What follows believes nothing of a reply: an engine may have been taken over by what it read. Each raises TypeError,
# ValueError, KeyError or OverflowError for what cannot be.


def _reading(reply: Reply, engine: str) -> Reading:
    return Reading(
        _word(reply["text"], _MOST_REPLY),
        tuple(_code(*code) for code in _list(reply["codes"], _MOST_CODES)),
        engine,
        tuple(_line(*line) for line in _list(reply.get("lines", []))),
        _words(reply.get("missing_languages", [])),
    )


def _findings(reply: Reply) -> tuple[Finding, ...]:
    return tuple(
        Finding(_word(rule), tuple(map(_region, _list(boxes)))) for rule, boxes in _list(reply["findings"], _MOST_FINDS)
    )


def _code(kind: object, text: object, box: object = None) -> Code:
    return Code(_word(kind), _word(text, _MOST_REPLY), None if box is None else _region(box))


def _line(text: object, confidence: object, words: object) -> Line:
    known = tuple(Word(_word(word, _MOST_REPLY), _region(box), _number(sure)) for word, box, sure in _list(words))
    top = min((word.region.y for word in known), default=0)
    bottom = max((word.region.bottom for word in known), default=0)
    return Line(_word(text, _MOST_REPLY), _number(confidence), top, bottom, known)


def _region(box: object) -> Region:
    left, top, width, height = (_number(value) for value in _list(box, 4))
    if not all(isinstance(value, int) for value in (left, top, width, height)) or min(width, height) < 0:
        raise ValueError
    return Region(int(left), int(top), int(width), int(height))


def _number(value: object) -> float:
    if type(value) not in (int, float) or not -_FARTHEST <= value <= _FARTHEST:  # type: ignore[operator]  # a number by now
        raise ValueError
    return value  # type: ignore[return-value]  # likewise


def _word(value: object, most: int = _MOST_LETTERS) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError
    return value


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(_word, _list(value, _MOST_CODES)))


def _list(value: object, most: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (most is not None and len(value) > most):
        raise ValueError
    return value


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    return cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
