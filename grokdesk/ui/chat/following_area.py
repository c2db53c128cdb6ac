"""A scroll area that follows its end while the reader is there, and never pulls a reader who is not."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from grokdesk.translation import _
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.theme import GAP_L, GAP_M, GAP_S, Theme

NEAR = 100
"""Pixels from the end within which the reader counts as being there."""


class FollowingArea(QScrollArea):
    """``column`` holds what is scrolled, in the middle and not wider than ``set_column_width``."""

    room_changed = Signal()
    """There is more or less room for messages, or at their side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._following = True
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content = QWidget()
        self._column = QWidget()
        self._column.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for part in (content, self._column):
            part.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # growing paints nothing again
        middle = QHBoxLayout(content)
        middle.setContentsMargins(GAP_L, GAP_S, GAP_L, GAP_L)
        middle.addStretch(1)
        middle.addWidget(self._column, 1_000_000)
        middle.addStretch(1)
        self.column = QVBoxLayout(self._column)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GAP_L)
        self.setWidget(content)
        self.jump = IconButton(theme, "arrow-down", _("Jump to latest"), parent=self)
        self.jump.setProperty("look", "floating")
        self.jump.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.jump.hide()
        self.jump.clicked.connect(self.follow)
        bar = self.verticalScrollBar()
        bar.actionTriggered.connect(self._scrolled_by_person)
        bar.rangeChanged.connect(self._grown)
        bar.valueChanged.connect(self._show_jump)

    @property
    def is_selected(self) -> bool:
        """Text is selected, so nothing may move."""
        return False

    @property
    def is_following(self) -> bool:
        return self._following

    @property
    def column_width(self) -> int:
        """Pixels that a message has now."""
        margins = 2 * GAP_L
        return min(self._column.maximumWidth(), self.viewport().width() - margins)

    def set_column_width(self, width: int) -> None:
        self._column.setMaximumWidth(width)

    @Slot()
    def follow(self) -> None:
        """Go to the end and stay there."""
        self._following = True
        self.jump.clearFocus()  # or hiding it would hand the focus to the first message, and scroll there
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._show_jump()

    def show_place(self, widget: QWidget, place: QRect) -> None:
        """Bring a part of ``widget`` into sight, because the person went there."""
        top = widget.mapTo(self._content, place.topLeft())
        self.ensureVisible(top.x(), top.y(), 0, GAP_M)
        bottom = widget.mapTo(self._content, QPoint(place.left(), place.bottom()))
        self.ensureVisible(bottom.x(), bottom.y(), 0, GAP_M)
        self._following = self._following and self._from_end() <= NEAR

    def _from_end(self) -> int:
        bar = self.verticalScrollBar()
        return bar.maximum() - bar.value()

    @Slot(int)
    def _scrolled_by_person(self, _action: int) -> None:
        """Wheel, keys and dragging all come here, before the value changes."""
        bar = self.verticalScrollBar()
        going_to = bar.sliderPosition()
        if going_to < bar.value():
            self._following = False
        elif going_to >= bar.maximum() - NEAR:
            self._following = True

    @Slot(int, int)
    def _grown(self, _least: int, most: int) -> None:
        if self._following and self.is_selected:
            self._following = self._from_end() == 0
        if self._following:
            # What is painted already can only be moved while nothing of it waits to be painted again.
            QCoreApplication.sendPostedEvents(self.window(), QEvent.Type.UpdateRequest.value)
            self.verticalScrollBar().setValue(most)
        self._show_jump()

    @Slot()
    def _show_jump(self) -> None:
        self.jump.setVisible(not self._following and self._from_end() > NEAR)
        self._place_jump()

    def _place_jump(self) -> None:
        self.jump.adjustSize()
        room = self.viewport().geometry()
        # In the middle of the column, which is also that of the composer below.
        self.jump.move(room.center().x() - self.jump.width() // 2, room.bottom() - self.jump.height() - GAP_M)
        self.jump.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_jump()
        self.room_changed.emit()
