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
from typing import IO, Any, Self, cast

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotAPicture, NotInstalled, NotPossibleHere, PictureError, PictureTooLarge
from grokdesk.pictures.decode.child_process import creation_flags, without_keys
from grokdesk.pictures.decode.decoding import MOST_PIXELS
from grokdesk.pictures.decode.decoding_process import pixel_bytes
from grokdesk.pictures.decode.opened import OpenedPicture

log = logging.getLogger(__name__)

SECONDS_TO_START = 30.0

_ERRORS = {
    error.__name__: error for error in (PictureError, NotAPicture, PictureTooLarge, NotPossibleHere, NotInstalled)
}
_START_HINT = "Install GrokDesk again. A picture of the screen can still be asked about."
_BREAKS_HINT = "Save it in another format, or take a screenshot of it."


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
                env=without_keys(os.environ),
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
        if "error" in reply:
            raise _ERRORS.get(reply["error"], PictureError)(reply["title"], reply["hint"])
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
            line = self._line()
        cancel.check()
        if line is None:
            log.info("decoding process did not start\n%s", self._last_words())
            raise _does_not_start()
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

    def _read(self) -> tuple[dict[str, Any] | None, bytearray]:
        """None for what is no whole reply."""
        reply = self._line()
        if reply is None or "error" in reply:
            return reply, bytearray()
        length = pixel_bytes(reply["mode"], *reply["image"])
        if not 0 < length <= 3 * MOST_PIXELS:
            return None, bytearray()
        pixels = bytearray(length)
        view, filled = memoryview(pixels), 0
        while filled < len(pixels) and (count := self._replies.readinto(view[filled:])):  # type: ignore[attr-defined]
            filled += count
        return (reply, pixels) if filled == len(pixels) else (None, pixels)

    def _line(self) -> dict[str, Any] | None:
        line = b""
        with suppress(OSError):
            line = self._replies.readline()
        if not line.endswith(b"\n"):
            return None
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _failure(self, name: str, seconds: float, *, is_late: bool) -> PictureError:
        if is_late:
            log.info("decoding took longer than %g seconds", seconds)
            return PictureError(f"{name} could not be opened within {seconds:g} seconds.", _BREAKS_HINT)
        code = None
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=2)
        log.info("decoding process broke down (exit code %s)\n%s", code, self._last_words())
        return PictureError(f"{name} could not be opened: what decodes it broke down.", _BREAKS_HINT)

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


def _opened(facts: dict[str, Any], pixels: bytearray) -> OpenedPicture:
    from PIL import Image

    data: Any = pixels  # the stubs name only some of the buffers that do
    return OpenedPicture(
        Image.frombuffer(facts["mode"], tuple(facts["image"]), data, "raw", facts["mode"], 0, 1),
        facts["width"],
        facts["height"],
        facts["frames"],
        facts["frame_word"],
        tuple(facts["removed"]),
        tuple(facts["notes"]),
    )


def _does_not_start() -> NotPossibleHere:
    return NotPossibleHere("The part that opens picture files does not start.", _START_HINT)
