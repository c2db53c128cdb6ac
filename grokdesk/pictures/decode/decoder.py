"""Opens foreign files in child processes, which are kept for a short while: five dropped pictures do not pay five
starts, and a waiting program has none.

Captured pixels are ours and never go there.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Sequence

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Picture, Pixels
from grokdesk.pictures.decode.decoding import check_type
from grokdesk.pictures.decode.decoding_child import DecodingChild, Request
from grokdesk.pictures.decode.file_types import sniff
from grokdesk.pictures.decode.opened import OpenedPicture
from grokdesk.pictures.decode.opening import open_capture

SECONDS_A_PICTURE = 60.0
"""120 million pixels, the most that are opened, take a sixth of it where it was measured."""
KEPT_SECONDS = 10.0
MOST_CHILDREN = 2
"""At the same time. Each may take the memory of the largest picture."""


class Decoder:
    """``open`` satisfies ``Opener``. Every method may be called from any thread."""

    def __init__(
        self,
        command: Sequence[str] | None = None,
        seconds: float = SECONDS_A_PICTURE,
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self._start: Callable[[], DecodingChild] = lambda: DecodingChild(command)
        self._seconds = seconds
        self._kept_seconds = kept_seconds
        self._changed = threading.Condition()
        self._idle: list[DecodingChild] = []
        self._busy = 0
        self._ending: threading.Timer | None = None
        # With the program at the latest: a child would end by itself, but nobody would have waited for it.
        weakref.finalize(self, _end, self._idle)

    def open(
        self, picture: Picture, /, *, enough: int | None = None, cancel: CancelSwitch | None = None
    ) -> OpenedPicture:
        """Also raises NotPossibleHere when no child can be started."""
        cancel = cancel or CancelSwitch()
        cancel.check()
        if isinstance(picture.content, Pixels):
            return open_capture(picture.content)
        check_type(picture.name, sniff(picture.content))
        request = Request(picture.name, picture.content, enough, picture.frame)
        child = self._take(cancel)
        try:
            child = child or self._start()
            return child.open(request, cancel, self._seconds)
        finally:
            self._give_back(child)

    def close(self) -> None:
        """End what waits; what works is ended when it is done."""
        with self._changed:
            ended = list(self._idle)
            self._idle.clear()
        _end(ended)

    def _take(self, cancel: CancelSwitch) -> DecodingChild | None:
        """A child that waits, or None when one may be started. Waits until either is so. Raises Cancelled."""
        with cancel.waking(self._wake), self._changed:
            self._changed.wait_for(lambda: cancel.thrown or self._busy < min(MOST_CHILDREN, os.cpu_count() or 1))
            cancel.check()
            self._busy += 1
            if self._ending is not None:
                self._ending.cancel()
            return self._idle.pop() if self._idle else None

    def _give_back(self, child: DecodingChild | None) -> None:
        if child is not None and not child.is_usable:
            child.close()
            child = None
        with self._changed:
            self._busy -= 1
            if child is not None:
                self._idle.append(child)
            if self._ending is not None:
                self._ending.cancel()
            if self._idle:
                self._ending = threading.Timer(self._kept_seconds, _close, (weakref.ref(self),))
                self._ending.daemon = True
                self._ending.start()
            self._changed.notify()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _close(decoder: weakref.ref[Decoder]) -> None:
    """What waits for its time does not keep a decoder that nobody needs."""
    if (needed := decoder()) is not None:
        needed.close()


def _end(children: list[DecodingChild]) -> None:
    for child in children:
        child.close()
