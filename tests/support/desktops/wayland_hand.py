"""A mouse and a keyboard for a compositor of the wlroots family, which has none when it runs without a screen.

Sources: https://wayland.app/protocols/wlr-virtual-pointer-unstable-v1 and
https://wayland.app/protocols/virtual-keyboard-unstable-v1
"""

from __future__ import annotations

import struct
import tempfile
import time
from pathlib import Path

from grokdesk.model import Region
from tests.support.desktops.key_codes import BUTTONS, Stroke
from tests.support.desktops.wayland_client import WaylandClient

_KEYMAP = b"""xkb_keymap {
    xkb_keycodes { include "evdev+aliases(qwerty)" };
    xkb_types { include "complete" };
    xkb_compat { include "complete" };
    xkb_symbols { include "pc+us+inet(evdev)" };
};\0"""


class WaylandHand:
    """Every method returns when the compositor has taken the event."""

    def __init__(self, socket: Path, area: Region) -> None:
        """``area`` is where the outputs lie in logical coordinates; a place is given in the same ones."""
        self.area = area
        self._client = WaylandClient(socket)
        seat = self._client.bind("wl_seat")
        self._pointer = self._make("zwlr_virtual_pointer_manager_v1", seat)
        self._keyboard = self._make("zwp_virtual_keyboard_manager_v1", seat)
        with tempfile.TemporaryFile() as keymap:
            keymap.write(_KEYMAP)
            keymap.flush()
            xkb_v1 = 1
            self._client.send(self._keyboard, 0, struct.pack("=II", xkb_v1, len(_KEYMAP)), keymap.fileno())
            self._client.wait()

    def close(self) -> None:
        self._client.close()

    def move(self, x: int, y: int) -> None:
        place = (x - self.area.x, y - self.area.y, self.area.width, self.area.height)
        self._client.send(self._pointer, 1, struct.pack("=5I", _now(), *place))
        self._end_of_events()

    def button(self, number: int, *, down: bool) -> None:
        self._client.send(self._pointer, 2, struct.pack("=3I", _now(), BUTTONS[number], down))
        self._end_of_events()

    def strike(self, stroke: Stroke) -> None:
        for code in stroke.codes:
            self._key(code, down=True)
            if code != stroke.codes[-1]:
                # The modifiers have to be told beside their keys.
                self._modifiers(stroke.mask)
        for code in reversed(stroke.codes):
            self._key(code, down=False)
        self._modifiers(0)
        self._client.wait()

    def _make(self, manager: str, seat: int) -> int:
        maker, new = self._client.bind(manager), self._client.new_id()
        self._client.send(maker, 0, struct.pack("=II", seat, new))
        return new

    def _end_of_events(self) -> None:
        self._client.send(self._pointer, 4)
        self._client.wait()

    def _key(self, code: int, *, down: bool) -> None:
        self._client.send(self._keyboard, 1, struct.pack("=3I", _now(), code, down))

    def _modifiers(self, mask: int) -> None:
        self._client.send(self._keyboard, 2, struct.pack("=4I", mask, 0, 0, 0))


def _now() -> int:
    return int(time.monotonic() * 1000) & 0xFFFFFFFF
