from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import Finished, TextDelta
from grokdesk.paths import resources
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.plain_view import PlainView
from grokdesk.ui.kit.theme import Theme
from tests.support.windows.panel import ended

LINES = "Total *53.30*\n\n  # not a heading\n<b>not bold</b>\n1 x Coffee   2.50"


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, resources() / "icons")


def test_every_line_stays_a_line_and_nothing_is_markup(qtbot: QtBot, theme: Theme) -> None:
    view = PlainView(theme)
    qtbot.addWidget(view)
    view.show()
    for letter in LINES:
        view.stream(letter)
    view.finish()
    assert view.toPlainText() == LINES
    assert view.received == LINES
    assert view.needed_height() > 4 * view.fontMetrics().height()


def test_a_whole_text_takes_the_place_of_what_was_there(qtbot: QtBot, theme: Theme) -> None:
    view = PlainView(theme)
    qtbot.addWidget(view)
    view.stream("half")
    view.show_whole("whole\ntext")
    assert view.toPlainText() == view.received == "whole\ntext"


def test_a_plain_answer_is_copied_as_plain_text_alone(qtbot: QtBot, theme: Theme) -> None:
    panel = ConversationPanel(theme)
    qtbot.addWidget(panel)
    panel.begin_answer("", True)
    panel.take([TextDelta(LINES), Finished("stop"), ended(LINES)])
    copied: list[QMimeData] = []
    panel.copy_requested.connect(copied.append)
    panel.copy_last_answer()
    assert copied[0].text() == LINES
    assert not copied[0].hasHtml()
