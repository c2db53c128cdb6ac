"""What a desktop back end has to do. To add one, add one file and name it in the module that chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from grokdesk.cancel import CancelSwitch
from grokdesk.model import Capture
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.system.notification import Notification
from grokdesk.system.part_state import PartState
from grokdesk.system.window_places import WindowPlace


class Grabber(Protocol):
    """Takes pictures of the desktop. May be used from any thread, one at a time."""

    @property
    def state(self) -> PartState:
        """Which back end, and why; after a grab, how that went. Opens nothing."""
        ...

    def grab(self, cancel: CancelSwitch | None = None) -> Capture:
        """The whole desktop, now. Raises NotPossibleHere with what to do instead, Cancelled.

        PermissionNeeded: the desktop wants to ask the person, and would not do so for a program without a window in
        front. Show one that explains it, call ``ask``, take the window away and grab again.
        """
        ...

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> None:
        """Let the desktop ask the person, while a window of ours has the focus. Returns when grabbing is allowed.

        ``parent_window`` names that window as portals want it, "" when it has no such name. Raises NotPossibleHere
        with what to do when it was not allowed, Cancelled.
        """
        ...

    def close(self) -> None: ...


class WindowList(Protocol):
    """Which windows a person sees. May be used from any thread."""

    @property
    def state(self) -> PartState: ...

    def windows(self) -> tuple[WindowPlace, ...]:
        """The visible ones of other programs, front to back; none when the desktop does not say. Takes some ms."""
        ...


class Hotkeys(Protocol):
    """Global hotkeys. The callbacks given to the back end are called on its own thread: ``pressed`` with the name of a
    binding, ``changed`` with the states of bindings that are other ones without ``bind``.
    """

    @property
    def state(self) -> PartState:
        """Which back end and why. Opens nothing."""
        ...

    def bind(self, wanted: Mapping[str, Hotkey]) -> Mapping[str, HotkeyState]:
        """Make these the hotkeys, by the name of the binding, and let every other go; a state for each of them.

        Never raises because one cannot be had. May wait for a dialog of the desktop.
        """
        ...

    def configure(self) -> None:
        """Open the desktop's own settings for hotkeys. Raises NotPossibleHere."""
        ...

    def close(self) -> None:
        """Release every hotkey and end the thread."""
        ...


class Notifier(Protocol):
    """Shows notifications. Its methods return at once and may be called from any thread.

    Two callbacks are given to a back end, called on whatever thread it likes: ``activated`` with the id of the
    notification that was clicked and a token that lets a Wayland program raise its window ("" without one), and
    ``failed`` with a notification that could not be shown.
    """

    @property
    def state(self) -> PartState:
        """How it fares, as far as it is known by now."""
        ...

    def show(self, notification: Notification) -> None:
        """Show it in place of an older one of the same group."""
        ...

    def close(self) -> None:
        """Take back what is still shown, and end the thread."""
        ...


class Autostart(Protocol):
    """Whether the desktop starts GrokDesk when the person logs in. Nothing is remembered: it is looked up each time."""

    @property
    def state(self) -> PartState: ...

    def is_on(self) -> bool: ...

    def switch(self, on: bool) -> None:
        """On also repairs an entry that leads nowhere. Raises NotPossibleHere."""
        ...
