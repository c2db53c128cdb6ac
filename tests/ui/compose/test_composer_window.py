from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.actions.catalogue import Action
from grokdesk.paths import resources
from grokdesk.ui.compose.composer import ChipState, Composer
from grokdesk.ui.compose.composer_window import ComposerWindow
from grokdesk.ui.compose.question_text import QuestionText
from grokdesk.ui.kit.theme import Theme

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|propagateSizeHints)")


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, resources() / "icons")
    yield theme
    theme.choose("system")


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> ComposerWindow:
    composer = Composer(theme)
    composer.set_actions([Action("text", "Text", "...")], "text")
    composer.set_pictures([ChipState(7, "a.png")])
    window = ComposerWindow(composer)
    qtbot.addWidget(window)
    return window


@pytest.mark.parametrize("anchor", [QRect(50, 50, 200, 100), QRect(700, 700, 90, 90), QRect(0, 0, 800, 800)])
def test_the_window_is_wholly_on_the_screen_and_ready_to_type(
    qtbot: QtBot, window: ComposerWindow, anchor: QRect
) -> None:
    window.place_beside(anchor)
    qtbot.waitUntil(lambda: isinstance(window.composer.focusWidget(), QuestionText))
    area = window.screen().availableGeometry()
    assert area.contains(window.geometry())
    if anchor.width() < 300:
        assert not window.geometry().intersects(anchor)


def test_the_window_grows_with_its_text_and_stays_on_the_screen(qtbot: QtBot, window: ComposerWindow) -> None:
    window.place_beside(QRect(50, 560, 200, 20))
    before = window.height()
    window.composer.set_text("a\nb\nc\nd\ne")
    qtbot.waitUntil(lambda: window.height() > before)
    window.composer.show_problem("Something went wrong with this.", "Do something about it. " * 5)
    after = window.height()
    qtbot.waitUntil(lambda: window.height() > after)
    assert window.screen().availableGeometry().contains(window.geometry())
    window.composer.clear()
    qtbot.waitUntil(lambda: window.height() == before)
