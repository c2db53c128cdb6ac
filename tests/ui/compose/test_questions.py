"""That every place in which a question is written looks at its pictures, with the real reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import Picture, Profile
from grokdesk.paths import resources
from grokdesk.services import services_from
from grokdesk.ui.compose.questions import Questions
from grokdesk.ui.kit.theme import Theme
from grokdesk.ui.settings.hotkey_binding import HotkeyBindings
from grokdesk.ui.settings.preferences import Preferences
from tests.support.desktops.hotkeys import PlayedHotkeys
from tests.support.images.images import encoded
from tests.support.images.secret_pages import DARK, page
from tests.support.windows.copiers import plain_copier
from tests.support.windows.keystores import MemoryStore

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")


def test_a_picture_in_the_composer_is_looked_at_and_covered(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    services = services_from({"GROKDESK_HOME": str(tmp_path)}, lambda _sentence: None, MemoryStore())
    far = Profile("far", "Far", "chat-completions", "https://api.example.org/v1", "m-1", needs_key=False)
    services.settings.change(profiles=(far,), profile="far")
    theme = Theme(qapp, resources() / "icons")
    preferences = Preferences(services, theme, QIcon(), HotkeyBindings(PlayedHotkeys().choose), plain_copier)
    questions = Questions(services, preferences, theme, preferences)
    question = questions.make()
    qtbot.addWidget(question.composer)
    question.composer.show()
    row = question.composer.scan_row
    with qtbot.waitSignal(preferences.profile_found):
        preferences.look_for_profile()
    lines = ["Aurora pays with", "4111 1111 1111 1111", "next week"]
    question.draft.add_picture(Picture("a.png", encoded(page(lines, "sans", 20, DARK)[0], "PNG")))
    qtbot.waitUntil(lambda: row.words == "1 item found: card number", timeout=60_000)
    preferences.change("own_words", "aurora")
    qtbot.waitUntil(lambda: row.words == "2 items found: own word, card number", timeout=60_000)
    next(button for button in row.buttons if button.text() == "Redact").click()
    assert question.scan_step is not None
    scan = question.scan_step.scan
    qtbot.waitUntil(
        lambda: [(each.is_scanned, each.visible) for each in scan.state.images.values()] == [(True, ())], timeout=60_000
    )
    assert row.words == ""
    with qtbot.waitSignal(question.submitted):
        question.submit("What?", "ask")
    question.scan_step.open_viewer(question.draft.entries[0].id)
    qtbot.waitUntil(lambda: any(w.windowTitle() == "GrokDesk: a.png" for w in qapp.topLevelWidgets()))
    [viewer] = [w for w in qapp.topLevelWidgets() if w.windowTitle() == "GrokDesk: a.png"]
    viewer.resize(600, 500)
    viewer.close()
    assert (services.settings.load().viewer_width, services.settings.load().viewer_height) == (600, 500)
    question.discard()
