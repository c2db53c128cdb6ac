"""The window of a comparison: who is asked, the columns, the judge, and the composer at its foot. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from grokdesk.translation import N_, _, ngettext
from grokdesk.ui.compare.choice import CompareChoice
from grokdesk.ui.compare.column import LEAST_WIDTH, CompareColumn
from grokdesk.ui.compare.ways import CompareWays
from grokdesk.ui.compose.composer import Composer
from grokdesk.ui.kit.controls import IconButton
from grokdesk.ui.kit.flow_layout import FlowLayout
from grokdesk.ui.kit.notice import Notice
from grokdesk.ui.kit.placing import present
from grokdesk.ui.kit.theme import GAP_M, GAP_S, HIT_TARGET, Theme

NOTHING_YET = N_("Ask below. Every chosen model gets the same question and the same pictures.")


class CompareColumns(QScrollArea):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.columns: dict[int, CompareColumn] = {}
        """By place."""
        content = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP_S)
        self.setWidget(content)

    @property
    def is_stacked(self) -> bool:
        return self._row.direction() == QBoxLayout.Direction.TopToBottom

    def add(self, column: CompareColumn) -> None:
        self.columns[column.contestant.position] = column
        self._row.addWidget(column, 1)

    def remove(self, position: int) -> None:
        if (column := self.columns.pop(position, None)) is not None:
            self._row.removeWidget(column)
            column.deleteLater()

    def clear(self) -> None:
        for position in list(self.columns):
            self.remove(position)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < 2 * LEAST_WIDTH + GAP_S
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


class CompareWindow(QWidget):
    stop_requested = Signal()
    judge_requested = Signal(str)
    """Who judges, in the words of the choice."""
    closed = Signal()
    """What runs has to stop."""
    resized = Signal(QSize)

    def __init__(self, theme: Theme, composer: Composer, icon: QIcon, size: QSize) -> None:
        super().__init__()
        self.setWindowTitle(_("GrokDesk: compare models"))
        self.setWindowIcon(icon)
        self.resize(size)
        self._theme = theme
        self._busy = False
        self.composer = composer
        self.columns = CompareColumns()
        self.choice = CompareChoice()
        self.ways = CompareWays()
        self.notice = Notice(theme)
        self._build()
        self._connect()
        self.set_state(busy=False, may_judge=False)

    def _build(self) -> None:
        self.models_button = IconButton(self._theme, "chevron-down", _("Models"), name=_("Choose the models"))
        self.models_button.setCheckable(True)
        self.stop_button = IconButton(self._theme, "stop", _("Stop all"), name=_("Stop all answers (Esc)"))
        self.judges = QComboBox()
        self.judges.setAccessibleName(_("Judge"))
        self.judges.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.judges.setMinimumContentsLength(14)
        for choice in (self.ways, self.judges):
            choice.setMinimumHeight(HIT_TARGET)
        self.judge_button = QPushButton(_("Judge"))
        self.judge_button.setToolTip(
            _("Let this model pick the best answer. It does not know which model wrote which.")
        )
        self.total = QLabel()
        self.total.setProperty("look", "caption")
        self.total.setMinimumHeight(HIT_TARGET)
        self.hint = QLabel(_(NOTHING_YET), wordWrap=True)
        self.hint.setProperty("look", "caption")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QWidget()
        row = FlowLayout(head, GAP_S)
        judging = _together(self.judges, self.judge_button)
        for part in (self.models_button, self.ways, self.stop_button, judging, self.total):
            row.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_M, GAP_S, GAP_M, GAP_M)
        layout.setSpacing(GAP_S)
        layout.addWidget(head)
        layout.addWidget(self.choice, 1)
        layout.addWidget(self.hint, 1)
        layout.addWidget(self.columns, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.composer)
        for hidden in (self.choice, self.columns):
            hidden.hide()

    def _connect(self) -> None:
        self.models_button.toggled.connect(self.show_choice)
        self.choice.left.connect(lambda: self.show_choice(shown=False))
        self.stop_button.clicked.connect(self.stop_requested)
        self.judge_button.clicked.connect(lambda: self.judge_requested.emit(str(self.judges.currentData() or "")))
        self.composer.profile_requested.connect(lambda *_where: self.show_choice(shown=True))
        self.composer.stop_requested.connect(self.stop_requested)
        self.composer.discarded.connect(self.close)
        QShortcut(QKeySequence("Ctrl+W"), self).activated.connect(self.close)
        QShortcut(QKeySequence("Ctrl+M"), self).activated.connect(self.models_button.toggle)

    # --- what it shows ---

    @Slot(bool)
    def show_choice(self, shown: bool) -> None:
        """The choice of models, in the place of the columns, or not."""
        self.models_button.setChecked(shown)
        self.choice.setVisible(shown)
        has_columns = bool(self.columns.columns)
        self.columns.setVisible(has_columns and not shown)
        self.hint.setVisible(not has_columns and not shown)
        if shown:
            self.choice.filter.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.composer.focus_text()

    def show_chosen(self, labels: Sequence[str]) -> None:
        """Who is asked next, by name."""
        words = ngettext("{count} model", "{count} models", len(labels)).format(count=len(labels))
        self.models_button.setToolTip(
            _("Choose the models (Ctrl+M): {models}").format(models=", ".join(labels) or _("none yet"))
        )
        self.composer.set_profile(words if labels else _("Choose models"))

    def show_judges(self, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        """``choices``: label and words of everyone who can judge."""
        self.judges.clear()
        for label, words in choices:
            self.judges.addItem(label, words)
        self.judges.setCurrentIndex(max(0, self.judges.findData(chosen)))

    def set_state(self, *, busy: bool, may_judge: bool) -> None:
        self._busy = busy
        self.stop_button.setVisible(busy)
        self.judge_button.setEnabled(may_judge and self.judges.count() > 0)
        self.judges.setEnabled(self.judges.count() > 0)
        self.composer.set_busy(busy)

    def present(self) -> None:
        present(self)
        self.composer.focus_text()

    # --- what the person does ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._busy:
            self.stop_requested.emit()
        else:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.isMaximized() and not self.isFullScreen():
            self.resized.emit(event.size())


def _together(*widgets: QWidget) -> QWidget:
    """Widgets that stay in one line."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP_S)
    for widget in widgets:
        layout.addWidget(widget)
    return row
