"""A window that shows one picture large, as it will leave, with the boxes that cover parts of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon, QImage, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from grokdesk.model import Region
from grokdesk.questions.scan import NO_PROMISE
from grokdesk.translation import N_, _
from grokdesk.ui.compose.picture_boxes import Boxes
from grokdesk.ui.compose.picture_canvas import ZOOM_STEP, PictureCanvas
from grokdesk.ui.kit.placing import present
from grokdesk.ui.kit.theme import CAPTION_SCALE, GAP_M, GAP_S, GAP_XS, Theme

HELP = N_(
    "Drag to redact something, click a box to switch it. Tab goes from box to box, Space switches, Delete removes."
)


class PictureViewer(QWidget):
    applied = Signal(object)
    """The Boxes that the person wants."""
    closed = Signal(QSize)
    """The size that it had."""

    def __init__(self, theme: Theme, icon: QIcon, size: QSize) -> None:
        super().__init__()
        self._theme = theme
        self._fits = True
        self.setWindowIcon(icon)
        self.resize(size)
        self.canvas = PictureCanvas(theme, self)
        self._area = QScrollArea(self)
        self._area.setWidget(self.canvas)
        self._area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words, self._facts, self._promise = QLabel(self), QLabel(self), QLabel(_(NO_PROMISE), self)
        for label in (self._words, self._facts, self._promise):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.setProperty("look", "caption")
        self._promise.setProperty("look", "caption")
        self.apply, self._close = QPushButton(_("Apply"), self), QPushButton(_("Cancel"), self)
        self.apply.setProperty("look", "primary")
        self.apply.setToolTip(_("Redact the picture that is sent (Ctrl+Enter)"))
        self.apply.clicked.connect(self._apply)
        self._close.clicked.connect(self.close)
        self._tools: list[tuple[QToolButton, str]] = []
        self._lay_out()
        self._connect()
        self._restyle()

    def show_picture(self, image: QImage, whole: Region, boxes: Boxes, name: str, found: str, facts: str) -> None:
        """``found`` says what was found, ``facts`` how the picture leaves."""
        self.setWindowTitle(_("GrokDesk: {name}").format(name=name))
        self._words.setText(found)
        self._words.setVisible(bool(found))
        self._facts.setText(facts)
        self.canvas.show_picture(image, whole, boxes)
        self._fits = True
        present(self)
        self._fit()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- zoom ---

    @Slot()
    def fit(self) -> None:
        self._fits = True
        self._fit()

    def _fit(self) -> None:
        if self._fits:
            room, whole = self._area.viewport().size() - QSize(2, 2), self.canvas.whole
            self.canvas.set_zoom(min(1.0, room.width() / whole.width, room.height() / whole.height))

    @Slot(float)
    def zoom_by(self, factor: float) -> None:
        self._fits = False
        self.canvas.set_zoom(self.canvas.zoom * factor)

    @Slot()
    def show_every_pixel(self) -> None:
        self._fits = False
        self.canvas.set_zoom(1 / self.devicePixelRatioF())

    # --- ending ---

    @Slot()
    def _apply(self) -> None:
        self.applied.emit(self.canvas.boxes)
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if not self.isMaximized() and not self.isFullScreen():
            self.closed.emit(self.size())
        # What it showed is not kept in memory longer than it is looked at.
        self.canvas.show_picture(QImage(), Region(0, 0, 1, 1), Boxes())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # --- building ---

    def _lay_out(self) -> None:
        top, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        top.setSpacing(GAP_XS)
        for name, words, run in (
            ("undo", _("Undo (Ctrl+Z)"), self.canvas.undo),
            ("redo", _("Redo (Ctrl+Shift+Z)"), self.canvas.redo),
            ("add", _("Add a box (B)"), self.canvas.add_in_the_middle),
            ("delete", _("Remove the box (Delete)"), self.canvas.remove_selected),
            ("zoom-out", _("Smaller (-)"), lambda: self.zoom_by(1 / ZOOM_STEP)),
            ("zoom-in", _("Larger (+)"), lambda: self.zoom_by(ZOOM_STEP)),
            ("fit", _("Whole picture (0)"), self.fit),
        ):
            button = QToolButton(self)
            button.setProperty("look", "icon")
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.setIconSize(QSize(20, 20))
            button.clicked.connect(lambda _checked=False, run=run: run())
            top.addWidget(button)
            self._tools.append((button, name))
        top.addStretch()
        top.addWidget(self._facts)
        foot.setSpacing(GAP_S)
        foot.addWidget(self._promise, 1)
        foot.addWidget(self._close)
        foot.addWidget(self.apply)
        column.setContentsMargins(GAP_M, GAP_M, GAP_M, GAP_M)
        column.setSpacing(GAP_S)
        column.addLayout(top)
        column.addWidget(self._words)
        column.addWidget(self._area, 1)
        column.addLayout(foot)
        self.setMinimumSize(360, 300)

    def _connect(self) -> None:
        self.canvas.setToolTip(_(HELP))
        self.canvas.changed.connect(self._refresh)
        self.canvas.zoom_requested.connect(self.zoom_by)
        self._theme.changed.connect(self._restyle)
        for keys, run in (
            ("Ctrl+Z", self.canvas.undo),
            ("Ctrl+Shift+Z", self.canvas.redo),
            ("Ctrl+Y", self.canvas.redo),
            ("B", self.canvas.add_in_the_middle),
            ("+", lambda: self.zoom_by(ZOOM_STEP)),
            ("=", lambda: self.zoom_by(ZOOM_STEP)),
            ("-", lambda: self.zoom_by(1 / ZOOM_STEP)),
            ("0", self.fit),
            ("1", self.show_every_pixel),
            ("Ctrl+Return", self._apply),
            ("Ctrl+W", self.close),
            ("Esc", self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(run)

    @Slot()
    def _refresh(self) -> None:
        state = {
            "undo": self.canvas.history.can_undo,
            "redo": self.canvas.history.can_redo,
            "delete": self.canvas.boxes.selected is not None,
        }
        for button, name in self._tools:
            button.setEnabled(state.get(name, True))

    @Slot()
    def _restyle(self) -> None:
        for button, name in self._tools:
            button.setIcon(self._theme.icon(name, "text"))
        for label in (self._facts, self._promise):
            label.setFont(self._theme.font(CAPTION_SCALE))
        QTimer.singleShot(0, self, self._fit)
