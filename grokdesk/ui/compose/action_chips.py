"""Quick actions: a row of chips with their numbers; what does not fit waits behind a button at the end."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from grokdesk.actions.catalogue import Action
from grokdesk.translation import _
from grokdesk.ui.kit.theme import GAP_S, HIT_TARGET, Theme

NUMBERED = 9
"""So many actions have Alt and a digit."""


class ActionChip(QPushButton):
    """The number is quieter than the title."""

    def __init__(self, action: Action, number: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.action_id = action.id
        self._theme = theme
        self._number = str(number) if number <= NUMBERED else ""
        self._title = action.title
        self.setText(f"{self._number}  {action.title}".strip())
        self.setProperty("look", "chip")
        self.setCheckable(True)
        self.setAccessibleName(action.title)
        if self._number:
            self.setToolTip(_("{title} (Alt+{number})").format(title=action.title, number=number))
            self.setAccessibleDescription(_("Alt+{number}").format(number=number))

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's name
        """A click runs the action; what is checked only tells what Enter would run."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - small enough to paint whole
        option = QStyleOptionButton()
        self.initStyleOption(option)
        text, option.text = option.text, ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        metrics = self.fontMetrics()
        inside = QRect(self.rect())
        inside.setLeft((self.width() - metrics.horizontalAdvance(text)) // 2)
        roles = ("on_selection", "on_selection") if self.isChecked() else ("muted", "text")
        for part, role in zip((f"{self._number}  " if self._number else "", self._title), roles, strict=True):
            painter.setPen(self._theme.color(role if self.isEnabled() else "line"))
            painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, part)
            inside.setLeft(inside.left() + metrics.horizontalAdvance(part))


class ActionChips(QWidget):
    """Says which action was chosen. ``set_checked`` marks the one that Enter would run."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chips: list[ActionChip] = []
        self._more = QToolButton(self)
        self._more.setProperty("look", "icon")
        self._more.setAccessibleName(_("More actions"))
        self._more.setToolTip(_("More actions"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(QMenu(self._more))
        self._more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def chips(self) -> tuple[ActionChip, ...]:
        return tuple(self._chips)

    def set_actions(self, actions: Sequence[Action]) -> None:
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [ActionChip(action, number, self._theme, self) for number, action in enumerate(actions, 1)]
        for chip in self._chips:
            chip.clicked.connect(partial(self.chosen.emit, chip.action_id))
        self.setVisible(bool(self._chips))
        self._arrange()

    def set_checked(self, action_id: str) -> None:
        for chip in self._chips:
            chip.setChecked(chip.action_id == action_id)

    def run(self, number: int) -> None:
        """As if the chip with this number, from 1, was clicked."""
        if number <= len(self._chips) and self.isEnabled():
            self.chosen.emit(self._chips[number - 1].action_id)

    @Slot()
    def _restyle(self) -> None:
        self._more.setIcon(self._theme.icon("more"))
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(0, max((chip.sizeHint().height() for chip in self._chips), default=HIT_TARGET))

    def minimumSizeHint(self) -> QSize:
        return QSize(HIT_TARGET, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        sizes = [chip.sizeHint() for chip in self._chips]
        all_of_them = sum(size.width() for size in sizes) + GAP_S * max(0, len(sizes) - 1)
        room = self.width() - (0 if all_of_them <= self.width() else HIT_TARGET + GAP_S)
        x = 0
        hidden: list[ActionChip] = []
        for chip, size in zip(self._chips, sizes, strict=True):
            fits = not hidden and x + size.width() <= room
            chip.setVisible(fits)
            if fits:
                chip.setGeometry(QRect(x, 0, size.width(), size.height()))
                x += size.width() + GAP_S
            else:
                hidden.append(chip)
        self._more.setVisible(bool(hidden))
        self._more.setGeometry(x, 0, HIT_TARGET, HIT_TARGET)
        menu = self._more.menu()
        menu.clear()
        for chip in hidden:
            menu.addAction(chip.text(), partial(self.chosen.emit, chip.action_id))
