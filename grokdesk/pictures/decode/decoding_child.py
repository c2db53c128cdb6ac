"""One child process that decodes foreign files, from outside: ``decoding_process`` is what runs in it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Self, TypeGuard, cast

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import GrokDeskError, NotAPicture, NotInstalled, NotPossibleHere, PictureError, PictureTooLarge
from grokdesk.pictures.decode.child_process import child_environment, creation_flags, line_in, raw_line, read_line
from grokdesk.pictures.decode.decoding import MOST_PIXELS
from grokdesk.pictures.decode.decoding_process import MODES, pixel_bytes
from grokdesk.pictures.decode.frames import MOST_FRAMES
from grokdesk.pictures.decode.opened import OpenedPicture
from grokdesk.translation import N_, _

log = logging.getLogger(__name__)

SECONDS_TO_START = 30.0

_ERRORS = {
    error.__name__: error for error in (PictureError, NotAPicture, PictureTooLarge, NotPossibleHere, NotInstalled)
}
_MOST_SENTENCES, _MOST_LETTERS = 20, 8_000
"""A name may be long."""
_START_HINT = N_("Install GrokDesk again. A picture of the screen can still be asked about.")
_BREAKS_HINT = N_("Save it in another format, or take a screenshot of it.")


@dataclass(frozen=True, slots=True)
class Request:
    name: str
    content: bytes
    enough: int | None = None
    frame: int = 0


class DecodingChild:
    """Started when it is made. Not thread-safe, but for ``kill``. After an error that is none of the picture's own
    (``is_usable``) it is of no more use."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """``command`` is for where there is no Python to start it with. Raises NotPossibleHere."""
        # -P: a folder that GrokDesk is started in must not lend its files as modules.
        command = command or (sys.executable, "-P", "-m", "grokdesk.pictures.decode.decoding_process")
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=child_environment(os.environ),
                creationflags=creation_flags(),
            )
        except OSError as error:
            self._complaints.close()
            log.info("decoding process not started: %s", error)
            raise _does_not_start() from error
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._replies = cast("IO[bytes]", self._process.stdout)
        self._greeted = False
        self.is_usable = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def open(self, request: Request, cancel: CancelSwitch, seconds: float) -> OpenedPicture:
        """Raises Cancelled at once when the switch is thrown, NotPossibleHere when the child does not start, and
        PictureError for what is wrong with the picture."""
        self.is_usable = False
        with cancel.waking(self.kill):
            if not self._greeted:
                self._greet(cancel)
            with _Deadline(self, seconds) as deadline:
                self._write(request)
                reply, pixels = self._read()
            cancel.check()
            if reply is None:
                raise self._failure(request.name, seconds, is_late=deadline.is_over)
        self.is_usable = True
        if isinstance(reply, GrokDeskError):
            raise reply
        return _opened(reply, pixels)

    def kill(self) -> None:
        """From any thread; whoever waits for the child is woken."""
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        for pipe in (self._requests, self._replies, self._complaints):
            with suppress(OSError):  # what was not written yet has no reader any more
                pipe.close()
        self._process.wait()

    def _greet(self, cancel: CancelSwitch) -> None:
        with _Deadline(self, SECONDS_TO_START):
            line = read_line(self._replies)
        cancel.check()
        if line is None or line.get("ready") is not True:
            log.info("decoding process did not start\n%s", self._last_words())
            raise _does_not_start()
        log.debug("decoding process is confined: %s", _words(line.get("confined")) or "the system offers nothing")
        self._greeted = True

    def _write(self, request: Request) -> None:
        head = {
            "name": request.name,
            "bytes": len(request.content),
            "enough": request.enough,
            "frame": request.frame,
        }
        with suppress(OSError):  # the pipes of a child that was killed or has crashed are broken
            self._requests.write(json.dumps(head).encode("ascii") + b"\n")
            self._requests.write(request.content)
            self._requests.flush()

    def _read(self) -> tuple[Facts | GrokDeskError | None, bytearray]:
        """None for what is no whole reply."""
        raw = raw_line(self._replies)
        line = line_in(raw)
        reply = None if line is None else (_error_in(line) if "error" in line else facts_in(line))
        if raw and reply is None:
            # It has not ended by itself, so there is no exit code to wait for.
            self.kill()
        if not isinstance(reply, Facts):
            return reply, bytearray()
        pixels = bytearray(reply.length)
        view, filled = memoryview(pixels), 0
        while filled < len(pixels) and (count := self._replies.readinto(view[filled:])):  # type: ignore[attr-defined]
            filled += count
        return (reply, pixels) if filled == len(pixels) else (None, pixels)

    def _failure(self, name: str, seconds: float, *, is_late: bool) -> PictureError:
        if is_late:
            log.info("decoding took longer than %g seconds", seconds)
            return PictureError(
                _("{name} could not be opened within {seconds} seconds.").format(name=name, seconds=f"{seconds:g}"),
                _(_BREAKS_HINT),
            )
        code = None
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=2)
        log.info("decoding process broke down (exit code %s)\n%s", code, self._last_words())
        return PictureError(
            _("{name} could not be opened: the image decoder crashed.").format(name=name), _(_BREAKS_HINT)
        )

    def _last_words(self) -> str:
        self._complaints.seek(0)
        return self._complaints.read().decode("utf-8", errors="replace")[-2000:]


class _Deadline:
    """Kills the child when the block takes too long."""

    def __init__(self, child: DecodingChild, seconds: float) -> None:
        self.is_over = False
        self._child = child
        self._timer = threading.Timer(seconds, self._give_up)
        self._timer.daemon = True

    def _give_up(self) -> None:
        self.is_over = True
        self._child.kill()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._timer.cancel()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a child says of the pixels that follow."""

    mode: str
    image: tuple[int, int]
    width: int
    height: int
    frames: int
    frame_word: str
    removed: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def length(self) -> int:
        return pixel_bytes(self.mode, *self.image)


