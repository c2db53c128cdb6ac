from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.addresses import origin_text
from grokdesk.errors import KeyringLocked, KeyringTrouble
from grokdesk.paths import resources
from grokdesk.services import services_from
from grokdesk.store.settings.profiles import ON_THIS_COMPUTER, XAI
from grokdesk.store.settings.settings_file import SettingsFile
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.first_run import FirstRun
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.preferences import Preferences
from grokdesk.ui.settings.settings_dialog import SettingsDialog
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import script_xai
from tests.support.windows.copiers import plain_copier
from tests.support.windows.keystores import MemoryStore

SECRET = "xai-planted-key-0123456789"


class Stage:
    def __init__(self, qapp: QApplication, home: Path, store: MemoryStore) -> None:
        self.home = home
        self.store = store
        self.services = services_from({"GROKDESK_HOME": str(home)}, lambda _sentence: None, store)
        hotkeys = self.hotkeys = HotkeyBindings(PlayedHotkeys().choose)
        self.preferences = Preferences(
            self.services, Theme(qapp, resources() / "icons"), QIcon(), hotkeys, plain_copier
        )

    @property
    def file(self) -> str:
        path = self.services.paths.settings_file
        return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Stage:
    return Stage(qapp, tmp_path, MemoryStore())


def find_profile(qtbot: QtBot, stage: Stage) -> str:
    with qtbot.waitSignal(stage.preferences.profile_found):
        stage.preferences.look_for_profile()
    return stage.preferences.profile.id


def test_without_a_key_this_computer_is_asked(qtbot: QtBot, stage: Stage) -> None:
    assert find_profile(qtbot, stage) == ON_THIS_COMPUTER.id


def test_with_a_key_xai_is_asked(qtbot: QtBot, stage: Stage) -> None:
    stage.store.kept["xai"] = SECRET
    assert find_profile(qtbot, stage) == XAI.id


