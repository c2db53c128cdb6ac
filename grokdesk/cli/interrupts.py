"""Ctrl-C throws the switch: what came so far is kept, and the program ends by itself."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from grokdesk.cancel import CancelSwitch


@contextmanager
def interrupts_throw(cancel: CancelSwitch) -> Iterator[None]:
    """Within the block Ctrl-C and a request to end throw ``cancel``; a second one interrupts the hard way.

    The signal's number arrives on a socket that another thread watches: it is written by the system's own handler,
    also while the main thread is blocked in a call that Python cannot interrupt (on Windows every socket), and the
    switch is never thrown by a handler in the middle of the switch's own code.
    Source: https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread gets signals
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    watched, written = socket.socketpair()
    written.setblocking(False)

    def watch() -> None:
        while received := watched.recv(16):
            if any(number in received for number in numbers):
                cancel.throw()

    def take(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.default_int_handler)

    watcher = threading.Thread(target=watch, name="interrupts", daemon=True)
    watcher.start()
    earlier_fd = signal.set_wakeup_fd(written.fileno(), warn_on_full_buffer=False)
    earlier = {number: signal.signal(number, take) for number in numbers}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(earlier_fd)
        written.close()
        watcher.join()
        watched.close()
