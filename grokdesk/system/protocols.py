"""What a desktop back end has to do. To add one, add one file and name it in ``choose.py``."""

from __future__ import annotations

from typing import Protocol

from grokdesk.model import Capture
from grokdesk.system.hotkey import Hotkey


class Grabber(Protocol):
    """Takes pictures of the desktop. May be used from any thread, one at a time."""

    @property
    def name(self) -> str: ...

    @property
    def why(self) -> str:
        """One sentence: why this back end, or why none."""
        ...

    def grab(self) -> Capture:
        """The whole desktop, now. Raises NotPossibleHere with what to do instead."""
        ...

    def close(self) -> None: ...


class Hotkeys(Protocol):
    """Global hotkeys. The callback given to the back end is called on its own thread with the binding's name."""

    @property
    def name(self) -> str: ...

    @property
    def why(self) -> str:
        """One sentence: why this back end, or why none."""
        ...

    def bind(self, binding: str, hotkey: Hotkey) -> None:
        """Replace the hotkey of ``binding``. Raises HotkeyTaken or NotPossibleHere; the old one is then gone too."""
        ...

    def close(self) -> None:
        """Release every hotkey and end the thread."""
        ...
