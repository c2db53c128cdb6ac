"""Global hotkeys on X11 by XGrabKey, on one thread that sleeps until a key or a request comes.

Source: https://www.x.org/releases/current/doc/xproto/x11protocol.html (GrabKey, MappingNotify).
"""

from __future__ import annotations

import logging
import os
import select
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from grokdesk.errors import GrokDeskError, HotkeyTaken, NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.keyboard_x11 import Keyboard, keycodes_of, lock_masks, mask_of

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that a display may take to answer."""


def _lost() -> NotPossibleHere:
    return NotPossibleHere("The connection to the display is lost.", "Start GrokDesk again.")


@dataclass(frozen=True, slots=True)
class _Request:
    """To bind; without a hotkey, to end."""

    binding: str
    hotkey: Hotkey | None
    done: Future[None] = field(default_factory=Future)


class X11Hotkeys:
    """The thread starts with the first ``bind``. Every method may be called from any thread but this one."""

    name = "x11"

    def __init__(self, display: str, pressed: Callable[[str], None]) -> None:
        self.why = f"X11 lets a program take a key (display {display})."
        self._display = display
        self._pressed = pressed
        self._lock = threading.Lock()
        self._requests: deque[_Request] = deque()
        self._thread: threading.Thread | None = None
        self._wake_reading = self._wake_writing = -1
        self._is_over = False

    def bind(self, binding: str, hotkey: Hotkey) -> None:
        """Waits until the display has agreed. Raises HotkeyTaken when another program has the key already."""
        request = _Request(binding, hotkey)
        if not self._send(request):
            raise _lost()
        try:
            request.done.result(PATIENCE)
        except TimeoutError:
            raise NotPossibleHere("The display does not answer.", "Try again.") from None

    def close(self) -> None:
        if self._thread is not None and self._send(_Request("", None)):
            self._thread.join(PATIENCE)

    def _send(self, request: _Request) -> bool:
        """False when nobody is left to serve it."""
        with self._lock:
            if self._is_over:
                return False
            if self._thread is None:
                self._wake_reading, self._wake_writing = os.pipe()
                self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
                self._thread.start()
            self._requests.append(request)
            os.write(self._wake_writing, b"!")
            return True

    def _run(self) -> None:
        error: GrokDeskError = _lost()
        try:
            self._serve()
        except GrokDeskError as raised:
            error = raised
        except Exception:
            log.exception("the hotkeys stopped")
        finally:
            with self._lock:
                self._is_over = True
                os.close(self._wake_reading)
                os.close(self._wake_writing)
            for request in self._requests:
                request.done.set_exception(error)

    def _serve(self) -> None:
        """Until a request to end comes or the display goes away."""
        import xcffib

        try:
            grabs = _Grabs(self._display)
        except (xcffib.XcffibException, OSError) as error:
            raise NotPossibleHere(f"The display {self._display} cannot be reached.", "Check DISPLAY.") from error
        try:
            while self._serve_requests(grabs):
                # Whatever asks the display something may leave events behind in the queue of the connection.
                while grabs.serve_events(self._fire):
                    pass
                select.select([grabs.descriptor, self._wake_reading], [], [])
        except xcffib.ConnectionException as error:
            log.info("the display is gone, and the hotkeys with it: %s", error)
        finally:
            grabs.close()

    def _serve_requests(self, grabs: _Grabs) -> bool:
        """False when it was the last."""
        if select.select([self._wake_reading], [], [], 0)[0]:
            os.read(self._wake_reading, 512)
        while self._requests:
            request = self._requests.popleft()
            if request.hotkey is None:
                return False
            try:
                grabs.bind(request.binding, request.hotkey)
            except GrokDeskError as error:
                request.done.set_exception(error)
            except Exception:
                request.done.set_exception(_lost())
                raise
            else:
                request.done.set_result(None)
        return True

    def _fire(self, binding: str) -> None:
        try:
            self._pressed(binding)
        except Exception:
            log.exception("the hotkey %s went wrong", binding)


@dataclass(frozen=True, slots=True)
class _Grab:
    hotkey: Hotkey
    keycodes: tuple[int, ...]
    mask: int
    taken: tuple[tuple[int, int], ...]
    """Keycode and modifier bits of every grab at the server: one for each state of the lock keys."""


class _Grabs:
    """The keys that are ours on one display. Lives on one thread. Raises ConnectionException when that breaks."""

    def __init__(self, display: str) -> None:
        import xcffib
        import xcffib.xproto

        self._xproto: Any = xcffib.xproto
        connect: Any = xcffib.connect
        self._connection = connect(display)
        self._root = self._connection.setup.roots[self._connection.pref_screen].root
        self._bound: dict[str, _Grab] = {}
        self._released_at: dict[int, int] = {}
        self._keyboard = self._read_keyboard()
        self.descriptor: int = self._connection.get_file_descriptor()

    def close(self) -> None:
        """The server releases every key of a connection that ends."""
        self._connection.disconnect()

    def bind(self, binding: str, hotkey: Hotkey) -> None:
        old = self._bound.pop(binding, None)
        if old is not None:
            self._release(old)
        if any(hotkey == grab.hotkey for grab in self._bound.values()):
            raise HotkeyTaken(f"{hotkey} has another meaning in GrokDesk already.", "Choose another hotkey.")
        self._bound[binding] = self._take(hotkey)

    def serve_events(self, fire: Callable[[str], None]) -> bool:
        """Everything that has arrived so far; False when that was nothing."""
        map_changed = served = False
        while (event := self._connection.poll_for_event()) is not None:
            served = True
            if isinstance(event, self._xproto.KeyPressEvent):
                if (binding := self._binding_of(event)) is not None:
                    fire(binding)
            elif isinstance(event, self._xproto.KeyReleaseEvent):
                self._released_at[event.detail] = event.time
            elif isinstance(event, self._xproto.MappingNotifyEvent):
                map_changed = map_changed or event.request != self._xproto.Mapping.Pointer
        if map_changed:
            self._take_all_again()
        return served

    def _binding_of(self, event: Any) -> str | None:
        """The binding that was pressed; None for a key that is held down.

        The server repeats a held key as a release and a press with one and the same time.
        """
        if self._released_at.get(event.detail) == event.time:
            return None
        for binding, grab in self._bound.items():
            if event.detail in grab.keycodes and event.state & self._meant == grab.mask:
                return binding
        return None

    @property
    def _meant(self) -> int:
        """The modifier bits that tell hotkeys apart."""
        every = Hotkey(("Ctrl", "Alt", "Shift", "Super"), "")
        return mask_of(every, self._keyboard)

    def _take_all_again(self) -> None:
        """Another layout may have the letters on other keys and the locks on other modifiers.

        A change is also reported when another keyboard of the same layout is used; what is right is not let go,
        lest the very press that made the server report it is missed.
        """
        self._keyboard = self._read_keyboard()
        for binding, grab in list(self._bound.items()):
            if self._wanted(grab.hotkey) == grab:
                continue
            self._release(grab)
            try:
                self._bound[binding] = self._take(grab.hotkey)
            except NotPossibleHere as error:
                del self._bound[binding]
                log.warning("the hotkey is lost after a change of the keyboard layout: %s", error)

    def _wanted(self, hotkey: Hotkey) -> _Grab:
        """What has to be taken for a hotkey on this keyboard."""
        keycodes, mask = keycodes_of(hotkey, self._keyboard), mask_of(hotkey, self._keyboard)
        every = tuple((code, mask | locks) for code in keycodes for locks in lock_masks(self._keyboard))
        return _Grab(hotkey, keycodes, mask, every)

    def _take(self, hotkey: Hotkey) -> _Grab:
        """Take all keys of a hotkey or none. Raises HotkeyTaken, NotPossibleHere."""
        grab = self._wanted(hotkey)
        if not grab.keycodes:
            raise NotPossibleHere(f"This keyboard has no {hotkey.key}.", "Choose another hotkey.")
        if {"Ctrl", "Alt"} <= set(hotkey.modifiers) and any(map(self._keyboard.switches_console, grab.keycodes)):
            raise HotkeyTaken(f"{hotkey} switches to a text console.", "Choose another hotkey.")
        asynchronous = self._xproto.GrabMode.Async
        cookies = [
            self._connection.core.GrabKey(True, self._root, mask, code, asynchronous, asynchronous, is_checked=True)
            for code, mask in grab.taken
        ]
        refused = 0
        for cookie in cookies:
            try:
                cookie.check()
            except self._xproto.AccessError:
                refused += 1
        if refused:
            self._release(grab)
            raise HotkeyTaken(f"{hotkey} belongs to another program.", "Choose another hotkey.")
        return grab

    def _release(self, grab: _Grab) -> None:
        for code, mask in grab.taken:
            self._connection.core.UngrabKey(code, self._root, mask, is_checked=True).check()

    def _read_keyboard(self) -> Keyboard:
        setup = self._connection.setup
        count = setup.max_keycode - setup.min_keycode + 1
        keys = self._connection.core.GetKeyboardMapping(setup.min_keycode, count)
        bits = self._connection.core.GetModifierMapping()
        symbols, held = keys.reply(), bits.reply()
        codes = held.keycodes
        width = held.keycodes_per_modifier
        rows = [codes[bit * width : (bit + 1) * width] for bit in range(8)]
        return Keyboard(setup.min_keycode, symbols.keysyms_per_keycode, symbols.keysyms, rows)
