"""Scrolling, selecting, copying, links and keys: what a reader does in the panel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from grokdesk.model import TextDelta
from grokdesk.ui.chat.floating import Note
from grokdesk.ui.chat.question_bubble import QuestionBubble
from grokdesk.ui.kit.link_menu import LinkMenu
from grokdesk.ui.kit.theme import Theme
from tests.support.windows.panel import LONG, Desk, ask, ended, image, settle, visible_texts


def grow(desk: Desk, qtbot: QtBot, text: str = LONG) -> None:
    desk.panel.take([TextDelta(text)])
    settle(desk, qtbot)


def from_end(desk: Desk) -> int:
    bar = desk.panel.transcript.verticalScrollBar()
    return bar.maximum() - bar.value()


def wheel(desk: Desk, steps: int) -> None:
    viewport = desk.panel.transcript.viewport()
    place = QPointF(viewport.rect().center())
    event = QWheelEvent(place, viewport.mapToGlobal(place), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(viewport, event)


# --- following the end ---


def test_the_end_is_followed(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    grow(desk, qtbot)
    assert desk.panel.transcript.verticalScrollBar().maximum() > 1000
    assert from_end(desk) == 0
    grow(desk, qtbot)
    assert from_end(desk) == 0
    assert not desk.panel.transcript.jump.isVisible()


def scroll_by_wheel(desk: Desk) -> None:
    wheel(desk, 1)


def scroll_by_key(desk: Desk) -> None:
    desk.panel.transcript.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderSingleStepSub)


def scroll_by_dragging(desk: Desk) -> None:
    bar = desk.panel.transcript.verticalScrollBar()
    bar.setSliderDown(True)
    bar.setSliderPosition(bar.value() - 5)
    bar.setSliderDown(False)


@pytest.mark.parametrize("scroll", [scroll_by_wheel, scroll_by_key, scroll_by_dragging])
def test_any_step_up_stops_following_at_once(desk: Desk, qtbot: QtBot, scroll: object) -> None:
    ask(desk)
    grow(desk, qtbot)
    assert callable(scroll)
    scroll(desk)
    place = desk.panel.transcript.verticalScrollBar().value()
    assert 0 < from_end(desk) < 200
    grow(desk, qtbot)
    assert desk.panel.transcript.verticalScrollBar().value() == place
    assert desk.panel.transcript.jump.isVisible()


def test_coming_near_the_end_resumes_following(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    grow(desk, qtbot)
    wheel(desk, 10)
    grow(desk, qtbot, "More.\n\n")
    assert from_end(desk) > 100
    for _ in range(5):
        wheel(desk, -30)
    assert desk.panel.transcript.is_following
    grow(desk, qtbot)
    assert from_end(desk) == 0


def test_the_button_jumps_to_the_end_and_stays_there(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    grow(desk, qtbot)
    wheel(desk, 20)
    qtbot.mouseClick(desk.panel.transcript.jump, Qt.MouseButton.LeftButton)
    assert from_end(desk) == 0
    assert not desk.panel.transcript.jump.isVisible()
    grow(desk, qtbot)
    assert from_end(desk) == 0


@pytest.mark.parametrize("width", [420, 600, 1600])
def test_the_button_is_in_the_middle_above_the_composer(desk: Desk, qtbot: QtBot, width: int) -> None:
    desk.panel.resize(width, 500)
    ask(desk)
    grow(desk, qtbot)
    wheel(desk, 20)
    jump, answer = desk.panel.transcript.jump, desk.answer()
    centre = jump.mapTo(desk.panel, jump.rect().center()).x()
    assert jump.isVisible()
    assert abs(centre - answer.mapTo(desk.panel, answer.rect().center()).x()) <= 1


@pytest.mark.parametrize(("width", "are_shown"), [(250, False), (600, True), (1600, True)])
def test_the_buttons_below_an_answer_say_what_they_do_where_there_is_room(
    desk: Desk, qtbot: QtBot, width: int, are_shown: bool
) -> None:
    desk.panel.resize(width, 500)
    ask(desk)
    desk.panel.take([ended("Text", model="provider/a-model-with-a-long-name", seconds=1.0)])
    settle(desk, qtbot)
    foot = desk.answer().foot
    assert (foot.copy_button.text(), foot.retry_button.text()) == (("Copy", "Retry") if are_shown else ("", ""))


def test_a_new_question_goes_to_the_end(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    grow(desk, qtbot)
    desk.panel.take([ended(LONG)])
    settle(desk, qtbot)
    wheel(desk, 20)
    ask(desk, "And then?")
    settle(desk, qtbot)
    assert from_end(desk) == 0


def test_nothing_moves_while_text_is_selected(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    grow(desk, qtbot)
    view = desk.answer().view
    cursor = view.textCursor()
    cursor.setPosition(10)
    cursor.setPosition(30, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    before = desk.panel.transcript.verticalScrollBar().value()
    grow(desk, qtbot)
    assert desk.panel.transcript.verticalScrollBar().value() == before
    assert view.textCursor().selectionStart() == 10
    assert desk.panel.transcript.jump.isVisible()


def test_the_text_cursor_brings_its_place_into_sight(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    grow(desk, qtbot)
    view = desk.answer().view
    desk.panel.activateWindow()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert desk.panel.transcript.verticalScrollBar().value() < 100
    qtbot.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert from_end(desk) < 100


def test_pages_are_turned_from_within_an_answer(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    grow(desk, qtbot)
    view = desk.answer().view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert from_end(desk) > 200
    assert not desk.panel.transcript.is_following


# --- copying ---


def test_copy_brings_rich_and_plain_text(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    text = "The **build** fails.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    desk.panel.take([ended(text)])
    with qtbot.waitSignal(desk.panel.copy_requested) as copied:
        qtbot.mouseClick(desk.answer().foot.copy_button, Qt.MouseButton.LeftButton)
    assert copied.args is not None
    data = copied.args[0]
    assert isinstance(data, QMimeData)
    assert data.text() == text
    assert "<table" in data.html()


def test_the_key_copies_the_last_answer(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([ended("First")])
    ask(desk)
    desk.panel.take([TextDelta("Second")])
    settle(desk, qtbot)
    with qtbot.waitSignal(desk.panel.copy_requested) as copied:
        qtbot.keyClick(
            desk.panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
    assert copied.args is not None
    assert copied.args[0].text() == "Second"


def test_a_note_is_shown_for_a_while_and_said(desk: Desk, qtbot: QtBot) -> None:
    (note,) = desk.panel.findChildren(Note)
    (timer,) = note.findChildren(QTimer)
    assert timer.interval() >= 2000
    timer.setInterval(50)
    desk.panel.show_note("Copied")
    assert "Copied" in visible_texts(desk.panel)
    assert desk.said == ["Copied"]
    qtbot.waitUntil(lambda: "Copied" not in visible_texts(desk.panel))


# --- links ---


@pytest.fixture
def link_menu(desk: Desk, qtbot: QtBot) -> LinkMenu:
    ask(desk)
    desk.panel.take([ended("[xAI](https://evil.example/login?to=x&y=1)")])
    settle(desk, qtbot)
    view = desk.answer().view
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.cursorRect().center() + QPoint(4, 0))
    (menu,) = desk.panel.findChildren(LinkMenu)
    return menu


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_link_shows_its_address_and_waits(desk: Desk, qtbot: QtBot, link_menu: LinkMenu) -> None:
    opened: list[str] = []
    desk.panel.link_activated.connect(opened.append)
    address, _, to_open, to_copy = link_menu.actions()
    assert address.text() == "https://evil.example/login?to=x&&y=1"
    assert not address.isEnabled()
    assert to_open.text() == "Open evil.example in the browser"
    assert opened == []
    with qtbot.waitSignal(desk.panel.copy_requested) as copied:
        to_copy.trigger()
    assert copied.args is not None
    assert copied.args[0].text() == "https://evil.example/login?to=x&y=1"
    to_open.trigger()
    assert opened == ["https://evil.example/login?to=x&y=1"]
    link_menu.close()


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "javascript:alert(1)", "smb://server/share", "x-tool:run"),
        *("https:", "https://", "http:///login", "https:login", "https://?q=1", "//", "/login", "mailto:"),
    ],
)
def test_other_links_are_not_offered(desk: Desk, qtbot: QtBot, address: str) -> None:
    menu = LinkMenu(address, desk.panel)
    assert [action.text() for action in menu.actions() if action.isEnabled() and action.text()] == ["Copy link address"]


def test_a_host_that_imitates_another_is_shown_as_it_is_looked_up(desk: Desk) -> None:
    menu = LinkMenu(bytes(QUrl("https://gооgle.com/").toEncoded().data()).decode(), desk.panel)
    assert "Open xn--ggle-55da.com in the browser" in [action.text() for action in menu.actions()]


# --- keys, focus, screen readers ---


def test_every_control_has_a_name(desk: Desk, qtbot: QtBot) -> None:
    desk.panel.show_question("What is this?", [(image(), "shot.png")])
    desk.panel.begin_answer()
    desk.panel.take([ended("Text", reasoning="r")])
    settle(desk, qtbot)
    for widget in desk.panel.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(widget, QLabel):
            words = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert widget.accessibleName() or words, widget
    (picture,) = [label for label in desk.panel.findChildren(QLabel) if not label.pixmap().isNull()]
    assert picture.accessibleName() == "Image: shot.png"


def test_f6_goes_between_the_last_answer_and_the_composer(desk: Desk, qtbot: QtBot) -> None:
    composer = QPlainTextEdit()
    desk.panel.set_composer(composer)
    ask(desk)
    desk.panel.take([ended("Text")])
    settle(desk, qtbot)
    desk.panel.activateWindow()
    composer.setFocus()
    qtbot.waitUntil(composer.hasFocus)
    qtbot.keyClick(composer, Qt.Key.Key_F6)
    assert desk.answer().view.hasFocus()
    assert desk.answer().property("focused") is True
    qtbot.keyClick(desk.answer().view, Qt.Key.Key_F6)
    assert composer.hasFocus()
    assert desk.answer().property("focused") is False


def test_actions_of_older_answers_show_with_the_keyboard_on_them(desk: Desk, qtbot: QtBot) -> None:
    for _ in range(2):
        ask(desk)
        desk.panel.take([ended("Text")])
        settle(desk, qtbot)
    desk.panel.activateWindow()
    older, latest = desk.panel.transcript.answers
    assert latest.foot.copy_button.isVisible()
    assert latest.foot.retry_button.isVisible()
    assert not older.foot.copy_button.isVisible()
    older.view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(older.view.hasFocus)
    assert older.foot.copy_button.isVisible()
    assert not older.foot.retry_button.isVisible()
    older.foot.copy_button.setFocus(Qt.FocusReason.TabFocusReason)
    assert older.foot.copy_button.isVisible()
    latest.view.setFocus(Qt.FocusReason.TabFocusReason)
    assert not older.foot.copy_button.isVisible()


# --- the rest of the panel ---


def test_an_empty_panel_teaches(desk: Desk, qtbot: QtBot) -> None:
    desk.panel.set_hotkey("Ctrl+Alt+G")
    settle(desk, qtbot)
    texts = visible_texts(desk.panel)
    assert {"Ctrl", "Alt", "G", "and drag over what you want to ask about."} <= set(texts)
    buttons = [
        button for button in desk.panel.transcript.empty_state.findChildren(QAbstractButton) if button.isVisible()
    ]
    asked: list[str] = []
    desk.panel.sample_requested.connect(asked.append)
    for button in buttons:
        button.click()
    assert asked == ["describe", "alt-text", "read-text"]
    desk.panel.set_hotkey("")
    assert "Ctrl" not in visible_texts(desk.panel)
    ask(desk)
    assert not desk.panel.transcript.empty_state.isVisible()


def test_clear_starts_anew(desk: Desk, qtbot: QtBot) -> None:
    ask(desk, "What is this?\nReally?")
    desk.panel.take([TextDelta("It")])
    assert desk.panel.title_row.title == "What is this?"
    desk.panel.clear()
    settle(desk, qtbot)
    assert not desk.panel.busy
    assert desk.panel.transcript.answers == []
    assert desk.panel.transcript.empty_state.isVisible()
    assert desk.panel.title_row.label.text() == "New conversation"
    desk.panel.take([TextDelta("late"), ended("late")])
    settle(desk, qtbot)
    assert desk.panel.transcript.empty_state.isVisible()


def test_new_is_a_button_and_a_key(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.panel.new_requested):
        qtbot.mouseClick(desk.panel.title_row.new_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(desk.panel.new_requested):
        qtbot.keyClick(desk.panel, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)


def test_a_question_shows_its_pictures_and_plain_text(desk: Desk, qtbot: QtBot) -> None:
    desk.panel.show_question("<b>Why</b> & how?", [(image(), "one.png"), (image(80, 200), "two.png")])
    settle(desk, qtbot)
    (bubble,) = desk.panel.findChildren(QuestionBubble)
    assert bubble.text.toPlainText() == "<b>Why</b> & how?"
    names = [label.accessibleName() for label in bubble.findChildren(QLabel) if not label.pixmap().isNull()]
    assert names == ["Image: one.png", "Image: two.png"]
    assert bubble.geometry().right() == desk.panel.transcript.column_width - 1


@pytest.mark.parametrize("width", [320, 420, 900])
def test_nothing_is_wider_than_the_panel(desk: Desk, qtbot: QtBot, width: int) -> None:
    desk.panel.resize(width, 500)
    long_word = "x" * 300
    desk.panel.show_question(f"Why {long_word}?", [(image(), str(n)) for n in range(5)])
    desk.panel.begin_answer()
    desk.panel.take(
        [ended(f"{long_word}\n\n```\n{long_word}\n```\n", model=f"provider/model-{long_word[:60]}", seconds=1.0)]
    )
    settle(desk, qtbot)
    desk.panel.resize(width - 20, 500)
    settle(desk, qtbot)
    assert desk.panel.width() == width - 20
    for message in (*desk.panel.findChildren(QuestionBubble), *desk.panel.transcript.answers):
        corner = message.mapTo(desk.panel, QPoint(message.width(), 0))
        assert corner.x() <= desk.panel.width(), message
        assert message.mapTo(desk.panel, QPoint(0, 0)).x() >= 0, message


def test_drops_anywhere_are_passed_on(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([ended("Text")])
    settle(desk, qtbot)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/pictures/a.png")])
    place = QPoint(100, 100)
    left = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entered = QDragEnterEvent(place, *left)
    QApplication.sendEvent(desk.panel, entered)
    assert entered.isAccepted()
    assert "Drop to ask about it" in visible_texts(desk.panel)
    QApplication.sendEvent(desk.panel, QDragLeaveEvent())
    assert "Drop to ask about it" not in visible_texts(desk.panel)
    QApplication.sendEvent(desk.panel, QDragEnterEvent(place, *left))
    with qtbot.waitSignal(desk.panel.dropped) as dropped:
        QApplication.sendEvent(desk.panel, QDropEvent(QPointF(place), *left))
    assert dropped.args is not None
    assert dropped.args[0].urls() == data.urls()
    assert "Drop to ask about it" not in visible_texts(desk.panel)
    for view in (desk.answer().view, desk.answer().view.viewport()):
        assert not view.acceptDrops(), "the panel takes it"


def test_another_font_makes_other_lines(desk: Desk, qtbot: QtBot) -> None:
    ask(desk)
    desk.panel.take([ended("Text " * 200)])
    desk.panel.resize(2000, 500)
    settle(desk, qtbot)
    before = desk.answer().width()
    font = desk.panel.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    desk.panel.setFont(font)
    settle(desk, qtbot)
    assert desk.answer().width() > before * 1.15


def test_another_scheme_reaches_everything(desk: Desk, qtbot: QtBot, theme: Theme) -> None:
    ask(desk)
    desk.panel.take([TextDelta("```\ncode\n```\n")])
    settle(desk, qtbot)
    theme.choose("dark")
    settle(desk, qtbot)
    drawn = desk.panel.grab().toImage()
    colours = {drawn.pixelColor(x, y).name() for x in range(0, drawn.width(), 4) for y in range(0, drawn.height(), 4)}
    assert theme.scheme.raised in colours
    assert "#ffffff" not in colours
