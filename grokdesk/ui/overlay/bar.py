"""The bar beside a selection: its size, and buttons for what to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from grokdesk.actions.catalogue import ASK, Action
from grokdesk.model import Region
from grokdesk.translation import _
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.quantities import pixel_size
from grokdesk.ui.kit.theme import DARK, GAP_M, GAP_S, GAP_XS, HIT_TARGET, RADIUS_CONTROL, Theme
from grokdesk.ui.overlay.drawing import draw_plate
from grokdesk.ui.overlay.places import label_place
from grokdesk.ui.overlay.selection import Box

NUMBERED = 9
_LOOK = f"""
QPushButton {{
    background: transparent; color: {DARK.text}; border: 1px solid transparent; border-radius: {RADIUS_CONTROL}px;
    padding: 3px 8px; min-height: {HIT_TARGET - 8}px;
}}
QPushButton:hover {{ background: {DARK.raised}; color: {DARK.text}; }}
QPushButton:focus {{ border: 2px solid {DARK.accent}; padding: 2px 7px; background: {DARK.raised}; }}
QPushButton[first="true"] {{ background: {DARK.accent}; color: {DARK.on_accent}; }}
QPushButton[first="true"]:focus {{ border: 2px solid {DARK.text}; }}
QLabel {{ background: transparent; color: {DARK.text}; }}
"""


def numbered(actions: Sequence[Action]) -> tuple[str, ...]:
    """The ids that Alt+1 and so on run: as in the composer, where Ask has no number."""
    return tuple(action.id for action in actions if action.id != ASK)[:NUMBERED]


class BarButton(QPushButton):
    """Enter presses it as Space does; what it does not need goes on to the window."""

    def __init__(self, title: str, keys: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setAccessibleName(title)
        self.setAccessibleDescription(keys)
        self.setToolTip(f"{title} ({keys})")
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.isAutoRepeat():
            self.click()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class OverlayBar(QWidget):
    """A child of the window that it lies on. Says what was chosen, in the words of ``Accept.then``."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = parent
        self._size = QLabel(self)
        self._size.setFont(theme.font())
        self._buttons_row = QWidget(self)
        self._flow = FlowLayout(self._buttons_row, GAP_XS)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP_M, GAP_XS, GAP_XS, GAP_XS)
        row.setSpacing(GAP_M)
        row.addWidget(self._size, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._buttons_row, 1)
        self._size.setFixedHeight(HIT_TARGET)
        self._buttons: list[BarButton] = []
        self._shown: tuple[tuple[str, str], ...] | None = None
        self.setStyleSheet(_LOOK)
        self.setAccessibleName(_("What to do with the region"))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setMouseTracking(True)
        self.hide()

    @property
    def buttons(self) -> tuple[BarButton, ...]:
        return tuple(self._buttons)

    def set_actions(self, actions: Sequence[Action]) -> None:
        """Ask, the actions, Copy and Save; nothing is made again for the same ones."""
        wanted = tuple((action.id, action.title) for action in actions)
        if wanted == self._shown:
            return
        self._shown = wanted
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        titles = dict(wanted)
        self._add(titles.get(ASK, _("Ask")), "Enter", "")
        for number, action_id in enumerate((action.id for action in actions if action.id != ASK), start=1):
            self._add(titles[action_id], f"Alt+{number}" if number <= NUMBERED else "Tab", action_id)
        self._add(_("Copy"), "Ctrl+C", "copy")
        self._add(_("Save"), "Ctrl+S", "save")
        self._buttons[0].setProperty("first", True)

    def _add(self, title: str, keys: str, then: str) -> None:
        button = BarButton(title, keys, self._buttons_row)
        button.clicked.connect(partial(self.chosen.emit, then))
        self._flow.addWidget(button)
        self._buttons.append(button)

    def place_for(self, region: Region, box: Box) -> Box:
        """Where it goes beside ``box``, wholly inside the parent; the buttons take several rows where they have to."""
        self._size.setText(pixel_size(region.width, region.height))
        window = Box(GAP_S, GAP_S, self._stage.width() - 2 * GAP_S, self._stage.height() - 2 * GAP_S)
        size = self._fitted(round(window.width))
        place = label_place(box, size.width(), size.height(), window, GAP_S)
        return Box(round(place.x), round(place.y), size.width(), size.height())

    def _fitted(self, room: int) -> QSize:
        beside = GAP_M + self._size.sizeHint().width() + GAP_M + GAP_XS
        line = sum(button.sizeHint().width() for button in self._buttons) + GAP_XS * (len(self._buttons) - 1)
        width = max(min(beside + line, room), beside + max(button.sizeHint().width() for button in self._buttons))
        return QSize(width, self._flow.heightForWidth(width - beside) + 2 * GAP_XS)

    def step(self, way: int) -> bool:
        """Give the keys to the next or the previous button; False past the last one."""
        if not self.isVisible():
            return False
        at = next((index for index, button in enumerate(self._buttons) if button.hasFocus()), None)
        going_to = (0 if way > 0 else len(self._buttons) - 1) if at is None else at + way
        if not 0 <= going_to < len(self._buttons):
            return False
        self._buttons[going_to].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    @property
    def has_focus(self) -> bool:
        return any(button.hasFocus() for button in self._buttons)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - small enough to paint whole
        draw_plate(QPainter(self), QRectF(self.rect()))
