"""Global hotkeys on X11 by XGrabKey.

Source: https://www.x.org/releases/current/doc/xproto/x11protocol.html (GrabKey, MappingNotify).
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from grokdesk.errors import NotPossibleHere
from grokdesk.system.connection_x11 import connect, load_xcffib
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Changed, Refusal
from grokdesk.system.hotkeys.keyboard_x11 import Keyboard, keycodes_of, lock_masks, mask_of
from grokdesk.system.hotkeys.on_thread import Happened, ThreadHotkeys
from grokdesk.translation import _


def x11_hotkeys(display: str, pressed: Callable[[str], None], changed: Changed) -> ThreadHotkeys:
    return ThreadHotkeys(X11Keys(display), pressed, changed)


@dataclass(frozen=True, slots=True)
class _Grab:
    hotkey: Hotkey
    keycodes: tuple[int, ...]
    mask: int
    taken: tuple[tuple[int, int], ...]
    """Keycode and modifier bits of every grab at the server: one for each state of the lock keys."""


class X11Keys:
    """The keys that are ours on one display: a ``KeySource``."""

    name = "x11"

    def __init__(self, display: str) -> None:
        self.why = _("X11 allows programs to register hotkeys (display {display}).").format(display=display)
        self._display = display
        self._grabs: dict[Hotkey, _Grab] = {}
        self._released_at: dict[int, int] = {}
        self._wake_reading = self._wake_writing = -1

    def open(self) -> None:
        xcffib = load_xcffib()
        self._xproto = xcffib.xproto
        self._gone = xcffib.ConnectionException
        try:
            self._connection = connect(self._display)
        except (xcffib.XcffibException, OSError) as error:
            raise NotPossibleHere(
                _("The display {display} cannot be reached.").format(display=self._display), _("Check DISPLAY.")
            ) from error
        with self._connected():
            self._root = self._connection.setup.roots[self._connection.pref_screen].root
            self._keyboard = self._read_keyboard()
        self._descriptor: int = self._connection.get_file_descriptor()
        self._wake_reading, self._wake_writing = os.pipe()

    def close(self) -> None:
        """The server releases every key of a connection that ends."""
        self._connection.disconnect()
        os.close(self._wake_reading)
        os.close(self._wake_writing)

    def wake(self) -> None:
        os.write(self._wake_writing, b"!")

    def take(self, hotkey: Hotkey) -> Refusal | None:
        """Take all keys of a hotkey or none."""
        grab = self._wanted(hotkey)
        if not grab.keycodes:
            return Refusal("impossible", _("This keyboard has no {key}.").format(key=hotkey.key))
        if {"Ctrl", "Alt"} <= set(hotkey.modifiers) and any(map(self._keyboard.switches_console, grab.keycodes)):
            return Refusal("taken", _("{hotkey} switches to a text console.").format(hotkey=hotkey))
        # A synchronous grab would freeze the keyboard of the whole desktop until we allow each event.
        asynchronous = self._xproto.GrabMode.Async
        with self._connected():
            # All are sent before the first reply is read: one way to the server, not one for each state of the locks.
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
        self._grabs[hotkey] = grab
        if refused:
            self.release(hotkey)
            return Refusal("taken", _("{hotkey} is in use by another program.").format(hotkey=hotkey))
        return None

    def release(self, hotkey: Hotkey) -> None:
        with self._connected():
            for code, mask in self._grabs.pop(hotkey).taken:
                self._connection.core.UngrabKey(code, self._root, mask, is_checked=True).check()

    def wait(self) -> Happened:
        # Whatever asks the display something may leave events behind in the queue of the connection.
        with self._connected():
            if (happened := self._read_events()) is not None:
                return happened
            select.select([self._descriptor, self._wake_reading], [], [])
            if select.select([self._wake_reading], [], [], 0)[0]:
                os.read(self._wake_reading, 512)
            return self._read_events() or Happened()

    @contextmanager
    def _connected(self) -> Iterator[None]:
        try:
            yield
        except self._gone as error:
            raise NotPossibleHere(_("The connection to the display is lost."), _("Restart GrokDesk.")) from error

    def _read_events(self) -> Happened | None:
        """Everything that has arrived so far; None when that was nothing."""
        pressed: list[Hotkey] = []
        map_changed = served = False
        while (event := self._connection.poll_for_event()) is not None:
            served = True
            if isinstance(event, self._xproto.KeyPressEvent):
                pressed += self._pressed(event)
            elif isinstance(event, self._xproto.KeyReleaseEvent):
                self._released_at[event.detail] = event.time
            elif isinstance(event, self._xproto.MappingNotifyEvent):
                map_changed = map_changed or event.request != self._xproto.Mapping.Pointer
        if not served:
            return None
        moved = self._read_keyboard_again() if map_changed else ()
        return Happened(tuple(pressed), moved, map_changed)

    def _pressed(self, event: Any) -> list[Hotkey]:
        """The hotkey that was pressed; none for a key that is held down.

        The server repeats a held key as a release and a press with one and the same time.
        """
        if self._released_at.get(event.detail) == event.time:
            return []
        held = event.state & self._meant
        return [grab.hotkey for grab in self._grabs.values() if event.detail in grab.keycodes and held == grab.mask][:1]

    @property
    def _meant(self) -> int:
        """The modifier bits that tell hotkeys apart."""
        every = Hotkey(("Ctrl", "Alt", "Shift", "Super"), "")
        return mask_of(every, self._keyboard)

    def _read_keyboard_again(self) -> tuple[Hotkey, ...]:
        """Another layout may have the letters on other keys and the locks on other modifiers: which have moved.

        A change is also reported when another keyboard of the same layout is used; what is right is not let go,
        lest the very press that made the server report it is missed.
        """
        self._keyboard = self._read_keyboard()
        return tuple(hotkey for hotkey, grab in self._grabs.items() if self._wanted(hotkey) != grab)

    def _wanted(self, hotkey: Hotkey) -> _Grab:
        """What has to be taken for a hotkey on this keyboard."""
        keycodes, mask = keycodes_of(hotkey, self._keyboard), mask_of(hotkey, self._keyboard)
        every = tuple((code, mask | locks) for code in keycodes for locks in lock_masks(self._keyboard))
        return _Grab(hotkey, keycodes, mask, every)

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
