"""The settings window: pages made from the table in ``store.settings``; every change counts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from grokdesk.errors import GrokDeskError, SettingsBroken, UsageError
from grokdesk.store.settings.settings import SETTINGS, Setting, Settings
from grokdesk.translation import N_, _
from grokdesk.ui.clipboard.clipboard import Copier
from grokdesk.ui.kit.theme import GAP_L, GAP_M, Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.hotkeys_page import ROWS, HotkeysPage
from grokdesk.ui.settings.profile_actions import Profiles
from grokdesk.ui.settings.profiles_page import ProfilesPage

PAGES = (N_("Connection"), N_("General"), N_("Hotkeys"), N_("Privacy"), N_("Request log"))
CHOICES = {
    "system": N_("System default"),
    "light": N_("Light"),
    "dark": N_("Dark"),
    "ask": N_("Always ask"),
    "quit": N_("Quit"),
    "keep": N_("Keep running"),
    "off": N_("Off"),
    "suggest": N_("Suggest"),
    "block": N_("Block"),
    "warn": N_("Warn"),
    "stop": N_("Stop"),
}
"""How the values of choices are shown."""


class SettingsDialog(QWidget):
    """A window of its own, not a modal box."""

    changed = Signal(str)
    """The key of the setting that has just been saved."""

    def __init__(
        self,
        load: Callable[[], Settings],
        change: Callable[[str, object], None],
        connections: Profiles,
        icon: QIcon,
        hotkeys: HotkeyBindings,
        theme: Theme,
        make_copier: Callable[[], Copier],
        live: Mapping[str, Sequence[QWidget]] | None = None,
    ) -> None:
        """``live`` has rows for a page that are no stored settings, such as LiveSwitch."""
        super().__init__()
        self.setWindowTitle(_("GrokDesk settings"))
        self.setWindowIcon(icon)
        self.resize(760, 560)
        self._load = load
        self._change = change
        self._live = live or {}
        self.profiles = ProfilesPage(connections, theme)
        self.form = self.profiles.form
        self.fields: dict[str, QWidget] = {}
        self.hotkeys = HotkeysPage(load, self._save, hotkeys, theme, make_copier)
        self.fields |= {ROWS[binding].key: row.field for binding, row in self.hotkeys.rows.items()}
        self.problem = QLabel(wordWrap=True)
        self.problem.hide()
        self.problem.setProperty("look", "bad")
        self.tabs = QTabWidget(documentMode=True)
        for name in PAGES:
            self.tabs.addTab(self.hotkeys if name == "Hotkeys" else self._page(name), _(name))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP_L, GAP_L, GAP_L, GAP_L)
        layout.addWidget(self.tabs)
        layout.addWidget(self.problem)

    def show_page(self, name: str, place: str = "") -> None:
        """``place`` is where the keyboard goes on the page of the profiles."""
        self.tabs.setCurrentIndex(PAGES.index(name))
        if place:
            self.profiles.show_place(place)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is being typed counts like everything else: leaving a field keeps it."""
        if (typing := self.focusWidget()) is not None:
            typing.clearFocus()
        super().closeEvent(event)

    def _page(self, name: str) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(GAP_L, GAP_L, GAP_L, GAP_L)
        layout.setSpacing(GAP_M)
        if name == "Connection":
            layout.addWidget(self.profiles, 1)
            return page
        form = QFormLayout()
        form.setVerticalSpacing(GAP_M)
        settings = self._load()
        for setting in SETTINGS:
            if setting.page == name:
                self._add_row(form, setting, getattr(settings, setting.key))
        for row in self._live.get(name, ()):
            form.addRow("", row)
        layout.addLayout(form)
        layout.addStretch(1)
        return page

    def _add_row(self, form: QFormLayout, setting: Setting, value: object) -> None:
        field = self._field(setting, value)
        field.setAccessibleName(_(setting.title))
        field.setAccessibleDescription(_(setting.help))
        self.fields[setting.key] = field
        form.addRow("" if setting.kind == "switch" else _(setting.title), field)
        about = QLabel(_(setting.help), wordWrap=True)
        about.setProperty("look", "caption")
        form.addRow("", about)

    def _field(self, setting: Setting, value: object) -> QWidget:
        if setting.kind == "switch":
            box = QCheckBox(_(setting.title))
            box.setChecked(bool(value))
            box.toggled.connect(lambda on: self._save(setting, on))
            return box
        if setting.kind == "choice":
            choice = QComboBox()
            for name in setting.choices:
                choice.addItem(_(CHOICES[name]), name)
            choice.setCurrentIndex(choice.findData(value))
            choice.activated.connect(lambda index: self._save(setting, choice.itemData(index)))
            return choice
        if setting.kind == "number":
            number = QSpinBox(minimum=setting.smallest, maximum=setting.largest)
            number.setKeyboardTracking(False)
            number.setValue(int(str(value)))
            number.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            number.valueChanged.connect(lambda chosen: self._save(setting, chosen))
            return number
        line = QLineEdit(str(value))
        line.editingFinished.connect(lambda: self._save(setting, line.text()))
        return line

    def _save(self, setting: Setting, value: object) -> bool:
        """False when it could not be saved, which is then shown."""
        try:
            self._change(setting.key, value)
        except (UsageError, SettingsBroken) as error:
            self._show_problem(error)
            self._show_kept(setting)
            return False
        self.problem.hide()
        self.changed.emit(setting.key)
        return True

    def _show_kept(self, setting: Setting) -> None:
        """The field shows what counts, not what could not be saved."""
        field, value = self.fields.get(setting.key), getattr(self._load(), setting.key)
        if field is None:
            return
        field.blockSignals(True)
        match field:
            case QCheckBox():
                field.setChecked(bool(value))
            case QComboBox():
                field.setCurrentIndex(field.findData(value))
            case QSpinBox():
                field.setValue(int(value))
            case QLineEdit():
                field.setText(str(value))
        field.blockSignals(False)

    def refresh(self, key: str) -> None:
        """A setting has another value, given here or by another program."""
        setting = next((each for each in SETTINGS if each.key == key), None)
        if setting is not None:
            self._show_kept(setting)

    def _show_problem(self, error: GrokDeskError) -> None:
        self.problem.setText(str(error))
        self.problem.show()
