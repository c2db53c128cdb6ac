"""Shows notifications over the session bus, on one daemon thread that also hears the clicks.

One connection for both, as some services tell only the one who asked, and take a notification back when its sender
leaves the bus. The thread starts with the first notification, sleeps while nothing happens, and ends with the bus.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Protocol

from grokdesk.errors import NotPossibleHere
from grokdesk.system.notification import Notification
from grokdesk.system.part_state import PartState
from grokdesk.system.session_bus import BusClosed, BusRefused, SessionBus
from grokdesk.translation import _

log = logging.getLogger(__name__)

CALL_SECONDS = 3.0
"""How long a service may take to answer before the notification is shown in another way."""
CLOSE_SECONDS = 0.5

Activated = Callable[[str, str], None]
Failed = Callable[[Notification], None]


class Line(Protocol):
    """What is said to one kind of service over one connection. For one thread."""

    def show(self, notification: Notification) -> None:
        """Raises BusRefused, BusClosed."""
        ...

    def clicks(self) -> Iterator[tuple[str, str]]:
        """What was clicked by now: id and token. Does not wait. Raises BusRefused, BusClosed."""
        ...

    def take_back(self) -> None:
        """Close what is still shown. Raises BusRefused, BusClosed."""
        ...


class BusNotifier:
    def __init__(
        self,
        address: str,
        backend: str,
        open_line: Callable[[SessionBus], AbstractContextManager[Line]],
        activated: Activated,
        failed: Failed,
    ) -> None:
        self.state = PartState("ok", backend, _("Notifications are shown by your desktop."))
        self._address = address
        self._open_line = open_line
        self._activated = activated
        self._failed = failed
        self._lock = threading.Lock()
        self._waiting: deque[Notification] = deque()
        self._thread: threading.Thread | None = None
        self._bus: SessionBus | None = None
        self._closed = False
        self._bell, self._heard = socket.socketpair()
        self._bell.setblocking(False)
        self._heard.setblocking(False)

    def show(self, notification: Notification) -> None:
        with self._lock:
            if self._closed:
                return
            self._waiting.append(notification)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)
                self._thread.start()
        self._ring()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._ring()
            thread.join(CLOSE_SECONDS)
            if thread.is_alive() and (bus := self._bus) is not None:
                bus.interrupt()  # it waits for a service that does not answer, and does not hear the bell
                thread.join(CLOSE_SECONDS)
        if thread is None or not thread.is_alive():
            self._bell.close()
            self._heard.close()

    def _ring(self) -> None:
        with suppress(OSError):  # full: it rings already
            self._bell.send(b"\0")

    def _run(self) -> None:
        try:
            self._serve()
        except (NotPossibleHere, BusRefused, BusClosed) as error:
            self._note(error)
        except Exception:
            log.exception("the notifications failed")
        finally:
            # Under the lock of ``show``: what comes later starts another thread, what came before is in ``left``.
            with self._lock:
                self._thread = None
                left = [] if self._closed else list(self._waiting)
                self._waiting.clear()
            for notification in left:
                self._tell(partial(self._failed, notification))

    def _serve(self) -> None:
        bus = self._bus = SessionBus(self._address)
        try:
            with self._open_line(bus) as line:
                while not self._closed:
                    self._show_waiting(line)
                    for id_, token in line.clicks():
                        self._tell(partial(self._activated, id_, token))
                    select.select([bus.fileno(), self._heard.fileno()], [], [])
                    with suppress(BlockingIOError):
                        self._heard.recv(4096)
                with suppress(BusRefused):
                    line.take_back()
        finally:
            self._bus = None
            bus.close()

    def _show_waiting(self, line: Line) -> None:
        while self._waiting and not self._closed:
            try:
                line.show(self._waiting[0])
            except BusRefused as error:
                self._note(error)
                refused = self._waiting.popleft()
                self._tell(partial(self._failed, refused))
            else:
                self._waiting.popleft()
                self.state = PartState("ok", self.state.backend, _("Notifications are shown by your desktop."))

    def _note(self, error: Exception) -> None:
        log.info("notification not shown: %s", error)
        self.state = PartState(
            "missing",
            self.state.backend,
            _("No notification service is running in this session."),
            _("Install one, such as dunst or mako, or look at the tray icon."),
        )

    def _tell(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception:
            log.exception("what a notification led to failed")