def test_a_locked_keyring_does_not_lead_to_this_computer_in_silence(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    locked: KeyringTrouble = KeyringLocked("The keyring is locked.", "Unlock it.")
    assert find_profile(qtbot, Stage(qapp, tmp_path, MemoryStore(trouble=locked))) == XAI.id


def test_a_chosen_profile_counts_at_once_and_after_a_restart(qtbot: QtBot, qapp: QApplication, stage: Stage) -> None:
    stage.store.kept["xai"] = SECRET
    with qtbot.waitSignal(stage.preferences.profile_found):
        stage.preferences.change("profile", ON_THIS_COMPUTER.id)
    assert stage.preferences.profile.id == ON_THIS_COMPUTER.id
    again = Stage(qapp, stage.home, stage.store)
    assert find_profile(qtbot, again) == ON_THIS_COMPUTER.id


def test_what_the_program_remembers_is_written_once(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.waitSignal(stage.preferences.changed) as changed:
        stage.preferences.remember(panel_width=700)
    assert changed.args == ["panel_width"]
    assert "panel_width = 700" in stage.file
    with qtbot.assertNotEmitted(stage.preferences.changed):
        stage.preferences.remember(panel_width=700)


def test_a_disk_that_takes_nothing_stops_nobody(qtbot: QtBot, stage: Stage) -> None:
    stage.services.paths.config.write_bytes(b"a file where the folder would be")
    stage.preferences.remember(panel_width=700)
    assert stage.preferences.settings.panel_width != 700


def test_leaving_the_welcome_without_a_key(qtbot: QtBot, qapp: QApplication, stage: Stage) -> None:
    stage.preferences.welcome()
    page = next(widget for widget in qapp.topLevelWidgets() if isinstance(widget, FirstRun) and widget.isVisible())
    qtbot.addWidget(page)
    assert page.form.profile.id == XAI.id
    with qtbot.waitSignal(stage.preferences.welcomed):
        page.without.click()
    assert stage.preferences.settings.first_run_done
    assert stage.preferences.settings.profile == ON_THIS_COMPUTER.id


def test_a_key_from_the_welcome_page_is_in_the_keyring_alone_and_tried(
    qtbot: QtBot, qapp: QApplication, stage: Stage
) -> None:
    with ScriptedServer() as server:
        script_xai(server, key=SECRET)
        stage.preferences.change("profiles", (replace(XAI, base_url=f"{server.url}/v1"),))
        stage.preferences.welcome()
        page = next(each for each in qapp.topLevelWidgets() if isinstance(each, FirstRun) and each.isVisible())
        qtbot.addWidget(page)
        qtbot.keyClicks(page.form.key, SECRET)
        page.form.save_key.click()
        qtbot.waitUntil(lambda: page.form.test_status.text() not in ("", "Testing…"))
        assert "accepted the key" in page.form.test_status.text(), page.form.key_status.text()
    assert stage.store.kept == {f"xai {origin_text(server.url)}": SECRET}
    qtbot.waitUntil(lambda: stage.preferences.profile.id == XAI.id)
    page.start.click()
    assert not [file for file in stage.home.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]


def test_the_settings_open_once(qtbot: QtBot, stage: Stage) -> None:
    first = stage.preferences.show("General")
    qtbot.addWidget(first)
    assert isinstance(first, SettingsDialog)
    assert stage.preferences.show("Hotkeys") is first
    assert first.isVisible()


def test_a_model_that_a_question_chose_is_noticed_without_the_keyring(qtbot: QtBot, stage: Stage) -> None:
    stage.store.kept["xai"] = SECRET
    find_profile(qtbot, stage)
    asked = len(stage.store.asked)
    stage.services.models().remember(stage.preferences.profile, "model-a")
    with qtbot.waitSignal(stage.preferences.profile_found) as found:
        stage.preferences.notice_model()
    assert found.args == [stage.preferences.profile, "model-a"]
    with qtbot.assertNotEmitted(stage.preferences.profile_found):
        stage.preferences.notice_model()
    assert len(stage.store.asked) == asked


def test_the_welcome_page_names_the_hotkey_that_works(qtbot: QtBot, qapp: QApplication, stage: Stage) -> None:
    stage.preferences.welcome()
    page = next(each for each in qapp.topLevelWidgets() if isinstance(each, FirstRun) and each.isVisible())
    qtbot.addWidget(page)
    taken = HotkeyState("taken", "played", "Another program has it.")
    stage.hotkeys.state_changed.emit("region", taken)
    assert "tray menu" in page.how.text()
    stage.hotkeys.state_changed.emit("region", replace(taken, state="ok", keys="Ctrl+F8"))
    assert "Press Ctrl+F8" in page.how.text()


def test_a_model_is_chosen_from_a_list_for_the_profile_that_is_shown(qtbot: QtBot, stage: Stage) -> None:
    window = stage.preferences.show("Connection")
    qtbot.addWidget(window)
    with qtbot.waitSignal(stage.preferences.model_requested) as requested:
        window.form.pick.click()
    assert requested.args == [window.form.profile]


def test_the_settings_follow_what_is_changed_elsewhere(qtbot: QtBot, stage: Stage) -> None:
    window = stage.preferences.show("Connection")
    qtbot.addWidget(window)
    with qtbot.waitSignal(stage.preferences.profile_found):
        stage.preferences.change("profiles", (replace(XAI, model="grok-4.5"),))
    window.profiles.show_list("xai")
    assert window.form.models.currentText() == "grok-4.5"
    with qtbot.waitSignal(stage.preferences.profile_found):
        stage.preferences.change("profiles", (replace(XAI, model="grok-5"),))
    assert window.form.models.currentText() == "grok-5"


def test_what_another_program_sets_counts_at_once(qtbot: QtBot, stage: Stage) -> None:
    file = stage.preferences._services.settings.path
    with qtbot.waitSignal(stage.preferences.changed, check_params_cb=lambda key: key == "keep_history"):
        SettingsFile(file).change(keep_history=False)
    assert not stage.preferences.settings.keep_history
    # The new file is watched as the old one was, also when it is written in place.
    with qtbot.waitSignal(stage.preferences.changed, check_params_cb=lambda key: key == "scan"):
        file.write_text('keep_history = false\nscan = "block"\n')
    assert stage.preferences.settings.scan == "block"
    assert not stage.preferences.settings.keep_history
    file.write_text("scan = ")
    qtbot.wait(400)
    assert stage.preferences.settings.scan == "block"
