"""The page of the hotkeys in the settings: a switch that lets all go, and a row for each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from grokdesk.errors import GrokDeskError, UsageError
from grokdesk.store.settings.settings import SETTINGS, Setting, Settings
from grokdesk.system.hotkey import parse_hotkey
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.translation import N_, _
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.kit.theme import GAP_L, GAP_M, GAP_XS, Theme
from grokdesk.ui.settings.hotkey_binding import BINDINGS, HotkeyBindings, setting_of
from grokdesk.ui.settings.hotkey_row import HotkeyRow

ROWS = {binding: next(item for item in SETTINGS if item.key == setting_of(binding)) for binding in BINDINGS}
NARROW = 480
ABOUT_PAUSING = N_("Releases all hotkeys to other programs until this is turned off or GrokDesk restarts.")


class HotkeysPage(QScrollArea):
    """``save`` takes a setting and its new value, and is False when that could not be saved."""

    def __init__(
        self,
        load: Callable[[], Settings],
        save: Callable[[Setting, object], bool],
        bindings: HotkeyBindings,
        theme: Theme,
        make_copier: Callable[[], Copier],
    ) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._load = load
        self._save = save
        self._bindings = bindings
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pause = QCheckBox(_("Pause all hotkeys"))
        self.pause.setAccessibleDescription(_(ABOUT_PAUSING))
        self.pause.setChecked(bindings.paused)
        self.pause.toggled.connect(bindings.set_paused)
        self.rows = {binding: self._row(binding, theme, make_copier()) for binding in BINDINGS}
        self._lay_out()
        bindings.paused_changed.connect(self.pause.setChecked)
        bindings.state_changed.connect(self._show_state)
        bindings.problem.connect(self._show_problem)
        for binding, state in bindings.states.items():
            self._show_state(binding, state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the titles stand above their fields."""
        wraps = event.size().width() < NARROW
        policy = QFormLayout.RowWrapPolicy.WrapAllRows if wraps else QFormLayout.RowWrapPolicy.DontWrapRows
        self._form.setRowWrapPolicy(policy)
        super().resizeEvent(event)

    def _row(self, binding: str, theme: Theme, copier: Copier) -> HotkeyRow:
        setting = ROWS[binding]
        hotkey = str(getattr(self._load(), setting.key))
        row = HotkeyRow(setting, hotkey, lambda text: self._refuse(binding, text), theme, copier)
        row.field.recorded.connect(lambda text: self._record(binding, text))
        row.field.recording_changed.connect(self._bindings.set_recording)
        row.configure_requested.connect(self._bindings.configure)
        row.retry_requested.connect(self._bindings.try_again)
        return row

    def _refuse(self, binding: str, text: str) -> str:
        """Why this chord cannot be the hotkey of a binding, "" when it can."""
        try:
            hotkey = str(parse_hotkey(text))
        except UsageError as error:
            return str(error)
        for other, row in self.rows.items():
            if other != binding and row.field.hotkey == hotkey:
                return _("{hotkey} is already used by: {title}. Choose another one.").format(
                    hotkey=hotkey, title=ROWS[other].title
                )
        return ""

    def _record(self, binding: str, text: str) -> None:
        setting = ROWS[binding]
        if not self._save(setting, text):
            self.rows[binding].field.set_hotkey(str(getattr(self._load(), setting.key)))

    @Slot(str, object)
    def _show_state(self, binding: str, state: HotkeyState) -> None:
        if binding in self.rows:
            self.rows[binding].show_state(state)

    @Slot(object)
    def _show_problem(self, error: GrokDeskError) -> None:
        self.problem.setText(str(error))
        self.problem.show()

    def _lay_out(self) -> None:
        self.content = QWidget()
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(GAP_L, GAP_L, GAP_L, GAP_L)
        layout.setSpacing(GAP_XS)
        about = QLabel(_(ABOUT_PAUSING), wordWrap=True)
        about.setProperty("look", "caption")
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("look", "bad")
        self.problem.hide()
        for widget in (self.pause, about, self.problem):
            layout.addWidget(widget)
        form = self._form = QFormLayout()
        form.setContentsMargins(0, GAP_M, 0, 0)
        form.setVerticalSpacing(GAP_XS)
        form.setHorizontalSpacing(GAP_M)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for binding, row in self.rows.items():
            form.addRow(ROWS[binding].title, row)
        layout.addLayout(form)
        layout.addStretch(1)
        self.setWidget(self.content)
