"""What lies on a window of the overlay beside the drawing: action bar, line of keys, table of keys."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.overlay.bar import OverlayBar
from grokdesk.ui.overlay.hint_plate import HintPlate
from grokdesk.ui.overlay.key_plate import KeyPlate
from grokdesk.ui.overlay.keys import TABLE
from grokdesk.ui.overlay.selection import Box, Mapping
from grokdesk.ui.overlay.state import Choosing
from grokdesk.ui.overlay.words import hints_for


class Plates:
    """Children of ``window``, moved and filled only when something about them changes: a drag passes here often."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        self._window = window
        self._placed_for: object = None
        self._place: Box | None = None
        self._hint_shows: object = None
        self.bar = OverlayBar(theme, window)
        self.hint = HintPlate(theme.font(), window)
        self.keys = KeyPlate([(_(keys), _(meaning)) for keys, meaning in TABLE], theme.font(), window)
        self.hide()

    def hide(self) -> None:
        self._placed_for = self._hint_shows = None
        for plate in (self.bar, self.hint, self.keys):
            plate.hide()

    def fit(self) -> None:
        """The window has another size."""
        self._placed_for = self._hint_shows = None
        self.hint.place()

    def bar_place(self, choosing: Choosing, mapping: Mapping, *, has_keys: bool) -> Box | None:
        """Where the bar belongs now; None when there is none on this window, which of several has the keys."""
        region = choosing.marks.region
        seen = region.intersected(mapping.image) if region else None
        if region is None or seen is None or seen.is_empty or not (choosing.is_adjusting and has_keys):
            return None
        key = region, mapping
        if key != self._placed_for:
            self._placed_for = key
            self._place = self.bar.place_for(region, mapping.box(seen))
        return self._place

    def show(self, choosing: Choosing, bar: Box | None, *, has_keys: bool) -> None:
        """``bar`` is what ``bar_place`` said; ``has_keys``: this screen of several has them."""
        self._show_bar(bar)
        if self.keys.isVisible() != (choosing.shows_keys and has_keys):
            if self.keys.isVisible():
                self.keys.hide()
            else:
                self.keys.appear()
        if choosing.dragging:
            self._hint_shows = None
            self.hint.fade_out()
        elif has_keys or not (choosing.region or choosing.entry):
            self._show_hints(choosing, has_keys=has_keys)
        else:
            self._hint_shows = None
            self.hint.hide()

    def _show_bar(self, place: Box | None) -> None:
        if place is not None:
            self.bar.setGeometry(round(place.x), round(place.y), round(place.width), round(place.height))
            self.bar.show()
        elif self.bar.isVisible():
            if self.bar.has_focus:
                self._window.setFocus()
            self.bar.hide()

    def _show_hints(self, choosing: Choosing, *, has_keys: bool) -> None:
        entry, notice = (choosing.entry, choosing.notice) if has_keys else ("", "")
        avoid = self.bar.geometry() if self.bar.isVisible() else None
        wanted = hints_for(choosing), entry, notice, avoid
        if wanted != self._hint_shows:
            self._hint_shows = wanted
            self.hint.show_hints(*wanted)
