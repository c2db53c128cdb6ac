"""The child process that ``decoder`` starts: it decodes foreign files, so that what breaks or hangs on one is not us.

The first line it writes is ``{"ready": true, "confined": [...]}``. A request is one line ``{"name", "bytes", "enough",
"frame"}`` and then the bytes of the file; a reply is one line, either ``{"error", "title", "hint"}`` or the facts of an
OpenedPicture with ``{"mode", "image"}``, followed by the pixels, row by row.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO

from grokdesk.errors import GrokDeskError
from grokdesk.pictures.decode.confinement import confine, limit
from grokdesk.pictures.decode.decoding import decode_file

if TYPE_CHECKING:
    from PIL import Image

MOST_MEMORY = 4 * 1024**3
"""Of addresses, libraries and their threads included: twice what the largest picture takes."""
CPU_SECONDS = 120
"""For one picture. Time is limited by who asks; this is for a child whose program has died meanwhile."""
_STRIP_ROWS = 64
MODES = {"L": 1, "RGB": 3}


def serve(requests: BinaryIO, replies: BinaryIO, begin: Callable[[], None], confined: Sequence[str] = ()) -> None:
    """Answer until the requests end. ``begin`` is called before each picture; ``confined`` is what it may not use."""
    _say(replies, {"ready": True, "confined": confined})
    while line := requests.readline():
        request = json.loads(line)
        content = requests.read(request["bytes"])
        begin()
        _answer(replies, request, content)


def pixel_bytes(mode: str, width: int, height: int) -> int:
    """How many bytes follow a reply."""
    return width * height * MODES[mode]


def _answer(replies: BinaryIO, request: dict[str, Any], content: bytes) -> None:
    try:
        opened = decode_file(request["name"], content, request["enough"], request["frame"])
    except GrokDeskError as error:
        _say(replies, {"error": type(error).__name__, "title": error.title, "hint": error.hint})
        return
    facts = {
        "mode": opened.image.mode,
        "image": opened.image.size,
        "width": opened.width,
        "height": opened.height,
        "frames": opened.frames,
        "frame_word": opened.frame_word,
        "removed": opened.removed,
        "notes": opened.notes,
    }
    _say(replies, facts)
    replies.writelines(_strips(opened.image))
    replies.flush()


def _strips(image: Image.Image) -> Iterator[bytes]:
    """All rows, some at a time: one buffer for all would cost its page faults, and whoever reads had to wait."""
    for top in range(0, image.height, _STRIP_ROWS):
        yield image.crop((0, top, image.width, min(image.height, top + _STRIP_ROWS))).tobytes()


def _say(replies: BinaryIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply).encode("ascii") + b"\n")
    replies.flush()


def main() -> int:
    """Nothing but replies may get to standard output, so libraries lose theirs."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    begin = _limit()
    confined = confine(os.environ)
    with replies, suppress(BrokenPipeError):
        serve(sys.stdin.buffer, replies, begin, confined)
    return 0


def _limit() -> Callable[[], None]:
    """Limit this process, where the system can; what comes back gives the next picture its time."""
    limit(MOST_MEMORY)
    if sys.platform == "win32":
        return lambda: None
    import resource

    def begin() -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
        with suppress(OSError, ValueError):  # a lower limit was there already
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))

    return begin


if __name__ == "__main__":
    sys.exit(main())