def facts_in(line: dict[str, Any]) -> Facts | None:
    """None unless each of them is what it can be: a child may have been taken over by what it decodes."""
    image, removed, notes = line.get("image"), _words(line.get("removed")), _words(line.get("notes"))
    numbers = [*image, line.get("width"), line.get("height")] if isinstance(image, list) else []
    if len(numbers) != 4 or not all(_is_number(number, MOST_PIXELS) for number in numbers):
        return None
    (across, down, width, height), mode, frames = numbers, line.get("mode"), line.get("frames")
    if not isinstance(mode, str) or mode not in MODES:
        return None
    if line.get("frame_word") not in ("frame", "page") or not _is_number(frames, MOST_FRAMES):
        return None
    if across * down > MOST_PIXELS or width * height > MOST_PIXELS or across > width or down > height:
        return None
    if removed is None or notes is None:
        return None
    return Facts(mode, (across, down), width, height, frames, line["frame_word"], removed, notes)


def _error_in(line: dict[str, Any]) -> GrokDeskError | None:
    words = _words([line.get("title"), line.get("hint")])
    kind = _ERRORS.get(line["error"]) if isinstance(line["error"], str) else None
    return kind(*words) if kind is not None and words is not None else None


def _words(value: Any) -> tuple[str, ...] | None:
    """A list of some sentences, without what could steer a terminal; a picture's name may stand in them."""
    if not isinstance(value, list) or len(value) > _MOST_SENTENCES:
        return None
    if not all(isinstance(word, str) and len(word) <= _MOST_LETTERS for word in value):
        return None
    return tuple(word.replace("\x1b", "\ufffd") for word in value)


def _is_number(value: Any, most: int) -> TypeGuard[int]:
    return type(value) is int and 0 < value <= most


def _opened(facts: Facts, pixels: bytearray) -> OpenedPicture:
    from PIL import Image

    data: Any = pixels  # the stubs name only some of the buffers that do
    return OpenedPicture(
        Image.frombuffer(facts.mode, facts.image, data, "raw", facts.mode, 0, 1),
        facts.width,
        facts.height,
        facts.frames,
        facts.frame_word,
        facts.removed,
        facts.notes,
    )


def _does_not_start() -> NotPossibleHere:
    return NotPossibleHere(_("The part that opens picture files does not start."), _(_START_HINT))
