from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from grokdesk.errors import SettingsBroken
from grokdesk.paths import resources
from grokdesk.store.settings.settings import SETTINGS, Settings
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.hotkey_field import HotkeyField
from grokdesk.ui.settings.settings_dialog import PAGES, SettingsDialog
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.windows.copiers import plain_copier
from tests.ui.settings.test_connection import Backstage


class Store:
    def __init__(self) -> None:
        self.settings = Settings()
        self.error: SettingsBroken | None = None

    def change(self, key: str, value: object) -> None:
        if self.error:
            raise self.error
        self.settings = replace(self.settings, **{key: value})  # type: ignore[arg-type]  # one field of many types


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication, store: Store) -> SettingsDialog:
    dialog = SettingsDialog(
        lambda: store.settings,
        store.change,
        Backstage(),
        QIcon(),
        HotkeyBindings(PlayedHotkeys().choose),
        Theme(qapp, resources() / "icons"),
        plain_copier,
    )
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.form.key_status.text() == "No key yet.")
    return dialog


def test_every_setting_with_a_page_has_a_field_with_a_name(dialog: SettingsDialog) -> None:
    expected = {setting.key for setting in SETTINGS if setting.page and setting.page != "Connection"}
    assert set(dialog.fields) == expected
    assert all(field.accessibleName() for field in dialog.fields.values())
    assert {setting.page for setting in SETTINGS if setting.page} <= set(PAGES)


def test_a_switch_counts_at_once(qtbot: QtBot, dialog: SettingsDialog, store: Store) -> None:
    box = dialog.fields["keep_history"]
    assert isinstance(box, QCheckBox)
    with qtbot.waitSignal(dialog.changed) as changed:
        box.click()
    assert changed.args == ["keep_history"]
    assert store.settings.keep_history is False


def test_a_choice_counts_at_once(dialog: SettingsDialog, store: Store) -> None:
    choice = dialog.fields["theme"]
    assert isinstance(choice, QComboBox)
    choice.setCurrentIndex(choice.findData("dark"))
    choice.activated.emit(choice.currentIndex())
    assert store.settings.theme == "dark"


def test_a_number_counts_at_once_and_stays_in_its_range(dialog: SettingsDialog, store: Store) -> None:
    number = dialog.fields["pictures_again"]
    assert isinstance(number, QSpinBox)
    assert number.value() == 3
    number.setValue(5)
    assert store.settings.pictures_again == 5
    number.setValue(9_999)
    assert store.settings.pictures_again == 100


def test_a_hotkey_counts_at_once(qtbot: QtBot, dialog: SettingsDialog, store: Store) -> None:
    dialog.show_page("Hotkeys")
    field = dialog.fields["hotkey_region"]
    with qtbot.waitSignal(dialog.changed) as changed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.keyClick(field, Qt.Key.Key_F8, Qt.KeyboardModifier.ControlModifier)
    assert changed.args == ["hotkey_region"]
    assert store.settings.hotkey_region == "Ctrl+F8"


def test_a_hotkey_that_cannot_be_saved_is_said(qtbot: QtBot, dialog: SettingsDialog, store: Store) -> None:
    store.error = SettingsBroken("The settings could not be saved.", "The disk is full.")
    dialog.show_page("Hotkeys")
    field = dialog.fields["hotkey_region"]
    assert isinstance(field, HotkeyField)
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert "The disk is full." in dialog.problem.text()
    assert field.text() == "Ctrl+Alt+G"


def test_what_cannot_be_saved_is_said(qtbot: QtBot, dialog: SettingsDialog, store: Store) -> None:
    store.error = SettingsBroken("The settings could not be saved.", "The disk is full.")
    box = dialog.fields["keep_history"]
    assert isinstance(box, QCheckBox)
    dialog.show_page("Privacy")
    box.click()
    assert "The disk is full." in dialog.problem.text()
