from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.store.settings.settings import Setting, Settings
from grokdesk.system.hotkey_state import HotkeyState
from grokdesk.system.part_state import StateName
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import BINDINGS, HotkeyBindings, setting_of
from grokdesk.ui.settings.hotkey_row import words_of
from grokdesk.ui.settings.hotkeys_page import HotkeysPage
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.windows.copiers import plain_copier

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Stage:
    def __init__(self, app: QApplication) -> None:
        self.settings = Settings()
        self.saves = True
        self.played = PlayedHotkeys()
        self.bindings = HotkeyBindings(self.played.choose)
        self.page = HotkeysPage(
            lambda: self.settings,
            self.save,
            self.bindings,
            Theme(app, resources() / "icons"),
            plain_copier,
        )
        self.bind()

    def save(self, setting: Setting, value: object) -> bool:
        if self.saves:
            self.settings = replace(self.settings, **{setting.key: value})  # type: ignore[arg-type]  # one of many
            self.bind()
        return self.saves

    def bind(self) -> None:
        self.bindings.bind({binding: getattr(self.settings, setting_of(binding)) for binding in BINDINGS})


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[Stage]:
    stage = Stage(qapp)
    qtbot.addWidget(stage.page)
    stage.page.resize(560, 700)
    stage.page.show()
    qtbot.waitActive(stage.page)
    qtbot.waitUntil(lambda: len(stage.bindings.keys) == len(BINDINGS))
    yield stage
    stage.bindings.close()


def say(stage: Stage, binding: str, state: HotkeyState) -> None:
    stage.bindings.state_changed.emit(binding, state)


def test_every_hotkey_has_a_row_that_says_it_works(stage: Stage) -> None:
    assert list(stage.page.rows) == list(BINDINGS)
    for row in stage.page.rows.values():
        assert row.words.text() == "Active."
        assert not row.buttons.isVisible()
        assert row.field.accessibleName()
        assert row.field.accessibleDescription().startswith("Active.")


def test_what_is_pressed_is_saved_and_becomes_active(qtbot: QtBot, stage: Stage) -> None:
    field = stage.page.rows["last"].field
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stage.played.wanted[-1] == {})
    qtbot.keyClick(field, Qt.Key.Key_F8, CTRL)
    assert stage.settings.hotkey_last == "Ctrl+F8"
    qtbot.waitUntil(lambda: stage.bindings.keys.get("last") == "Ctrl+F8")
    assert stage.page.rows["last"].reset.isEnabled()


def test_a_chord_of_another_binding_is_refused_by_its_name(qtbot: QtBot, stage: Stage) -> None:
    row = stage.page.rows["last"]
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    qtbot.keyClick(row.field, Qt.Key.Key_G, CTRL | ALT)
    assert row.words.text() == "Ctrl+Alt+G is already used by: Capture a region. Choose another one."
    assert stage.settings.hotkey_last == Settings().hotkey_last
    qtbot.keyClick(row.field, Qt.Key.Key_Escape)
    assert row.words.text() == "Active."


def test_a_letter_alone_is_refused_with_the_reason(qtbot: QtBot, stage: Stage) -> None:
    row = stage.page.rows["region"]
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    qtbot.keyClick(row.field, Qt.Key.Key_A)
    assert "typing" in row.words.text()
    assert row.field.is_recording


def test_reset_to_the_default(qtbot: QtBot, stage: Stage) -> None:
    row = stage.page.rows["panel"]
    assert not row.reset.isEnabled()
    qtbot.keyClick(row.field, Qt.Key.Key_Backspace)
    assert stage.settings.hotkey_panel == ""
    qtbot.waitUntil(lambda: row.words.text() == "No hotkey.")
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert stage.settings.hotkey_panel == Settings().hotkey_panel
    qtbot.waitUntil(lambda: row.words.text() == "Active.")


def test_what_cannot_be_saved_is_not_shown_as_if_it_were(qtbot: QtBot, stage: Stage) -> None:
    stage.saves = False
    field = stage.page.rows["panel"].field
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == Settings().hotkey_panel


