from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from grokdesk.model import Finished, TextDelta
from grokdesk.paths import resources
from grokdesk.ui.chat.conversation_panel import ConversationPanel
from grokdesk.ui.chat.markdown.blocks import LONG_WORD
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


def test_a_very_long_line_costs_in_proportion_and_is_copied_whole(qtbot: QtBot, theme: Theme) -> None:
    view = PlainView(theme)
    qtbot.addWidget(view)
    view.show()
    text = "first\n" + "iVBORw0KGgo" * 2000 + " 😀 end\n\nlast"
    for start in range(0, len(text), 999):
        view.stream(text[start : start + 999])
    longest = max(view.document().findBlockByNumber(n).length() for n in range(view.document().blockCount()))
    assert longest <= LONG_WORD + 2, "a document lays out each block as a whole"
    view.selectAll()
    assert view.createMimeDataFromSelection().text() == view.received == text
