from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.store.settings.settings import Settings
from grokdesk.system.autostart.none import NoAutostart
from grokdesk.system.autostart.xdg import FILE, XdgAutostart
from grokdesk.system.launch import Launch
from grokdesk.system.protocols import Autostart
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.live_switch import LiveSwitch
from grokdesk.ui.settings.settings_dialog import SettingsDialog
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.windows.copiers import plain_copier
from tests.ui.settings.test_connection import Backstage


@pytest.fixture
def program(tmp_path: Path) -> Path:
    program = tmp_path / "grokdesk"
    program.touch(0o755)
    return program


@pytest.fixture
def autostart(tmp_path: Path, program: Path) -> XdgAutostart:
    return XdgAutostart(tmp_path / "autostart", Launch((str(program),)), Path("/icon.svg"))


def row_for(qtbot: QtBot, autostart: Autostart) -> LiveSwitch:
    row = LiveSwitch("Start when you log in", "It waits.", autostart, plain_copier())
    qtbot.addWidget(row)
    row.show()
    return row


def test_it_shows_and_changes_what_is_true(qtbot: QtBot, autostart: XdgAutostart) -> None:
    row = row_for(qtbot, autostart)
    assert not row.box.isChecked()
    assert row.status.text() == "GrokDesk does not start at login."
    row.box.click()
    assert autostart.is_on()
    assert row.status.text() == "GrokDesk starts when you log in."
    row.box.click()
    assert not autostart.file.exists()


def test_what_was_changed_elsewhere_is_seen_when_it_is_shown(qtbot: QtBot, autostart: XdgAutostart) -> None:
    row = row_for(qtbot, autostart)
    row.box.click()
    autostart.file.write_text(autostart.file.read_text() + "Hidden=true\n")
    row.hide()
    row.show()
    assert not row.box.isChecked()
    assert "Turned off in your desktop's settings" in row.status.text()


def test_an_entry_that_leads_nowhere_can_be_repaired(qtbot: QtBot, tmp_path: Path, autostart: XdgAutostart) -> None:
    autostart.switch(True)
    other = tmp_path / "other"
    other.touch(0o755)
    moved = XdgAutostart(tmp_path / "autostart", Launch((str(other),)), Path("/icon.svg"))
    row = row_for(qtbot, moved)
    assert row.box.isChecked()
    assert row.repair.isVisible()
    row.repair.click()
    assert moved.state.state == "ok"
    assert not row.repair.isVisible()


def test_a_command_can_be_copied(qtbot: QtBot, tmp_path: Path, program: Path) -> None:
    bare = XdgAutostart(tmp_path / "autostart", Launch((str(program),)), Path("/icon.svg"), desktop="sway")
    row = row_for(qtbot, bare)
    assert not row.copy.isVisible()
    row.box.click()
    assert row.copy.isVisible()
    assert row.command.text() == f"exec {program} --background"
    row.copy.click()
    assert QGuiApplication.clipboard().text() == f"exec {program} --background"


def test_what_cannot_be_changed_is_said(qtbot: QtBot, tmp_path: Path, autostart: XdgAutostart) -> None:
    (tmp_path / "autostart").write_text("a file where the folder would be")
    row = row_for(qtbot, autostart)
    row.box.click()
    assert not row.box.isChecked()
    assert "could not be changed" in row.status.text()


def test_where_it_is_not_possible_there_is_nothing_to_click(qtbot: QtBot) -> None:
    row = row_for(qtbot, NoAutostart("Sandboxed programs cannot start themselves at login.", "Use the settings."))
    assert not row.box.isEnabled()
    assert "Sandboxed" in row.status.text()


def test_the_settings_have_it_on_its_page(qtbot: QtBot, qapp: QApplication, autostart: XdgAutostart) -> None:
    row = row_for(qtbot, autostart)
    dialog = SettingsDialog(
        Settings,
        lambda _key, _value: None,
        Backstage(),
        QIcon(),
        HotkeyBindings(PlayedHotkeys().choose),
        Theme(qapp, resources() / "icons"),
        plain_copier,
        {"General": [row]},
    )
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.form.key_status.text() == "No key yet.")
    dialog.show_page("General")
    assert row.isVisibleTo(dialog)
    row.box.click()
    assert (autostart.file.parent / FILE).exists()
