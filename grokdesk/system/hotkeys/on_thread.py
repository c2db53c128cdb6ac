"""Hotkeys where a system gives keys away one by one: on one thread, which sleeps until a key or a request comes.

The system itself is a ``KeySource``; what is the same everywhere (which binding has which key, what to take and what to
let go) is here.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Changed, HotkeyState, Refusal, active, doubles, impossible, refused
from grokdesk.system.part_state import PartState
from grokdesk.translation import _

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that a system may take to answer."""


@dataclass(frozen=True, slots=True)
class Happened:
    """``moved`` are keys that are somewhere else now (another keyboard layout), so that they have to be taken again."""

    pressed: tuple[Hotkey, ...] = ()
    moved: tuple[Hotkey, ...] = ()
    layout_changed: bool = False
    """What could not be had may be had now."""


class KeySource(Protocol):
    """Whoever gives keys away. Lives on one thread, but for ``wake``. Raises NotPossibleHere when it is gone."""

    @property
    def name(self) -> str: ...

    @property
    def why(self) -> str:
        """One sentence: why hotkeys come from here."""
        ...

    def open(self) -> None: ...

    def take(self, hotkey: Hotkey) -> Refusal | None: ...

    def release(self, hotkey: Hotkey) -> None: ...

    def wait(self) -> Happened:
        """Sleep until something happens or ``wake`` is called; what happened before counts."""
        ...

    def wake(self) -> None:
        """Let ``wait`` return, now or the next time. From any thread, between ``open`` and ``close``."""
        ...

    def close(self) -> None: ...


class HeldKeys:
    """Which binding has which key. Only what differs is taken or let go, so that a key that stays is never missed."""

    def __init__(
        self, backend: str, take: Callable[[Hotkey], Refusal | None], release: Callable[[Hotkey], None]
    ) -> None:
        self._backend = backend
        self._take = take
        self._release = release
        self._wanted: dict[str, Hotkey] = {}
        self._held: dict[str, Hotkey] = {}
        self.states: dict[str, HotkeyState] = {}

    def want(self, wanted: Mapping[str, Hotkey]) -> dict[str, HotkeyState]:
        """Let go first, then take, so that two bindings can change their keys with each other."""
        self._wanted = dict(wanted)
        states = doubles(self._backend, wanted)
        for binding, hotkey in list(self._held.items()):
            if binding in states or wanted.get(binding) != hotkey:
                self._release(self._held.pop(binding))
        for binding, hotkey in wanted.items():
            if binding not in states:
                states[binding] = self._have(binding, hotkey)
        self.states = states
        return states

    def take_again(self, moved: tuple[Hotkey, ...]) -> dict[str, HotkeyState]:
        """Take what has moved, and try again what could not be had. Returns the states that are new."""
        for binding, hotkey in list(self._held.items()):
            if hotkey in moved:
                self._release(self._held.pop(binding))
        before = self.states
        after = self.want(self._wanted)
        return {binding: state for binding, state in after.items() if state != before.get(binding)}

    def lose(self, error: NotPossibleHere) -> dict[str, HotkeyState]:
        """All are gone without having been let go."""
        self._held.clear()
        self.states = lost(self._backend, self._wanted, error)
        return self.states

    def binding_of(self, hotkey: Hotkey) -> str | None:
        return next((binding for binding, held in self._held.items() if held == hotkey), None)

    def _have(self, binding: str, hotkey: Hotkey) -> HotkeyState:
        if binding not in self._held:
            refusal = self._take(hotkey)
            if refusal is not None:
                return refused(self._backend, binding, refusal)
            self._held[binding] = hotkey
        return active(self._backend, hotkey)


def lost(backend: str, wanted: Mapping[str, Hotkey], error: NotPossibleHere) -> dict[str, HotkeyState]:
    return {binding: impossible(backend, binding, error.title, error.hint) for binding in wanted}


