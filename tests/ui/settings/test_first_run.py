from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from grokdesk.paths import resources
from grokdesk.store.settings.profiles import PRESETS
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.first_run import FirstRun
from tests.ui.settings.test_connection import Backstage


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> FirstRun:
    page = FirstRun(Backstage(), lambda _cancel: (), Theme(qapp, resources() / "icons"), "Ctrl+Alt+G", QIcon())
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.form.key_status.text() == "No key yet.")
    return page


def test_it_says_what_leaves_and_how_to_begin(page: FirstRun) -> None:
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "Nothing leaves this computer before you press Send" in words
    assert "Ctrl+Alt+G" in words
    assert "does not understand pictures" in words


def test_going_on_without_a_key(qtbot: QtBot, page: FirstRun) -> None:
    with qtbot.waitSignal(page.done) as done:
        page.without.click()
    assert done.args == [False]
    assert not page.isVisible()


def test_starting_and_closing_say_so_once(qtbot: QtBot, page: FirstRun) -> None:
    said: list[bool] = []
    page.done.connect(said.append)
    page.start.click()
    page.close()
    assert said == [True]


def test_a_hotkey_that_does_not_work_is_not_recommended(page: FirstRun) -> None:
    page.show_hotkey("")
    assert page.how.text() == "Capture from the tray menu, then ask."


def test_a_profile_is_added_as_in_the_settings(qtbot: QtBot, page: FirstRun) -> None:
    page.form.add.click()
    page.adding.list.setCurrentRow(page.adding.list.count() - 1)
    with qtbot.waitSignal(page.form.profile_chosen) as chosen:
        page.adding.add.click()
    assert page.form.profile == chosen.args[0]
    assert page.form.profiles.currentText() == PRESETS[-1].title
