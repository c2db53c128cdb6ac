"""Makes what captures need and joins it: flow, overlay, the composer beside a selection, and where pictures go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from grokdesk.actions.catalogue import Action
from grokdesk.cancel import CancelSwitch
from grokdesk.model import Region
from grokdesk.system.capture_request import region_from, text_of
from grokdesk.system.protocols import Grabber, WindowList
from grokdesk.system.window_places import windows_in
from grokdesk.ui.capture.countdown import Countdown
from grokdesk.ui.capture.flow import CaptureDependencies, CaptureFlow, Shot
from grokdesk.ui.capture.permission import CapturePermissionWindow
from grokdesk.ui.capture.saved_pictures import new_file, pictures_folder
from grokdesk.ui.capture.use import CaptureUse, CaptureUseDependencies
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.clipboard.incoming import Incoming, incoming_from
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.overlay.overlay import Overlay
from grokdesk.ui.settings.preferences import Preferences

if TYPE_CHECKING:
    from grokdesk.ui.capture.popup import Popup
    from grokdesk.ui.chat.controller import OnEnd


def make_captures(
    grabber: Grabber,
    window_list: WindowList,
    make_popup: Callable[[], Popup],
    preferences: Preferences,
    copier: Copier,
    clipboard: Callable[[], QMimeData],
    actions: Sequence[Action],
    windows: Callable[[], Sequence[QWidget]],
    theme: Theme,
    icon: QIcon,
    parent: QObject,
) -> CaptureUse:
    """``windows`` are ours, which must not be in a picture; that of the popup is added to them.

    The popup is made when the first picture is there: before that it would keep the overlay waiting.
    """

    def shoot(wants_windows: bool, cancel: CancelSwitch) -> Shot:
        if not wants_windows:
            return Shot(grabber.grab(cancel))
        with ThreadPoolExecutor(1, "windows") as beside:
            listed = beside.submit(window_list.windows)
            capture = grabber.grab(cancel)
        return Shot(capture, tuple(place.region for place in windows_in(capture, listed.result())))

    popups: list[Popup] = []

    def popup(*, at_once: bool = False) -> Popup:
        """The one that a person writes in. What is asked at once must not mix with that: it gets one that is free."""
        found = next((each for each in popups if each.is_free), None) if at_once else next(iter(popups), None)
        return found or make_another()

    def make_another() -> Popup:
        popups.append(new := make_popup())
        new.asked.connect(flow.come_back)
        new.discarded.connect(flow.come_back)
        # A popup that was open for the last picture is shown again with this one, or not at all.
        new.opened.connect(lambda: flow.forget_hidden(new.window))
        return new

    def ask(incoming: Incoming, action_id: str, on_end: OnEnd, *, quiet: bool) -> None:
        popup(at_once=True).ask(incoming, action_id, on_end, quiet=quiet)

    dependencies = CaptureDependencies(
        shoot=shoot,
        ask=grabber.ask,
        overlay=Overlay(theme, parent),
        countdown=Countdown(theme),
        permission=CapturePermissionWindow(theme, icon),
        windows=lambda: [*windows(), *(each.window for each in popups)],
        actions=actions,
    )
    flow = CaptureFlow(dependencies, _remembered(preferences.settings.last_region), parent)
    use_dependencies = CaptureUseDependencies(
        open=lambda incoming, anchor: popup().open(incoming, anchor),
        ask=ask,
        copier=copier,
        new_file=lambda: new_file(pictures_folder(preferences.settings.save_folder), datetime.now().astimezone()),
        clipboard=lambda: incoming_from(clipboard()),
    )
    captures = CaptureUse(flow, use_dependencies, parent)
    captures.captured.connect(lambda region: preferences.remember(last_region=text_of(region)))
    return captures


def _remembered(text: str) -> Region | None:
    try:
        return region_from(text)
    except ValueError:
        return None