@pytest.mark.parametrize(
    ("state", "words", "buttons"),
    [
        (HotkeyState("ok", "x11", "F9 is active.", keys="F9"), "Active.", []),
        (
            HotkeyState("ok", "portal", "F9 is active.", "Your desktop assigned F9.", keys="F9", configurable=True),
            "Active. Your desktop assigned F9.",
            ["Open the desktop's settings"],
        ),
        (
            HotkeyState("taken", "x11", "F9 is in use by another program.", "Choose another hotkey.", "grokdesk"),
            "F9 is in use by another program. Choose another hotkey.",
            ["Try again"],
        ),
        (
            HotkeyState("desktop-decides", "portal", "It has no key.", "Give it one.", "grokdesk", configurable=True),
            "Set by your desktop. It has no key. Give it one.",
            ["Copy the command", "Open the desktop's settings", "Try again"],
        ),
        (
            HotkeyState("impossible", "none", "Wayland.", "Bind a key to this command.", "grokdesk capture"),
            "Not available. Wayland. Bind a key to this command.",
            ["Copy the command", "Try again"],
        ),
        (HotkeyState("missing", "none", "Paused."), "Paused.", []),
    ],
)
def test_each_state_in_words_with_what_can_be_done(
    stage: Stage, state: HotkeyState, words: str, buttons: list[str]
) -> None:
    assert words_of(state) == words
    say(stage, "region", state)
    row = stage.page.rows["region"]
    assert row.words.text() == words
    shown = [button for button in row.buttons.findChildren(QAbstractButton) if button.isVisible()]
    assert [button.text() for button in shown] == buttons
    row.buttons.grab()  # lays out
    assert not shown or shown[0].x() == 0


def test_the_icons_of_the_states_differ_by_shape(stage: Stage) -> None:
    row = stage.page.rows["region"]
    shapes = set()
    names: tuple[StateName, ...] = ("ok", "taken", "desktop-decides", "impossible", "missing")
    for name in names:
        row.show_state(HotkeyState(name, "x11", "Why."))
        image = row.icon.pixmap().toImage()
        shapes.add(tuple(image.pixelColor(x, y).alpha() > 100 for x in range(16) for y in range(16)))
    assert len(shapes) == 5


def test_the_command_is_copied(qtbot: QtBot, stage: Stage) -> None:
    say(stage, "region", HotkeyState("impossible", "none", "No.", "Bind it.", "grokdesk capture --region"))
    row = stage.page.rows["region"]
    assert row.command.text() == "grokdesk capture --region"
    row.copy.click()
    assert QGuiApplication.clipboard().text() == "grokdesk capture --region"
    assert row.copy.text() == "Copied"


def test_the_buttons_lead_to_the_bindings(qtbot: QtBot, stage: Stage) -> None:
    stage.page.rows["region"].retry_requested.emit()
    qtbot.waitUntil(lambda: stage.played.made == 2)
    qtbot.waitUntil(lambda: stage.bindings.backend is not None)
    stage.page.rows["region"].configure_requested.emit()
    qtbot.waitUntil(lambda: stage.played.configured == 1)


def test_pausing_from_the_page_and_from_elsewhere(qtbot: QtBot, stage: Stage) -> None:
    stage.page.pause.click()
    assert stage.bindings.paused
    qtbot.waitUntil(lambda: stage.page.rows["region"].words.text() == "Paused.")
    stage.bindings.set_paused(False)
    assert not stage.page.pause.isChecked()
    qtbot.waitUntil(lambda: stage.page.rows["region"].words.text() == "Active.")


def test_a_problem_of_the_desktop_is_shown(qtbot: QtBot, stage: Stage) -> None:
    stage.bindings.configure()
    qtbot.waitUntil(lambda: stage.played.configured == 1)
    stage.bindings.configure()
    qtbot.waitUntil(lambda: "could not be opened" in stage.page.problem.text())


def test_everything_that_takes_the_focus_has_a_name(stage: Stage) -> None:
    for widget in stage.page.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()), widget


@pytest.mark.parametrize("width", [320, 560, 900])
def test_nothing_is_cut_off_at_any_width(qtbot: QtBot, stage: Stage, width: int) -> None:
    say(stage, "region", HotkeyState("impossible", "none", "Why not. " * 12, "What to do. " * 8, "grokdesk " * 12))
    stage.page.resize(width, 500)
    qtbot.waitUntil(lambda: stage.page.content.width() <= stage.page.viewport().width())
    row = stage.page.rows["region"]
    for label in (row.words, row.command):
        assert label.height() >= label.heightForWidth(label.width())