@dataclass(frozen=True, slots=True)
class _Request:
    """To bind; without ``wanted``, to end."""

    wanted: Mapping[str, Hotkey] | None
    done: Future[Mapping[str, HotkeyState]] = field(default_factory=Future)


class ThreadHotkeys:
    """The thread starts with the first hotkey. Every method may be called from any thread but this one."""

    def __init__(self, source: KeySource, pressed: Callable[[str], None], changed: Changed) -> None:
        self.state = PartState("ok", source.name, source.why)
        self._source = source
        self._pressed = pressed
        self._changed = changed
        self._held = HeldKeys(source.name, source.take, source.release)
        self._lock = threading.Lock()
        self._requests: deque[_Request] = deque()
        self._thread: threading.Thread | None = None
        self._is_open = self._is_over = False
        self._error = self._ended = NotPossibleHere(_("Hotkeys stopped working."), _("Restart GrokDesk."))

    def bind(self, wanted: Mapping[str, Hotkey]) -> Mapping[str, HotkeyState]:
        request = _Request(dict(wanted))
        if not wanted and self._thread is None:
            return {}
        if not self._send(request):
            return lost(self._source.name, wanted, self._error)
        try:
            return request.done.result(PATIENCE)
        except TimeoutError:
            return lost(
                self._source.name, wanted, NotPossibleHere(_("The desktop is not responding."), _("Try again."))
            )

    def configure(self) -> None:
        raise NotPossibleHere(_("This desktop has no settings for hotkeys."))

    def close(self) -> None:
        if self._thread is None:
            self._is_over = True
        elif self._send(_Request(None)):
            self._thread.join(PATIENCE)

    def _send(self, request: _Request) -> bool:
        """False when nobody is left to serve it."""
        with self._lock:
            if self._is_over:
                return False
            self._requests.append(request)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
                self._thread.start()
            elif self._is_open:  # else it looks for requests as soon as it is
                self._source.wake()
            return True

    def _run(self) -> None:
        try:
            self._source.open()
            with self._lock:
                self._is_open = True
            self._serve()
        except NotPossibleHere as error:
            log.info("the hotkeys are gone: %s", error)
            self._error = error
        except Exception:
            log.exception("the hotkeys stopped")
            self._error = NotPossibleHere(_("Hotkeys stopped working."), _("Restart GrokDesk."))
        finally:
            # Under the lock, so that nobody wakes a source that is closed: on X11 waking writes to a file descriptor,
            # whose number may be that of another file by then.
            with self._lock:
                self._is_over = True
                if self._is_open:
                    self._source.close()
            self._answer_the_rest()

    def _answer_the_rest(self) -> None:
        """Nobody waits in vain, and who had keys hears that they are gone."""
        if self._error is not self._ended and self._held.states:
            self._say_changed(self._held.lose(self._error))
        for request in self._requests:
            if not request.done.done():
                request.done.set_result(lost(self._source.name, request.wanted or {}, self._error))

    def _serve(self) -> None:
        """Until a request to end comes. Raises NotPossibleHere when the source goes away."""
        while self._serve_requests():
            happened = self._source.wait()
            for hotkey in happened.pressed:
                if (binding := self._held.binding_of(hotkey)) is not None:
                    self._fire(binding)
            if (happened.moved or happened.layout_changed) and (new := self._held.take_again(happened.moved)):
                self._say_changed(new)

    def _serve_requests(self) -> bool:
        """False when it was the last. A request stays in line until it is answered."""
        while self._requests:
            request = self._requests[0]
            if request.wanted is None:
                return False
            request.done.set_result(self._held.want(request.wanted))
            self._requests.popleft()
        return True

    def _fire(self, binding: str) -> None:
        try:
            self._pressed(binding)
        except Exception:
            log.exception("the hotkey %s went wrong", binding)

    def _say_changed(self, states: Mapping[str, HotkeyState]) -> None:
        try:
            self._changed(states)
        except Exception:
            log.exception("nobody heard of the change of the hotkeys")
