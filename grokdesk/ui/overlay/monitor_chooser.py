"""Chooses a monitor where the desktop does not let a window be put on each: pictures of all of them, with numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from grokdesk.model import Capture, Region
from grokdesk.translation import N_, _
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.placing import present
from grokdesk.ui.kit.quantities import pixel_size
from grokdesk.ui.kit.theme import GAP_L, GAP_M, Theme
from grokdesk.ui.overlay.screens import view_of

WHY = N_("This desktop does not allow a window on each screen, so choose a screen first.")
_THUMBNAIL = QSize(240, 150)
_BACK = {Qt.Key.Key_Left, Qt.Key.Key_Up}
_ON = {Qt.Key.Key_Right, Qt.Key.Key_Down}


class MonitorButton(QToolButton):
    """Arrows go on to the chooser, which knows the neighbours."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class MonitorChooser(QWidget):
    chosen = Signal(int)
    """The number of a screen, from 0."""
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowTitle(_("Choose a screen"))
        self._buttons: list[MonitorButton] = []
        why = QLabel(_(WHY))
        why.setWordWrap(True)
        self._monitors = QWidget()
        self._flow = FlowLayout(self._monitors, GAP_M)
        hint = QLabel(_("1 to 9 or arrows and Enter choose, Esc cancels."))
        hint.setProperty("look", "caption")
        cancel = QPushButton(_("Cancel"))
        cancel.clicked.connect(self.cancelled)
        cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        foot = QHBoxLayout()
        foot.addWidget(hint, 1)
        foot.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP_L, GAP_L, GAP_L, GAP_L)
        column.setSpacing(GAP_M)
        column.addWidget(why)
        column.addWidget(self._monitors, 1)
        column.addLayout(foot)
        self.setFont(theme.font())

    @property
    def buttons(self) -> tuple[MonitorButton, ...]:
        return tuple(self._buttons)

    def open(self, capture: Capture, screens: Sequence[Region]) -> None:
        """Show a picture of each part of ``capture``."""
        for number, region in enumerate(screens, start=1):
            button = MonitorButton(self._monitors)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIcon(QIcon(_thumbnail(capture, region)))
            button.setIconSize(_THUMBNAIL)
            button.setText(f"{number}   {pixel_size(region.width, region.height)}")
            button.setAccessibleName(
                _("Screen {number}, {size}").format(number=number, size=pixel_size(region.width, region.height))
            )
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(partial(self.chosen.emit, number - 1))
            self._flow.addWidget(button)
            self._buttons.append(button)
        columns = min(len(self._buttons), 3)
        width = columns * self._buttons[0].sizeHint().width() + (columns - 1) * GAP_M
        self._monitors.setFixedSize(width, self._flow.heightForWidth(width))
        self.adjustSize()
        present(self)
        self._buttons[0].setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        number = int(event.text()) if event.text() in tuple("123456789") else 0
        if key == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif 1 <= number <= len(self._buttons):
            self.chosen.emit(number - 1)
        elif key in _BACK or key in _ON:
            self._go(-1 if key in _BACK else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at() is not None:
            self.chosen.emit(self._at())

    def _at(self) -> int | None:
        return next((index for index, button in enumerate(self._buttons) if button.hasFocus()), None)

    def _go(self, way: int) -> None:
        at = self._at()
        going_to = 0 if at is None else (at + way) % len(self._buttons)
        self._buttons[going_to].setFocus(Qt.FocusReason.TabFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.cancelled.emit()


def _thumbnail(capture: Capture, region: Region) -> QPixmap:
    image, _rows = view_of(capture, region)
    aspect = Qt.AspectRatioMode.KeepAspectRatio
    return QPixmap.fromImage(image.scaled(_THUMBNAIL * 2, aspect, Qt.TransformationMode.SmoothTransformation))
